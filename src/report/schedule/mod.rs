//! Reports that are read by the clock and laid down where others read them: Parquet with a manifest, parted by date.
//!
//! - `slots` says when one is due, `target` where it is laid down, `latest` what the next one goes on from.
//! - `job` reads one and lays it down.
//!
//! What is known of a schedule stands where its extracts stand, so it survives whatever becomes of this machine.

mod job;
mod latest;
mod slots;
mod target;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Variables;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::auth::Authenticator;
use crate::clock::Clock;
use crate::config::Reports;
use crate::config::Schedule;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::ask::Ask;
use crate::report::format::Format;
use crate::report::project::Projection;
use crate::report::run::Runs;
use crate::report::saved;
use crate::report::saved::Saved;
use crate::report::saved::SavedReports;
use crate::report::seats::Seats;
use crate::shutdown::Shutdown;
use job::Trouble;
use latest::LATEST;
use latest::Latest;
use slots::Slots;
use target::Target;

/// The parameter of a report that takes the change from which an increment goes on.
const CHANGED_AFTER: &str = "changedAfter";

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);

/// How long after the start the first extract waits for the index to be filled.
const FILLING: TimeDelta = TimeDelta::minutes(5);

/// How long after a failure an extract is tried again; sooner where it is due more often.
const AGAIN: TimeDelta = TimeDelta::minutes(5);

/// What extracts need.
#[derive(Clone)]
pub struct Parts {
    /// The reports that can be read.
    pub saved: SavedReports,
    /// Finds the sessions of clients.
    pub authenticator: Arc<Authenticator>,
    /// Reads reports and keeps them.
    pub runs: Runs,
    /// Bounds how many are read at once.
    pub seats: Seats,
    /// Makes what asks the graph for one extract.
    pub ask: Arc<dyn Fn() -> Arc<dyn Ask> + Send + Sync>,
    /// Tells whether the index has what the vendors list.
    pub is_filled: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Tells the time.
    pub clock: Clock,
    /// Owns the tasks.
    pub shutdown: Shutdown,
}

/// One schedule at work.
struct Job {
    parts: Parts,
    schedule: Schedule,
    tenant: Arc<str>,
    report: Saved,
    variables: Variables,
    projection: Projection,
    row_cap: u64,
    target: Target,
    slots: Slots,
}

/// What a schedule knows of its last extract.
#[derive(Default)]
struct Memory {
    /// Whether it was looked for where extracts stand.
    is_read: bool,
    latest: Option<Latest>,
}

/// Starts every schedule of `config`; those that name no tenant are of `only_tenant`.
///
/// # Errors
/// What is wrong with a schedule, in words that say what to do.
pub async fn start(config: &Reports, only_tenant: &str, parts: &Parts) -> Result<()> {
    for (place, schedule) in config.schedule.iter().enumerate() {
        let job = Job::new(config, schedule.clone(), only_tenant, parts.clone()).await;
        let job = job.map_err(|error| Error::bad_input(format!("reports.schedule.{place}: {}", error.message)))?;
        drop(parts.shutdown.spawn(job.keep()));
    }
    Ok(())
}

impl Job {
    async fn new(config: &Reports, schedule: Schedule, only_tenant: &str, parts: Parts) -> Result<Self> {
        if !Format::Parquet.is_available() {
            return Err(Error::bad_input("this build writes no Parquet; build it with the feature `columnar`"));
        }
        let report = parts.saved.find(&schedule.report)?.clone();
        let parameters = report.plan.parameters();
        let variables = saved::variables(parameters, &schedule.parameters)?;
        if schedule.increments && !parameters.iter().any(|parameter| parameter.name == CHANGED_AFTER) {
            let message = format!("the report `{}` has no increments; leave `increments` out", schedule.report);
            return Err(Error::bad_input(message));
        }
        let columns = schedule.columns.as_ref().map(|columns| columns.join(","));
        let projection = Projection::new(report.plan.columns(), columns.as_deref())?;
        let tenant: Arc<str> = Arc::from(schedule.tenant.as_ref().map_or(only_tenant, |name| name.as_str()));
        // A client that is not there, or may read nothing, is told of now and not in the night.
        job::session(&parts, &tenant, schedule.client.as_deref()).await?;
        let target = Target::open(&schedule.into, schedule.name.as_str(), &config.s3)
            .map_err(|error| Error::bad_input(format!("`into` cannot be used: {error}")))?;
        let slots = Slots::new(schedule.every, schedule.at);
        let row_cap = config.max_rows.into();
        Ok(Self { parts, schedule, tenant, report, variables, projection, row_cap, target, slots })
    }

    /// Reads and lays down whenever it is due, until the process is to end.
    async fn keep(self) {
        let draining = self.parts.shutdown.draining();
        tokio::pin!(draining);
        let mut memory = Memory::default();
        let mut not_before: Option<DateTime<Utc>> = None;
        let given_up = self.parts.clock.now() + FILLING;
        loop {
            let now = self.parts.clock.now();
            // A vendor that is away for long must not keep everything else from being laid down.
            let is_filled = (self.parts.is_filled)() || now >= given_up;
            if is_filled && not_before.is_none_or(|at| now >= at) {
                match self.look(&mut memory, now).await {
                    Ok(()) => not_before = None,
                    Err(error) => {
                        job::count(&self.report.name, "FAILED");
                        let (name, into) = (self.schedule.name.as_str(), &self.schedule.into);
                        tracing::error!(name, %into, %error, "a scheduled extract has failed; it is tried again");
                        let every = TimeDelta::from_std(self.schedule.every).unwrap_or(AGAIN);
                        not_before = Some(self.parts.clock.now() + AGAIN.min(every));
                    }
                }
            }
            tokio::select! {
                () = &mut draining => return,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Reads and lays down if it is due at `now`.
    async fn look(&self, memory: &mut Memory, now: DateTime<Utc>) -> std::result::Result<(), Trouble> {
        if !memory.is_read {
            *memory = Memory { is_read: true, latest: self.target.json(LATEST).await? };
        }
        if memory.latest.as_ref().is_some_and(|latest| !self.slots.is_due(latest.started_at, now)) {
            return Ok(());
        }
        if let Some(laid_down) = self.extract(memory.latest.as_ref()).await? {
            memory.latest = Some(laid_down);
        }
        Ok(())
    }
}
