//! What outlives the sandbox: a file of JSON lines, one for each change, of which the last one for a key holds.
//!
//! A line is written before the change is told to anyone and without a buffer in between, so that a killed process
//! has forgotten nothing that a client knows. It is not forced onto the disk: a machine that loses power may lose the
//! last changes.

use std::fs;
use std::fs::File;
use std::hash::Hash;
use std::io;
use std::io::BufWriter;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::sandbox::core::lock;

/// After this many new lines the file is looked at: has it grown too large?
const LOOK_LINES: usize = 10_000;

/// The same for new bytes: few lines may be long ones.
const LOOK_BYTES: u64 = 4 * SMALL;

/// A file of at most this many bytes is left as it is.
const SMALL: u64 = 1024 * 1024;

/// A file may hold this many times the lines that still hold.
const MOST_LINES_PER_KEY: usize = 10;

/// What every line starts with.
const HEAD: &[u8] = b"{\"kind\":\"";

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A token, by its public id.
    #[serde(rename = "tchek.token")]
    TchekToken,
    /// Where results go, by the API key that they belong to; null for every other key.
    #[serde(rename = "tchek.receiver")]
    TchekReceiver,
    /// The events that a key has subscribed to.
    #[serde(rename = "tchek.subscriptions")]
    TchekSubscriptions,
    /// A car in stock, by environment, dealership and stock number.
    #[serde(rename = "autochat.car")]
    AutochatCar,
}

/// A change: the whole of what stands under the key from now on, or null for nothing.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<K, V> {
    kind: Kind,
    key: K,
    value: V,
}

/// A line of which only the frame is read.
type RawLine = Line<Box<RawValue>, Box<RawValue>>;

/// Why there is no memory to start with.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("cannot {action} the sandbox's memory `{}`", .path.display())]
    Access { action: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "line {line} of `{}` is not of a sandbox's memory; delete the file to start with an empty sandbox",
        .path.display()
    )]
    Unreadable { line: usize, path: PathBuf, source: serde_json::Error },
}

impl Fault {
    fn access(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> io::Error {
        move |source| io::Error::new(source.kind(), Self::Access { action, path: path.to_owned(), source })
    }

    fn unreadable(line: usize, path: &Path, source: serde_json::Error) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self::Unreadable { line, path: path.to_owned(), source })
    }
}

/// What earlier runs left behind: read, and not yet touched.
#[derive(Debug, Default)]
pub(crate) struct Past {
    path: Option<PathBuf>,
    lines: Vec<(usize, RawLine)>,
}

impl Past {
    /// Reads the file; nothing when there is none yet, or no `path`.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is foreign. The end of a write that was cut off is passed over.
    pub(crate) fn read(path: Option<PathBuf>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(Fault::access("read", &path))?,
        };
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            match serde_json::from_slice(line) {
                Ok(line) => lines.push((number, line)),
                Err(_) if is_torn(line) => {
                    tracing::warn!(path = %path.display(), line = number, "the last change was not written to its end");
                }
                Err(error) => return Err(Fault::unreadable(number, &path, error)),
            }
        }
        Ok(Self { path: Some(path), lines })
    }

    /// What stands under the keys of `kind`, oldest key first.
    ///
    /// # Errors
    /// A line of that kind does not hold what it should.
    pub(crate) fn recall<K, V>(&self, kind: Kind) -> io::Result<IndexMap<K, V>>
    where
        K: DeserializeOwned + Eq + Hash,
        V: DeserializeOwned,
    {
        let mut recalled = IndexMap::new();
        for (number, line) in self.lines.iter().filter(|(_, line)| line.kind == kind) {
            let path = self.path.as_deref().unwrap_or(Path::new(""));
            let unreadable = |error| Fault::unreadable(*number, path, error);
            let key: K = serde_json::from_str(line.key.get()).map_err(unreadable)?;
            let value: Option<V> = serde_json::from_str(line.value.get()).map_err(unreadable)?;
            match value {
                Some(value) => recalled.insert(key, value),
                None => recalled.shift_remove(&key),
            };
        }
        Ok(recalled)
    }

    /// Writes the file anew with what still holds, and keeps it open for what follows.
    ///
    /// # Errors
    /// The file, or one of the same name with `.new` behind, cannot be written.
    pub(crate) fn go_on(self) -> io::Result<Memory> {
        let Some(path) = &self.path else { return Ok(Memory::default()) };
        let log = Log::start(path, &self.living()).map_err(Fault::access("write", path))?;
        Ok(Memory(Some(Mutex::new(log))))
    }

    /// The last line of each key that something stands under.
    fn living(&self) -> Vec<&RawLine> {
        let mut last = IndexMap::new();
        for (_, line) in &self.lines {
            last.insert((line.kind, line.key.get()), line);
        }
        last.into_values().filter(|line| line.value.get() != "null").collect()
    }
}

