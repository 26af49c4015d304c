//! Reads one extract and lays it down.

use std::io;
use std::sync::Arc;

use async_graphql::Name;
use async_graphql::Value;
use uuid::Uuid;

use super::CHANGED_AFTER;
use super::Job;
use super::LATEST;
use super::Latest;
use super::Parts;
use super::TICK;
use crate::auth::Scope;
use crate::auth::Session;
use crate::config::PartialExtract;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::format::Format;
use crate::report::run::Demand;
use crate::report::run::Run;
use crate::report::run::Wanted;
use crate::report::seats::Seat;
use crate::report::walk::Bookmark;
use crate::report::walk::Extract;
use crate::telemetry::metrics::EXTRACTS;

/// Why an extract was not laid down.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error("it cannot be laid down: {0}")]
    Target(#[from] object_store::Error),
    #[error("{}", .0.message)]
    Client(Error),
    #[error("the run {run} is {}: {} rows, {missing}", .outcome.as_str(), .rows)]
    NotWhole { run: Uuid, outcome: Outcome, rows: u64, missing: String },
    #[error("the run {0} cannot be kept")]
    NotKept(Uuid),
    #[error("the run {run} cannot be written: {source}")]
    NotWritten { run: Uuid, source: io::Error },
}

/// The session of `client`, or of whoever needs no key, if it may read tables.
pub(super) async fn session(parts: &Parts, tenant: &Arc<str>, client: Option<&str>) -> Result<Arc<Session>> {
    let session = match client {
        Some(client) => parts.authenticator.session_of_client(tenant, client).await?,
        None => parts.authenticator.session_without_key(tenant)?,
    };
    if session.may(Scope::ReportsRead) {
        return Ok(session);
    }
    let message = format!("the client `{}` lacks the scope `{}`", session.client, Scope::ReportsRead);
    Err(Error::bad_input(message))
}

/// Counts an extract of `report`.
pub(super) fn count(report: &str, outcome: &'static str) {
    metrics::counter!(EXTRACTS, "report" => report.to_owned(), "outcome" => outcome).increment(1);
}

impl Job {
    /// Reads the report once and lays it down; none when the process is to end before that.
    pub(super) async fn extract(&self, before: Option<&Latest>) -> std::result::Result<Option<Latest>, Trouble> {
        let session = session(&self.parts, &self.tenant, self.schedule.client.as_deref()).await;
        let session = session.map_err(Trouble::Client)?;
        let Some(seat) = self.seat().await else { return Ok(None) };
        let reached = before.and_then(|before| before.changes.clone()).filter(|_| self.schedule.increments);
        let mut variables = self.variables.clone();
        if let Some(changes) = &reached {
            variables.insert(Name::new(CHANGED_AFTER), Value::from(changes.as_str()));
        }
        let row_cap = Some(session.row_cap(self.row_cap));
        let extract = Extract {
            plan: Arc::clone(&self.report.plan),
            variables,
            session,
            ask: (self.parts.ask)(),
            row_cap,
            from: Bookmark::default(),
        };
        let (report, document) = (self.report.name.clone(), self.report.document.clone());
        let wanted = Wanted { report, document, limit: None, extract };
        let run = self.parts.runs.obtain::<Trouble>(wanted, Demand::Anew, || Ok(seat))?;
        let Some(ending) = run.ended().await else {
            return if run.has_failed() { Err(Trouble::NotKept(run.id())) } else { Ok(None) };
        };
        let must_be_whole = self.schedule.partial == PartialExtract::Fail;
        if ending.has_nothing() || must_be_whole && ending.outcome != Outcome::Complete {
            return Err(not_whole(&run, &ending));
        }
        self.lay_down(&run, &ending, reached).await.map(Some)
    }

    /// A seat of the tenant, as soon as one is free; none when the process is to end before that.
    async fn seat(&self) -> Option<Seat> {
        loop {
            if let Some(seat) = self.parts.seats.take(&self.tenant) {
                return Some(seat);
            }
            tokio::select! {
                () = self.parts.shutdown.draining() => return None,
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Lays down the file, then its manifest, then what names both: whoever finds a name finds what it stands for.
    async fn lay_down(
        &self,
        run: &Arc<Run>,
        ending: &Ending,
        reached: Option<String>,
    ) -> std::result::Result<Latest, Trouble> {
        let written = self.parts.runs.file(run, Format::Parquet, self.projection.clone()).await;
        let (_, file) = written.map_err(|source| Trouble::NotWritten { run: run.id(), source })?;
        // What lacks a part is read once more by the next increment.
        let latest = Latest::new(run.id(), run.started_at(), run.complete_through().or(reached));
        self.target.put_file(&latest.file, file).await?;
        self.target.put_json(&latest.manifest, &run.manifest()).await?;
        self.target.put_json(LATEST, &latest).await?;
        count(&self.report.name, ending.outcome.as_str());
        let (name, into, file) = (self.schedule.name.as_str(), &self.schedule.into, latest.file.as_str());
        let (rows, outcome) = (ending.rows, ending.outcome.as_str());
        match ending.outcome {
            Outcome::Complete => tracing::info!(name, %into, file, rows, outcome, "an extract was laid down"),
            Outcome::Incomplete | Outcome::Capped => {
                tracing::warn!(name, %into, file, rows, outcome, "an extract that is not whole was laid down");
            }
        }
        Ok(latest)
    }
}

fn not_whole(run: &Run, ending: &Ending) -> Trouble {
    let missing = ending.faults.first().map_or_else(
        || "the bound on rows was met".to_owned(),
        |fault| format!("{} faults, such as: {}", ending.faults.len(), fault.message),
    );
    Trouble::NotWhole { run: run.id(), outcome: ending.outcome, rows: ending.rows, missing }
}
