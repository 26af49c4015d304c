//! Making tickets, and what goes with it.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::ticket::model::NewTicket;
use crate::domain::ticket::model::PreparedTicket;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::model::TicketId;
use crate::domain::ticket::model::TicketNote;
use crate::domain::ticket::model::TicketRating;
use crate::domain::ticket::ordering::TicketOrdering;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::scalars::Vin;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::ordering;
use super::super::error;
use super::super::map;
use super::distinct;

/// Orders of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineTicketOrdering {
    client: JifelineClient,
}

impl JifelineTicketOrdering {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl TicketOrdering for JifelineTicketOrdering {
    fn create_operation(&self) -> &'static str {
        ordering::CREATE.name
    }

    async fn create(&self, ticket: &NewTicket, context: CallContext) -> Result<Ticket, VendorError> {
        let sent = map::map_new_ticket(ticket)?;
        let made = ordering::create(&self.client.transport, &sent, context.deadline).await?;
        made.and_then(|made| map::map_ticket(made, &self.client.reading))
            .ok_or_else(|| ordering::CREATE.error(VendorErrorKind::Protocol, "the answer holds no ticket"))
    }

    fn prepared_operation(&self) -> &'static str {
        ordering::LIST_PREPARED.name
    }

    async fn prepared(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, Vec<PreparedTicket>> {
        fan_out::each(vins, api::PARALLEL, |vin: Vin| async move {
            let listed = ordering::list_prepared(&self.client.transport, vin.as_str(), context.deadline).await;
            let listed = error::not_found_is_none(listed.map(Some))?.unwrap_or_default();
            Ok(Some(distinct(listed.into_iter().filter_map(map::map_prepared), |ticket| ticket.id.clone())))
        })
        .await
    }

    fn notes_operation(&self) -> &'static str {
        ordering::LIST_NOTES.name
    }

    async fn notes(&self, tickets: Vec<TicketId>, context: CallContext) -> Answers<TicketId, Vec<TicketNote>> {
        fan_out::each(tickets, api::PARALLEL, |ticket: TicketId| async move {
            let listed = ordering::list_notes(&self.client.transport, &ticket.0, context.deadline).await;
            let Some(listed) = error::not_found_is_none(listed.map(Some))? else { return Ok(None) };
            let mut notes = distinct(listed.into_iter().filter_map(map::map_note), |note| note.id.clone());
            // The vendor does not say in which order it lists them.
            notes.sort_by_key(|note| note.created_at);
            Ok(Some(notes))
        })
        .await
    }

    fn rate_operation(&self) -> &'static str {
        ordering::RATE.name
    }

    async fn rate(&self, ticket: &TicketId, rating: &TicketRating, context: CallContext) -> Result<(), VendorError> {
        ordering::rate(&self.client.transport, &ticket.0, &map::map_rating(rating), context.deadline).await
    }
}
