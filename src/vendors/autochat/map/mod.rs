//! From the domain's types to the vendor's, and back. Pure: no call, no clock.

mod cars;
mod options;

pub(super) use cars::map_new_car;
pub(super) use options::map_option;
