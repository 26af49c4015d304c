//! The vendor's operations as the sandbox serves them; a correction of the vendor's facts is one line here.

use axum::routing::MethodFilter;
use axum::routing::MethodRouter;
use axum::routing::on;
use http::StatusCode;

use crate::sandbox::operation::Operation;
use crate::sandbox::operation::Provenance;
use crate::sandbox::operation::Provenance::Inferred;
use crate::sandbox::operation::Provenance::Published;
use crate::sandbox::operation::Provenance::Seed;

use super::Place;
use super::inspections;
use super::tokens;
use super::webhooks;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const PUT: MethodFilter = MethodFilter::PUT;

/// One row: name, method, path, how they are known, handler. Success is 200.
const fn row(
    name: &'static str,
    method: MethodFilter,
    paths: &'static [&'static str],
    provenance: Provenance,
    route: fn(MethodFilter) -> MethodRouter<Place>,
) -> Operation<Place> {
    Operation { name, method, paths, success: StatusCode::OK, provenance, route }
}

/// Every operation that is served.
#[rustfmt::skip]
pub(super) const OPERATIONS: &[Operation<Place>] = &[
    row("tchek.tokens.create", POST, &["/apiV1/tokenmanager/token"], Seed, |m| on(m, tokens::create)),
    row("tchek.tokens.status", GET, &["/apiV1/tokenmanager/test"], Seed, |m| on(m, tokens::status)),
    row("tchek.webhooks.configure", PUT, &["/apiV1/eventmanager/configwebhook"], Published, |m| on(m, webhooks::configure)),
    row("tchek.webhooks.get_configuration", GET, &["/apiV1/eventmanager/configwebhook"], Published, |m| on(m, webhooks::get_configuration)),
    row("tchek.webhooks.subscribe", PUT, &["/apiV1/eventmanager/configevent"], Published, |m| on(m, webhooks::subscribe)),
    // Seen in code of the vendor's customers only.
    row("tchek.reports.get", GET, &["/apiV1/report/loadtchek"], Inferred, |m| on(m, inspections::load)),
    // The vendor itself writes `v1` here and `V1` everywhere else.
    row("tchek.inspections.search", GET, &["/apiv1/tchek/search"], Published, |m| on(m, inspections::search)),
    row("tchek.users.me", GET, &["/apiV1/user"], Published, |m| on(m, inspections::me)),
];
