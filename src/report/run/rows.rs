//! The rows of a run that has ended, read from any of them on.

use std::fs::File;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Seek;
use std::io::SeekFrom;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use uuid::Uuid;

use super::Run;
use super::Runs;
use super::State;
use super::Wanted;
use super::spool;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::odata::Rows;

/// How many rows stand between two whose place in the file is remembered.
const STRIDE: u64 = 1_000;

/// Where rows stand in the file of a run, as far as it has been read: the place behind each [`STRIDE`] rows. Whoever reads
/// page after page so does not go through all that stands before.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<Vec<u64>>);

/// Rows on their way from the disk.
struct Lines<'a> {
    places: &'a Places,
    columns: Vec<Column>,
    file: BufReader<File>,
    line: String,
    /// How many rows stand before the next one, and how many bytes.
    passed: (u64, u64),
}

impl Runs {
    /// The run `id`, if it is one of `wanted` and still kept.
    pub fn kept(&self, wanted: &Wanted, id: Uuid) -> Option<Arc<Run>> {
        let (_, _, identity) = wanted.identity();
        let now = self.0.parts.clock.now();
        let runs = self.runs();
        let found = runs.iter().find(|run| run.id() == id && run.record().identity == identity);
        found.filter(|run| !self.has_expired(run, now)).cloned()
    }
}

impl Rows for Run {
    fn after(&self, skipped: u64) -> io::Result<Box<dyn Iterator<Item = io::Result<Row>> + '_>> {
        if self.state() != State::Ended {
            return Err(io::Error::other("the run has not ended"));
        }
        let mut file = BufReader::new(File::open(self.folder.rows())?);
        let passed = self.places.before(skipped);
        file.seek(SeekFrom::Start(passed.1))?;
        let mut lines = Lines { places: &self.places, columns: self.columns(), file, line: String::new(), passed };
        while lines.passed.0 < skipped {
            let length = lines.file.skip_until(b'\n')?;
            if length == 0 {
                break;
            }
            lines.pass(length);
        }
        Ok(Box::new(lines))
    }
}

impl Places {
    /// The nearest known place that is not behind `rows` rows: how many rows stand before it, and how many bytes.
    fn before(&self, rows: u64) -> (u64, u64) {
        let places = self.known();
        let strides = usize::try_from(rows / STRIDE).unwrap_or(usize::MAX).min(places.len());
        let place = strides.checked_sub(1).and_then(|last| places.get(last)).copied();
        place.map_or((0, 0), |place| (u64::try_from(strides).unwrap_or(u64::MAX).saturating_mul(STRIDE), place))
    }

    fn note(&self, (rows, place): (u64, u64)) {
        let mut places = self.known();
        if u64::try_from(places.len()).is_ok_and(|known| (known + 1).saturating_mul(STRIDE) == rows) {
            places.push(place);
        }
    }

    fn known(&self) -> MutexGuard<'_, Vec<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines<'_> {
    fn pass(&mut self, length: usize) {
        self.passed.0 = self.passed.0.saturating_add(1);
        self.passed.1 = self.passed.1.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if self.passed.0.is_multiple_of(STRIDE) {
            self.places.note(self.passed);
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<io::Result<Row>> {
        self.line.clear();
        match self.file.read_line(&mut self.line) {
            Ok(0) => None,
            Ok(length) => {
                self.pass(length);
                Some(spool::row(&self.line, &self.columns))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Rows;
    use super::STRIDE;
    use super::State;
    use crate::report::cell::Cell;
    use crate::report::cell::Row;
    use crate::report::run::Run;
    use crate::report::run::spool::Spool;

    #[test]
    fn rows_are_found_from_any_of_them_on() {
        let folder = tempfile::tempdir().unwrap();
        let record = json!({
            "run": "0191a1b2-0000-7000-8000-000000000000", "owner": "", "identity": "", "report": "all", "parameters": {},
            "limit": null, "vendors": [], "changes": null, "finishedAt": null, "ending": null, "files": [],
            "columns": [{ "name": "n", "type": "integer", "nullable": false, "description": "" }],
            "started_at": "2026-10-02T08:00:00Z",
        });
        let run = Run::new(folder.path(), serde_json::from_value(record).unwrap(), State::Reading);
        run.folder.create().unwrap();
        let row = |number: u64| -> Row { vec![Cell::Integer(i64::try_from(number).unwrap())] };
        let count = 3 * STRIDE + 7;
        let mut spool = Spool::open(&run.folder.rows(), 0).unwrap();
        spool.add(&(0..count).map(row).collect::<Vec<_>>()).unwrap();
        spool.keep().unwrap();
        assert!(run.after(0).is_err(), "a run that is being read has no rows yet");
        run.state.send_replace(State::Ended);
        // In this order, places become known, are used, and are gone beyond.
        for skipped in [2 * STRIDE + 1, STRIDE, 2 * STRIDE, STRIDE - 1, 0, 2 * STRIDE + 1, count - 1, count, count + 9]
        {
            let mut rows = run.after(skipped).unwrap();
            let found = rows.next().transpose().unwrap();
            assert_eq!(found, (skipped < count).then(|| row(skipped)), "{skipped}");
            let left = rows.map(Result::unwrap).count();
            assert_eq!(u64::try_from(left).unwrap(), count.saturating_sub(skipped + 1), "{skipped}");
        }
        assert_eq!(run.places.known().len(), 3);
    }
}
