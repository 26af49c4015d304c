//! Notes in the ledger when a question about tickets shows one of its own in a new state.
//!
//! It stands before a source, so that no question passes by it, and costs neither a call nor any time: the answer goes on
//! while the ledger is asked.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use chrono::Utc;

use crate::auth::AccountId;
use crate::clock::Clock;
use crate::domain::connector::model::ConnectorId;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::timeline::model::TICKET_CHANGED;
use crate::domain::timeline::model::TICKET_CLOSED;
use crate::graphql::scalars::Vin;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::store::AccountKey;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::TicketRow;
use crate::store::TicketSighting;
use crate::store::Trail;

use super::kept::change;
use super::kept::entry;
use super::kept::is_settled;
use super::kept::name_of;
use super::kept::touch;
use super::model::Ticket;
use super::model::TicketId;
use super::source::TicketSource;

/// Where sightings are written down.
#[derive(Clone)]
pub struct Book {
    /// The ledger.
    pub store: Arc<dyn Store>,
    /// The time of day.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Supervision of tasks.
    pub shutdown: Shutdown,
}

/// A source of tickets whose answers are looked at.
#[derive(Clone)]
pub struct Witness {
    source: Arc<dyn TicketSource>,
    tenant: Arc<str>,
    account: AccountKey,
    book: Book,
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witness").field("source", &self.source).field("account", &self.account).finish_non_exhaustive()
    }
}

/// What an answer said of one ticket.
struct Seen {
    number: String,
    state: Option<String>,
    code: Option<i32>,
    is_over: bool,
    finished_at: Option<DateTime<Utc>>,
}

impl Seen {
    fn of(ticket: &Ticket) -> Self {
        Self {
            number: ticket.id.0.clone(),
            state: ticket.state.and_then(name_of),
            code: ticket.state_code,
            is_over: ticket.finished_at.is_some() || ticket.state.is_some_and(is_settled),
            finished_at: ticket.finished_at,
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

impl Witness {
    /// Looks at what `source` answers about the tickets of `account`.
    pub fn new(source: Arc<dyn TicketSource>, tenant: &Arc<str>, account: &AccountId, book: Book) -> Self {
        let account = AccountKey::new(account.vendor, account.name.as_ref());
        Self { source, tenant: Arc::clone(tenant), account, book }
    }

    /// Notes what an answer to a question of `asked_at` says, after the answer has gone on.
    fn note<'a>(&self, asked_at: DateTime<Utc>, tickets: impl Iterator<Item = &'a Ticket>) {
        let seen: Vec<Seen> = tickets.map(Seen::of).collect();
        if seen.is_empty() {
            return;
        }
        let witness = self.clone();
        drop(self.book.shutdown.spawn(async move {
            if let Err(error) = witness.keep(asked_at, seen).await {
                tracing::warn!(%error, "the ledger could not keep where tickets stand; the next question tells it again");
            }
        }));
    }

    async fn keep(&self, asked_at: DateTime<Utc>, seen: Vec<Seen>) -> Result<(), StoreError> {
        let (store, tenant) = (&self.book.store, self.tenant.as_ref());
        let numbers: Vec<String> = seen.iter().map(|seen| seen.number.clone()).collect();
        let rows = store.tickets_by_number(tenant, &self.account, &numbers).await?;
        for row in rows {
            let Some(seen) = seen.iter().find(|seen| seen.number == row.ticket_id && seen.is_news(&row)) else {
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
            store.see_ticket(tenant, sighting, seen.trail(&self.book, &row), self.book.clock.now()).await?;
        }
        Ok(())
    }
}

fn known<K, V>(answers: &Answers<K, V>) -> impl Iterator<Item = &V> {
    answers.values().filter_map(|answer| answer.as_ref().ok()?.as_ref())
}

#[async_trait]
impl TicketSource for Witness {
    fn history_operation(&self) -> &'static str {
        self.source.history_operation()
    }

    async fn history(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, Vec<Ticket>> {
        let asked_at = self.book.clock.now();
        let answers = self.source.history(vins, context).await;
        self.note(asked_at, known(&answers).flatten());
        answers
    }

    async fn history_of_connectors(
        &self,
        connectors: Vec<ConnectorId>,
        context: CallContext,
    ) -> Answers<ConnectorId, Vec<Ticket>> {
        let asked_at = self.book.clock.now();
        let answers = self.source.history_of_connectors(connectors, context).await;
        self.note(asked_at, known(&answers).flatten());
        answers
    }

    fn historical_operation(&self) -> &'static str {
        self.source.historical_operation()
    }

    async fn historical(&self, ids: Vec<TicketId>, context: CallContext) -> Answers<TicketId, Ticket> {
        let asked_at = self.book.clock.now();
        let answers = self.source.historical(ids, context).await;
        self.note(asked_at, known(&answers));
        answers
    }

    fn active_operation(&self) -> &'static str {
        self.source.active_operation()
    }

    async fn active(&self, connectors: Vec<ConnectorId>, context: CallContext) -> Answers<ConnectorId, Ticket> {
        let asked_at = self.book.clock.now();
        let answers = self.source.active(connectors, context).await;
        self.note(asked_at, known(&answers));
        answers
    }
}
