//! Faults that the caller can mend; a mutation returns all of them together.

use async_graphql::Enum;
use async_graphql::SimpleObject;

/// What kind of fault it is that the caller can mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum UserErrorCode {
    /// The vehicle identification number is not 17 letters or digits.
    InvalidVin,
    /// The phone number has no country code, or is no phone number.
    InvalidPhone,
    /// The language is not one that the service offers.
    InvalidLocale,
    /// The e-mail address is none.
    InvalidEmail,
    /// A value is missing that is needed here.
    Required,
    /// The number, date or length is outside of what is allowed; the message names the bounds.
    OutOfRange,
    /// The option is not in the list of vehicle options.
    UnknownOption,
    /// The dealership is not one of those that the session may use.
    UnknownDealership,
    /// The connector is not one of those that the session may use.
    UnknownConnector,
    /// The ticket is not one of those that the session may see.
    UnknownTicket,
    /// The connector has an open ticket; a new one can follow once that is closed or cancelled.
    PendingTicket,
    /// The vehicle can only be diagnosed over `DoIP`, which the connector does not speak.
    DoipMismatch,
    /// One of the products needs an answer that was not given.
    UnansweredPrerequisite,
    /// Scripts would work without an operator, and the garage has not agreed to that.
    UnconfirmedUnattendedService,
    /// Messages to the customer are not set up; an operator has to allow them in the configuration.
    DeliveryNotConfigured,
    /// The vehicle is listed already under this number.
    AlreadyListed,
    /// The idempotency key was used before with another input.
    IdempotencyMismatch,
    /// The vendor refused the request for a reason of its own; the message has it.
    RefusedByVendor,
    /// What was shown to log in is not accepted; whether it is unknown or wrong is told by nobody.
    InvalidCredentials,
    /// Too many tries failed; the message has the time from when on the next one is looked at.
    TooManyAttempts,
    /// An operator has switched it off in the configuration.
    Disabled,
    /// The value is wrong in another way; the message tells how.
    InvalidValue,
}

/// A fault in the input that the caller can mend.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// What is wrong and what to do, in words for people.
    pub message: String,
    /// What kind of fault it is.
    pub code: UserErrorCode,
    /// The path of the input field from `input` on, such as `["customer", "phone"]`; null when no single field is
    /// at fault.
    pub field: Option<Vec<String>>,
}

impl UserError {
    /// Makes a fault of the whole input.
    pub fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { message: message.into(), code, field: None }
    }

    /// Makes a fault of one field, named by its path with dots, such as `customer.phone`.
    pub fn at(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        let field = field.split('.').map(str::to_owned).collect();
        Self { message: message.into(), code, field: Some(field) }
    }
}
