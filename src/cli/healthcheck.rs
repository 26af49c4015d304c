//! `forecourt healthcheck`: what a container's health check runs, so that the image needs no other tool.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;

use crate::app;
use crate::cli::Common;
use crate::cli::block_on;

/// How long the gateway may take to answer.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Options of `forecourt healthcheck`.
#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    /// Ask only whether the process is alive, not whether it is ready
    #[arg(long)]
    alive: bool,
}

impl Healthcheck {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let listen = common.load(&app::known())?.server.listen;
        let path = if self.alive { "healthz" } else { "readyz" };
        let url = format!("http://{}/{path}", near(listen));
        let (status, body) = block_on(ask(&url))?;
        let said = body.get("status").and_then(Value::as_str).unwrap_or("nothing that a gateway says");
        if status.is_success() {
            writeln!(out, "{said}")?;
            return Ok(());
        }
        bail!("`{url}` answered {} and said `{said}`{}", status.as_u16(), trouble(&body));
    }
}

/// The address at which this machine reaches a listener on `listen`.
pub(super) fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Asks a probe at `url`.
pub(super) async fn ask(url: &str) -> anyhow::Result<(reqwest::StatusCode, Value)> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()?;
    let request = client.get(url).build()?;
    let response = client.execute(request).await.with_context(|| format!("`{url}` does not answer"))?;
    let status = response.status();
    let text = response.text().await.with_context(|| format!("`{url}` broke off its answer"))?;
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

/// The parts that stand in the way, each with what it says.
pub(super) fn trouble(body: &Value) -> String {
    let checks = body.get("checks").and_then(Value::as_object).into_iter().flatten();
    let text = |check: &Value, name: &str| check.get(name).and_then(Value::as_str).map(str::to_owned);
    checks
        .filter_map(|(name, check)| {
            let status = text(check, "status").filter(|status| status != "ok" && status != "working")?;
            let detail = text(check, "detail").map(|detail| format!(", {detail}")).unwrap_or_default();
            Some(format!("; {name} is {status}{detail}"))
        })
        .collect()
}
