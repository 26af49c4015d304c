//! What a recording of this vendor must not hold.

use crate::transport::tape::Class;
use crate::transport::tape::Private;

/// The members, and the arguments, that are secret or personal.
pub const PRIVATE: &[Private] = &[
    Private::new("access_token", Class::Secret),
    Private::new("vin", Class::Vin),
    Private::new("licensePlate", Class::Plate),
    Private::new("description", Class::Text),
];
