//! Things that another graph of a federation names by a key.
//!
//! The engine has its own `_entities`, which answers all representations with the error of one. This one answers each by
//! itself: what cannot be read is null with one error at its index, and the others stand.

use async_graphql::Any;
use async_graphql::Context;
use async_graphql::Object;
use async_graphql::Union;
use async_graphql::Value;
use futures_util::future::join_all;

use crate::auth::Scope;
use crate::domain::catalogue::query as catalogue;
use crate::domain::connector::model::Connector;
use crate::domain::garage::employee::GarageEmployee;
use crate::domain::inspection::model::Inspection;
use crate::domain::listing::model::Listing;
use crate::domain::messenger::model::GarageChannel;
use crate::domain::messenger::model::GarageChat;
use crate::domain::node::Node;
use crate::domain::node::node;
use crate::domain::representation::Key;
use crate::domain::representation::Level;
use crate::domain::request::caller;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::domain::vehicle::model::Vehicle;
use crate::domain::vehicle::model::VehicleMake;
use crate::domain::vehicle::model::VehicleModel;
use crate::domain::vehicle::model::VehicleModelGroup;
use crate::domain::vehicle::model::VehicleModelVariant;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

/// How many representations one field may bring.
pub const MOST_REPRESENTATIONS: usize = 1_000;

/// Anything that another graph can name by a key.
#[derive(Union)]
#[graphql(name = "_Entity")]
pub enum Entity {
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
    /// A make of vehicles.
    Make(VehicleMake),
    /// A family of models.
    ModelGroup(VehicleModelGroup),
    /// A model.
    Model(VehicleModel),
    /// A variant of a model.
    Variant(VehicleModelVariant),
}

impl From<Node> for Entity {
    fn from(node: Node) -> Self {
        match node {
            Node::Vehicle(vehicle) => Self::Vehicle(vehicle),
            Node::Inspection(inspection) => Self::Inspection(inspection),
            Node::Listing(listing) => Self::Listing(listing),
            Node::DiagnosticTicket(ticket) => Self::DiagnosticTicket(ticket),
            Node::Connector(connector) => Self::Connector(connector),
            Node::Employee(employee) => Self::Employee(employee),
            Node::Chat(chat) => Self::Chat(chat),
            Node::Channel(channel) => Self::Channel(channel),
        }
    }
}

/// Questions of a federation's gateway.
#[derive(Debug, Default)]
pub struct EntityQuery;

#[Object]
impl EntityQuery {
    /// The things that these representations name, at most 1,000, in the order asked for. Asked by the gateway of a
    /// federation. Null where there is none or it is another tenant's; null with an error for a representation that
    /// cannot be read. A vehicle is there for every VIN. Each needs the read scope of its type.
    #[graphql(name = "_entities")]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Objects with `__typename` and the fields of a `@key` of that type.")] representations: Vec<
            Any,
        >,
    ) -> Result<Vec<Sourced<Entity>>> {
        let count = representations.len();
        if count > MOST_REPRESENTATIONS {
            let message =
                format!("`representations` names {count} things; at most {MOST_REPRESENTATIONS} are answered at once");
            return Err(Error::bad_input(message));
        }
        let each = representations.iter().enumerate();
        Ok(join_all(each.map(|(index, one)| sourced(entity(ctx, index, &one.0)))).await)
    }
}

async fn entity(ctx: &Context<'_>, index: usize, representation: &Value) -> Result<Option<Entity>> {
    let key = Key::read(representation)
        .map_err(|reason| Error::bad_input(format!("`representations[{index}]` cannot be read: {reason}")))?;
    match key {
        Key::Node(id) => Ok(node(ctx, &id).await?.map(Entity::from)),
        Key::Catalogue(level, id) => {
            if !caller(ctx)?.session.may(Scope::CatalogRead) {
                let message = format!("an entity of the catalogue needs the scope `{}`", Scope::CatalogRead);
                return Err(Error::new(Code::Forbidden, message));
            }
            Ok(match level {
                Level::Make => catalogue::make(ctx, id).await?.map(Entity::Make),
                Level::ModelGroup => catalogue::model_group(ctx, id).await?.map(Entity::ModelGroup),
                Level::Model => catalogue::model(ctx, id).await?.map(Entity::Model),
                Level::Variant => catalogue::variant(ctx, id).await?.map(Entity::Variant),
            })
        }
    }
}
