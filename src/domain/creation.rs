//! Creating once: no vendor recognises a repeated creation, so the journal does.
//!
//! A creation is taken into the journal before it is sent, sent once in a task that runs to its end whatever the client
//! or a graceful stop does, and answered after the ledger has it. A process that died in between leaves an entry whose
//! outcome is unknown; it is told and never sent again, but looked for where the vendor allows it.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use async_graphql::Enum;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::future::Shared;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;
use tokio::time::Instant;
use tokio::time::timeout_at;
use uuid::Uuid;

use crate::auth::Session;
use crate::domain::services::Services;
use crate::error::Code;
use crate::error::Error;
use crate::error::Reason;
use crate::graphql::Result;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;
use crate::store::Begin;
use crate::store::Creation;
use crate::store::JournalKey;
use crate::store::JournalRow;

const FAILED: &str = "the gateway failed while it was creating this";
const LONGEST_KEY: usize = 200;
/// Between two tries of the ledger to keep what was created; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(10);

/// What has become of a creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CreationOutcome {
    /// It was created; the ledger has it.
    Created,
    /// This request created nothing, for certain. The idempotency key is free, unless `userErrors` says that it was used
    /// with another input before.
    NotCreated,
    /// Nobody knows: the vendor was asked and its answer has not arrived. The gateway never sends the creation a second
    /// time under this key; look at the vendor before you create with another one. While the error says `retryable`, the
    /// creation is still on its way and asking again tells its ending.
    Unknown,
}

/// How a creation ended, as the resolver sees it.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Created, under this id of the ledger.
    Created(Uuid),
    /// Created at the vendor, which keeps it; this is what the journal keeps of it.
    Made(Value),
    /// The caller can mend it; nothing was created.
    Refused(Vec<UserError>),
    /// It failed on the way, and nothing was created.
    Failed(Error),
    /// It failed on the way, and nobody knows whether it was created.
    Unknown(Error),
}

/// What sending a creation brought.
#[derive(Debug)]
pub enum Sent {
    /// The vendor created it; the ledger is to keep this under the id of its row.
    Created(Uuid, Box<Creation>),
    /// The vendor created it and keeps it; the journal is to keep this, by which it is found again.
    Made(Value),
    /// The vendor refused it for reasons that the caller can mend.
    Refused(Vec<UserError>),
    /// It certainly had no effect.
    Failed(Error),
    /// It may have had an effect.
    Unknown(Error),
}

/// A creation that is asked for: whose, which, under what key, with what input.
#[derive(Clone, Debug)]
pub struct Order {
    key: JournalKey,
    input_hash: String,
}

impl Order {
    /// Names a creation; `input` is everything that makes it what it is.
    ///
    /// # Errors
    /// `INTERNAL` when the input has no JSON form.
    pub fn new(session: &Session, mutation: &str, key: &str, input: &impl Serialize) -> Result<Self> {
        // A value sorts the members of its objects, so equal inputs have equal texts.
        let canonical = serde_json::to_value(input).map_err(Error::internal)?.to_string();
        let input_hash = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical));
        let key = JournalKey {
            tenant: session.tenant.as_ref().to_owned(),
            client: session.creator(),
            mutation: mutation.to_owned(),
            key: key.to_owned(),
        };
        Ok(Self { key, input_hash })
    }

    /// What the journal has it under.
    pub fn key(&self) -> &JournalKey {
        &self.key
    }
}

/// A creation of unknown outcome, as the journal tells of it.
#[derive(Clone, Debug)]
pub struct Lost {
    /// When it was begun.
    pub since: DateTime<Utc>,
    /// What it is found again by; none when the journal does not say.
    pub sought: Option<Value>,
}

impl Lost {
    /// What is told as long as it is not found.
    pub fn error(&self) -> Error {
        let since = self.since.format("%Y-%m-%dT%H:%M:%SZ");
        unknown(&format!("the creation that began at {since} was interrupted"))
    }
}

/// Checks the client's idempotency key, or draws one.
pub fn idempotency_key(services: &Services, given: Option<&str>) -> std::result::Result<String, UserError> {
    match given {
        None => Ok(services.ids.uuid(services.clock.now()).to_string()),
        Some(key) if !key.trim().is_empty() && key.chars().count() <= LONGEST_KEY => Ok(key.to_owned()),
        Some(_) => Err(UserError::at(
            "idempotencyKey",
            UserErrorCode::OutOfRange,
            format!("`idempotencyKey` has 1 to {LONGEST_KEY} characters, not all of them blank"),
        )),
    }
}

