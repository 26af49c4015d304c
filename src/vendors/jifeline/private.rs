//! What a recording of this vendor must not hold.

use crate::transport::tape::Class;
use crate::transport::tape::Private;

/// The members, and the arguments, that are secret or personal.
pub const PRIVATE: &[Private] = &[
    Private::new("access_token", Class::Secret),
    Private::new("id_token", Class::Secret),
    Private::new("refresh_token", Class::Secret),
    Private::new("operator_signature", Class::Secret),
    Private::new("vin", Class::Vin),
    Private::new("vinNumber", Class::Vin),
    Private::new("vin_number", Class::Vin),
    Private::new("email_address", Class::Email),
    Private::new("financial_email_address", Class::Email),
    Private::new("username", Class::Email),
    Private::new("phone", Class::Phone),
    Private::new("first_name", Class::Name),
    Private::new("middle_name", Class::Name),
    Private::new("last_name", Class::Name),
    Private::new("given_name", Class::Name),
    Private::new("family_name", Class::Name),
    Private::new("chat_user_name", Class::Name),
    Private::new("company_name", Class::Name),
    Private::new("street", Class::Name),
    Private::new("number", Class::Text),
    Private::new("postal_code", Class::Text),
    Private::new("locality", Class::Name),
    Private::new("city", Class::Name),
    Private::new("name", Class::Name).of("jifeline.customers."),
    Private::new("name", Class::Name).of("jifeline.users."),
    Private::new("branding_name", Class::Name),
    Private::new("reference", Class::Text).of("jifeline.tickets."),
    Private::new("reference", Class::Text).of("jifeline.customers."),
    Private::new("reference", Class::Text).of("jifeline.users."),
    Private::new("voucher", Class::Text),
    Private::new("value", Class::Text).of("jifeline.tickets.list_notes"),
    Private::new("original", Class::Text),
    Private::new("translated", Class::Text),
    Private::new("file_name", Class::Text),
];
