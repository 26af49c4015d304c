//! Jifeline as the sandbox plays it: log-in, connectors, vehicles and tickets of two garages.
//!
//! The Customer API's reference names few paths; [`operations::OPERATIONS`] says for each operation where its path comes from.

mod auth;
mod connectors;
mod operations;
mod params;
mod price;
mod problem;
mod sessions;
mod tickets;
mod vehicles;

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Router;
use axum::routing::options;
use http::StatusCode;

use crate::sandbox::core::Core;
use crate::sandbox::seed::tickets::FORECOURT;
use crate::sandbox::seed::tickets::RING;
use crate::sandbox::seed::tickets::last_serviced_at;

use auth::Sessions;

/// What all paths start with.
const PREFIX: &str = "/jifeline";

/// The vendor's state.
#[derive(Debug)]
pub(crate) struct Jifeline {
    core: Arc<Core>,
    sessions: Sessions,
    /// Per garage the cars that it had serviced, as places in the fleet, most recently serviced first.
    serviced: [(u8, Vec<usize>); 2],
}

impl Jifeline {
    fn new(core: &Arc<Core>) -> Arc<Self> {
        let serviced = [FORECOURT, RING].map(|garage| {
            let times = core.fleet.cars().iter().map(|car| (last_serviced_at(car, garage), car.index));
            let mut known: Vec<_> = times.filter_map(|(time, index)| time.map(|time| (Reverse(time), index))).collect();
            known.sort_unstable();
            (garage, known.into_iter().map(|(_, index)| index).collect())
        });
        Arc::new(Self { core: Arc::clone(core), sessions: Sessions::default(), serviced })
    }
}

/// Serves the vendor at full paths, prefix included: merge it, do not nest it.
pub(crate) fn router(core: &Arc<Core>) -> Router {
    operations::OPERATIONS
        .iter()
        .fold(Router::new(), |router, operation| {
            // Each path of the vendor answers a browser's preflight without a token. That is routed first: of two
            // routes on one path the later one answers a wrong method, and the operation's is journaled.
            let open = operation.paths.iter().fold(router, |router, path| {
                router.route(&format!("{PREFIX}{path}"), options(async || StatusCode::OK))
            });
            operation.mount(open, core, PREFIX)
        })
        .with_state(Jifeline::new(core))
}
