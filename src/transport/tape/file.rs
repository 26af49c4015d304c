//! The folder of a recording.

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use super::cassette::Cassette;
use super::cassette::Key;

/// Why a recording cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TapeError {
    /// The folder cannot be used.
    #[error("`{}` cannot be used for a recording", path.display())]
    Folder {
        /// The folder or a file in it.
        path: PathBuf,
        /// The technical cause.
        #[source]
        source: io::Error,
    },
    /// A file of the recording is damaged.
    #[error("`{}` is no file of a recording; remove it, or record again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The technical cause.
        #[source]
        source: serde_json::Error,
    },
}

impl TapeError {
    pub(super) fn folder(path: &Path, source: io::Error) -> Self {
        Self::Folder { path: path.to_owned(), source }
    }
}

/// Reads every file below `folder`; a folder that is not there holds none.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Cassette>, TapeError> {
    let mut all = Vec::new();
    for operation in entries(folder)? {
        if !operation.is_dir() {
            continue;
        }
        for path in entries(&operation)? {
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let text = fs::read(&path).map_err(|source| TapeError::folder(&path, source))?;
            let read = serde_json::from_slice(&text);
            all.push(read.map_err(|source| TapeError::Damaged { path: path.clone(), source })?);
        }
    }
    Ok(all)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, TapeError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(TapeError::folder(folder, source)),
    };
    let paths = listed.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<io::Result<_>>().map_err(|source| TapeError::folder(folder, source))
}

fn path(folder: &Path, key: &Key) -> PathBuf {
    folder.join(&key.operation).join(format!("{}.json", key.file()))
}

/// Reads the file of one key, if there is one.
pub(super) fn read(folder: &Path, key: &Key) -> io::Result<Option<Cassette>> {
    match fs::read(path(folder, key)) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes one file whole: a reader sees the old one or the new one.
pub(super) fn write(folder: &Path, cassette: &Cassette) -> io::Result<()> {
    let path = path(folder, &cassette.key);
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let new = path.with_extension("new");
    let mut file = fs::File::create(&new)?;
    serde_json::to_writer_pretty(&mut file, cassette)?;
    file.write_all(b"\n")?;
    fs::rename(new, path)
}

/// The frames of an account's socket, one JSON string per line.
const FRAMES: &str = "frames.jsonl";

/// Adds a frame to those below `folder`.
pub(super) fn append(folder: &Path, frame: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = fs::OpenOptions::new().create(true).append(true).open(folder.join(FRAMES))?;
    file.write_all(format!("{}\n", serde_json::to_string(frame)?).as_bytes())
}

/// Reads the frames below `folder`; a folder without any holds none.
pub(super) fn frames(folder: &Path) -> Result<Vec<String>, TapeError> {
    let path = folder.join(FRAMES);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(TapeError::folder(&path, source)),
    };
    let frames = text.lines().map(serde_json::from_str);
    frames.collect::<Result<_, _>>().map_err(|source| TapeError::Damaged { path, source })
}
