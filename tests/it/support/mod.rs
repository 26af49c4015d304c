//! What the tests share.

pub(crate) mod accounts;
pub(crate) mod binary;
pub(crate) mod clients;
pub(crate) mod gateway;
pub(crate) mod keys;
pub(crate) mod orders;
pub(crate) mod process;
pub(crate) mod recorder;
pub(crate) mod sockets;
pub(crate) mod story;
pub(crate) mod toy;
pub(crate) mod vendors;
pub(crate) mod wire;
