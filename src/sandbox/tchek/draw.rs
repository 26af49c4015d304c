//! Values that look random and are the same in every run: drawn from the hash of some words.

use sha2::Digest;
use sha2::Sha256;

const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A sequence of values that depends on its words only.
pub(super) struct Draw {
    seed: [u8; 32],
    turn: u64,
}

impl Draw {
    /// Starts the sequence of `words`.
    pub(super) fn new(words: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for word in words {
            hash.update(word.as_bytes());
            hash.update([0]);
        }
        Self { seed: hash.finalize().into(), turn: 0 }
    }

    /// The next 32 bytes.
    pub(super) fn bytes(&mut self) -> [u8; 32] {
        self.turn = self.turn.wrapping_add(1);
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.turn.to_be_bytes());
        hash.finalize().into()
    }

    /// The next number below `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let [a, b, c, d, ..] = self.bytes();
        u32::from_be_bytes([a, b, c, d]).checked_rem(bound).unwrap_or(0)
    }

    /// The next member of `list`; `None` when it is empty.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let bound = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.get(usize::try_from(self.below(bound)).unwrap_or(0))
    }

    /// The next id of ten letters and digits.
    pub(super) fn id(&mut self) -> String {
        letters(&self.bytes())
    }
}

/// An id of ten letters and digits, as the vendor gives them, from random `bytes`.
pub(super) fn letters(bytes: &[u8; 32]) -> String {
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 62)).copied().map_or('A', char::from);
    bytes.iter().take(10).map(letter).collect()
}

/// A public token id, `T` and six upper-case hexadecimal digits, from random `bytes`.
pub(super) fn token_uid(bytes: &[u8; 32]) -> String {
    let [a, b, c, ..] = bytes;
    format!("T{a:02X}{b:02X}{c:02X}")
}
