//! The composition root: the only place that knows every vendor and every engine.

mod garages;
mod gateway;
pub mod health;
mod known;
mod listener;
mod mark;
mod registration;
mod reports;
mod sources;
mod tapes;

use anyhow::Context;

use crate::cli::asked_to_stop;
use crate::clock::Clock;
use crate::config::Config;
use crate::ids::Ids;
use crate::shutdown::Shutdown;

pub use gateway::Gateway;
pub use known::known;
pub use registration::Registrable;
pub use registration::registrable;
pub use tapes::REPLAY_CONFIG;

/// Serves until the process is asked to stop, then finishes what runs.
///
/// # Errors
/// What keeps the gateway from starting, in words that say what to do.
pub fn serve(config: Config) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(async move {
        let stop = asked_to_stop().context("cannot listen for the signals that stop the gateway")?;
        let drain = config.server.drain;
        let gateway = Gateway::start(config, Clock::system(), Ids::system(), Shutdown::new()).await?;
        stop.await;
        tracing::info!("asked to stop: no new work, what runs is finished");
        if !gateway.stop(drain).await {
            tracing::warn!("some work had not ended when the drain time was up");
        }
        Ok(())
    })
}
