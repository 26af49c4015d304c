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
use super::cart;
use super::catalogue;
use super::center;
use super::connectors;
use super::create;
use super::customers;
use super::employees;
use super::messenger;
use super::notes;
use super::prepared;
use super::prerequisites;
use super::products;
use super::sessions;
use super::socket;
use super::system;
use super::tickets;
use super::vehicles;

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;
const DELETE: MethodFilter = MethodFilter::DELETE;
const PUT: MethodFilter = MethodFilter::PUT;

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
    row("jifeline.products.list_groups", GET, &["/v1/product-groups"], Published, |m| on(m, products::list_groups)),
    row("jifeline.products.list_bundles", GET, &["/v1/product-bundles"], Published, |m| on(m, products::list_bundles)),
    row("jifeline.products.list", GET, &["/v1/products"], Inferred, |m| on(m, products::list)),
    row("jifeline.products.add_favorite", POST, &["/v1/favorite-products"], Published, |m| on(m, products::add_favorite)),
    row("jifeline.products.remove_favorite", DELETE, &["/v1/favorite-products/{id}"], Published, |m| on(m, products::remove_favorite)),
    row("jifeline.products.list_prerequisites", GET, &["/v1/product-prerequisites"], Inferred, |m| on(m, prerequisites::list)),
    row("jifeline.cart.calculate_prices", POST, &["/v1/cart/calculate-prices"], Published, |m| on(m, cart::calculate_prices)),
    row("jifeline.tickets.list_prepared", GET, &["/v1/prepared-tickets"], Published, |m| on(m, prepared::list)),
    row("jifeline.tickets.create", POST, &["/v1/tickets"], Published, |m| on(m, create::create)).answering(StatusCode::CREATED),
    row("jifeline.tickets.list_notes", GET, &["/v1/tickets/{ticketId}/notes"], Published, |m| on(m, notes::list)),
    row("jifeline.tickets.rate", POST, &["/v1/tickets/{ticketId}/csat"], Inferred, |m| on(m, notes::rate)),
    row("jifeline.catalogue.list_makes", GET, &["/v1/vehicle-makes", "/v1/vehicles/makes"], Inferred, |m| on(m, catalogue::list_makes)),
    row("jifeline.catalogue.list_model_groups", GET, &["/v1/vehicle-model-groups", "/v1/vehicles/model-groups"], Inferred, |m| on(m, catalogue::list_model_groups)),
    row("jifeline.catalogue.get_model_group", GET, &["/v1/vehicle-model-groups/{modelGroupId}"], Inferred, |m| on(m, catalogue::get_model_group)),
    row("jifeline.catalogue.list_models", GET, &["/v1/vehicle-models", "/v1/vehicles/models"], Inferred, |m| on(m, catalogue::list_models)),
    row("jifeline.catalogue.get_model", GET, &["/v1/vehicle-models/{modelId}"], Inferred, |m| on(m, catalogue::get_model)),
    row("jifeline.catalogue.list_variants", GET, &["/v1/vehicle-model-variants", "/v1/vehicles/model-variants"], Inferred, |m| on(m, catalogue::list_variants)),
    row("jifeline.catalogue.get_variant", GET, &["/v1/vehicle-model-variants/{modelVariantId}"], Inferred, |m| on(m, catalogue::get_variant)),
    row("jifeline.passwords.request_reset", POST, &["/legacy/api/mobile/authentication/authenticate/forgot/password"], Published, |m| on(m, sessions::request_password_reset)),
    row("jifeline.sessions.create_by_connector_id", POST, &["/v1/authenticate/pincode"], Published, |m| on(m, sessions::create_by_connector_id)),
    row("jifeline.sessions.create_by_otp", POST, &["/v1/authenticate/otp-login", "/v1/authenticate/otp"], Published, |m| on(m, sessions::create_by_otp)),
    row("jifeline.connectors.dismiss_attention", POST, &["/v2/connectors/{connectorUUID}/actions/dismiss-call-for-attention"], Inferred, |m| on(m, connectors::dismiss_attention)).answering(StatusCode::NO_CONTENT),
    row("jifeline.users.me", GET, &["/v1/users/me"], Published, |m| on(m, customers::me)),
    row("jifeline.employees.list", GET, &["/v1/employees"], Published, |m| on(m, employees::list)),
    row("jifeline.employees.create", POST, &["/v1/employees"], Published, |m| on(m, employees::create)).answering(StatusCode::CREATED),
    row("jifeline.employees.get", GET, &["/v1/employees/{employeeId}"], Inferred, |m| on(m, employees::get)),
    row("jifeline.employees.update", PUT, &["/v1/employees/{employeeId}"], Inferred, |m| on(m, employees::update)),
    row("jifeline.customers.get", GET, &["/v1/customers/me"], Published, |m| on(m, customers::get)),
    row("jifeline.customers.update", PUT, &["/v1/customers/me"], Published, |m| on(m, customers::update)),
    row("jifeline.customers.get_branding", GET, &["/v1/customer-branding"], Inferred, |m| on(m, customers::get_branding)),
    row("jifeline.customers.get_wallet", GET, &["/v1/customer-wallet"], Published, |m| on(m, customers::get_wallet)),
    row("jifeline.service_center.get", GET, &["/v1/service-center"], Inferred, |m| on(m, center::get)),
    row("jifeline.service_center.get_status", GET, &["/v1/service-center/status"], Inferred, |m| on(m, center::get_status)),
    row("jifeline.system.list_countries", GET, &["/v1/system/countries"], Inferred, |m| on(m, system::list_countries)),
    row("jifeline.system.list_currencies", GET, &["/v1/system/currencies"], Inferred, |m| on(m, system::list_currencies)),
    row("jifeline.messenger.translate", POST, &["/v1/translate"], Published, |m| on(m, messenger::translate)).answering(StatusCode::CREATED),
    row("jifeline.channels.ping", POST, &["/v1/channels/{channelId}/actions/send-control-message"], Published, |m| on(m, messenger::ping)),
    row("jifeline.channels.create_attachment", POST, &["/v1/channel-attachments"], Published, |m| on(m, messenger::create_attachment)),
    row("jifeline.channels.get_attachment", GET, &["/v1/channel-attachments"], Published, |m| on(m, messenger::get_attachment)),
    row("jifeline.channels.get", GET, &["/v1/channels/{channelId}"], Published, |m| on(m, messenger::get_channel)),
    row("jifeline.chats.get", GET, &["/v1/chats/{chatId}"], Published, |m| on(m, messenger::get_chat)),
    row("jifeline.socket.connect", GET, &["/wss"], Inferred, |m| on(m, socket::connect)),
];
