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
use crate::domain::connector::model::ConnectorId;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::sighting::Book;
use crate::domain::sighting::Seen;
use crate::graphql::scalars::Vin;
use crate::store::AccountKey;

use super::model::Ticket;
use super::model::TicketId;
use super::source::TicketSource;

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
            if let Err(error) = witness.book.keep(&witness.tenant, &witness.account, asked_at, &seen).await {
                tracing::warn!(%error, "the ledger could not keep where tickets stand; the next question tells it again");
            }
        }));
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