/// Whether `line` is the beginning of one of ours that has no end: a line feed is the last byte of each write.
fn is_torn(line: &[u8]) -> bool {
    !line.ends_with(b"\n") && (line.starts_with(HEAD) || HEAD.starts_with(line))
}

/// The bytes of `line`, with a line feed at the end and nowhere else.
fn write<K: Serialize, V: Serialize>(line: &Line<K, V>) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    // Some texts are kept as they were sent. JSON has no bare line feed in strings; elsewhere it is a mere space.
    bytes.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
    bytes.push(b'\n');
    Ok(bytes)
}

/// Keeps changes for the next run; without a file it forgets them.
#[derive(Debug, Default)]
pub(crate) struct Memory(Option<Mutex<Log>>);

impl Memory {
    /// Keeps `value` as what stands under `key` from now on; null for nothing.
    ///
    /// Call it before the change is seen by anyone, and hold the state's lock, so that changes are kept in their order.
    ///
    /// # Errors
    /// The file cannot be written; the log has the cause. The file stays readable, and the change is not in it.
    pub(crate) fn keep<K: Serialize + ?Sized, V: Serialize>(&self, kind: Kind, key: &K, value: &V) -> io::Result<()> {
        let Some(log) = &self.0 else { return Ok(()) };
        let kept = write(&Line { kind, key, value }).and_then(|line| lock(log).append(&line));
        kept.inspect_err(|error| {
            tracing::error!(error = error as &dyn std::error::Error, "the sandbox cannot write its memory");
        })
    }
}

/// The open file.
#[derive(Debug)]
struct Log {
    path: PathBuf,
    file: File,
    /// The length of the complete lines.
    bytes: u64,
    lines: usize,
    /// Bytes and lines at the last look at the size.
    looked_at: (u64, usize),
    /// A write has failed; it may have left a part of its line behind the complete ones.
    torn: bool,
}

impl Log {
    /// Replaces the file by one with these lines; the old one stays until the new one is whole.
    fn start(path: &Path, lines: &[&RawLine]) -> io::Result<Self> {
        let new = path.with_added_extension("new");
        let mut file = create(&new)?;
        let mut writer = BufWriter::new(&mut file);
        for line in lines {
            writer.write_all(&write(line)?)?;
        }
        writer.flush()?;
        drop(writer);
        fs::rename(&new, path)?;
        let bytes = file.stream_position()?;
        let lines = lines.len();
        Ok(Self { path: path.to_owned(), file, bytes, lines, looked_at: (bytes, lines), torn: false })
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.bytes)?;
            self.file.seek(SeekFrom::Start(self.bytes))?;
        }
        self.torn = true;
        self.file.write_all(line)?;
        self.torn = false;
        self.bytes = self.bytes.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        self.lines += 1;
        let (bytes, lines) = self.looked_at;
        if self.lines - lines >= LOOK_LINES || self.bytes - bytes >= LOOK_BYTES {
            self.looked_at = (self.bytes, self.lines);
            if let Err(error) = self.shrink() {
                tracing::warn!(error = &error as &dyn std::error::Error, "the sandbox's memory could not be compacted");
            }
        }
        Ok(())
    }

    /// Compacts the file when it has grown too large for what it tells.
    fn shrink(&mut self) -> io::Result<()> {
        if self.bytes <= SMALL {
            return Ok(());
        }
        let past = Past::read(Some(self.path.clone()))?;
        let living = past.living();
        if self.lines > living.len().saturating_mul(MOST_LINES_PER_KEY) {
            *self = Self::start(&self.path, &living)?;
        }
        Ok(())
    }
}

/// An empty file for this user's eyes: it holds what customers are called and what deliveries are signed with.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}
