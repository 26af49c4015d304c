//! The journal that lets a creation happen once.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{InspectionRow, ListingRow, StoreError, TicketRow, TimelineRow, Trail};

/// What makes two requests the same request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JournalKey {
    /// The tenant.
    pub tenant: String,
    /// The client that asks.
    pub client: String,
    /// The mutation, such as `createTicket`.
    pub mutation: String,
    /// The key that the client chose.
    pub key: String,
}

/// How far a creation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JournalState {
    /// On its way, or the process that sent it is gone.
    InFlight,
    /// Answered; the answer is kept.
    Done,
    /// Sent, and nobody knows whether it happened.
    Unknown,
}

impl JournalState {
    /// The state's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InFlight => "in_flight",
            Self::Done => "done",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a state's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::InFlight, Self::Done, Self::Unknown].into_iter().find(|state| state.as_str() == name)
    }
}

/// One key of the journal. `Debug` leaves out the answer and what is sought.
#[derive(Clone, PartialEq)]
pub struct JournalRow {
    /// What makes the request the same.
    pub key: JournalKey,
    /// The hash of the canonical input.
    pub input_hash: String,
    /// How far it has come.
    pub state: JournalState,
    /// The answer; there when the state is [`JournalState::Done`].
    pub answer: Option<Value>,
    /// The ledger id of the inspection, listing or ticket that was made, if one was.
    pub subject_id: Option<Uuid>,
    /// What it is found again by if its answer never comes.
    pub sought: Option<Value>,
    /// When the key was begun.
    pub created_at: DateTime<Utc>,
    /// When the answer was kept.
    pub finished_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for JournalRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalRow")
            .field("key", &self.key)
            .field("state", &self.state)
            .field("subject_id", &self.subject_id)
            .field("created_at", &self.created_at)
            .field("finished_at", &self.finished_at)
            .finish_non_exhaustive()
    }
}

/// What the journal says to a creation that wants to begin. `Debug` leaves out the answer and what is sought.
#[derive(Clone, PartialEq)]
pub enum Begin {
    /// The key was free and is now this caller's: send, then finish, release or mark it unknown.
    New,
    /// The same request was answered.
    Done {
        /// The answer.
        answer: Value,
        /// The ledger id of the inspection, listing or ticket that was made, if one was.
        subject_id: Option<Uuid>,
    },
    /// The same request is on its way.
    InFlight,
    /// The same request was sent and its outcome is not known.
    Unknown {
        /// When it was begun.
        since: DateTime<Utc>,
        /// What it is found again by.
        sought: Option<Value>,
    },
    /// The key belongs to another input.
    Mismatch,
}

impl fmt::Debug for Begin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("New"),
            Self::Done { subject_id, .. } => {
                f.debug_struct("Done").field("subject_id", subject_id).finish_non_exhaustive()
            }
            Self::InFlight => f.write_str("InFlight"),
            Self::Unknown { since, .. } => f.debug_struct("Unknown").field("since", since).finish_non_exhaustive(),
            Self::Mismatch => f.write_str("Mismatch"),
        }
    }
}

/// What a creation adds to the ledger, written together with its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Creation {
    /// The inspection that was made.
    pub inspection: Option<InspectionRow>,
    /// The listing that was pushed.
    pub listing: Option<ListingRow>,
    /// The ticket that was made.
    pub ticket: Option<TicketRow>,
    /// Timeline entries and what has become known of vehicles.
    pub trail: Trail,
}

/// What a creation has added, as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    /// The inspection; it has the id of an earlier row if the ledger had met its token already.
    pub inspection: Option<InspectionRow>,
    /// The listing; it has the id of an earlier row if the ledger had its `internal_id` already.
    pub listing: Option<ListingRow>,
    /// The ticket; it is an earlier row if the ledger had its number already.
    pub ticket: Option<TicketRow>,
    /// The timeline entries that were new.
    pub timeline: Vec<TimelineRow>,
}

impl Created {
    /// The ledger id of the inspection, listing or ticket, if one was made.
    #[must_use]
    pub fn subject_id(&self) -> Option<Uuid> {
        let inspection = self.inspection.as_ref().map(|row| row.id);
        let listing = self.listing.as_ref().map(|row| row.id);
        inspection.or(listing).or(self.ticket.as_ref().map(|row| row.id))
    }
}

/// The part of the store that keeps the journal of creations.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Takes the key if it is free, else tells what has become of it.
    ///
    /// Of any number of callers with the same key, one gets [`Begin::New`].
    async fn begin(&self, key: &JournalKey, input_hash: &str, now: DateTime<Utc>) -> Result<Begin, StoreError>;

    /// Keeps what the request is found again by if its answer never comes; returns whether the key was in flight.
    ///
    /// For a request that calls this before it is sent, an orphan without it was never sent.
    async fn note_sought(&self, key: &JournalKey, sought: Value) -> Result<bool, StoreError>;

    /// Keeps the answer and everything that was created, in one transaction, and forgets what was sought.
    ///
    /// The key may be in flight or unknown; it is done afterwards.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the key was never begun or is done already; then nothing is written.
    async fn finish_creation(
        &self,
        key: &JournalKey,
        answer: Value,
        creation: Creation,
        now: DateTime<Utc>,
    ) -> Result<Created, StoreError>;

    /// Frees a key whose request certainly had no effect; returns whether there was one that was not done.
    async fn release(&self, key: &JournalKey) -> Result<bool, StoreError>;

    /// Records that nobody knows whether the request had an effect; returns whether the key was in flight.
    async fn mark_unknown(&self, key: &JournalKey) -> Result<bool, StoreError>;

    /// Turns every key in flight, of any tenant, into an unknown one and returns them, oldest first.
    ///
    /// For the start of the only serving process: whoever sent these is gone.
    async fn orphans_to_unknown(&self) -> Result<Vec<JournalRow>, StoreError>;

    /// At most `limit` keys of any tenant that were begun at or after `since` and whose outcome is not known, oldest first.
    async fn unknown_creations(&self, since: DateTime<Utc>, limit: usize) -> Result<Vec<JournalRow>, StoreError>;

    /// What the journal has under a key.
    async fn find(&self, key: &JournalKey) -> Result<Option<JournalRow>, StoreError>;
}
