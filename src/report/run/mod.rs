//! Runs: a report is read once, kept for a while, and handed out as often as its owner asks for it.
//!
//! - `identity` says which runs are the same, and whose they are. Nobody else ever meets a run.
//! - `record` is what is known of a run, `spool` its rows, `storage` both on the disk.
//! - `files` writes a run in a format, once; `rows` reads its rows for whoever wants only some of them.
//! - `reading` reads a run to its end, also when nobody waits any longer; `upkeep` forgets those that have had their time.
//!
//! A run that was interrupted goes on at its last mark when it is asked for again.

mod files;
mod identity;
mod reading;
mod record;
mod rows;
mod spool;
mod storage;
mod upkeep;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use tokio::sync::watch;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Reports as Bounds;
use crate::ids::Ids;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::seats::Seat;
use crate::report::walk::Extract;
use crate::shutdown::Shutdown;
use crate::store::Store;
use identity::Identity;
pub use identity::Owner;
pub use record::Line;
pub use record::Manifest;
use record::Record;
pub use record::Stored;
use rows::Places;
use storage::Folder;

/// For how long after its start an interrupted run is taken up again; its first rows would be too old later.
const TAKEN_UP: TimeDelta = TimeDelta::hours(1);

/// What a run needs.
#[derive(Clone)]
pub struct Parts {
    /// The ledger, whose change token a run notes when it starts.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Clock,
    /// Makes the ids of runs.
    pub ids: Ids,
    /// Owns the tasks that read.
    pub shutdown: Shutdown,
}

/// Every run that is kept, or still read.
#[derive(Clone)]
pub struct Runs(Arc<Inner>);

struct Inner {
    parts: Parts,
    bounds: Bounds,
    folder: PathBuf,
    /// In the order in which they were started.
    runs: Mutex<Vec<Arc<Run>>>,
}

/// A report that somebody wants.
pub struct Wanted {
    /// The name of the report.
    pub report: String,
    /// Its document.
    pub document: String,
    /// The most rows that were asked for.
    pub limit: Option<u64>,
    /// What is read when no run is at hand.
    pub extract: Extract,
}

/// Which run is good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// One that is fresh and whole.
    Fresh,
    /// None that has ended: the report is to be read anew.
    Anew,
    /// For a piece of a file: the last one for twice the time, whole or not, so that the next piece is of the same file.
    Piece,
}

/// One reading of a report.
#[derive(Debug)]
pub struct Run {
    folder: Folder,
    record: Mutex<Record>,
    state: watch::Sender<State>,
    /// Held while the run is written in a format.
    encoding: Arc<tokio::sync::Mutex<()>>,
    places: Places,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    /// It can go on at its last mark.
    Interrupted,
    /// It cannot go on.
    Failed,
}

