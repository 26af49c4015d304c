//! The vendor's operations as the sandbox serves them; a correction of the vendor's facts is one line here.

use std::sync::Arc;

use axum::routing::MethodFilter;
use axum::routing::MethodRouter;
use axum::routing::on;
use http::StatusCode;

use crate::sandbox::operation::Operation;
use crate::sandbox::operation::Provenance;
use crate::sandbox::operation::Provenance::Inferred;
use crate::sandbox::operation::Provenance::Published;

use super::Jifeline;
use super::connectors;
use super::sessions;
use super::tickets;
use super::vehicles;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

/// One row: name, method, paths (the primary one, then aliases), how they are known, handler. Success is 200.
const fn row(
    name: &'static str,
    method: MethodFilter,
    paths: &'static [&'static str],
    provenance: Provenance,
    route: fn(MethodFilter) -> MethodRouter<Arc<Jifeline>>,
) -> Operation<Arc<Jifeline>> {
    Operation { name, method, paths, success: StatusCode::OK, provenance, route }
}

/// Every operation that is served.
#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation<Arc<Jifeline>>] = &[
    row("jifeline.sessions.create", POST, &["/v2/authenticate/pincode"], Published, |m| on(m, sessions::create)),
    row("jifeline.connectors.list", GET, &["/v1/connectors"], Inferred, |m| on(m, connectors::list)),
    row("jifeline.connectors.get", GET, &["/v1/connectors/{connectorId}"], Inferred, |m| on(m, connectors::get)),
    row("jifeline.connectors.get_by_uuid", GET, &["/v2/connectors/{connectorUUID}"], Inferred, |m| on(m, connectors::get_by_uuid)),
    row("jifeline.tickets.get_active", GET, &["/v1/connectors/{connectorId}/active-ticket"], Inferred, |m| on(m, tickets::get_active)),
    row("jifeline.tickets.list_historical", GET, &["/v1/historical-tickets"], Published, |m| on(m, tickets::list_historical)),
    row("jifeline.tickets.get_historical", GET, &["/v1/historical-tickets/{historicalTicketId}"], Inferred, |m| on(m, tickets::get_historical)),
    row("jifeline.vehicles.list_serviced", GET, &["/v1/serviced-vehicles", "/v1/historical-vehicles"], Inferred, |m| on(m, vehicles::list_serviced)),
    row("jifeline.vehicles.find", GET, &["/v1/vehicles/search"], Inferred, |m| on(m, vehicles::find)),
];
