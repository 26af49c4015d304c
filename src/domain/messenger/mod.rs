//! Talking with the service centre: chats, channels, what is attached to them, and translations.

pub mod model;
pub mod source;
