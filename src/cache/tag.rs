//! What an entry is about, and what of it has changed since.
//!
//! Nothing searches the cache for a tag. An invalidation stamps the tag with a running number, and an entry is
//! believed only while none of its tags bears a stamp later than the moment its read began. That also settles every
//! race: a read that is overtaken by an invalidation is recognised by its own beginning, whenever it ends.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::key::Partition;

/// A thing that an answer is about, such as one vehicle.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tag {
    kind: &'static str,
    id: String,
}

impl Tag {
    /// A tag of a kind that has no name of its own here.
    #[must_use]
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The vehicle with this VIN; small and capital letters are the same.
    #[must_use]
    pub fn vehicle(vin: &str) -> Self {
        Self::new("vehicle", vin.trim().to_ascii_uppercase())
    }

    /// The diagnostic ticket with this number.
    #[must_use]
    pub fn ticket(id: impl Into<String>) -> Self {
        Self::new("ticket", id)
    }

    /// The connector with this number.
    #[must_use]
    pub fn connector(id: impl Into<String>) -> Self {
        Self::new("connector", id)
    }

    /// The lists of products of an account, which show what it has marked.
    #[must_use]
    pub fn products() -> Self {
        Self::new("products", "")
    }

    /// The inspection with this vendor id.
    #[must_use]
    pub fn inspection(id: impl Into<String>) -> Self {
        Self::new("inspection", id)
    }
}

/// Leaves the id out: it may be a VIN.
impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({}:…)", self.kind)
    }
}

/// How far an invalidation goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// One account at one vendor.
    Partition(Partition),
    /// All accounts of the tenant at all vendors.
    Tenant(Arc<str>),
}

/// A moment between two invalidations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(u64);

/// A tag within a reach, as a hash. Two that meet in one hash are invalidated together, which costs a read and no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint(u64);

/// When which tag was last invalidated. Holds hashes under a random key, no VIN or id.
pub(super) struct Stamps {
    hashes: RandomState,
    /// How many stamps fill one generation.
    room: usize,
    generations: RwLock<Generations>,
}

/// Two generations of stamps. When the young one is full it becomes the old one, whose predecessor is forgotten.
struct Generations {
    now: Mark,
    /// No entry from before this moment is believed: stamps up to here have been forgotten.
    floor: Mark,
    /// The moment at which the young generation began.
    turned: Mark,
    young: HashMap<Fingerprint, Mark>,
    old: HashMap<Fingerprint, Mark>,
}

impl Stamps {
    /// Remembers about `bound` tags.
    pub(super) fn new(bound: usize) -> Self {
        let start = Mark(0);
        Self {
            hashes: RandomState::new(),
            room: (bound / 2).max(1),
            generations: RwLock::new(Generations {
                now: start,
                floor: start,
                turned: start,
                young: HashMap::new(),
                old: HashMap::new(),
            }),
        }
    }

    pub(super) fn now(&self) -> Mark {
        self.read().now
    }

    /// The two fingerprints of each tag: as its partition and as its tenant may invalidate it.
    pub(super) fn fingerprints<'a>(
        &self,
        partition: &Partition,
        tags: impl Iterator<Item = &'a Tag>,
    ) -> Box<[Fingerprint]> {
        let reaches = [Reach::Partition(partition.clone()), Reach::Tenant(Arc::clone(&partition.tenant))];
        tags.flat_map(|tag| reaches.each_ref().map(|reach| self.fingerprint(reach, tag))).collect()
    }

    /// Whether one of `tags` was invalidated after `began`, or may have been.
    pub(super) fn touched(&self, tags: &[Fingerprint], began: Mark) -> bool {
        let stamps = self.read();
        let later = |generation: &HashMap<Fingerprint, Mark>| {
            tags.iter().any(|tag| generation.get(tag).is_some_and(|stamp| *stamp > began))
        };
        began < stamps.floor || (began < stamps.now && (later(&stamps.young) || later(&stamps.old)))
    }

    pub(super) fn invalidate(&self, reach: &Reach, tags: &[Tag]) {
        let tags: Vec<_> = tags.iter().map(|tag| self.fingerprint(reach, tag)).collect();
        let mut stamps = self.generations.write().unwrap_or_else(PoisonError::into_inner);
        stamps.now = Mark(stamps.now.0 + 1);
        let now = stamps.now;
        for tag in tags {
            if stamps.young.len() >= self.room {
                stamps.turn();
            }
            stamps.young.insert(tag, now);
        }
    }

    fn fingerprint(&self, reach: &Reach, tag: &Tag) -> Fingerprint {
        Fingerprint(self.hashes.hash_one((reach, tag)))
    }

    fn read(&self) -> RwLockReadGuard<'_, Generations> {
        self.generations.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    /// Forgets the old generation: whatever began before its end counts as invalidated from now on.
    fn turn(&mut self) {
        self.floor = self.turned;
        self.turned = self.now;
        self.old = std::mem::take(&mut self.young);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: usize) -> Tag {
        Tag::ticket(number.to_string())
    }

    #[test]
    fn only_the_reach_of_an_invalidation_is_touched() {
        let stamps = Stamps::new(100);
        let here = Partition::new("north", "tchek", "main");
        let beside = Partition::new("north", "tchek", "second");
        let elsewhere = Partition::new("south", "tchek", "main");
        let tags = |partition: &Partition| stamps.fingerprints(partition, [tag(1)].iter());
        let before = stamps.now();

        stamps.invalidate(&Reach::Partition(here.clone()), &[tag(1)]);
        assert_eq!([&here, &beside, &elsewhere].map(|at| stamps.touched(&tags(at), before)), [true, false, false]);
        assert!(!stamps.touched(&tags(&here), stamps.now()));

        stamps.invalidate(&Reach::Tenant("north".into()), &[tag(1)]);
        assert_eq!([&here, &beside, &elsewhere].map(|at| stamps.touched(&tags(at), before)), [true, true, false]);
    }

    #[test]
    fn a_forgotten_stamp_invalidates_what_is_older_and_nothing_newer() {
        let stamps = Stamps::new(8);
        let partition = Partition::new("north", "tchek", "main");
        let reach = Reach::Partition(partition.clone());
        let first = stamps.fingerprints(&partition, [tag(0)].iter());
        let before = stamps.now();
        stamps.invalidate(&reach, &[tag(0)]);
        let after = stamps.now();

        for number in 1..=100 {
            stamps.invalidate(&reach, &[tag(number)]);
            assert!(stamps.touched(&first, before), "a stamp was lost after {number} others");
            let held = stamps.read().young.len() + stamps.read().old.len();
            assert!(held <= 8, "{held} stamps are held");
        }
        assert!(stamps.touched(&first, after), "the floor has passed it by");
        let untouched = stamps.fingerprints(&partition, [tag(1_000)].iter());
        assert!(!stamps.touched(&untouched, stamps.now()));
    }

    #[test]
    fn debug_shows_no_id() {
        assert_eq!(format!("{:?}", Tag::vehicle("wvwzzz1jz3w386752")), "Tag(vehicle:…)");
    }
}
