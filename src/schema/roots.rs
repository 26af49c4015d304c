//! The roots of the schema, merged from the domains.

use async_graphql::MergedObject;
use async_graphql::MergedSubscription;

use crate::domain::cart::query::CartQuery;
use crate::domain::catalogue::query::CatalogueQuery;
use crate::domain::change::ChangeQuery;
use crate::domain::connector::mutation::ConnectorMutation;
use crate::domain::connector::query::ConnectorQuery;
use crate::domain::entity::EntityQuery;
use crate::domain::garage::mutation::GarageMutation;
use crate::domain::garage::query::GarageQuery;
use crate::domain::garage::session::mutation::SessionMutation;
use crate::domain::inspection::mutation::InspectionMutation;
use crate::domain::inspection::query::InspectionQuery;
use crate::domain::inspection::subscription::InspectionSubscription;
use crate::domain::listing::mutation::ListingMutation;
use crate::domain::listing::query::ListingQuery;
use crate::domain::messenger::mutation::MessengerMutation;
use crate::domain::messenger::query::MessengerQuery;
use crate::domain::node::NodeQuery;
use crate::domain::operations::query::OperationsQuery;
use crate::domain::product::mutation::ProductMutation;
use crate::domain::product::query::ProductsQuery;
use crate::domain::reference::query::ReferenceQuery;

use crate::domain::status::subscription::StatusSubscription;
use crate::domain::ticket::mutation::TicketMutation;
use crate::domain::ticket::query::TicketQuery;
use crate::domain::timeline::subscription::ActivitySubscription;
use crate::domain::vehicle::query::VehicleQuery;

use super::federation::ServiceQuery;

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    VehicleQuery,
    InspectionQuery,
    ListingQuery,
    TicketQuery,
    ConnectorQuery,
    CatalogueQuery,
    ProductsQuery,
    CartQuery,
    ReferenceQuery,
    GarageQuery,
    MessengerQuery,
    OperationsQuery,
    ChangeQuery,
    NodeQuery,
    EntityQuery,
    ServiceQuery,
);

/// What can be created and changed.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(
    InspectionMutation,
    ListingMutation,
    TicketMutation,
    ProductMutation,
    ConnectorMutation,
    GarageMutation,
    SessionMutation,
    MessengerMutation,
);

/// What can be followed as it changes, over a WebSocket or an event stream.
#[derive(Debug, Default, MergedSubscription)]
pub struct Subscription(InspectionSubscription, ActivitySubscription, StatusSubscription);
