//! What a fetch brings back for one key.

use std::time::Duration;

use super::policy::Freshness;
use super::tag::Tag;

/// A vendor's answer for one key, with what the answer itself tells about its life.
#[derive(Clone, Debug)]
pub struct Fetched<V> {
    /// The thing, or `None` when the vendor says that there is no such thing.
    pub value: Option<V>,
    /// Whether the thing will hardly change any more, such as a closed ticket; it then has the longer life.
    pub settled: bool,
    /// The longest life that the answer allows, such as until a link in it expires.
    pub at_most: Option<Duration>,
    /// What the answer is about, beyond the tags of its key.
    pub tags: Vec<Tag>,
}

impl<V> Fetched<V> {
    /// Wraps an answer, absent or not, with the operation's usual life.
    #[must_use]
    pub fn new(value: Option<V>) -> Self {
        Self { value, settled: false, at_most: None, tags: Vec::new() }
    }

    /// Wraps a thing that exists.
    #[must_use]
    pub fn found(value: V) -> Self {
        Self::new(Some(value))
    }

    /// Says that the vendor knows no such thing.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(None)
    }

    /// Says whether the thing will hardly change any more.
    #[must_use]
    pub fn settled(mut self, settled: bool) -> Self {
        self.settled = settled;
        self
    }

    /// Shortens the life to `limit`; it never lengthens it.
    #[must_use]
    pub fn at_most(mut self, limit: Duration) -> Self {
        self.at_most = Some(self.at_most.map_or(limit, |set| set.min(limit)));
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tagged(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// How long the answer may be believed under `freshness`; zero when it must not be kept.
    pub(super) fn life(&self, freshness: Freshness) -> Duration {
        let usual = match (&self.value, self.settled) {
            (None, _) => freshness.negative,
            (Some(_), true) => freshness.settled,
            (Some(_), false) => freshness.fresh,
        };
        self.at_most.map_or(usual, |limit| usual.min(limit))
    }
}
