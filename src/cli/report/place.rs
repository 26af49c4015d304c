//! The gateway that is asked: one that runs, or one that runs in this process for as long as it is needed.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use anyhow::bail;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::Instant;
use url::Url;

use super::progress::Progress;
use crate::app::Gateway;
use crate::cli::healthcheck;
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::telemetry::logs;
use crate::telemetry::logs::Lines;

/// How long a listener on this machine may take to answer.
const CONNECT: Duration = Duration::from_secs(4);
/// Between two questions to a gateway that starts.
const BETWEEN: Duration = Duration::from_millis(100);
/// How long it may fill its index before a table is read nevertheless: a vendor that is down never lets it end.
const FILLING: Duration = Duration::from_mins(1);

/// A gateway.
pub(super) enum Place {
    /// One that somebody named.
    Elsewhere(Url),
    /// One that listens on this machine where the configuration says.
    Beside(Url),
    /// One that this process has started.
    Within { base: Url, gateway: Gateway, drain: Duration },
}

impl Place {
    /// The gateway at `url`; without it the one that listens where `config` says, or else one that starts here.
    pub(super) async fn find(url: Option<Url>, config: Config, progress: &Progress) -> anyhow::Result<Self> {
        if let Some(url) = url {
            return Ok(Self::Elsewhere(url));
        }
        let near = healthcheck::near(config.server.listen);
        if is_served(near).await? {
            return Ok(Self::Beside(address(near)?));
        }
        progress.say("a gateway starts in this process");
        Self::start(config, progress).await.with_context(|| {
            format!("no gateway listens on `{near}` (`--url` names another), and none can be started here")
        })
    }

    async fn start(mut config: Config, progress: &Progress) -> anyhow::Result<Self> {
        let (clock, drain) = (Clock::system(), config.server.drain);
        let lines = clock.clone();
        // Faults of the table are told at its end; only what nobody expects is told beside it.
        logs::init("error", Lines::Text, move || lines.now())?;
        config.server.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let gateway = Gateway::start(config, clock, Ids::system(), Shutdown::new()).await?;
        let base = address(gateway.address())?;
        let ready = until_ready(&base, progress).await;
        let place = Self::Within { base, gateway, drain };
        if let Err(error) = ready {
            place.leave().await;
            return Err(error);
        }
        Ok(place)
    }

    /// Its address.
    pub(super) fn base(&self) -> &Url {
        match self {
            Self::Elsewhere(base) | Self::Beside(base) | Self::Within { base, .. } => base,
        }
    }

    /// Whether it runs on this machine.
    pub(super) fn is_here(&self) -> bool {
        !matches!(self, Self::Elsewhere(_))
    }

    /// Ends what was started.
    pub(super) async fn leave(self) {
        if let Self::Within { gateway, drain, .. } = self {
            gateway.stop(drain).await;
        }
    }
}

fn address(at: SocketAddr) -> anyhow::Result<Url> {
    Ok(Url::parse(&format!("http://{at}"))?)
}

/// Whether something listens at `near`.
async fn is_served(near: SocketAddr) -> anyhow::Result<bool> {
    if near.port() == 0 {
        return Ok(false);
    }
    match tokio::time::timeout(CONNECT, TcpStream::connect(near)).await {
        Ok(Ok(_)) => Ok(true),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Ok(false),
        Ok(Err(error)) => Err(error).with_context(|| format!("cannot reach `{near}`")),
        Err(_) => bail!("`{near}` does not answer"),
    }
}

/// Waits until the gateway at `base` serves, and knows the vehicles that it has to find out by itself.
async fn until_ready(base: &Url, progress: &Progress) -> anyhow::Result<()> {
    let url = base.join("readyz")?;
    let enough = Instant::now() + FILLING;
    loop {
        let (_, body) = healthcheck::ask(url.as_str()).await?;
        match body.get("status").and_then(Value::as_str) {
            Some("ready") if !is_working(&body) || Instant::now() > enough => return Ok(()),
            Some("ready" | "starting") => {}
            _ => bail!("it is not ready{}", healthcheck::trouble(&body)),
        }
        progress.say(&format!("a gateway starts in this process{}", healthcheck::trouble(&body)));
        tokio::time::sleep(BETWEEN).await;
    }
}

/// Whether a part has something to do before it is whole.
fn is_working(body: &Value) -> bool {
    let mut checks = body.get("checks").and_then(Value::as_object).into_iter().flatten();
    checks.any(|(_, check)| check.get("status").and_then(Value::as_str) == Some("working"))
}
