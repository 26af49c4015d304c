//! Answers from a recording.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use async_trait::async_trait;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::super::call::Call;
use super::super::call::Reply;
use super::Tape;
use super::cassette::Answer;
use super::cassette::Key;
use super::file;
use super::file::TapeError;

#[derive(Debug)]
struct Track {
    answers: Vec<Answer>,
    played: AtomicUsize,
}

/// Answers one account's calls from a recording. Clones share how far each of its answers has been played.
#[derive(Clone, Debug)]
pub struct Player {
    tracks: Arc<HashMap<Key, Track>>,
    frames: Arc<Mutex<Vec<String>>>,
}

impl Player {
    /// Reads the recording of one account.
    ///
    /// # Errors
    /// [`TapeError`] when a file of it cannot be read.
    pub fn load(folder: &Path) -> Result<Self, TapeError> {
        let tracks = file::read_all(folder)?.into_iter().map(|cassette| {
            let track = Track { answers: cassette.answers, played: AtomicUsize::new(0) };
            (cassette.key, track)
        });
        Ok(Self { tracks: Arc::new(tracks.collect()), frames: Arc::new(Mutex::new(file::frames(folder)?)) })
    }

    /// The next recorded answer; the last one is given again and again.
    fn answer(&self, call: &Call) -> Result<Reply, VendorError> {
        let operation = call.operation();
        let unsupported = |context: String| Err(operation.error(VendorErrorKind::Unsupported, context));
        if !operation.only_reads() {
            return unsupported("a recording is replayed: nothing can be written".to_owned());
        }
        let key = Key::of(call);
        let Some(track) = self.tracks.get(&key) else {
            return unsupported(format!("the recording has no answer to this call ({})", key.shown()));
        };
        let turn = track.played.fetch_add(1, Ordering::Relaxed);
        match track.answers.get(turn).or(track.answers.last()) {
            Some(answer) => Ok(answer.reply()),
            None => unsupported(format!("the recording has no answer to this call ({})", key.shown())),
        }
    }
}

#[async_trait]
impl Tape for Player {
    fn replayed(&self, call: &Call) -> Option<Result<Reply, VendorError>> {
        Some(self.answer(call))
    }

    async fn note(&self, _: &Call, _: &Reply) {}

    fn frames(&self) -> Option<Vec<String>> {
        Some(std::mem::take(&mut *self.frames.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
