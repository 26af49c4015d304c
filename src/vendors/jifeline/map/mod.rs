//! From the vendor's types to the domain's. Pure: no call, no clock.

mod cart;
mod catalogue;
mod connectors;
mod customers;
mod employees;
mod messages;
mod ordering;
mod prices;
mod products;
mod service_center;
mod system;
mod tickets;
mod updates;
mod users;
mod vehicles;

use std::collections::BTreeMap;

use crate::domain::mileage::MileageUnit;
use crate::domain::ticket::model::TicketState;
use crate::graphql::scalars::Vin;

pub(super) use cart::map_cart;
pub(super) use cart::map_quote;
pub(super) use catalogue::map_make;
pub(super) use catalogue::map_model;
pub(super) use catalogue::map_model_group;
pub(super) use catalogue::map_variant;
pub(super) use connectors::map_connector;
pub(super) use customers::customer_body;
pub(super) use customers::map_branding;
pub(super) use customers::map_customer;
pub(super) use customers::map_wallet;
pub(super) use employees::employee_body;
pub(super) use employees::map_employee;
pub(super) use messages::map_attachment;
pub(super) use messages::map_channel;
pub(super) use messages::map_chat;
pub(super) use messages::map_translation;
pub(super) use ordering::map_new_ticket;
pub(super) use ordering::map_note;
pub(super) use ordering::map_prepared;
pub(super) use ordering::map_rating;
pub(super) use products::map_bundle;
pub(super) use products::map_prerequisite;
pub(super) use products::map_product;
pub(super) use products::map_product_group;
pub(super) use service_center::map_service_center;
pub(super) use service_center::map_status;
pub(super) use system::map_country;
pub(super) use system::map_listed_currency;
pub(super) use tickets::map_ticket;
pub(super) use updates::map_connection_update;
pub(super) use updates::map_connector_update;
pub(super) use updates::map_ticket_update;
pub(super) use users::map_user;
pub(super) use vehicles::map_found;
pub(super) use vehicles::map_serviced;

/// What the vendor leaves open and the configuration says.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) odometer_unit: MileageUnit,
    pub(super) ticket_states: BTreeMap<i32, TicketState>,
}

/// The meaning of the vendor's number of a ticket's state.
fn map_state(code: Option<i32>, reading: &Reading) -> Option<TicketState> {
    code.map(|code| reading.ticket_states.get(&code).copied().unwrap_or(TicketState::Unknown))
}

/// A VIN in whatever form the vendor has it; none when it is blank.
fn map_vin(text: Option<String>) -> Option<Vin> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Vin::from_source(&text))
}

/// A text that says something; blank ones become none.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
