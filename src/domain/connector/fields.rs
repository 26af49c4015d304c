//! The fields of `Connector`.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::source_of::Source;
use crate::domain::ticket::loader::ActiveTicketLoader;
use crate::domain::ticket::loader::ConnectorHistoryLoader;
use crate::domain::ticket::loader::OnConnector;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::domain::vehicle::model::Vehicle;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::model::Connector;

/// A connector: the device that is plugged into a vehicle's diagnostic port.
#[Object]
impl Connector {
    /// The connector's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Connector", format!("{}/{}", self.account, self.report.id.0)).into()
    }

    /// The number printed on the device.
    async fn number(&self) -> &str {
        &self.report.id.0
    }

    /// The device's UUID.
    async fn uuid(&self) -> Option<&str> {
        self.report.uuid.as_deref()
    }

    /// Whether it is connected to the vendor right now.
    async fn online(&self) -> Option<bool> {
        self.report.online
    }

    /// Whether it has Wi-Fi.
    async fn wifi(&self) -> Option<bool> {
        self.report.wifi
    }

    /// Whether it speaks DoIP (diagnostics over the car's Ethernet), which some models need.
    async fn supports_doip(&self) -> Option<bool> {
        self.report.doip
    }

    /// Version of its software.
    async fn software_version(&self) -> Option<&str> {
        self.report.software_version.as_deref()
    }

    /// Version of its hardware.
    async fn hardware_version(&self) -> Option<&str> {
        self.report.hardware_version.as_deref()
    }

    /// Kind of hardware in the vendor's word, such as `classic`.
    async fn hardware_type(&self) -> Option<&str> {
        self.report.hardware_type.as_deref()
    }

    /// The make of the vehicle that it is plugged into; null without a vehicle.
    async fn vehicle_make(&self) -> Option<&str> {
        self.report.vehicle_make.as_deref()
    }

    /// The model group of the vehicle that it is plugged into; null without a vehicle.
    async fn vehicle_model_group(&self) -> Option<&str> {
        self.report.vehicle_model_group.as_deref()
    }

    /// The model of the vehicle that it is plugged into; null without a vehicle.
    async fn vehicle_model(&self) -> Option<&str> {
        self.report.vehicle_model.as_deref()
    }

    /// The variant of the vehicle that it is plugged into; null without a vehicle.
    async fn vehicle_variant(&self) -> Option<&str> {
        self.report.vehicle_variant.as_deref()
    }

    /// The VIN that it reads, in the form in which the vendor has it; null without a vehicle.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> Option<&Vin> {
        self.report.vin.as_ref()
    }

    /// The vehicle that it is plugged into; null without one.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicle(&self) -> Option<Vehicle> {
        self.report.vin.clone().map(|vin| Vehicle { vin })
    }

    /// The product that runs on it, in words; null when none does.
    async fn product_description(&self) -> Option<&str> {
        self.report.product_description.as_deref()
    }

    /// The open ticket on it; null when there is none.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn active_ticket(&self, ctx: &Context<'_>) -> Sourced<DiagnosticTicket> {
        sourced(async {
            let key = (self.account.clone(), self.report.id.clone());
            let ticket = DataLoader::<ActiveTicketLoader>::of(ctx)?.load_one(key).await?;
            Ok(ticket.map(|ticket| DiagnosticTicket::open_on(self, ticket)))
        })
        .await
    }

    /// The historical tickets on it, newest first; the open one is `activeTicket`.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<DiagnosticTicket>> {
        sourced(async {
            let key = (self.account.clone(), OnConnector(self.report.id.clone()));
            let history = DataLoader::<ConnectorHistoryLoader>::of(ctx)?.load_one(key).await?;
            let tickets = history.iter().flat_map(|history| history.iter()).cloned();
            let own = |ticket| DiagnosticTicket::new(&self.account, Arc::new(ticket));
            slice(tickets.map(own).collect(), Some(first), after).map(Some)
        })
        .await
    }

    /// Where the connector comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
