//! Talking with the service centre: chats, channels, what is attached to them, and translations.

pub mod attachment;
pub mod fields;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod source;
