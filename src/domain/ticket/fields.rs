//! The fields of `DiagnosticTicket`.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::connector::loader::ConnectorLoader;
use crate::domain::connector::model::Connector;
use crate::domain::messenger::loader::ChatLoader;
use crate::domain::messenger::model::ChatId;
use crate::domain::messenger::model::GarageChat;
use crate::domain::mileage::Mileage;
use crate::domain::money::PriceBreakdown;
use crate::domain::source_of::Source;
use crate::domain::vehicle::model::Vehicle;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::TicketNotesLoader;
use super::model::DiagnosticTicket;
use super::model::ProductLine;
use super::model::TicketNote;
use super::model::TicketState;

/// A diagnostic ticket: what a garage ordered for a vehicle and what came of it.
///
/// One type for open and historical tickets; what the vendor shows of only one kind is null for the other.
#[Object]
impl DiagnosticTicket {
    /// The ticket's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("DiagnosticTicket", self.key()).into()
    }

    /// The vendor's number of the ticket.
    async fn number(&self) -> &str {
        &self.ticket.id.0
    }

    /// The vendor's UUID of the ticket; null for a historical one, of which the vendor does not tell it.
    async fn uuid(&self) -> Option<&str> {
        self.ticket.uuid.as_deref()
    }

    /// The catalogue's number of the vehicle's model.
    async fn model_id(&self) -> Option<&str> {
        self.ticket.model_id.as_deref()
    }

    /// The catalogue's number of the model's variant.
    async fn variant_id(&self) -> Option<&str> {
        self.ticket.variant_id.as_deref()
    }

    /// Where it stands; null when the vendor does not say.
    async fn state(&self) -> Option<TicketState> {
        self.ticket.state
    }

    /// The vendor's number of the state. Only 1 (pending) and 7 (closed) have a documented meaning.
    async fn state_code(&self) -> Option<i32> {
        self.ticket.state_code
    }

    /// The vehicle's VIN as the vendor has it; its form is not checked.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> Option<&Vin> {
        self.ticket.vin.as_ref()
    }

    /// The vehicle; null when the vendor names none.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicle(&self) -> Option<Vehicle> {
        self.ticket.vin.clone().map(|vin| Vehicle { vin })
    }

    /// The connector that the vehicle was plugged into; null when the vendor names none or it is no longer the account's.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connector(&self, ctx: &Context<'_>) -> Sourced<Connector> {
        sourced(async {
            let Some(id) = self.ticket.connector_id.clone() else { return Ok(None) };
            if let Some(connector) = self.on.as_ref().filter(|connector| connector.report.id == id) {
                return Ok(Some(connector.clone()));
            }
            let report = DataLoader::<ConnectorLoader>::of(ctx)?.load_one((self.account.clone(), id)).await?;
            Ok(report.map(|report| Connector { account: self.account.clone(), report }))
        })
        .await
    }

    /// The odometer's reading when the ticket was made; its unit is `UNKNOWN` unless the account has one configured.
    async fn odometer(&self) -> Option<Mileage> {
        self.ticket.odometer
    }

    /// The garage's own reference.
    async fn reference(&self) -> Option<&str> {
        self.ticket.reference.as_deref()
    }

    /// The voucher that was redeemed.
    async fn voucher(&self) -> Option<&str> {
        self.ticket.voucher.as_deref()
    }

    /// The vendor's numbers of the ordered products; a historical ticket has them in `lines`.
    async fn product_ids(&self) -> &[String] {
        &self.ticket.product_ids
    }

    /// What was ordered, with prices; null for an open ticket.
    async fn lines(&self) -> Option<&[ProductLine]> {
        self.ticket.lines.as_deref()
    }

    /// Sum of the lines; null for an open ticket.
    async fn sub_total(&self) -> Option<&PriceBreakdown> {
        self.ticket.sub_total.as_ref()
    }

    /// Fees that manufacturers charge; null for an open ticket.
    async fn original_equipment_service_fee(&self) -> Option<&PriceBreakdown> {
        self.ticket.original_equipment_service_fee.as_ref()
    }

    /// What is to be paid; null for an open ticket.
    async fn total(&self) -> Option<&PriceBreakdown> {
        self.ticket.total.as_ref()
    }

    /// When it was created; null for an open ticket, of which the vendor does not say it.
    async fn created_at(&self) -> Option<DateTime> {
        self.ticket.created_at.map(DateTime)
    }

    /// When it was closed or cancelled; null while it is open.
    async fn finished_at(&self) -> Option<DateTime> {
        self.ticket.finished_at.map(DateTime)
    }

    /// What operators noted on it, oldest first; null when the vendor no longer knows the ticket.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn notes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<TicketNote>> {
        sourced(async {
            let key = (self.account.clone(), self.ticket.id.clone());
            let notes = DataLoader::<TicketNotesLoader>::of(ctx)?.load_one(key).await?;
            notes.map(|notes| slice(notes.to_vec(), Some(first), after)).transpose()
        })
        .await
    }

    /// The chat with the operator; null when the ticket has none or the vendor no longer knows it.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn chat(&self, ctx: &Context<'_>) -> Sourced<GarageChat> {
        sourced(async {
            let Some(id) = self.ticket.chat_id.clone().map(ChatId) else { return Ok(None) };
            let chat = DataLoader::<ChatLoader>::of(ctx)?.load_one((self.account.clone(), id)).await?;
            Ok(chat.map(|chat| GarageChat { account: self.account.clone(), chat }))
        })
        .await
    }

    /// Where the ticket comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
