//! Who an entry belongs to, and what it answers.

use std::any::TypeId;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use uuid::Uuid;

use super::tag::Tag;

/// Whose data an entry is. Two partitions never share an entry or a read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Partition {
    /// The tenant's name in the configuration.
    pub tenant: Arc<str>,
    /// The vendor's id, such as `tchek`.
    pub vendor: &'static str,
    /// The account's name in the configuration, or the garage session's own.
    pub account: Arc<str>,
}

impl Partition {
    /// Names the partition of `account` of `tenant` at `vendor`.
    #[must_use]
    pub fn new(tenant: impl Into<Arc<str>>, vendor: &'static str, account: impl Into<Arc<str>>) -> Self {
        Self { tenant: tenant.into(), vendor, account: account.into() }
    }
}

/// What all keys of one read have in common. Made once per source and shared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Whose data it is.
    pub partition: Partition,
    /// The vendor's environment, such as `production` or the sandbox's name.
    pub environment: Arc<str>,
    /// The operation that answers, such as `tchek.tokens.status`.
    pub operation: &'static str,
    /// The language of the answer, when the operation has one.
    pub locale: Option<Arc<str>>,
    /// The version of the value's shape; entries of another version are not found.
    pub shape: u16,
}

impl Scope {
    /// Names the scope of `operation`, without a language, in the first shape.
    #[must_use]
    pub fn new(partition: Partition, environment: impl Into<Arc<str>>, operation: &'static str) -> Self {
        Self { partition, environment: environment.into(), operation, locale: None, shape: 1 }
    }

    /// Sets the language of the answer.
    #[must_use]
    pub fn with_locale(mut self, locale: impl Into<Arc<str>>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Sets the version of the value's shape.
    #[must_use]
    pub fn with_shape(mut self, shape: u16) -> Self {
        self.shape = shape;
        self
    }

    /// Adds `keys` to the counter `name`, labelled by vendor and operation only.
    pub(super) fn count(&self, name: &'static str, keys: usize) {
        let keys = u64::try_from(keys).unwrap_or(u64::MAX);
        metrics::counter!(name, "vendor" => self.partition.vendor, "operation" => self.operation).increment(keys);
    }
}

/// The arguments of an operation, as far as they choose the thing that is read.
pub trait CacheKey: Clone + Eq + Hash + Send + Sync + 'static {
    /// The arguments in one canonical text: equal for equal questions, different for all others.
    fn canonical(&self) -> String;

    /// Tags that every answer to these arguments carries, known before the answer is.
    ///
    /// A read on its way is not joined after one of them was invalidated.
    fn tags(&self) -> Vec<Tag> {
        Vec::new()
    }
}

/// The key of an operation without arguments.
impl CacheKey for () {
    fn canonical(&self) -> String {
        String::new()
    }
}

impl CacheKey for String {
    fn canonical(&self) -> String {
        self.clone()
    }
}

impl CacheKey for u64 {
    fn canonical(&self) -> String {
        self.to_string()
    }
}

impl CacheKey for Uuid {
    fn canonical(&self) -> String {
        self.to_string()
    }
}

/// Two arguments; the first one's length goes in front, so that no two pairs meet in one text.
impl<A: CacheKey, B: CacheKey> CacheKey for (A, B) {
    fn canonical(&self) -> String {
        let (first, second) = (self.0.canonical(), self.1.canonical());
        format!("{}:{first}{second}", first.len())
    }

    fn tags(&self) -> Vec<Tag> {
        let mut tags = self.0.tags();
        tags.append(&mut self.1.tags());
        tags
    }
}

/// The whole key of an entry.
///
/// The type of the value is part of it, so that two readers of one operation with different types never meet.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct EntryKey {
    scope: Arc<Scope>,
    arguments: Arc<str>,
    value: TypeId,
}

impl EntryKey {
    pub(super) fn new<K: CacheKey, V: 'static>(scope: &Arc<Scope>, key: &K) -> Self {
        Self { scope: Arc::clone(scope), arguments: key.canonical().into(), value: TypeId::of::<V>() }
    }

    /// Approximate bytes of the key on the heap.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + self.arguments.len()
    }
}

/// Leaves the arguments out: they name vehicles and people.
impl fmt::Debug for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryKey").field("operation", &self.scope.operation).finish_non_exhaustive()
    }
}
