//! The business: one folder per thing of the trade, each with its model, port, loaders and fields.
//!
//! A domain never sees a vendor. It declares a port (`source.rs`) in the words of the trade, a vendor implements it,
//! and `app` registers the implementation per account. A vendor's id appears here only as data.

pub mod account;
pub mod cart;
pub mod catalogue;
pub mod change;
pub mod connector;
pub mod creation;
pub mod desk;
pub mod entity;
pub mod event;
pub mod fitment;
pub mod garage;
pub mod inspection;
pub mod listing;
pub mod messenger;
pub mod mileage;
pub mod money;
pub mod node;
pub mod operations;
pub mod place;
pub mod product;
pub mod read;
pub mod reference;
pub mod refusal;
pub mod registry;
pub mod representation;
pub mod request;
pub mod rules;
pub mod services;
pub mod sighting;
pub mod source_of;
pub mod status;
pub mod ticket;
pub mod timeline;
pub mod vehicle;
pub mod watch;
pub mod write;
