//! The fields of what goes with orders: prepared tickets, and notes.

use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::source_of::Source;
use crate::domain::vehicle::model::Vehicle;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;

use super::model::NoteAttachment;
use super::model::PreparedLine;
use super::model::PreparedOrder;
use super::model::TicketNote;

/// An order that the service provider has prepared and the garage can confirm.
#[Object(name = "PreparedTicket")]
impl PreparedOrder {
    /// The vendor's UUID; quotes and orders name it.
    async fn prepared_ticket_id(&self) -> &str {
        &self.ticket.id
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

    /// The catalogue's number of the model that it was prepared for.
    async fn model_id(&self) -> Option<&str> {
        self.ticket.model_id.as_deref()
    }

    /// The catalogue's number of the variant that it was prepared for.
    async fn variant_id(&self) -> Option<&str> {
        self.ticket.variant_id.as_deref()
    }

    /// What would be ordered.
    async fn lines(&self) -> &[PreparedLine] {
        &self.ticket.lines
    }

    /// Where it comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// A note that the operator left on a ticket.
#[Object]
impl TicketNote {
    /// The vendor's UUID of the note.
    async fn note_id(&self) -> &str {
        &self.id
    }

    /// What it says.
    async fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// When it was written.
    async fn created_at(&self) -> Option<DateTime> {
        self.created_at.map(DateTime)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> Option<DateTime> {
        self.updated_at.map(DateTime)
    }

    /// Files that come with it; empty when there are none.
    async fn attachments(&self) -> &[NoteAttachment] {
        &self.attachments
    }
}
