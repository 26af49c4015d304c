//! Jifeline as the sandbox plays it: log-in, connectors, vehicles and tickets of two garages.
//!
//! The Customer API's reference names few paths; [`OPERATIONS`] says for each operation where its path comes from.

mod auth;
mod connectors;
mod params;
mod price;
mod problem;
mod sessions;
mod tickets;
mod vehicles;

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Router;
use axum::routing::MethodFilter;
use axum::routing::on;
use axum::routing::options;
use http::StatusCode;

use crate::sandbox::core::Core;
use crate::sandbox::operation::Operation;
use crate::sandbox::operation::Provenance;
use crate::sandbox::seed::tickets::FORECOURT;
use crate::sandbox::seed::tickets::RING;
use crate::sandbox::seed::tickets::last_serviced_at;

use auth::Sessions;

/// What all paths start with.
const PREFIX: &str = "/jifeline";

/// Every operation that is served; a correction of the vendor's facts is one line here.
const OPERATIONS: &[Operation<Arc<Jifeline>>] = &[
    Operation {
        name: "jifeline.sessions.create",
        method: MethodFilter::POST,
        paths: &["/v2/authenticate/pincode"],
        success: StatusCode::OK,
        provenance: Provenance::Published,
        route: |method| on(method, sessions::create),
    },
    Operation {
        name: "jifeline.connectors.list",
        method: MethodFilter::GET,
        paths: &["/v1/connectors"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, connectors::list),
    },
    Operation {
        name: "jifeline.connectors.get",
        method: MethodFilter::GET,
        paths: &["/v1/connectors/{connectorId}"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, connectors::get),
    },
    Operation {
        name: "jifeline.connectors.get_by_uuid",
        method: MethodFilter::GET,
        paths: &["/v2/connectors/{connectorUUID}"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, connectors::get_by_uuid),
    },
    Operation {
        name: "jifeline.tickets.get_active",
        method: MethodFilter::GET,
        paths: &["/v1/connectors/{connectorId}/active-ticket"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, tickets::get_active),
    },
    Operation {
        name: "jifeline.tickets.list_historical",
        method: MethodFilter::GET,
        paths: &["/v1/historical-tickets"],
        success: StatusCode::OK,
        provenance: Provenance::Published,
        route: |method| on(method, tickets::list_historical),
    },
    Operation {
        name: "jifeline.tickets.get_historical",
        method: MethodFilter::GET,
        paths: &["/v1/historical-tickets/{historicalTicketId}"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, tickets::get_historical),
    },
    Operation {
        name: "jifeline.vehicles.list_serviced",
        method: MethodFilter::GET,
        paths: &["/v1/serviced-vehicles", "/v1/historical-vehicles"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, vehicles::list_serviced),
    },
    Operation {
        name: "jifeline.vehicles.find",
        method: MethodFilter::GET,
        paths: &["/v1/vehicles/search"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, vehicles::find),
    },
];

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
    OPERATIONS
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
