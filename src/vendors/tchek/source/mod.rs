//! The domain's ports, answered by this vendor.

mod inspections;
mod webhooks;

pub use inspections::TchekInspectionSource;
