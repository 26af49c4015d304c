//! Anything that has a global id.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Interface;
use async_graphql::Object;
use futures_util::future::join_all;

use crate::auth::Scope;
use crate::domain::connector;
use crate::domain::connector::model::Connector;
use crate::domain::garage;
use crate::domain::garage::employee::GarageEmployee;
use crate::domain::inspection;
use crate::domain::inspection::model::Inspection;
use crate::domain::listing;
use crate::domain::listing::model::Listing;
use crate::domain::messenger;
use crate::domain::messenger::model::GarageChannel;
use crate::domain::messenger::model::GarageChat;
use crate::domain::request::caller;
use crate::domain::ticket;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::domain::vehicle::model::Vehicle;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

const MOST_IDS: usize = 200;
/// Sources shorten and lengthen VINs, but not beyond measure; a longer text goes into no call.
const LONGEST_VIN: usize = 32;

/// Anything that has a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id, opaque, and meaningful only within its tenant."))]
pub enum Node {
    /// A vehicle.
    Vehicle(Vehicle),
    /// An inspection.
    Inspection(Inspection),
    /// A listing.
    Listing(Listing),
    /// A diagnostic ticket.
    DiagnosticTicket(DiagnosticTicket),
    /// A connector.
    Connector(Connector),
    /// An employee of a garage.
    Employee(GarageEmployee),
    /// A chat with an operator.
    Chat(GarageChat),
    /// A channel to the service centre.
    Channel(GarageChannel),
}

/// Questions by global id.
#[derive(Debug, Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The thing with this global id; null when there is none or it is another tenant's. Needs the read scope of its type.
    ///
    /// A vehicle is there for every VIN; whether anything is known of it, its fields tell.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "A global id of this graph.")] id: ID) -> Sourced<Node> {
        sourced(async { node(ctx, &NodeId::decode(&id)?).await }).await
    }

    /// The things with these global ids, at most 200, in the order asked for; null where there is none.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids of this graph.")] ids: Vec<ID>,
    ) -> Sourced<Vec<Sourced<Node>>> {
        if ids.len() > MOST_IDS {
            return Some(Err(Error::bad_input(format!(
                "`ids` names {} things; at most {MOST_IDS} at once",
                ids.len()
            ))));
        }
        Some(Ok(join_all(ids.iter().map(|id| sourced(async { node(ctx, &NodeId::decode(id)?).await }))).await))
    }
}

/// The thing that `id` names, for a session with the read scope of its type; none when there is none.
pub(super) async fn node(ctx: &Context<'_>, id: &NodeId) -> Result<Option<Node>> {
    let needs = |scope| {
        if caller(ctx)?.session.may(scope) {
            return Ok(());
        }
        Err(Error::new(Code::Forbidden, format!("an id of the type `{}` needs the scope `{scope}`", id.kind())))
    };
    match id.kind() {
        "Vehicle" => {
            needs(Scope::VehiclesRead)?;
            let key = id.key();
            let is_vin = key.len() <= LONGEST_VIN && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            Ok(is_vin.then(|| Node::Vehicle(Vehicle { vin: Vin::from_source(key) })))
        }
        "Inspection" => {
            needs(Scope::InspectionsRead)?;
            Ok(inspection::query::inspection(ctx, id.key()).await?.map(Node::Inspection))
        }
        "Listing" => {
            needs(Scope::ListingsRead)?;
            Ok(listing::query::listing(ctx, id.key()).await?.map(Node::Listing))
        }
        "DiagnosticTicket" => {
            needs(Scope::TicketsRead)?;
            Ok(ticket::query::ticket(ctx, id.key()).await?.map(Node::DiagnosticTicket))
        }
        "Connector" => {
            needs(Scope::TicketsRead)?;
            Ok(connector::query::connector(ctx, id.key()).await?.map(Node::Connector))
        }
        "Employee" => {
            needs(Scope::AccountRead)?;
            Ok(garage::query::employee(ctx, id.key()).await?.map(Node::Employee))
        }
        "Chat" => {
            needs(Scope::TicketsRead)?;
            Ok(messenger::query::chat(ctx, id.key()).await?.map(Node::Chat))
        }
        "Channel" => {
            needs(Scope::TicketsRead)?;
            Ok(messenger::query::channel(ctx, id.key()).await?.map(Node::Channel))
        }
        other => Err(Error::bad_input(format!("the id names a `{other}`, which this graph does not have"))),
    }
}
