//! Looking for a ticket whose order was never answered.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::desk::TicketDesk;
use crate::error::VendorError;
use crate::shutdown::Shutdown;

use super::model::NewTicket;
use super::model::Ticket;
use super::model::TicketId;

/// For so long after an order without an answer its ticket is looked for.
const LOOKED_FOR: Duration = Duration::from_mins(10);
/// Between two looks; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(30);

/// The tickets that cannot be the one that was ordered, since they were there before.
#[derive(Debug, Default)]
pub struct Earlier(BTreeSet<TicketId>);

impl Earlier {
    /// The tickets in the vehicle's history right now. None can be open on the connector, or the order would not be sent.
    pub async fn of(desk: &TicketDesk, ticket: &NewTicket) -> Result<Self, VendorError> {
        Ok(Self(desk.history(&ticket.vin).await?.into_iter().map(|ticket| ticket.id).collect()))
    }
}

/// The ticket that `wanted` has become; none when it did not show in ten minutes or the process ends, in which case
/// nobody knows whether there is one.
pub async fn look_for(desk: &TicketDesk, wanted: &NewTicket, earlier: &Earlier, shutdown: &Shutdown) -> Option<Ticket> {
    let until = Instant::now() + LOOKED_FOR;
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(ticket) = find(desk, wanted, earlier).await {
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
async fn find(desk: &TicketDesk, wanted: &NewTicket, earlier: &Earlier) -> Option<Ticket> {
    let is_it = |ticket: &Ticket| !earlier.0.contains(&ticket.id) && is_same_order(ticket, wanted);
    // A look that fails says nothing; the next one may.
    if let Some(ticket) = desk.active(&wanted.connector_id).await.ok().flatten().filter(is_it) {
        return Some(ticket);
    }
    desk.history(&wanted.vin).await.ok()?.into_iter().find(is_it)
}

fn is_same_order(ticket: &Ticket, wanted: &NewTicket) -> bool {
    let lines = ticket.lines.iter().flatten().filter_map(|line| line.product_id.as_deref());
    let products: BTreeSet<&str> = ticket.product_ids.iter().map(String::as_str).chain(lines).collect();
    let ordered: BTreeSet<&str> = wanted.product_ids.iter().map(|product| product.0.as_str()).collect();
    ticket.vin.as_ref() == Some(&wanted.vin)
        && ticket.connector_id.as_ref() == Some(&wanted.connector_id)
        && ticket.reference == wanted.reference
        && products == ordered
}
