//! The domain's ports, answered by this vendor.

mod cart;
mod catalogue;
mod connectors;
mod garage;
mod messenger;
mod ordering;
mod products;
mod reference;
mod statuses;
mod tickets;
mod vehicles;

use std::collections::HashSet;
use std::hash::Hash;

pub use cart::JifelineCartSource;
pub use catalogue::JifelineCatalogueSource;
pub use connectors::JifelineConnectorSource;
pub use garage::JifelineGarageSource;
pub use messenger::JifelineMessengerSource;
pub use ordering::JifelineTicketOrdering;
pub use products::JifelineProductSource;
pub use reference::JifelineReferenceSource;
pub use statuses::JifelineStatusSource;
pub use tickets::JifelineTicketSource;
pub use vehicles::JifelineVehicleSource;

/// A paged list without repetitions.
///
/// A thing that is added while we page can push another one onto the next page, where it stands again.
fn distinct<T, K: Eq + Hash>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = HashSet::new();
    items.filter(|item| seen.insert(key(item))).collect()
}
