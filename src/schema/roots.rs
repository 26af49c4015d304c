//! The roots of the schema, merged from the domains.

use async_graphql::MergedObject;

use crate::domain::connector::query::ConnectorQuery;
use crate::domain::inspection::mutation::InspectionMutation;
use crate::domain::inspection::query::InspectionQuery;
use crate::domain::listing::mutation::ListingMutation;
use crate::domain::listing::query::ListingQuery;
use crate::domain::node::NodeQuery;
use crate::domain::ticket::query::TicketQuery;
use crate::domain::vehicle::query::VehicleQuery;

/// What can be asked.
#[derive(Debug, Default, MergedObject)]
pub struct Query(VehicleQuery, InspectionQuery, ListingQuery, TicketQuery, ConnectorQuery, NodeQuery);

/// What can be created.
#[derive(Debug, Default, MergedObject)]
pub struct Mutation(InspectionMutation, ListingMutation);
