//! Writes down what one account's vendor answers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_trait::async_trait;

use crate::error::VendorError;

use super::super::call::Call;
use super::super::call::Reply;
use super::Tape;
use super::cassette::Answer;
use super::cassette::Cassette;
use super::cassette::Key;
use super::file;
use super::pseudonym::Pseudonyms;
use super::redact::Private;
use super::redact::Redactor;

/// How many different answers to one call are kept; the last one stays the last.
const MOST_ANSWERS: usize = 50;

/// Writes down what one account's vendor answers. Clones write to the same recording.
#[derive(Clone, Debug)]
pub struct Recorder {
    folder: PathBuf,
    redactor: Redactor,
    answers: Arc<Mutex<HashMap<Key, Vec<Answer>>>>,
}

impl Recorder {
    /// Records below `folder`, which belongs to this account alone.
    #[must_use]
    pub fn new(folder: PathBuf, pseudonyms: Pseudonyms, private: &'static [Private]) -> Self {
        Self { folder, redactor: Redactor { private, pseudonyms }, answers: Arc::default() }
    }

    fn write(&self, key: Key, answer: Answer) -> std::io::Result<()> {
        let mut all = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = all.entry(key.clone()).or_default();
        if answers.last() == Some(&answer) {
            return Ok(());
        }
        answers.truncate(MOST_ANSWERS - 1);
        answers.push(answer);
        file::write(&self.folder, &key, &Cassette { key: key.clone(), answers: answers.clone() })
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
        let written = tokio::task::spawn_blocking(move || recorder.write(key, answer)).await;
        match written {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(operation = operation.name, %error, "an answer is missing in the recording");
            }
            Err(error) => {
                tracing::error!(operation = operation.name, %error, "an answer is missing in the recording");
            }
        }
    }
}
