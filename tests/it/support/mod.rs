//! What the tests share.

pub(crate) mod accounts;
pub(crate) mod gateway;
pub(crate) mod recorder;
pub(crate) mod toy;
