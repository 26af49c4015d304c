//! How many tables each tenant has read at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

/// The tables that are being read, by tenant.
#[derive(Clone, Debug)]
pub struct Seats {
    taken: Arc<Mutex<HashMap<Arc<str>, u32>>>,
    each: u32,
}

impl Seats {
    /// Seats for `each` tables of every tenant.
    #[must_use]
    pub fn new(each: u32) -> Self {
        Self { taken: Arc::default(), each }
    }

    /// A seat for a table of `tenant`; none when all of its seats are taken.
    #[must_use]
    pub fn take(&self, tenant: &Arc<str>) -> Option<Seat> {
        let mut taken = self.taken();
        let count = taken.entry(Arc::clone(tenant)).or_default();
        if *count >= self.each {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Seat { seats: self.clone(), tenant: Arc::clone(tenant) })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<Arc<str>, u32>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The seat of one table; given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    tenant: Arc<str>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(count) = taken.get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.tenant);
            }
        }
    }
}
