//! Forgets runs that have had their time, and those that there is no room for.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::Run;
use super::Runs;
use super::State;

/// How often it is looked for what has had its time.
const PAUSE: Duration = Duration::from_hours(1);

impl Runs {
    /// Looks after the runs until the process is to end.
    pub async fn keep_up(self) {
        let draining = self.0.parts.shutdown.draining();
        tokio::pin!(draining);
        loop {
            self.tidy().await;
            tokio::select! {
                () = &mut draining => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Forgets what has expired, what cannot be used, and the oldest runs where all of them take too much room.
    pub(super) async fn tidy(&self) {
        let now = self.0.parts.clock.now();
        let useless = self.forget(|run| self.has_expired(run, now));
        let known: Vec<_> = self.runs().iter().map(|run| (run.id(), run.folder.clone())).collect();
        let weighing = self.0.parts.shutdown.spawn_blocking(move || {
            for run in useless {
                if let Err(error) = run.folder.remove() {
                    tracing::warn!(run = %run.id(), %error, "a run that has had its time cannot be removed");
                }
            }
            // A run that has just begun may have no folder yet.
            known.into_iter().map(|(id, folder)| (id, folder.weight().unwrap_or(0))).collect::<Vec<_>>()
        });
        // Only a panic or the end of the process keeps it from its answer.
        let Ok(weights) = weighing.await else { return };
        let heavy = self.beyond_room(&weights);
        let heavy = self.forget(|run| heavy.contains(&run.id()));
        let removing = self.0.parts.shutdown.spawn_blocking(move || {
            for run in heavy {
                if let Err(error) = run.folder.remove() {
                    tracing::warn!(run = %run.id(), %error, "a run that there is no room for cannot be removed");
                }
            }
        });
        removing.await.ok();
    }

    /// Which runs must go so that the others fit, the oldest first; the newest stays, whatever it takes.
    fn beyond_room(&self, weights: &[(Uuid, u64)]) -> Vec<Uuid> {
        let mut sum = weights.iter().fold(0_u64, |sum, (_, weight)| sum.saturating_add(*weight));
        let older = weights.split_last().map_or(weights, |(_, older)| older);
        let mut beyond = Vec::new();
        for (id, weight) in older {
            if sum <= self.0.bounds.keep_bytes {
                break;
            }
            sum = sum.saturating_sub(*weight);
            beyond.push(*id);
        }
        beyond
    }

    /// Takes the runs that `may_go` out of the registry, but for those that are read or handed out at this moment.
    fn forget(&self, may_go: impl Fn(&Run) -> bool) -> Vec<Arc<Run>> {
        let mut runs = self.runs();
        let is_in_use = |run: &Arc<Run>| run.state() == State::Reading || Arc::strong_count(run) > 1;
        let gone = runs.extract_if(.., |run| !is_in_use(run) && may_go(run));
        gone.collect()
    }
}
