//! What a request carries through the graph: its caller and a fresh set of loaders.

use async_graphql::Context;
use async_graphql::Request;

use crate::domain::cart::loader::QuoteLoader;
use crate::domain::catalogue::loader::CatalogueLoader;
use crate::domain::catalogue::loader::GroupByNumber;
use crate::domain::catalogue::loader::GroupsOfMake;
use crate::domain::catalogue::loader::MakesLoader;
use crate::domain::catalogue::loader::ModelByNumber;
use crate::domain::catalogue::loader::ModelsOfGroup;
use crate::domain::catalogue::loader::VariantByNumber;
use crate::domain::catalogue::loader::VariantsOfModel;
use crate::domain::connector::loader::ConnectorByUuidLoader;
use crate::domain::connector::loader::ConnectorListLoader;
use crate::domain::connector::loader::ConnectorLoader;
use crate::domain::garage::customer::Branding;
use crate::domain::garage::customer::Customer;
use crate::domain::garage::customer::Wallet;
use crate::domain::garage::facts::OwnEmployee;
use crate::domain::garage::facts::Staff;
use crate::domain::garage::loader::EmployeeLoader;
use crate::domain::garage::loader::FactLoader;
use crate::domain::garage::service_center::ServiceCenter;
use crate::domain::garage::service_center::ServiceCenterStatus;
use crate::domain::garage::user::GarageUser;
use crate::domain::inspection::loader::InspectionByTokenLoader;
use crate::domain::inspection::loader::InspectionLoader;
use crate::domain::inspection::loader::InspectionsOfVehicleLoader;
use crate::domain::inspection::loader::PlateOwnerLoader;
use crate::domain::inspection::loader::PresentReportLoader;
use crate::domain::inspection::loader::ReportLoader;
use crate::domain::inspection::loader::TokenStateLoader;
use crate::domain::inspection::matches::InspectionByVendorIdLoader;
use crate::domain::inspection::matches::InspectionSearchLoader;
use crate::domain::listing::loader::ListingLoader;
use crate::domain::listing::loader::ListingsOfVehicleLoader;
use crate::domain::listing::loader::VehicleOptionsLoader;
use crate::domain::messenger::loader::AttachmentLoader;
use crate::domain::messenger::loader::ChannelLoader;
use crate::domain::messenger::loader::ChatLoader;
use crate::domain::product::loader::Bundles;
use crate::domain::product::loader::Groups;
use crate::domain::product::loader::Prerequisites;
use crate::domain::product::loader::ProductLoader;
use crate::domain::product::loader::Products;
use crate::domain::reference::loader::CountriesLoader;
use crate::domain::reference::loader::CurrenciesLoader;
use crate::domain::services::Caller;
use crate::domain::ticket::loader::ActiveTicketLoader;
use crate::domain::ticket::loader::ConnectorHistoryLoader;
use crate::domain::ticket::loader::PreparedTicketLoader;
use crate::domain::ticket::loader::TicketHistoryLoader;
use crate::domain::ticket::loader::TicketLoader;
use crate::domain::ticket::loader::TicketNotesLoader;
use crate::domain::timeline::loader::TimelineLoader;
use crate::domain::vehicle::loader::VehicleIndexLoader;
use crate::domain::vehicle::loader::VehicleSpecLoader;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::dataloader::Hub;

/// Puts the caller and fresh loaders into `request`; it must then run inside the driver of the same `hub`.
pub fn attach(request: Request, caller: &Caller, hub: &Hub) -> Request {
    let request = attach_garage(request, caller, hub);
    let caller = || caller.clone();
    request
        .data(caller())
        .data(DataLoader::new(hub, VehicleSpecLoader(caller())))
        .data(DataLoader::new(hub, VehicleIndexLoader(caller())))
        .data(DataLoader::new(hub, MakesLoader(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<GroupsOfMake>::new(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<GroupByNumber>::new(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<ModelsOfGroup>::new(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<ModelByNumber>::new(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<VariantsOfModel>::new(caller())))
        .data(DataLoader::new(hub, CatalogueLoader::<VariantByNumber>::new(caller())))
        .data(DataLoader::new(hub, ProductLoader::<Groups>::new(caller())))
        .data(DataLoader::new(hub, ProductLoader::<Bundles>::new(caller())))
        .data(DataLoader::new(hub, ProductLoader::<Products>::new(caller())))
        .data(DataLoader::new(hub, ProductLoader::<Prerequisites>::new(caller())))
        .data(DataLoader::new(hub, QuoteLoader(caller())))
        .data(DataLoader::new(hub, PreparedTicketLoader(caller())))
        .data(DataLoader::new(hub, TicketNotesLoader(caller())))
        .data(DataLoader::new(hub, CountriesLoader(caller())))
        .data(DataLoader::new(hub, CurrenciesLoader(caller())))
        .data(DataLoader::new(hub, TicketHistoryLoader(caller())))
        .data(DataLoader::new(hub, ConnectorHistoryLoader(caller())))
        .data(DataLoader::new(hub, TicketLoader(caller())))
        .data(DataLoader::new(hub, ActiveTicketLoader(caller())))
        .data(DataLoader::new(hub, ConnectorListLoader(caller())))
        .data(DataLoader::new(hub, ConnectorLoader(caller())))
        .data(DataLoader::new(hub, ConnectorByUuidLoader(caller())))
        .data(DataLoader::new(hub, InspectionsOfVehicleLoader(caller())))
        .data(DataLoader::new(hub, PlateOwnerLoader(caller())))
        .data(DataLoader::new(hub, InspectionLoader(caller())))
        .data(DataLoader::new(hub, InspectionByTokenLoader(caller())))
        .data(DataLoader::new(hub, TokenStateLoader(caller())))
        .data(DataLoader::new(hub, PresentReportLoader(caller())))
        .data(DataLoader::new(hub, ReportLoader(caller())))
        .data(DataLoader::new(hub, InspectionSearchLoader(caller())))
        .data(DataLoader::new(hub, InspectionByVendorIdLoader(caller())))
        .data(DataLoader::new(hub, ListingsOfVehicleLoader(caller())))
        .data(DataLoader::new(hub, ListingLoader(caller())))
        .data(DataLoader::new(hub, VehicleOptionsLoader(caller())))
        .data(DataLoader::new(hub, ChatLoader(caller())))
        .data(DataLoader::new(hub, ChannelLoader(caller())))
        .data(DataLoader::new(hub, AttachmentLoader(caller())))
        .data(DataLoader::new(hub, TimelineLoader(caller())))
}

fn attach_garage(request: Request, caller: &Caller, hub: &Hub) -> Request {
    let caller = || caller.clone();
    request
        .data(DataLoader::new(hub, EmployeeLoader(caller())))
        .data(DataLoader::new(hub, FactLoader::<Staff>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<OwnEmployee>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<GarageUser>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<Customer>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<Branding>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<Wallet>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<ServiceCenter>::new(caller())))
        .data(DataLoader::new(hub, FactLoader::<ServiceCenterStatus>::new(caller())))
}

/// The caller of the request that is being answered.
///
/// # Errors
/// `INTERNAL` when the request was started without one.
pub fn caller<'a>(ctx: &Context<'a>) -> Result<&'a Caller> {
    ctx.data_opt::<Caller>().ok_or_else(|| Error::internal("the request has no caller"))
}
