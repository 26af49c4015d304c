//! One token, shared by every call of an account.
//!
//! Whoever needs the token first starts fetching it, in a task of its own, so that a client that leaves breaks nothing
//! for the others; everyone else waits for the same answer. A token is renewed before it ends: while the old one still
//! holds, callers go on with it and the renewal runs beside them.

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::Retry;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::shutdown::Shutdown;

use super::call::Operation;

/// The first pause after a failed fetch; each further failure doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause after a failed fetch, and the pause after wrong credentials, which time does not mend.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The longest life of a token that we believe in.
const LONGEST_LIFE: TimeDelta = TimeDelta::days(365);

/// A token as it was issued.
#[derive(Clone)]
pub struct Issued<T> {
    /// The token, or several that were issued together.
    pub token: T,
    /// From when on a new one is fetched.
    pub renew_at: DateTime<Utc>,
    /// From when on it is not used any more.
    pub expires_at: DateTime<Utc>,
}

impl<T> Issued<T> {
    /// A token issued at `now` that lives for `life`: renewed when a fifth of its life is left, at most five minutes.
    pub fn lasting(token: T, now: DateTime<Utc>, life: TimeDelta) -> Self {
        let life = life.clamp(TimeDelta::zero(), LONGEST_LIFE);
        let margin = (life / 5).min(TimeDelta::minutes(5));
        Self { token, renew_at: now + (life - margin), expires_at: now + life }
    }
}

/// A token to use now.
#[derive(Clone)]
pub struct Held<T> {
    /// The token.
    pub token: T,
    /// Its number in this cell; a later token has a higher one.
    pub serial: u64,
}

/// How a token is fetched: a call without credential, with its own time limits.
pub type FetchToken<T> = Box<dyn Fn() -> BoxFuture<'static, Result<Issued<T>, VendorError>> + Send + Sync>;

type Outcome<T> = Option<Result<Held<T>, VendorError>>;

/// Keeps one token fresh. Cheap to clone: clones share the token.
pub struct TokenCell<T>(Arc<Inner<T>>);

impl<T> Clone for TokenCell<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for TokenCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCell").field("operation", &self.0.operation.name).finish_non_exhaustive()
    }
}

struct Inner<T> {
    operation: &'static Operation,
    fetch: FetchToken<T>,
    clock: Clock,
    shutdown: Shutdown,
    state: Mutex<State<T>>,
}

struct State<T> {
    current: Option<(Held<T>, DateTime<Utc>, DateTime<Utc>)>,
    flight: Option<watch::Receiver<Outcome<T>>>,
    serial: u64,
    failures: u32,
    pause: Option<(Instant, VendorError)>,
    /// Until when a refusal of a token does not start another fetch: a token that was new was refused as well.
    distrust: Option<Instant>,
}

impl<T: Clone + Send + Sync + 'static> TokenCell<T> {
    /// Makes an empty cell; `operation` is the one that `fetch` calls and that errors name.
    pub fn new(operation: &'static Operation, fetch: FetchToken<T>, clock: Clock, shutdown: Shutdown) -> Self {
        let state = State { current: None, flight: None, serial: 0, failures: 0, pause: None, distrust: None };
        Self(Arc::new(Inner { operation, fetch, clock, shutdown, state: Mutex::new(state) }))
    }

    /// The token to use now; fetches one if there is none that holds.
    ///
    /// # Errors
    /// What the fetch met. For a short time after a failed fetch everyone gets the same error without a new fetch.
    pub async fn get(&self) -> Result<Held<T>, VendorError> {
        let mut flight = match self.look() {
            Look::Held(held) => return Ok(held),
            Look::Failed(error) => return Err(error),
            Look::Wait(flight) => flight,
        };
        match flight.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(self.lost())),
            Err(_) => Err(self.lost()),
        }
    }

    /// Drops the token numbered `serial` if it is still the one in use; a later one stays.
    pub fn drop_refused(&self, serial: u64) {
        let mut state = self.0.lock();
        if state.current.as_ref().is_some_and(|(held, _, _)| held.serial == serial) {
            state.current = None;
        }
    }

    /// Hears that a token which was fetched only because another had been refused was refused too.
    pub fn distrust(&self) {
        self.0.lock().distrust = Some(Instant::now() + LONGEST_PAUSE);
    }

    /// Whether a refusal may start another fetch; not for a while after [`TokenCell::distrust`].
    pub fn may_replace(&self) -> bool {
        self.0.lock().distrust.is_none_or(|until| until <= Instant::now())
    }

    fn lost(&self) -> VendorError {
        self.0.operation.error(VendorErrorKind::Interrupted, "fetching the token ended without an answer")
    }

    fn look(&self) -> Look<T> {
        let now = self.0.clock.now();
        let mut state = self.0.lock();
        let held = match &state.current {
            Some((held, renew_at, _)) if now < *renew_at => return Look::Held(held.clone()),
            Some((held, _, expires_at)) if now < *expires_at => Some(held.clone()),
            Some(_) | None => None,
        };
        if let Some(flight) = state.flight.clone().filter(|flight| flight.has_changed().is_ok()) {
            return held.map_or(Look::Wait(flight), Look::Held);
        }
        if let Some((_, error)) = state.pause.as_ref().filter(|(until, _)| Instant::now() < *until) {
            let error = error.clone();
            return held.map_or(Look::Failed(error), Look::Held);
        }
        let (sender, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        drop(state);
        self.start(sender);
        held.map_or(Look::Wait(flight), Look::Held)
    }

    fn start(&self, sender: watch::Sender<Outcome<T>>) {
        let inner = Arc::clone(&self.0);
        let task = async move {
            let fetched = (inner.fetch)().await;
            let outcome = inner.settle(fetched);
            sender.send_replace(Some(outcome));
        };
        // The handle is not needed: waiters see a task that panicked as a channel that closed.
        drop(self.0.shutdown.spawn(task));
    }
}

enum Look<T> {
    Held(Held<T>),
    Failed(VendorError),
    Wait(watch::Receiver<Outcome<T>>),
}

impl<T: Clone> Inner<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Every change below is one assignment, so a panic elsewhere leaves no half-made state behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, fetched: Result<Issued<T>, VendorError>) -> Result<Held<T>, VendorError> {
        let mut state = self.lock();
        state.flight = None;
        match fetched {
            Ok(issued) => {
                state.serial += 1;
                state.failures = 0;
                state.pause = None;
                let held = Held { token: issued.token, serial: state.serial };
                state.current = Some((held.clone(), issued.renew_at, issued.expires_at));
                Ok(held)
            }
            Err(error) => {
                let grown = FIRST_PAUSE.saturating_mul(1 << state.failures.min(16)).min(LONGEST_PAUSE);
                state.failures = state.failures.saturating_add(1);
                let pause = match error.retry {
                    Retry::Temporary | Retry::Exhausted => error.retry_after.unwrap_or(grown),
                    Retry::Permanent => LONGEST_PAUSE,
                };
                state.pause = Some((Instant::now() + pause, error.clone()));
                Err(error)
            }
        }
    }
}
