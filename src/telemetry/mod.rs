//! How the gateway tells what it does: logs and metrics. Neither holds personal data or secrets.

pub mod logs;
pub mod metrics;
