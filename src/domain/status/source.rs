//! The port through which things are watched.

use async_trait::async_trait;

use crate::ids::Ids;

use super::model::StatusEvent;
use super::model::Subject;

/// A vendor who tells how things stand as they change.
pub trait StatusSource: Send + Sync + std::fmt::Debug {
    /// A line of the account's own, on which nothing is watched yet; `ids` spreads its tries to connect.
    fn open(&self, ids: Ids) -> Box<dyn StatusLine>;
}

/// A line to the vendor, which connects as soon as there is something to watch and again whenever it breaks.
#[async_trait]
pub trait StatusLine: Send {
    /// Watches `subject` from now on; nothing happens when it is watched already.
    fn subscribe(&mut self, subject: &Subject);

    /// Watches `subject` no longer.
    fn unsubscribe(&mut self, subject: &Subject);

    /// Whether to stay connected for pings even when nothing is watched.
    fn hear_pings(&mut self, wanted: bool);

    /// Whether the line is open at present.
    fn is_connected(&self) -> bool;

    /// Waits for what happens next. May be dropped while it waits without losing anything.
    async fn next_event(&mut self) -> StatusEvent;
}
