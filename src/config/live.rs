//! `[live]`: channels that stay open, and what is sent over them.

use std::time::Duration;

use super::redact::Printout;
use super::section::Section;

/// Channels that stay open: `WebSocket`s and event streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Live {
    /// How many channels may be open in all, those that have not said yet who they are included.
    pub channels: u32,
    /// How many of them one client may have.
    pub channels_per_client: u32,
    /// How many operations may run on one WebSocket at a time.
    pub operations_per_socket: u32,
    /// How long a new WebSocket may take to say who it is.
    pub init_timeout: Duration,
    /// How often a channel is pinged.
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping, or to take what is sent to it.
    pub ping_timeout: Duration,
    /// How often the credential of an open channel is checked again.
    pub recheck_interval: Duration,
    /// How often a watched thing is asked for at a vendor that may not tell of a change by itself.
    pub look_again: Duration,
}

impl Live {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            channels: section.number("channels", 1, 1_000_000).unwrap_or(10_000),
            channels_per_client: section.number("channels_per_client", 1, 1_000_000).unwrap_or(100),
            operations_per_socket: section.number("operations_per_socket", 1, 10_000).unwrap_or(100),
            init_timeout: section.positive_span("init_timeout").unwrap_or(Duration::from_secs(10)),
            ping_interval: section.positive_span("ping_interval").unwrap_or(Duration::from_secs(20)),
            ping_timeout: section.positive_span("ping_timeout").unwrap_or(Duration::from_secs(20)),
            recheck_interval: section.positive_span("recheck_interval").unwrap_or(Duration::from_secs(10)),
            look_again: section.positive_span("look_again").unwrap_or(Duration::from_secs(30)),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("live");
        out.number("channels", self.channels);
        out.number("channels_per_client", self.channels_per_client);
        out.number("operations_per_socket", self.operations_per_socket);
        out.span("init_timeout", self.init_timeout);
        out.span("ping_interval", self.ping_interval);
        out.span("ping_timeout", self.ping_timeout);
        out.span("recheck_interval", self.recheck_interval);
        out.span("look_again", self.look_again);
    }
}