impl Runs {
    /// The runs in `folder`, which is made if need be.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn open(folder: &Path, bounds: Bounds, parts: Parts) -> io::Result<Self> {
        let mut records = storage::load(folder)?;
        records.sort_by_key(|record| (record.started_at, record.run));
        let runs = records.into_iter().map(|record| {
            let state = if record.ending.is_some() { State::Ended } else { State::Interrupted };
            Arc::new(Run::new(folder, record, state))
        });
        let runs = Mutex::new(runs.collect());
        Ok(Self(Arc::new(Inner { parts, bounds, folder: folder.to_owned(), runs })))
    }

    /// The run of `wanted` that meets `demand`, begun or taken up if there is none; `seat` is asked for only then.
    ///
    /// # Errors
    /// Why there is no seat.
    pub fn obtain<E>(
        &self,
        wanted: Wanted,
        demand: Demand,
        seat: impl FnOnce() -> Result<Seat, E>,
    ) -> Result<Arc<Run>, E> {
        let (owner, parameters, identity) = wanted.identity();
        let Wanted { report, limit, extract, .. } = wanted;
        let now = self.0.parts.clock.now();
        let mut runs = self.runs();
        let alike = || runs.iter().rev().filter(|run| run.record().identity == identity);
        let mut at_hand = alike().filter(|run| self.is_good_enough(run, demand, now)).peekable();
        // The file that a piece is of has ended; another run that has begun since is none of its business.
        let newest = at_hand.peek().copied();
        let ended = at_hand.find(|run| demand == Demand::Piece && run.state() == State::Ended);
        if let Some(run) = ended.or(newest) {
            return Ok(Arc::clone(run));
        }
        let seat = seat()?;
        let interrupted = alike()
            .find(|run| run.state() == State::Interrupted && demand != Demand::Anew && !self.has_expired(run, now));
        let interrupted = interrupted.cloned();
        let run = if let Some(run) = interrupted {
            run.state.send_replace(State::Reading);
            run
        } else {
            let mut vendors =
                extract.session.accounts.iter().map(|account| account.vendor.to_owned()).collect::<Vec<_>>();
            vendors.sort_unstable();
            vendors.dedup();
            let record = Record {
                run: self.0.parts.ids.uuid(now),
                owner,
                identity,
                report,
                parameters,
                limit,
                columns: extract.plan.columns().to_vec(),
                vendors,
                started_at: now,
                changes: None,
                finished_at: None,
                ending: None,
                files: Vec::new(),
            };
            let run = Arc::new(Run::new(&self.0.folder, record, State::Reading));
            runs.push(Arc::clone(&run));
            run
        };
        drop(runs);
        drop(self.0.parts.shutdown.spawn(self.clone().read(Arc::clone(&run), extract, seat)));
        Ok(run)
    }

    /// The run `run` of `report` and `owner`.
    pub fn find(&self, owner: &Owner, report: &str, run: Uuid) -> Option<Arc<Run>> {
        self.of(owner, report).into_iter().find(|found| found.id() == run)
    }

    /// The runs of `report` and `owner`, the newest first.
    pub fn of(&self, owner: &Owner, report: &str) -> Vec<Arc<Run>> {
        let now = self.0.parts.clock.now();
        let runs = self.runs();
        let found = runs.iter().rev().filter(|run| {
            let is_theirs = |record: &Record| record.owner == *owner && record.report == report;
            is_theirs(&run.record()) && !self.has_expired(run, now)
        });
        found.cloned().collect()
    }

    /// How much longer `run` is kept; nothing while it is not finished.
    pub fn time_left(&self, run: &Run) -> TimeDelta {
        let age = run.finished_at().map(|at| self.0.parts.clock.now() - at);
        age.and_then(|age| delta(self.0.bounds.keep).checked_sub(&age)).unwrap_or_default()
    }

    fn is_good_enough(&self, run: &Run, demand: Demand, now: DateTime<Utc>) -> bool {
        if run.state() != State::Ended || self.has_expired(run, now) {
            return run.state() == State::Reading;
        }
        let record = run.record();
        let fresh = delta(self.0.bounds.fresh);
        let is_younger = |age: TimeDelta| record.finished_at.is_some_and(|at| now - at < age);
        match demand {
            Demand::Fresh => record.is_whole() && is_younger(fresh),
            Demand::Piece => is_younger(fresh.checked_mul(2).unwrap_or(fresh)),
            Demand::Anew => false,
        }
    }

    /// Whether nobody may have `run` any longer; what has nothing is not kept at all.
    fn has_expired(&self, run: &Run, now: DateTime<Utc>) -> bool {
        let record = run.record();
        match run.state() {
            State::Reading => false,
            State::Ended => {
                let keep = delta(self.0.bounds.keep);
                let has_nothing = record.ending.as_ref().is_none_or(Ending::has_nothing);
                has_nothing || record.finished_at.is_none_or(|at| now - at >= keep)
            }
            State::Interrupted => now - record.started_at >= TAKEN_UP,
            State::Failed => true,
        }
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Arc<Run>>> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wanted {
    /// Whose it is, with which parameters, and what it shares with runs of the same.
    fn identity(&self) -> (Owner, BTreeMap<String, Value>, Identity) {
        let owner = Owner::of(&self.extract.session);
        let parameters = identity::parameters(&self.extract.plan, &self.extract.variables);
        let identity = Identity::of(&owner, (&self.report, &self.document), &parameters, &self.extract);
        (owner, parameters, identity)
    }
}

impl Run {
    fn new(runs: &Path, record: Record, state: State) -> Self {
        let folder = Folder::new(runs, record.run);
        let (record, encoding) = (Mutex::new(record), Arc::default());
        Self { folder, record, state: watch::Sender::new(state), encoding, places: Places::default() }
    }

    /// Its id.
    pub fn id(&self) -> Uuid {
        self.record().run
    }

    /// The name of its report.
    pub fn report(&self) -> String {
        self.record().report.clone()
    }

    /// Waits until it is read no longer; says how it ended, or none when it was interrupted.
    pub async fn ended(&self) -> Option<Ending> {
        let mut state = self.state.subscribe();
        // The sender is in this run, so it outlives the wait.
        state.wait_for(|state| *state != State::Reading).await.ok()?;
        self.record().ending.clone()
    }

    /// Whether it can neither be kept nor go on; the log has why.
    pub fn has_failed(&self) -> bool {
        self.state() == State::Failed
    }

    /// When it was begun.
    pub fn started_at(&self) -> DateTime<Utc> {
        self.record().started_at
    }

    /// The change of the ledger up to which it has everything; none when it is not whole.
    pub fn complete_through(&self) -> Option<String> {
        self.record().changes_reached()
    }

    /// When it ended.
    pub fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.record().finished_at
    }

    /// What its owner is told of it.
    pub fn manifest(&self) -> Manifest {
        self.record().clone().manifest()
    }

    /// What the list of runs says of it.
    pub fn line(&self) -> Line {
        self.record().clone().line()
    }

    /// The columns of its table.
    pub fn columns(&self) -> Vec<Column> {
        self.record().columns.clone()
    }

    fn state(&self) -> State {
        *self.state.borrow()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn delta(span: Duration) -> TimeDelta {
    TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX)
}
