//! The port through which tickets are made, and what goes with making them.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;

use super::model::NewTicket;
use super::model::PreparedTicket;
use super::model::Ticket;
use super::model::TicketId;
use super::model::TicketNote;
use super::model::TicketRating;

/// Something that takes orders for diagnostic work.
#[async_trait]
pub trait TicketOrdering: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`TicketOrdering::create`].
    fn create_operation(&self) -> &'static str;

    /// Makes a ticket. Sent once.
    ///
    /// An answer that holds no ticket fails with the kind `Protocol`: the ticket may have been made.
    async fn create(&self, ticket: &NewTicket, context: CallContext) -> Result<Ticket, VendorError>;

    /// The name of the operation behind [`TicketOrdering::prepared`].
    fn prepared_operation(&self) -> &'static str;

    /// The prepared tickets of each vehicle; an empty list for a vehicle without any.
    async fn prepared(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, Vec<PreparedTicket>>;

    /// The name of the operation behind [`TicketOrdering::notes`].
    fn notes_operation(&self) -> &'static str;

    /// The notes of each ticket, oldest first; `None` for a ticket that is not known.
    async fn notes(&self, tickets: Vec<TicketId>, context: CallContext) -> Answers<TicketId, Vec<TicketNote>>;

    /// The name of the operation behind [`TicketOrdering::rate`].
    fn rate_operation(&self) -> &'static str;

    /// Rates a ticket; a later rating replaces an earlier one.
    async fn rate(&self, ticket: &TicketId, rating: &TicketRating, context: CallContext) -> Result<(), VendorError>;
}
