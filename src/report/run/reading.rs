//! Reads a run to its end.

use std::io;
use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;
use futures_util::StreamExt;

use super::Run;
use super::Runs;
use super::State;
use super::spool::Spool;
use super::storage::Progress;
use crate::report::ending::Ending;
use crate::report::seats::Seat;
use crate::report::walk::Extract;
use crate::report::walk::Step;
use crate::report::walk::walk;

/// Lets nobody wait for a run whose task has ended, however it did.
struct Reading(Arc<Run>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let is_reading = *state == State::Reading;
            if is_reading {
                *state = State::Failed;
            }
            is_reading
        });
    }
}

impl Runs {
    /// Reads `run` from where it is to its end, or to the next mark once the process is to end.
    pub(super) async fn read(self, run: Arc<Run>, extract: Extract, seat: Seat) {
        let reading = Reading(Arc::clone(&run));
        let state = self.follow(&run, extract).await.unwrap_or_else(|error| {
            tracing::error!(run = %run.id(), report = run.report(), %error, "a run cannot be kept");
            State::Failed
        });
        // Whoever has waited for it may ask for the next one at once.
        drop(seat);
        run.state.send_replace(state);
        drop(reading);
        drop(run);
        self.tidy().await;
    }

    async fn follow(&self, run: &Arc<Run>, mut extract: Extract) -> io::Result<State> {
        let changes =
            self.0.parts.store.last_change_of_lists(&extract.session.tenant).await.map_err(io::Error::other)?;
        let beginning = Arc::clone(run);
        let (mut spool, from) = self
            .blocking(move || {
                let folder = &beginning.folder;
                folder.create()?;
                let Progress { bookmark, length } = folder.progress()?;
                let mut record = beginning.record().clone();
                // A run that is taken up has its oldest rows from its first start.
                record.changes.get_or_insert(changes);
                folder.write(&record)?;
                *beginning.record() = record;
                Ok((Spool::open(&folder.rows(), length)?, bookmark))
            })
            .await?;
        extract.from = from;
        let mut steps = walk(extract);
        while let Some(step) = steps.next().await {
            match step {
                Step::Rows(rows) => spool = self.blocking(move || spool.add(&rows).map(|()| spool)).await?,
                Step::Mark(bookmark) => {
                    let folder = run.folder.clone();
                    let marking = move || {
                        let length = spool.keep()?;
                        folder.mark(&Progress { bookmark, length }).map(|()| spool)
                    };
                    spool = self.blocking(marking).await?;
                    if self.0.parts.shutdown.is_draining() {
                        return Ok(State::Interrupted);
                    }
                }
                Step::End(ending) => {
                    let run = Arc::clone(run);
                    let finished_at = self.0.parts.clock.now();
                    let finishing = move || spool.keep().and_then(|_| run.finish(ending, finished_at));
                    return self.blocking(finishing).await.map(|()| State::Ended);
                }
            }
        }
        Err(io::Error::other("a walk without an end"))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        self.0.parts.shutdown.spawn_blocking(work).await?
    }
}

impl Run {
    fn finish(&self, ending: Ending, at: DateTime<Utc>) -> io::Result<()> {
        let mut record = self.record().clone();
        record.ending = Some(ending);
        record.finished_at = Some(at);
        self.folder.write(&record)?;
        *self.record() = record;
        Ok(())
    }
}
