//! What a vendor's refusals mean: one closed table per vendor, from operation, status and words to a kind of failure.

use std::ops::RangeInclusive;

use crate::error::VendorErrorKind;
use crate::error::VendorErrorKind as Kind;

/// One row of a vendor's table; the first row that fits a refusal says what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalRule {
    /// The names of the operations that it is about; none: all of the vendor's.
    pub operations: &'static [&'static str],
    /// The statuses.
    pub statuses: RangeInclusive<u16>,
    /// Words of which the vendor's reason must have one, in small letters; none: whatever it says.
    pub says: &'static [&'static str],
    /// The failure.
    pub kind: VendorErrorKind,
}

impl RefusalRule {
    /// A row about all operations, whatever the vendor says.
    #[must_use]
    pub const fn new(statuses: RangeInclusive<u16>, kind: VendorErrorKind) -> Self {
        Self { operations: &[], statuses, says: &[], kind }
    }

    /// The same about these operations only.
    #[must_use]
    pub const fn of(self, operations: &'static [&'static str]) -> Self {
        Self { operations, ..self }
    }

    /// The same when the vendor's reason has one of these words.
    #[must_use]
    pub const fn saying(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }

    fn fits(&self, operation: &str, status: u16, reason: &str) -> bool {
        let is_about = self.operations.is_empty() || self.operations.contains(&operation);
        is_about
            && self.statuses.contains(&status)
            && (self.says.is_empty() || self.says.iter().any(|word| reason.contains(word)))
    }
}

/// What statuses mean by the standard, for a vendor that uses them so.
pub const STANDARD: &[RefusalRule] = &[
    RefusalRule::new(401..=401, Kind::Auth),
    RefusalRule::new(403..=403, Kind::Auth),
    RefusalRule::new(404..=404, Kind::NotFound),
    RefusalRule::new(408..=408, Kind::Unavailable),
    RefusalRule::new(409..=409, Kind::Conflict),
    RefusalRule::new(410..=410, Kind::NotFound),
    RefusalRule::new(429..=429, Kind::RateLimited),
    RefusalRule::new(400..=499, Kind::Rejected),
    RefusalRule::new(500..=599, Kind::Unavailable),
];

/// The kind of a refusal by `table`; an answer that no row is about is none that the protocol has.
pub(super) fn kind(table: &[RefusalRule], operation: &str, status: u16, reason: &str) -> VendorErrorKind {
    let reason = reason.to_lowercase();
    let row = table.iter().find(|row| row.fits(operation, status, &reason));
    row.map_or(Kind::Protocol, |row| row.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_that_fits_counts() {
        const TABLE: &[RefusalRule] = &[
            RefusalRule::new(400..=409, Kind::Conflict).of(&["v.a.create"]).saying(&["pending ticket"]),
            RefusalRule::new(400..=404, Kind::NotFound).of(&["v.a.get"]),
            RefusalRule::new(400..=499, Kind::Rejected),
        ];
        for (operation, status, reason, expected) in [
            ("v.a.create", 400, "Connector has a Pending Ticket", Kind::Conflict),
            ("v.a.create", 400, "vin is required", Kind::Rejected),
            ("v.a.get", 403, "", Kind::NotFound),
            ("v.a.get", 409, "pending ticket", Kind::Rejected),
            ("v.b.get", 302, "", Kind::Protocol),
        ] {
            assert_eq!(kind(TABLE, operation, status, reason), expected, "{operation} {status}");
        }
    }
}
