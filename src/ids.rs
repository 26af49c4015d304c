//! The one place that makes ids and random bytes.
//!
//! A seeded source gives the same sequence in every run, so that snapshots hold still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Makes ids and secrets: from the operating system, or from a seed in tests.
#[derive(Clone, Debug)]
pub struct Ids(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Seeded { seed: u64, drawn: AtomicU64 },
}

impl Ids {
    /// Draws from the operating system's generator.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// Draws the same sequence for the same `seed`. Never for secrets that guard anything.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Source::Seeded { seed, drawn: AtomicU64::new(0) }))
    }

    /// 32 random bytes, 256 bits of secret when the source is the system's.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        match &*self.0 {
            Source::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
                bytes
            }
            Source::Seeded { seed, drawn } => {
                let turn = drawn.fetch_add(1, Ordering::SeqCst);
                let mut hash = Sha256::new();
                hash.update(seed.to_be_bytes());
                hash.update(turn.to_be_bytes());
                hash.finalize().into()
            }
        }
    }

    /// A UUID of version 7: sorts by the time at which it was made.
    #[must_use]
    pub fn uuid(&self, at: DateTime<Utc>) -> Uuid {
        let bytes = self.bytes();
        let mut random = [0; 10];
        random.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A number below `bound`, evenly spread; 0 when `bound` is 0.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        let mut head = [0; 8];
        head.iter_mut().zip(self.bytes()).for_each(|(to, from)| *to = from);
        u64::from_be_bytes(head).checked_rem(bound).unwrap_or(0)
    }
}
