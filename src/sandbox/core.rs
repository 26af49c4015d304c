//! What every part of the sandbox shares: time, ids, journal, faults, memory, switches and the seeded cars.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::OnceLock;
use std::sync::PoisonError;
use std::sync::RwLock;

use url::Url;

use crate::clock::Clock;
use crate::ids::Ids;
use crate::sandbox::faults::Faults;
use crate::sandbox::journal::Journal;
use crate::sandbox::memory::Memory;
use crate::sandbox::seed::Fleet;
use crate::sandbox::switches::Switches;
use crate::shutdown::Shutdown;

/// The common state of the three vendors of one sandbox.
#[derive(Debug)]
pub(crate) struct Core {
    /// The time of day as the vendors see it; tests set and move it.
    pub(crate) clock: Clock,
    /// Where ids and tokens come from.
    pub(crate) ids: Ids,
    /// Supervises background work, such as deliveries.
    pub(crate) shutdown: Shutdown,
    /// Every call received and every delivery made.
    pub(crate) journal: Journal,
    /// The faults that operations are told to make.
    pub(crate) faults: Faults,
    /// What the next run is to know.
    pub(crate) memory: Memory,
    /// The seeded cars.
    pub(crate) fleet: Fleet,
    /// How the vendors behave where their documents leave room; read it with [`Core::switches`].
    pub(crate) switches: RwLock<Switches>,
    /// The address under which others reach this sandbox, known once it listens.
    pub(crate) base: OnceLock<Url>,
}

impl Core {
    /// Makes the state of a sandbox with `vehicles` seeded cars.
    pub(crate) fn new(vehicles: usize, clock: Clock, ids: Ids, shutdown: Shutdown, memory: Memory) -> Arc<Self> {
        Arc::new(Self {
            clock,
            ids,
            shutdown,
            journal: Journal::default(),
            faults: Faults::default(),
            memory,
            fleet: Fleet::new(vehicles),
            switches: RwLock::new(Switches::default()),
            base: OnceLock::new(),
        })
    }

    /// The switches as they stand now.
    pub(crate) fn switches(&self) -> Switches {
        *self.switches.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Locks `mutex`, also after a holder has panicked: the sandbox keeps no state that a panic leaves half written.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
