//! Runs on the disk: a folder each, with what is known of the run, its rows, and the files it was written to.
//!
//! Whatever is there under its name is there as a whole: it is written under another name first.

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::identity::hex;
use super::record::Record;
use super::record::Stored;
use super::spool;
use crate::report::encode::Options;
use crate::report::encode::open;
use crate::report::ending::Ending;
use crate::report::format::Format;
use crate::report::project::Projection;
use crate::report::walk::Bookmark;

const RECORD: &str = "run.json";
const PROGRESS: &str = "progress.json";
const ROWS: &str = "rows.ndjson";

/// How much of a file is read at a time.
const PIECE: usize = 64 << 10;

/// The folder of one run.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

/// How far a run is that has not ended.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Where the walk goes on.
    pub(super) bookmark: Bookmark,
    /// How long the rows before it are.
    pub(super) length: u64,
}

impl Folder {
    pub(super) fn new(runs: &Path, run: Uuid) -> Self {
        Self(runs.join(run.to_string()))
    }

    pub(super) fn create(&self) -> io::Result<()> {
        create(&self.0)
    }

    pub(super) fn rows(&self) -> PathBuf {
        self.0.join(ROWS)
    }

    pub(super) fn file(&self, stored: &Stored) -> PathBuf {
        self.0.join(stored.file_name())
    }

    pub(super) fn remove_file(&self, stored: &Stored) -> io::Result<()> {
        fs::remove_file(self.file(stored))
    }

    pub(super) fn write(&self, record: &Record) -> io::Result<()> {
        self.put(RECORD, &serde_json::to_vec(record)?)
    }

    pub(super) fn mark(&self, progress: &Progress) -> io::Result<()> {
        self.put(PROGRESS, &serde_json::to_vec(progress)?)
    }

    /// How far the run is; at its beginning when it has marked nothing.
    pub(super) fn progress(&self) -> io::Result<Progress> {
        match fs::read(self.0.join(PROGRESS)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Progress::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes the rows as a table in `format`, with the columns of `projection`.
    pub(super) fn encode(
        &self,
        (format, projection): (Format, &Projection),
        record: &Record,
        ending: &Ending,
    ) -> io::Result<Stored> {
        let temporary = NamedTempFile::new_in(&self.0)?;
        let sink = Box::new(BufWriter::new(temporary.reopen()?));
        // `excel=safe` is for CSV, which is never kept.
        let mut encoder = open(format, projection.columns(), Options::default(), sink)?;
        spool::read(&self.rows(), &record.columns, |rows| encoder.rows(&projection.rows(rows)))?;
        drop(encoder.finish(ending)?);
        let (bytes, sha256) = digest(&mut temporary.reopen()?)?;
        let stored = Stored { format: format.extension().to_owned(), columns: projection.chosen(), bytes, sha256 };
        self.settle(temporary, &self.file(&stored))?;
        Ok(stored)
    }

    /// How much room it takes.
    pub(super) fn weight(&self) -> io::Result<u64> {
        fs::read_dir(&self.0)?.try_fold(0_u64, |sum, entry| Ok(sum.saturating_add(entry?.metadata()?.len())))
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut temporary = NamedTempFile::new_in(&self.0)?;
        temporary.write_all(bytes)?;
        self.settle(temporary, &self.0.join(name))
    }

    /// Gives a file that is whole its name, so that a crash leaves the old one or the new one.
    fn settle(&self, temporary: NamedTempFile, path: &Path) -> io::Result<()> {
        temporary.as_file().sync_all()?;
        temporary.persist(path).map_err(|error| error.error)?;
        // Not every system lets a folder be opened; the name is then as durable as the system makes it.
        let is_refused =
            |error: &io::Error| matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported);
        match File::open(&self.0).and_then(|folder| folder.sync_all()) {
            Err(error) if !is_refused(&error) => Err(error),
            _ => Ok(()),
        }
    }
}

/// The runs that the last process has left in `folder`; what cannot be read, or is only half written, is removed.
pub(super) fn load(folder: &Path) -> io::Result<Vec<Record>> {
    create(folder)?;
    let mut records = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let record = fs::read(path.join(RECORD)).ok().and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        match record.filter(|record| path.file_name().is_some_and(|name| *name == *record.run.to_string())) {
            Some(record) => {
                remove_leftovers(&path, &record)?;
                records.push(record);
            }
            None => Folder(path).remove()?,
        }
    }
    Ok(records)
}

/// Removes what a crash has left half written in the folder of `record`.
fn remove_leftovers(path: &Path, record: &Record) -> io::Result<()> {
    let files = record.files.iter().map(Stored::file_name);
    let known: Vec<_> = files.chain([RECORD, PROGRESS, ROWS].map(str::to_owned)).collect();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if !known.iter().any(|name| *entry.file_name() == **name) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn create(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn digest(file: &mut File) -> io::Result<(u64, String)> {
    let (mut hash, mut piece, mut length) = (Sha256::new(), vec![0; PIECE], 0_u64);
    loop {
        let count = file.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
        length = length.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    Ok((length, hex(&hash.finalize())))
}
