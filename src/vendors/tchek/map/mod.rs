//! From the vendor's types to the domain's, and back for what is sent. Pure: no call, no clock.

mod parts;
mod present;
mod reports;
mod tokens;

pub(super) use present::event_name;
pub(super) use present::map_destination;
pub(super) use present::map_found;
pub(super) use present::map_present_report;
pub(super) use reports::map_report;
pub(super) use tokens::map_new_token;
pub(super) use tokens::map_token;

/// A text that says something; blank ones become none.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
