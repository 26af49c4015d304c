//! Writes down what one account's vendor answers.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_trait::async_trait;

use crate::error::VendorError;

use super::super::call::Call;
use super::super::call::Operation;
use super::super::call::Reply;
use super::Tape;
use super::cassette;
use super::cassette::Answer;
use super::cassette::Cassette;
use super::cassette::Key;
use super::file;
use super::pseudonym::Pseudonyms;
use super::redact::Private;
use super::redact::Redactor;

/// How many different answers to one call are kept; the last one stays the last.
const MOST_ANSWERS: usize = 50;

/// How many frames of a socket are kept, the first ones.
const MOST_FRAMES: usize = 10_000;

/// Writes down what one account's vendor answers. Clones write to the same recording.
#[derive(Clone, Debug)]
pub struct Recorder {
    folder: PathBuf,
    redactor: Redactor,
    /// Held while an answer is added to its file.
    writing: Arc<Mutex<()>>,
    /// How many frames were written; held while one is, so that they stay in their order.
    frames: Arc<Mutex<usize>>,
}

impl Recorder {
    /// Records below `folder`, which belongs to this account alone.
    #[must_use]
    pub fn new(folder: PathBuf, pseudonyms: Pseudonyms, private: &'static [Private]) -> Self {
        Self { folder, redactor: Redactor { private, pseudonyms }, writing: Arc::default(), frames: Arc::default() }
    }

    fn append(&self, frame: &str) -> io::Result<()> {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if *frames >= MOST_FRAMES {
            return Ok(());
        }
        *frames += 1;
        file::append(&self.folder, frame)
    }

    fn write(&self, key: Key, answer: Answer) -> io::Result<()> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // The file itself is the memory: a long recording must not fill this process.
        let mut cassette = file::read(&self.folder, &key)?.unwrap_or(Cassette { key, answers: Vec::new() });
        if cassette.answers.last() == Some(&answer) {
            return Ok(());
        }
        cassette.answers.truncate(MOST_ANSWERS - 1);
        cassette.answers.push(answer);
        file::write(&self.folder, &cassette)
    }
}

#[async_trait]
impl Tape for Recorder {
    fn replayed(&self, _: &Call) -> Option<Result<Reply, VendorError>> {
        None
    }

    /// Writes `reply` down. A recording that cannot be written must not keep anybody from his answer, so it is logged.
    async fn note(&self, call: &Call, reply: &Reply) {
        let operation = call.operation();
        if !operation.only_reads() {
            return;
        }
        let key = Key::redacted(call, &self.redactor);
        let answer = Answer::new(operation.name, reply, &self.redactor);
        let recorder = self.clone();
        let failure = match tokio::task::spawn_blocking(move || recorder.write(key, answer)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(error) => io::Error::other(error),
        };
        tracing::error!(operation = operation.name, error = %failure, "an answer is missing in the recording");
    }

    fn note_frame(&self, operation: &'static Operation, frame: &str) {
        let redacted = self.redactor.json(operation.name, frame).unwrap_or_else(|| cassette::masked(frame));
        if let Err(error) = self.append(&redacted) {
            tracing::error!(operation = operation.name, %error, "a frame is missing in the recording");
        }
    }
}