type Running = Shared<BoxFuture<'static, Ending>>;

/// The creations of this process that are on their way, so that a second caller waits for the first.
#[derive(Default)]
pub struct Creations(Mutex<HashMap<JournalKey, (String, Running)>>);

impl fmt::Debug for Creations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Creations")
    }
}

impl Creations {
    /// Joins the creation under the same key, or starts it; none when the key is on its way with another input.
    fn join(&self, order: &Order, start: impl FnOnce() -> Running) -> Option<Running> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((input_hash, ending)) = running.get(&order.key) {
            return (*input_hash == order.input_hash).then(|| ending.clone());
        }
        let ending = start();
        running.insert(order.key.clone(), (order.input_hash.clone(), ending.clone()));
        Some(ending)
    }

    fn leave(&self, key: &JournalKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Creates once: sends with `send` unless the journal knows the order already, and waits at most until `deadline`.
///
/// When the deadline passes first, the creation goes on; its ending is told to whoever asks again with the same key.
pub async fn create_once<Fut>(
    services: &Arc<Services>,
    order: Order,
    deadline: Instant,
    send: impl FnOnce() -> Fut + Send + 'static,
) -> Ending
where
    Fut: Future<Output = Sent> + Send + 'static,
{
    let look = |lost: Lost| async move { Sent::Unknown(lost.error()) };
    create_or_find(services, order, deadline, send, look).await
}

/// Creates once, like [`create_once`]; an order of unknown outcome is looked for with `look`, which sends nothing.
pub async fn create_or_find<Fut, Looking>(
    services: &Arc<Services>,
    order: Order,
    deadline: Instant,
    send: impl FnOnce() -> Fut + Send + 'static,
    look: impl FnOnce(Lost) -> Looking + Send + 'static,
) -> Ending
where
    Fut: Future<Output = Sent> + Send + 'static,
    Looking: Future<Output = Sent> + Send + 'static,
{
    let start = || {
        let (services, order) = (Arc::clone(services), order.clone());
        supervise(&Arc::clone(&services), order.key.clone(), async move { run(&services, &order, send, look).await })
    };
    let Some(running) = services.creations.join(&order, start) else { return mismatch() };
    timeout_at(deadline, running).await.unwrap_or_else(|_| {
        let message = "the creation is still on its way: ask again with the same `idempotencyKey` to hear its ending";
        let mut error = Error::new(Code::VendorTimeout, message);
        error.reason = Some(Reason::Deadline);
        error.retryable = true;
        Ending::Unknown(error)
    })
}

/// Looks with `look` for a creation that the journal has as unknown; whoever asks with its key meanwhile waits with it.
pub fn find_again<Looking>(services: &Arc<Services>, row: JournalRow, look: impl FnOnce(Lost) -> Looking)
where
    Looking: Future<Output = Sent> + Send + 'static,
{
    let order = Order { key: row.key, input_hash: row.input_hash };
    let looking = look(Lost { since: row.created_at, sought: row.sought });
    let start = || {
        let (services, order) = (Arc::clone(services), order.clone());
        supervise(&Arc::clone(&services), order.key.clone(), async move {
            let outcome = guarded(looking).await;
            settle(&services, &order, outcome).await
        })
    };
    // It runs by itself; nobody need wait for it.
    drop(services.creations.join(&order, start));
}

/// Runs a creation to its end, whoever waits for it, and then takes it off the list.
fn supervise(
    services: &Arc<Services>,
    key: JournalKey,
    creation: impl Future<Output = Ending> + Send + 'static,
) -> Running {
    let (services, supervisor) = (Arc::clone(services), services.shutdown.clone());
    let task = supervisor.spawn(async move {
        let ending = AssertUnwindSafe(creation).catch_unwind().await;
        services.creations.leave(&key);
        ending.unwrap_or_else(|_| Ending::Unknown(unknown(FAILED)))
    });
    let ending = task.map(|ending| {
        ending.unwrap_or_else(|_| Ending::Unknown(unknown("the gateway stopped while it was creating this")))
    });
    ending.boxed().shared()
}

async fn run<Fut, Looking>(
    services: &Arc<Services>,
    order: &Order,
    send: impl FnOnce() -> Fut,
    look: impl FnOnce(Lost) -> Looking,
) -> Ending
where
    Fut: Future<Output = Sent>,
    Looking: Future<Output = Sent>,
{
    let outcome = match services.store.begin(&order.key, &order.input_hash, services.clock.now()).await {
        // From here on an ending that is not written down must leave the entry unknown, never free.
        Ok(Begin::New) => guarded(async { send().await }).await,
        Ok(Begin::Unknown { since, sought }) => guarded(look(Lost { since, sought })).await,
        Ok(Begin::Done { subject_id: Some(id), .. }) => return Ending::Created(id),
        Ok(Begin::Done { answer, .. }) => return Ending::Made(answer),
        Ok(Begin::Mismatch) => return mismatch(),
        // No other process serves from this directory, so one in flight that is not running here was left by a crash.
        Ok(Begin::InFlight) => return Ending::Unknown(unknown("the creation was interrupted")),
        Err(error) => return Ending::Failed(error.into()),
    };
    settle(services, order, outcome).await
}

/// What comes of `sending`, also when it panics.
async fn guarded(sending: impl Future<Output = Sent>) -> Sent {
    AssertUnwindSafe(sending).catch_unwind().await.unwrap_or_else(|_| Sent::Unknown(unknown(FAILED)))
}

async fn settle(services: &Arc<Services>, order: &Order, sent: Sent) -> Ending {
    match sent {
        Sent::Created(id, creation) => match keep(services, order, json!({}), *creation).await {
            Ok(stored) => Ending::Created(stored.unwrap_or(id)),
            Err(error) => Ending::Unknown(error),
        },
        Sent::Made(answer) => match keep(services, order, answer.clone(), Creation::default()).await {
            Ok(_) => Ending::Made(answer),
            Err(error) => Ending::Unknown(error),
        },
        Sent::Refused(faults) => {
            note(services.store.release(&order.key).await.err());
            Ending::Refused(faults)
        }
        Sent::Failed(error) => {
            note(services.store.release(&order.key).await.err());
            Ending::Failed(error)
        }
        Sent::Unknown(error) => {
            note(services.store.mark_unknown(&order.key).await.err());
            Ending::Unknown(error)
        }
    }
}

/// Writes what was created into the ledger, and gives the id of its row if it has one. The vendor's answer is nowhere else,
/// so it is tried again for a dozen seconds, unless the process drains, before the outcome counts as unknown.
async fn keep(services: &Arc<Services>, order: &Order, answer: Value, creation: Creation) -> Result<Option<Uuid>> {
    let mut pause = FIRST_PAUSE;
    loop {
        let now = services.clock.now();
        match services.store.finish_creation(&order.key, answer.clone(), creation.clone(), now).await {
            Ok(created) => {
                services.announce(&creation.trail.timeline);
                return Ok(created.subject_id());
            }
            Err(error) if pause <= LAST_PAUSE && !services.shutdown.is_draining() => {
                tracing::error!(mutation = %order.key.mutation, %error, "created at the vendor, but the ledger did not take it; it is tried again");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(error) => {
                tracing::error!(mutation = %order.key.mutation, %error, "created at the vendor, but the ledger refused it");
                note(services.store.mark_unknown(&order.key).await.err());
                return Err(unknown("it was created at the vendor, but the ledger could not keep it"));
            }
        }
    }
}

/// A journal entry that could not be settled stays in flight, which the next start turns into unknown.
fn note(failure: Option<crate::store::StoreError>) {
    if let Some(error) = failure {
        tracing::error!(%error, "a journal entry could not be settled");
    }
}

fn unknown(what: &str) -> Error {
    let advice = "whether the vendor acted is not known, and this key is never sent again: look at the vendor before you use another";
    Error::new(Code::VendorTimeout, format!("{what}; {advice}"))
}

fn mismatch() -> Ending {
    Ending::Refused(vec![UserError::at(
        "idempotencyKey",
        UserErrorCode::IdempotencyMismatch,
        "this `idempotencyKey` was used with another input; use a new key for a new creation",
    )])
}

impl Ending {
    /// The outcome that a payload tells.
    pub fn outcome(&self) -> CreationOutcome {
        match self {
            Self::Created(_) | Self::Made(_) => CreationOutcome::Created,
            Self::Refused(_) | Self::Failed(_) => CreationOutcome::NotCreated,
            Self::Unknown(_) => CreationOutcome::Unknown,
        }
    }

    /// What the caller can mend.
    pub fn faults(&self) -> &[UserError] {
        match self {
            Self::Refused(faults) => faults,
            Self::Created(_) | Self::Made(_) | Self::Failed(_) | Self::Unknown(_) => &[],
        }
    }
}
