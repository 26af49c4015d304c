//! Recording what a vendor answers, and answering from a recording without a network.
//!
//! A recording is a folder with one file per operation and key (the arguments of a call), in which every answer stands in
//! its order. What is secret or personal is replaced before anything is written: the same value by the same pseudonym
//! wherever it stands, in arguments and in answers, so that what belongs together still does. Writes and log-ins are
//! never recorded, and never replayed.

mod cassette;
mod file;
mod player;
mod pseudonym;
mod recorder;
mod redact;

use std::fmt;

use async_trait::async_trait;

use crate::error::VendorError;

use super::call::Call;
use super::call::Operation;
use super::call::Reply;

pub use file::TapeError;
pub use player::Player;
pub use pseudonym::Class;
pub use pseudonym::Pseudonyms;
pub use recorder::Recorder;
pub use redact::Private;

/// What stands between an account's client and the wire.
#[async_trait]
pub trait Tape: Send + Sync + fmt::Debug {
    /// The answer to `call`, if it comes from here; then nothing is sent.
    ///
    /// # Errors
    /// `Unsupported` for a write and for a read that was not recorded.
    fn replayed(&self, call: &Call) -> Option<Result<Reply, VendorError>>;

    /// Is told what the vendor answered to `call`.
    async fn note(&self, call: &Call, reply: &Reply);

    /// The frames of a socket in their order, if they come from here; then no socket is opened. They come once: whoever
    /// connects again hears nothing more.
    fn frames(&self) -> Option<Vec<String>> {
        None
    }

    /// Is told a frame that the vendor sent through a socket opened by `operation`. Never waits: a reader that is dropped
    /// while it waits must not lose what it has read.
    fn note_frame(&self, _operation: &'static Operation, _frame: &str) {}
}
