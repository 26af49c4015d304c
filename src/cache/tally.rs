//! How often the cache could answer, by partition.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use super::key::Partition;

/// What became of the reads of one partition since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Reads that memory answered.
    pub hits: usize,
    /// Reads that joined a call under way.
    pub joins: usize,
    /// Reads that started a call.
    pub misses: usize,
}

impl Tally {
    /// All reads.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.hits.saturating_add(self.joins).saturating_add(self.misses)
    }
}

/// What became of a read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Became {
    /// Memory answered it.
    Hit,
    /// It joined a call under way.
    Join,
    /// It started a call.
    Miss,
}

#[derive(Debug, Default)]
pub(super) struct Tallies(RwLock<HashMap<Partition, [AtomicUsize; 3]>>);

impl Tallies {
    pub(super) fn add(&self, partition: &Partition, became: Became, keys: usize) {
        let place = |counts: &[AtomicUsize; 3]| {
            let [hits, joins, misses] = counts;
            let count = match became {
                Became::Hit => hits,
                Became::Join => joins,
                Became::Miss => misses,
            };
            count.fetch_add(keys, Ordering::Relaxed);
        };
        if let Some(counts) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(partition) {
            return place(counts);
        }
        let mut tallies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        place(tallies.entry(partition.clone()).or_default());
    }

    pub(super) fn of(&self, partition: &Partition) -> Tally {
        let tallies = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let Some([hits, joins, misses]) = tallies.get(partition) else { return Tally::default() };
        let read = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        Tally { hits: read(hits), joins: read(joins), misses: read(misses) }
    }
}
