//! Loaders that gather the keys of one execution step, and the driver that tells when a step is complete.
//!
//! The driver polls the query in the request's own task and starts batches only when the query can get no
//! further. There is no timer, no yield and no spawned task, so the number of vendor calls is a property of
//! the query and not of luck. The shape of [`Loader`] is the one that the engine's own loaders have, so that
//! going back to them stays a small change.

mod batch;
mod driver;
mod loader;

pub use driver::Hub;
pub use driver::drive;
pub use loader::DataLoader;
pub use loader::Loader;
