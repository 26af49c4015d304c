//! The inputs of log-ins, and the rules that they must meet.

use async_graphql::InputObject;
use secrecy::SecretString;
use uuid::Uuid;

use crate::domain::rules::Faults;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::source::Means;

/// The longest pincode or password that is passed on.
const LONGEST: usize = 200;

/// What `logInWithConnector` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct LogInWithConnectorInput {
    /// The connector's UUID, of one of the garage's own connectors. Required.
    pub connector_uuid: Option<String>,
    /// The connector's pincode, as text: leading zeros count. Required.
    pub pincode: Option<String>,
}

/// What `logInWithConnectorId` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct LogInWithConnectorIdInput {
    /// The number printed on one of the garage's own connectors. Required.
    pub connector_number: Option<String>,
    /// The connector's pincode, as text: leading zeros count. Required.
    pub pincode: Option<String>,
}

/// What `logInWithOneTimePassword` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct LogInWithOneTimePasswordInput {
    /// The password that the employee was given; it works once. Required.
    pub one_time_password: Option<String>,
}

/// What `requestPasswordReset` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct RequestPasswordResetInput {
    /// The e-mail address with which somebody logs in at the vendor. Required.
    pub email: Option<String>,
}

impl LogInWithConnectorInput {
    pub(super) fn check(&self) -> Result<Means, Vec<UserError>> {
        let mut faults = Faults::default();
        let text = faults.required(&["connectorUuid"], self.connector_uuid.as_deref());
        let uuid = text.as_deref().and_then(|text| Uuid::try_parse(text).ok()).map(|uuid| uuid.to_string());
        if text.is_some() && uuid.is_none() {
            let message = "a connector's UUID looks like `0f8fad5b-d9cb-469f-a165-70867728950e`";
            faults.add(UserErrorCode::InvalidValue, &["connectorUuid"], message);
        }
        let pincode = secret(&mut faults, "pincode", self.pincode.as_deref());
        faults.none_or(uuid.zip(pincode).map(|(uuid, pincode)| Means::Connector { uuid, pincode }))
    }
}

impl LogInWithConnectorIdInput {
    pub(super) fn check(&self) -> Result<Means, Vec<UserError>> {
        let mut faults = Faults::default();
        let text = faults.required(&["connectorNumber"], self.connector_number.as_deref());
        // One notation for each number, so that tries at one connector count together.
        let number = text.as_deref().and_then(|text| text.parse::<u32>().ok()).map(|number| number.to_string());
        if text.is_some() && number.is_none() {
            faults.add(UserErrorCode::InvalidValue, &["connectorNumber"], "a connector's number has digits only");
        }
        let pincode = secret(&mut faults, "pincode", self.pincode.as_deref());
        faults.none_or(number.zip(pincode).map(|(number, pincode)| Means::ConnectorNumber { number, pincode }))
    }
}

impl LogInWithOneTimePasswordInput {
    pub(super) fn check(&self) -> Result<Means, Vec<UserError>> {
        let mut faults = Faults::default();
        let password = secret(&mut faults, "oneTimePassword", self.one_time_password.as_deref());
        faults.none_or(password.map(Means::OneTimePassword))
    }
}

impl RequestPasswordResetInput {
    pub(super) fn check(&self) -> Result<String, Vec<UserError>> {
        let mut faults = Faults::default();
        let email = faults.email(&["email"], self.email.as_deref());
        faults.none_or(email)
    }
}

fn secret(faults: &mut Faults, field: &'static str, given: Option<&str>) -> Option<SecretString> {
    let text = faults.required(&[field], given)?;
    if text.chars().count() > LONGEST {
        faults.add(UserErrorCode::OutOfRange, &[field], format!("`{field}` has at most {LONGEST} characters"));
        return None;
    }
    Some(SecretString::from(text))
}
