//! The entity cache through its public face, with real tasks and a vendor that a test can hold.

mod alone;
mod dropping;
mod keeping;
mod sharing;
// Helpers may unwrap as tests do.
#[cfg(test)]
mod vendor;
