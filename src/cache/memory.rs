//! The memory tier: moka bounds the size and drops what is long dead.
//!
//! Whether an entry may be believed is decided by the entry itself, on tokio's clock: moka has a clock of its own,
//! which tests cannot pause.

use std::any::Any;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use moka::Expiry;
use moka::future::Cache;
use moka::ops::compute::Op;
use tokio::time::Instant;

use super::age::Beginning;
use super::key::EntryKey;
use super::tag::Fingerprint;

/// The longest life an entry can have, whatever the configuration says: clocks do not count for ever.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// One answer with all that is needed to judge it.
pub(super) struct Entry {
    value: Option<Arc<dyn Any + Send + Sync>>,
    fresh_until: Instant,
    life: Duration,
    weight: usize,
    /// The moment before the read that brought the answer.
    pub(super) began: Beginning,
    pub(super) tags: Box<[Fingerprint]>,
}

impl Entry {
    pub(super) fn new<V: fmt::Debug + Send + Sync + 'static>(
        value: Option<V>,
        life: Duration,
        began: Beginning,
        tags: Box<[Fingerprint]>,
    ) -> Self {
        let life = life.min(LONGEST);
        let weight = value.as_ref().map_or(0, weigh) + size_of::<Self>() + size_of_val(&*tags);
        let value = value.map(|value| Arc::new(value) as Arc<dyn Any + Send + Sync>);
        Self { value, fresh_until: Instant::now() + life, life, weight, began, tags }
    }

    pub(super) fn is_fresh(&self, now: Instant) -> bool {
        now < self.fresh_until
    }

    /// The answer in its own type.
    pub(super) fn value<V: Send + Sync + 'static>(&self) -> Option<Arc<V>> {
        let value = self.value.as_ref()?;
        Some(Arc::clone(value).downcast().expect("an entry's key holds the type of its value"))
    }
}

/// Approximate bytes of a value: itself, and the length of its `Debug` text for what it owns.
///
/// Every value has that text, it grows with the content, and no type has to keep count of its own fields. A field that
/// hides itself in `Debug` counts for its mask only.
fn weigh<V: fmt::Debug>(value: &V) -> usize {
    struct Meter(usize);
    impl Write for Meter {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }
    let mut meter = Meter(size_of::<V>());
    // A value whose `Debug` gives up half-way is still counted up to there.
    write!(meter, "{value:?}").ok();
    meter.0
}

/// Removes an entry once its life is over.
struct Life;

impl Expiry<EntryKey, Arc<Entry>> for Life {
    fn expire_after_create(&self, _: &EntryKey, entry: &Arc<Entry>, _: std::time::Instant) -> Option<Duration> {
        Some(entry.life)
    }

    fn expire_after_update(
        &self,
        _: &EntryKey,
        entry: &Arc<Entry>,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.life)
    }
}

/// All entries of the process.
pub(super) struct Memory(Cache<EntryKey, Arc<Entry>>);

impl Memory {
    /// Holds about `bytes` bytes.
    pub(super) fn new(bytes: u64) -> Self {
        let weigher = |key: &EntryKey, entry: &Arc<Entry>| {
            u32::try_from(key.weight().saturating_add(entry.weight)).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(bytes).weigher(weigher).expire_after(Life).build())
    }

    pub(super) async fn get(&self, key: &EntryKey) -> Option<Arc<Entry>> {
        self.0.get(key).await
    }

    /// Keeps `entry`, unless a later read has already left its own there.
    pub(super) async fn put(&self, key: EntryKey, entry: Arc<Entry>) {
        let newer = |present: Option<moka::Entry<EntryKey, Arc<Entry>>>| {
            let overtaken = present.is_some_and(|present| present.value().began.mark > entry.began.mark);
            std::future::ready(if overtaken { Op::Nop } else { Op::Put(Arc::clone(&entry)) })
        };
        self.0.entry(key).and_compute_with(newer).await;
    }
}

/// Shows sizes only: keys and values are personal data.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("entries", &self.0.entry_count())
            .field("bytes", &self.0.weighted_size())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::super::key::{Partition, Scope};
    use super::super::tag::Stamps;
    use super::*;

    #[tokio::test]
    async fn the_memory_stays_within_its_bound() {
        let memory = Memory::new(64 * 1024);
        let stamps = Stamps::new(8);
        let scope = Arc::new(Scope::new(Partition::new("north", "tchek", "main"), "sandbox", "tchek.tokens.status"));
        for number in 0..1_000_u64 {
            let began = Beginning { mark: stamps.now(), at: DateTime::UNIX_EPOCH };
            let entry = Entry::new(Some("x".repeat(1_000)), Duration::from_mins(1), began, Box::default());
            memory.put(EntryKey::new::<u64, String>(&scope, &number), Arc::new(entry)).await;
        }
        memory.0.run_pending_tasks().await;
        assert!((10..=64).contains(&memory.0.entry_count()), "{memory:?}");
        assert!(memory.0.weighted_size() <= 64 * 1024, "{memory:?}");
    }

    #[test]
    fn a_weight_grows_with_what_the_value_owns() {
        let short = weigh(&vec![String::from("a")]);
        let long = weigh(&vec!["a".repeat(1_000)]);
        assert!(long >= short + 999, "{short} and {long}");
    }
}
