//! What a recording of this vendor must not hold.

use crate::transport::tape::Class;
use crate::transport::tape::Private;

/// The members, and the arguments, that are secret or personal. A token's uid opens the customer's page, so it is both.
pub const PRIVATE: &[Private] = &[
    Private::new("webhookHeaderKey", Class::Secret),
    Private::new("uid", Class::Secret).of("tchek.tokens."),
    Private::new("deviceId", Class::SecretBefore("-pwa")),
    Private::new("token", Class::Secret).of("tchek.reports."),
    Private::new("email", Class::Email),
    Private::new("companyEmailAddress", Class::Email),
    Private::new("senderEmail", Class::Email),
    Private::new("username", Class::Email),
    Private::new("senderName", Class::Name),
    Private::new("firstname", Class::Name),
    Private::new("lastname", Class::Name),
    Private::new("clientLastName", Class::Name),
    Private::new("phone", Class::Phone),
    Private::new("immat", Class::Plate),
    Private::new("licensePlate", Class::Plate),
    Private::new("detectedLicensePlate", Class::Plate),
    Private::new("vin", Class::Vin),
];
