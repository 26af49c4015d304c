//! The files that a run is written to, each when it is first asked for.

use std::fs::File;
use std::io;
use std::sync::Arc;

use super::Run;
use super::Runs;
use super::Wanted;
use super::record::Stored;
use crate::report::format::Format;
use crate::report::project::Projection;

impl Runs {
    /// `run` in `format` with the columns of `projection`, written unless it was before; the file stays readable even if the
    /// run is forgotten meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written or read; [`io::ErrorKind::InvalidData`] when the format cannot hold the table.
    pub async fn file(&self, run: &Arc<Run>, format: Format, projection: Projection) -> io::Result<(Stored, File)> {
        let one_at_a_time = Arc::clone(&run.encoding).lock_owned().await;
        let run = Arc::clone(run);
        let work = move || {
            // Held until the work is done, also when nobody waits for it any longer.
            let _one_at_a_time = one_at_a_time;
            let known = run.record().stored(format, &projection).cloned();
            let (stored, is_new) = match known {
                Some(stored) => (stored, false),
                None => (run.write(format, &projection)?, true),
            };
            let file = File::open(run.folder.file(&stored))?;
            io::Result::Ok((stored, file, is_new))
        };
        let (stored, file, is_new) = self.0.parts.shutdown.spawn_blocking(work).await??;
        if is_new {
            let runs = self.clone();
            drop(self.0.parts.shutdown.spawn(async move { runs.tidy().await }));
        }
        Ok((stored, file))
    }

    /// The kept run of `wanted` whose file in `format`, with the columns of `projection`, is the one that `is_meant`.
    pub fn with_file(
        &self,
        wanted: &Wanted,
        (format, projection): (Format, &Projection),
        is_meant: impl Fn(&Stored) -> bool,
    ) -> Option<Arc<Run>> {
        let (_, _, identity) = wanted.identity();
        let now = self.0.parts.clock.now();
        let runs = self.runs();
        let found = runs.iter().rev().find(|run| {
            let record = run.record();
            record.identity == identity && record.stored(format, projection).is_some_and(&is_meant)
        });
        found.filter(|run| !self.has_expired(run, now)).cloned()
    }
}

impl Run {
    /// Writes the run in one more format.
    fn write(&self, format: Format, projection: &Projection) -> io::Result<Stored> {
        let mut record = self.record().clone();
        let ending = record.ending.clone().ok_or_else(|| io::Error::other("the run has not ended"))?;
        let stored = self.folder.encode((format, projection), &record, &ending)?;
        let surplus = record.add(stored.clone());
        self.folder.write(&record)?;
        *self.record() = record;
        if let Some(surplus) = surplus {
            self.folder.remove_file(&surplus)?;
        }
        Ok(stored)
    }
}
