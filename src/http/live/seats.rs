//! Counts the channels that are open, in all and by client.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use crate::auth::Session;
use crate::config::Live as Bounds;
use crate::telemetry::metrics::LIVE_CHANNELS;

/// A client of a tenant.
type Client = (Arc<str>, Arc<str>);

/// The channels that are open.
#[derive(Clone, Debug)]
pub(super) struct Seats(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    open: Mutex<Open>,
    bounds: Bounds,
}

#[derive(Debug, Default)]
struct Open {
    all: u32,
    by_client: HashMap<Client, u32>,
}

impl Seats {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Inner { open: Mutex::default(), bounds }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a channel of which nobody knows yet whose it is; none when all are taken.
    pub(super) fn take(&self, transport: &'static str) -> Option<Seat> {
        let mut open = self.open();
        if open.all >= self.0.bounds.channels {
            return None;
        }
        open.all += 1;
        drop(open);
        metrics::gauge!(LIVE_CHANNELS, "transport" => transport).increment(1);
        Some(Seat { seats: self.clone(), transport, client: None })
    }
}

/// The place of one open channel; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Seats,
    transport: &'static str,
    client: Option<Client>,
}

impl Seat {
    /// Counts the channel as one of the session's client; false when that client has as many as it may have.
    pub(super) fn belongs_to(&mut self, session: &Session) -> bool {
        let client = (Arc::clone(&session.tenant), Arc::clone(&session.client));
        let mut open = self.seats.open();
        let count = open.by_client.entry(client.clone()).or_default();
        if *count >= self.seats.0.bounds.channels_per_client {
            return false;
        }
        *count += 1;
        drop(open);
        self.client = Some(client);
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.seats.open();
        open.all = open.all.saturating_sub(1);
        if let Some(client) = self.client.take()
            && let Some(count) = open.by_client.get_mut(&client)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.by_client.remove(&client);
            }
        }
        drop(open);
        metrics::gauge!(LIVE_CHANNELS, "transport" => self.transport).decrement(1);
    }
}
