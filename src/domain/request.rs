//! What a request carries through the graph: its caller and a fresh set of loaders.

use std::time::Duration;

use async_graphql::Context;
use async_graphql::Data;
use async_graphql::Request;
use tokio::time::Instant;

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
use crate::graphql::event::Renewal;

/// Puts the caller and fresh loaders into `request`; it must then run inside the driver of the same `hub`.
pub fn attach(mut request: Request, caller: &Caller, hub: &Hub) -> Request {
    request.data = fresh(caller, hub);
    request
}

/// Makes `request`, which subscribes, give each of its events a caller with `time` to answer, and fresh loaders.
///
/// The caller that starts the stream stands beside them; there are no loaders outside of an event.
pub fn attach_events(request: Request, caller: &Caller, time: Duration) -> Request {
    let asking = caller.clone();
    let renewal = Renewal::new(move |hub| {
        let caller = Caller { deadline: Instant::now() + time, ..asking.clone() };
        fresh(&caller, hub)
    });
    request.data(caller.clone()).data(renewal)
}

/// The caller and loaders of `hub` that remember nothing.
fn fresh(caller: &Caller, hub: &Hub) -> Data {
    let mut data = Data::default();
    data.insert(caller.clone());
    add_garage(&mut data, caller, hub);
    let caller = || caller.clone();
    data.insert(DataLoader::new(hub, VehicleSpecLoader(caller())));
    data.insert(DataLoader::new(hub, VehicleIndexLoader(caller())));
    data.insert(DataLoader::new(hub, MakesLoader(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<GroupsOfMake>::new(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<GroupByNumber>::new(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<ModelsOfGroup>::new(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<ModelByNumber>::new(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<VariantsOfModel>::new(caller())));
    data.insert(DataLoader::new(hub, CatalogueLoader::<VariantByNumber>::new(caller())));
    data.insert(DataLoader::new(hub, ProductLoader::<Groups>::new(caller())));
    data.insert(DataLoader::new(hub, ProductLoader::<Bundles>::new(caller())));
    data.insert(DataLoader::new(hub, ProductLoader::<Products>::new(caller())));
    data.insert(DataLoader::new(hub, ProductLoader::<Prerequisites>::new(caller())));
    data.insert(DataLoader::new(hub, QuoteLoader(caller())));
    data.insert(DataLoader::new(hub, PreparedTicketLoader(caller())));
    data.insert(DataLoader::new(hub, TicketNotesLoader(caller())));
    data.insert(DataLoader::new(hub, CountriesLoader(caller())));
    data.insert(DataLoader::new(hub, CurrenciesLoader(caller())));
    data.insert(DataLoader::new(hub, TicketHistoryLoader(caller())));
    data.insert(DataLoader::new(hub, ConnectorHistoryLoader(caller())));
    data.insert(DataLoader::new(hub, TicketLoader(caller())));
    data.insert(DataLoader::new(hub, ActiveTicketLoader(caller())));
    data.insert(DataLoader::new(hub, ConnectorListLoader(caller())));
    data.insert(DataLoader::new(hub, ConnectorLoader(caller())));
    data.insert(DataLoader::new(hub, ConnectorByUuidLoader(caller())));
    data.insert(DataLoader::new(hub, InspectionsOfVehicleLoader(caller())));
    data.insert(DataLoader::new(hub, PlateOwnerLoader(caller())));
    data.insert(DataLoader::new(hub, InspectionLoader(caller())));
    data.insert(DataLoader::new(hub, InspectionByTokenLoader(caller())));
    data.insert(DataLoader::new(hub, TokenStateLoader(caller())));
    data.insert(DataLoader::new(hub, PresentReportLoader(caller())));
    data.insert(DataLoader::new(hub, ReportLoader(caller())));
    data.insert(DataLoader::new(hub, InspectionSearchLoader(caller())));
    data.insert(DataLoader::new(hub, InspectionByVendorIdLoader(caller())));
    data.insert(DataLoader::new(hub, ListingsOfVehicleLoader(caller())));
    data.insert(DataLoader::new(hub, ListingLoader(caller())));
    data.insert(DataLoader::new(hub, VehicleOptionsLoader(caller())));
    data.insert(DataLoader::new(hub, ChatLoader(caller())));
    data.insert(DataLoader::new(hub, ChannelLoader(caller())));
    data.insert(DataLoader::new(hub, AttachmentLoader(caller())));
    data.insert(DataLoader::new(hub, TimelineLoader(caller())));
    data
}

fn add_garage(data: &mut Data, caller: &Caller, hub: &Hub) {
    let caller = || caller.clone();
    data.insert(DataLoader::new(hub, EmployeeLoader(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<Staff>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<OwnEmployee>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<GarageUser>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<Customer>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<Branding>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<Wallet>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<ServiceCenter>::new(caller())));
    data.insert(DataLoader::new(hub, FactLoader::<ServiceCenterStatus>::new(caller())));
}

/// The caller of the request that is being answered.
///
/// # Errors
/// `INTERNAL` when the request was started without one.
pub fn caller<'a>(ctx: &Context<'a>) -> Result<&'a Caller> {
    ctx.data_opt::<Caller>().ok_or_else(|| Error::internal("the request has no caller"))
}
