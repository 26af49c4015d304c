//! What a request carries through the graph: its caller and a fresh set of loaders.

use async_graphql::Context;
use async_graphql::Request;

use crate::domain::connector::loader::ConnectorByUuidLoader;
use crate::domain::connector::loader::ConnectorListLoader;
use crate::domain::connector::loader::ConnectorLoader;
use crate::domain::inspection::loader::InspectionByTokenLoader;
use crate::domain::inspection::loader::InspectionLoader;
use crate::domain::inspection::loader::InspectionsOfVehicleLoader;
use crate::domain::inspection::loader::ReportLoader;
use crate::domain::inspection::loader::TokenStateLoader;
use crate::domain::listing::loader::ListingLoader;
use crate::domain::listing::loader::ListingsOfVehicleLoader;
use crate::domain::listing::loader::VehicleOptionsLoader;
use crate::domain::services::Caller;
use crate::domain::ticket::loader::ActiveTicketLoader;
use crate::domain::ticket::loader::TicketHistoryLoader;
use crate::domain::ticket::loader::TicketLoader;
use crate::domain::vehicle::loader::VehicleIndexLoader;
use crate::domain::vehicle::loader::VehicleSpecLoader;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::dataloader::Hub;

/// Puts the caller and fresh loaders into `request`; it must then run inside the driver of the same `hub`.
pub fn attach(request: Request, caller: &Caller, hub: &Hub) -> Request {
    let caller = || caller.clone();
    request
        .data(caller())
        .data(DataLoader::new(hub, VehicleSpecLoader(caller())))
        .data(DataLoader::new(hub, VehicleIndexLoader(caller())))
        .data(DataLoader::new(hub, TicketHistoryLoader(caller())))
        .data(DataLoader::new(hub, TicketLoader(caller())))
        .data(DataLoader::new(hub, ActiveTicketLoader(caller())))
        .data(DataLoader::new(hub, ConnectorListLoader(caller())))
        .data(DataLoader::new(hub, ConnectorLoader(caller())))
        .data(DataLoader::new(hub, ConnectorByUuidLoader(caller())))
        .data(DataLoader::new(hub, InspectionsOfVehicleLoader(caller())))
        .data(DataLoader::new(hub, InspectionLoader(caller())))
        .data(DataLoader::new(hub, InspectionByTokenLoader(caller())))
        .data(DataLoader::new(hub, TokenStateLoader(caller())))
        .data(DataLoader::new(hub, ReportLoader(caller())))
        .data(DataLoader::new(hub, ListingsOfVehicleLoader(caller())))
        .data(DataLoader::new(hub, ListingLoader(caller())))
        .data(DataLoader::new(hub, VehicleOptionsLoader(caller())))
}

/// The caller of the request that is being answered.
///
/// # Errors
/// `INTERNAL` when the request was started without one.
pub fn caller<'a>(ctx: &Context<'a>) -> Result<&'a Caller> {
    ctx.data_opt::<Caller>().ok_or_else(|| Error::internal("the request has no caller"))
}
