//! One test per vendor operation: the request as a server received it.

mod autochat;
mod jifeline;
mod jifeline_account;
mod jifeline_catalogue;
mod jifeline_ordering;
mod jifeline_products;
mod jifeline_socket;
mod tchek;

pub(crate) use autochat::listing;

use crate::support::recorder::Seen;

/// Compares `seen` with the snapshot of `operation`.
pub(crate) fn assert_wire(operation: &str, seen: &Seen) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(operation, seen.shown()));
}
