//! Where the ledger's tickets were seen to stand, whoever told it: an answer or a vendor's line.

use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;

use crate::clock::Clock;
use crate::domain::services::Services;
use crate::domain::status::model::TicketStatus;
use crate::domain::ticket::kept::change;
use crate::domain::ticket::kept::entry;
use crate::domain::ticket::kept::is_settled;
use crate::domain::ticket::kept::name_of;
use crate::domain::ticket::kept::touch;
use crate::domain::ticket::model::Ticket;
use crate::domain::timeline::model::TICKET_CHANGED;
use crate::domain::timeline::model::TICKET_CLOSED;
use crate::domain::watch::Board;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::store::AccountKey;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::TicketRow;
use crate::store::TicketSighting;
use crate::store::Trail;

/// Where sightings are written down.
#[derive(Clone)]
pub struct Book {
    /// The ledger.
    pub store: Arc<dyn Store>,
    /// The time of day.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Who is told of what was written down.
    pub watched: Board<u64>,
    /// Supervision of tasks.
    pub shutdown: Shutdown,
}

/// What the vendor said of one ticket.
pub struct Seen {
    number: String,
    state: Option<String>,
    code: Option<i32>,
    is_over: bool,
    finished_at: Option<DateTime<Utc>>,
}

impl Seen {
    /// What an answer tells of a ticket.
    pub fn of(ticket: &Ticket) -> Self {
        Self {
            number: ticket.id.0.clone(),
            state: ticket.state.and_then(name_of),
            code: ticket.state_code,
            is_over: ticket.finished_at.is_some() || ticket.state.is_some_and(is_settled),
            finished_at: ticket.finished_at,
        }
    }

    /// What a line tells of a ticket.
    pub fn over_line(ticket: &TicketStatus) -> Self {
        Self {
            number: ticket.ticket.0.clone(),
            state: ticket.state.and_then(name_of),
            code: ticket.state_code,
            is_over: ticket.state.is_some_and(is_settled),
            finished_at: None,
        }
    }

    /// Whether this is another state than the ledger's; a number that has got another name in the configuration is not.
    fn is_news(&self, row: &TicketRow) -> bool {
        match (self.code, row.state_code) {
            (Some(code), Some(before)) => code != before,
            _ => self.state.is_some() && self.state != row.state,
        }
    }

    /// What the ledger keeps of it; a first state that is not the last one is no change.
    fn trail(&self, book: &Book, row: &TicketRow) -> Trail {
        let now = book.clock.now();
        let has_state = row.state.is_some() || row.state_code.is_some();
        let (kind, at) = match (self.is_over, has_state) {
            (true, _) => (TICKET_CLOSED, self.finished_at.unwrap_or(now)),
            (false, true) => (TICKET_CHANGED, now),
            (false, false) => return Trail::default(),
        };
        let about = change(row, Some(row), self.state.as_deref(), self.code);
        let happening = format!("seen:{}", row.change_seq);
        let entry = entry(book.ids.uuid(now), row, kind, &happening, at, about);
        Trail { timeline: vec![entry], vehicles: vec![touch(row, at)] }
    }
}

impl Book {
    /// The book of what serves.
    pub fn of(services: &Services) -> Self {
        Self {
            store: Arc::clone(&services.store),
            clock: services.clock.clone(),
            ids: services.ids.clone(),
            watched: services.watched.clone(),
            shutdown: services.shutdown.clone(),
        }
    }

    /// Writes down what is new in `seen`, which the vendor said no sooner than at `asked_at`; gives the numbers of those
    /// tickets that the ledger has.
    ///
    /// # Errors
    /// What the store meets.
    pub async fn keep(
        &self,
        tenant: &str,
        account: &AccountKey,
        asked_at: DateTime<Utc>,
        seen: &[Seen],
    ) -> Result<Vec<String>, StoreError> {
        let numbers: Vec<String> = seen.iter().map(|seen| seen.number.clone()).collect();
        let rows = self.store.tickets_by_number(tenant, account, &numbers).await?;
        for row in &rows {
            let Some(seen) = seen.iter().find(|seen| seen.number == row.ticket_id && seen.is_news(row)) else {
                continue;
            };
            let sighting = TicketSighting {
                id: row.id,
                before: row.state.clone(),
                code_before: row.state_code,
                state: seen.state.clone(),
                state_code: seen.code,
                asked_at,
            };
            let trail = seen.trail(self, row);
            let entries = trail.timeline.clone();
            if self.store.see_ticket(tenant, sighting, trail, self.clock.now()).await? {
                self.watched.announce(&entries);
            }
        }
        Ok(rows.into_iter().map(|row| row.ticket_id).collect())
    }
}
