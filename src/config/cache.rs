//! `[cache]`: what vendors said is kept for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Known;
use super::redact::Printout;
use super::section::{Section, VALUE};
use super::suggest;

/// The cache in front of the vendors.
#[derive(Clone, Debug)]
pub struct Cache {
    /// How much memory the kept answers may take, in bytes.
    pub capacity: u64,
    /// How long the answers of an operation are fresh where it differs from the built-in table, by operation name.
    /// Zero means that they are never kept.
    pub fresh: BTreeMap<String, Duration>,
}

impl Cache {
    pub(super) fn read(section: &mut Section<'_>, known: &Known) -> Self {
        let fresh = section.leaves("fresh", |operation, leaf| {
            if !known.operations.contains(&operation) {
                let mend = match suggest::nearest(operation, known.operations.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`"),
                    None => "name an operation as errors and metrics do, such as `jifeline.vehicles.find`".to_owned(),
                };
                leaf.fault(VALUE, "no vendor has this operation", mend);
            }
            leaf.span(VALUE).map(|span| (operation.to_owned(), span))
        });
        Self { capacity: section.size("capacity", 1 << 20).unwrap_or(128 << 20), fresh: fresh.into_iter().collect() }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("cache");
        out.size("capacity", self.capacity);
        if !self.fresh.is_empty() {
            out.table("cache.fresh");
            self.fresh.iter().for_each(|(operation, span)| out.span(operation, *span));
        }
    }
}
