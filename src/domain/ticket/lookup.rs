//! Looking for a ticket whose order was never answered.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::time::Instant;

use crate::auth::AccountId;
use crate::domain::connector::model::ConnectorId;
use crate::domain::desk::TicketDesk;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;
use crate::shutdown::Shutdown;

use super::model::NewTicket;
use super::model::Ticket;
use super::model::TicketId;

/// For so long after an order without an answer its ticket is looked for.
pub const LOOKED_FOR: Duration = Duration::from_mins(10);
/// Between two looks; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(30);

/// By what the ticket of an order is known, as the journal keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wanted {
    /// The account that ordered it, as text.
    pub account: String,
    /// The vehicle.
    pub vin: Vin,
    /// The connector.
    pub connector_id: ConnectorId,
    /// What was ordered.
    pub product_ids: Vec<String>,
    /// The reference that the order was given.
    pub reference: Option<String>,
    /// The tickets that cannot be it, since they were there before.
    earlier: BTreeSet<TicketId>,
}

impl Wanted {
    /// The ticket of an order that is about to be sent.
    pub fn of(account: &AccountId, ticket: &NewTicket) -> Self {
        Self {
            account: account.to_string(),
            vin: ticket.vin.clone(),
            connector_id: ticket.connector_id.clone(),
            product_ids: ticket.product_ids.iter().map(|product| product.0.clone()).collect(),
            reference: ticket.reference.clone(),
            earlier: BTreeSet::new(),
        }
    }

    /// Notes the tickets in the vehicle's history right now. None can be open on the connector, or the order would not be
    /// sent.
    pub async fn note_earlier(&mut self, desk: &TicketDesk) -> Result<(), VendorError> {
        self.earlier = desk.history(&self.vin).await?.into_iter().map(|ticket| ticket.id).collect();
        Ok(())
    }

    fn is(&self, ticket: &Ticket) -> bool {
        let lines = ticket.lines.iter().flatten().filter_map(|line| line.product_id.as_deref());
        let products: BTreeSet<&str> = ticket.product_ids.iter().map(String::as_str).chain(lines).collect();
        let ordered: BTreeSet<&str> = self.product_ids.iter().map(String::as_str).collect();
        !self.earlier.contains(&ticket.id)
            && ticket.vin.as_ref() == Some(&self.vin)
            && ticket.connector_id.as_ref() == Some(&self.connector_id)
            && ticket.reference == self.reference
            && products == ordered
    }
}

/// The ticket that was ordered; none when it did not show until `until` or the process ends, in which case nobody knows
/// whether there is one. It is looked for once at least.
pub async fn look_for(desk: &TicketDesk, wanted: &Wanted, until: Instant, shutdown: &Shutdown) -> Option<Ticket> {
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(ticket) = find(desk, wanted).await {
            return Some(ticket);
        }
        if Instant::now() + pause > until {
            return None;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LAST_PAUSE),
            () = shutdown.draining() => return None,
        }
    }
}

/// One look: at the connector, and then at the history, where a ticket moves when it is closed.
async fn find(desk: &TicketDesk, wanted: &Wanted) -> Option<Ticket> {
    // A look that fails says nothing; the next one may.
    if let Some(ticket) = desk.active(&wanted.connector_id).await.ok().flatten().filter(|ticket| wanted.is(ticket)) {
        return Some(ticket);
    }
    desk.history(&wanted.vin).await.ok()?.into_iter().find(|ticket| wanted.is(ticket))
}
