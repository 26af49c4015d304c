//! Jifeline as the sandbox plays it: log-in, connectors, vehicles and tickets of two garages.
//!
//! The Customer API's reference names few paths; [`operations::OPERATIONS`] says for each operation where its path comes from.

mod auth;
mod body;
mod cart;
mod catalogue;
mod center;
mod changes;
mod connectors;
pub(crate) mod control;
mod create;
mod customers;
mod devices;
mod employees;
mod life;
mod messenger;
mod notes;
mod operations;
mod orders;
mod params;
mod prepared;
mod prerequisites;
mod price;
mod problem;
mod products;
mod quote;
mod sessions;
mod socket;
mod staff;
mod system;
mod tickets;
mod vehicles;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::routing::options;
use http::StatusCode;

use crate::sandbox::core::Core;
use crate::sandbox::seed::garages::GARAGES;
use crate::sandbox::seed::garages::SeedCustomer;
use crate::sandbox::seed::tickets::FORECOURT;
use crate::sandbox::seed::tickets::RING;
use crate::sandbox::seed::tickets::last_serviced_at;

use auth::Sessions;
use center::Center;
use changes::Changes;
use devices::Settings;
use messenger::Files;
use notes::Ratings;
use orders::Orders;
use products::Favorites;
use staff::Staff;

/// What all paths start with.
const PREFIX: &str = "/jifeline";

/// The vendor's state.
#[derive(Debug)]
pub(crate) struct Jifeline {
    core: Arc<Core>,
    sessions: Sessions,
    /// Per garage the cars that it had serviced, as places in the fleet, most recently serviced first.
    serviced: [(u8, Vec<usize>); 2],
    center: Mutex<Center>,
    staff: Staff,
    files: Mutex<Files>,
    customers: Mutex<Vec<(u8, SeedCustomer)>>,
    changes: Changes,
    devices: Mutex<Settings>,
    orders: Mutex<Orders>,
    favorites: Mutex<Favorites>,
    ratings: Mutex<Ratings>,
}

impl Jifeline {
    /// Makes the state at the end of the seeded past.
    pub(crate) fn new(core: &Arc<Core>) -> Arc<Self> {
        let serviced = [FORECOURT, RING].map(|garage| {
            let times = core.fleet.cars().iter().map(|car| (last_serviced_at(car, garage), car.index));
            let mut known: Vec<_> = times.filter_map(|(time, index)| time.map(|time| (Reverse(time), index))).collect();
            known.sort_unstable();
            (garage, known.into_iter().map(|(_, index)| index).collect())
        });
        Arc::new(Self {
            core: Arc::clone(core),
            sessions: Sessions::default(),
            serviced,
            center: Mutex::default(),
            staff: Staff::default(),
            files: Mutex::default(),
            customers: Mutex::new(GARAGES.iter().map(|garage| (garage.number, garage.customer.clone())).collect()),
            changes: Changes::default(),
            devices: Mutex::default(),
            orders: Mutex::new(Orders::seeded(core)),
            favorites: Mutex::new(products::seeded_favorites()),
            ratings: Mutex::default(),
        })
    }
}

/// Serves the vendor at full paths, prefix included: merge it, do not nest it.
pub(crate) fn router(jifeline: &Arc<Jifeline>) -> Router {
    let paths: BTreeSet<&str> = operations::OPERATIONS.iter().flat_map(|operation| operation.paths).copied().collect();
    // Each path of the vendor answers a browser's preflight without a token. That is routed first: of several routes on
    // one path the last one answers a wrong method, and the operation's is journaled.
    let open = paths
        .iter()
        .fold(Router::new(), |router, path| router.route(&format!("{PREFIX}{path}"), options(async || StatusCode::OK)));
    operations::OPERATIONS
        .iter()
        .fold(open, |router, operation| operation.mount(router, &jifeline.core, PREFIX))
        .with_state(Arc::clone(jifeline))
}
