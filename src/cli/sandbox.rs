//! `forecourt sandbox`.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use url::Url;

use crate::cli::Common;
use crate::cli::asked_to_stop;
use crate::cli::block_on;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::sandbox;
use crate::shutdown::Shutdown;

const LISTEN: &str = "127.0.0.1:8090";

/// How long calls under way may take once the sandbox is told to stop.
const DRAIN: Duration = Duration::from_secs(5);

/// Options of `forecourt sandbox`.
#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// How many vehicles to invent
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    vehicles: u32,
    /// Address at which browsers reach this sandbox, when it is not the one it listens on
    #[arg(long, value_name = "URL")]
    public_url: Option<Url>,
}

impl Sandbox {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let listen = common.listen.as_deref().unwrap_or(LISTEN);
        let listen: SocketAddr = listen
            .parse()
            .with_context(|| format!("`{listen}` is not an IP address with a port, such as `{LISTEN}`"))?;
        let options = sandbox::Options {
            listen,
            vehicles: usize::try_from(self.vehicles).context("this machine cannot count that many vehicles")?,
            public_url: self.public_url,
            memory: None,
        };
        block_on(async move {
            let shutdown = Shutdown::new();
            let stop = asked_to_stop().context("cannot listen for the signal to stop")?;
            let started = sandbox::start(options, Clock::system(), Ids::system(), &shutdown).await;
            let running = started.with_context(|| format!("cannot listen on `{listen}`"))?;
            writeln!(out, "the sandbox listens on {}", running.url())?;
            out.flush()?;
            stop.await;
            shutdown.finish(DRAIN).await;
            Ok(())
        })
    }
}
