//! The inputs that change a garage's own affairs, and the rules that they must meet.

use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::MaybeUndefined;

use crate::domain::rules::Faults;
use crate::domain::rules::filled;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::customer::CustomerChange;
use super::employee::Employee;
use super::employee::EmployeeDetails;

const LONGEST_NAME: usize = 255;

/// What `createEmployee` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct CreateEmployeeInput {
    /// A text of the client's choice, at most 200 characters, that makes the creation happen once: the same key with the
    /// same input gives the same answer for 30 days. Without one the gateway draws a key and tells it in the payload.
    pub idempotency_key: Option<String>,
    /// Name of the garage's account; needed only when the client sees several.
    pub account: Option<String>,
    /// Given name, at most 255 characters. Required.
    pub given_name: Option<String>,
    /// Family name, at most 255 characters. Required.
    pub family_name: Option<String>,
    /// The e-mail address that is to log in; without one the employee cannot log in.
    pub username: Option<String>,
    /// The language for letters to the employee, as a BCP 47 tag such as `en-GB`; without one the vendor chooses.
    pub correspondence_locale: Option<String>,
}

/// What `updateEmployee` is to change; what is absent stays as it is.
#[derive(InputObject)]
pub struct UpdateEmployeeInput {
    /// The employee's global id. Required.
    pub id: Option<ID>,
    /// Given name, at most 255 characters.
    pub given_name: Option<String>,
    /// Family name, at most 255 characters.
    pub family_name: Option<String>,
    /// The e-mail address that is to log in. Once an employee has one it can be changed, but not taken away with null.
    pub username: MaybeUndefined<String>,
    /// The language for letters to the employee, as a BCP 47 tag such as `en-GB`.
    pub correspondence_locale: Option<String>,
    /// Whether the employee may log in.
    pub enabled: Option<bool>,
}

/// What `updateCustomer` is to change; what is absent stays as it is. Nothing can be emptied.
#[derive(InputObject)]
pub struct UpdateCustomerInput {
    /// Name of the garage's account; needed only when the client sees several.
    pub account: Option<String>,
    /// Name of the company.
    pub name: Option<String>,
    /// Street, without the number of the house.
    pub street: Option<String>,
    /// Number of the house, with its addition.
    pub house_number: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code such as `NL`.
    pub country: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// E-mail address for invoices.
    pub financial_email: Option<String>,
    /// Phone number, kept as it is written.
    pub phone: Option<String>,
}

/// Checks a new employee.
pub fn check_new(input: &CreateEmployeeInput) -> Result<EmployeeDetails, Vec<UserError>> {
    let mut faults = Faults::default();
    let given_name = name(&mut faults, "givenName", input.given_name.as_deref());
    let family_name = name(&mut faults, "familyName", input.family_name.as_deref());
    let username = username(&mut faults, input.username.as_deref());
    let correspondence_locale = locale(&mut faults, input.correspondence_locale.as_deref());
    let names = given_name.zip(family_name);
    faults.none_or(names.map(|(given_name, family_name)| EmployeeDetails {
        given_name,
        family_name,
        username,
        correspondence_locale,
    }))
}

/// Checks what is to become different in an employee, without knowing how they are now.
pub fn check_change(input: &UpdateEmployeeInput) -> Vec<UserError> {
    let mut faults = Faults::default();
    for (field, value) in [("givenName", &input.given_name), ("familyName", &input.family_name)] {
        if let Some(value) = value {
            name(&mut faults, field, Some(value));
        }
    }
    username(&mut faults, input.username.value().map(String::as_str));
    locale(&mut faults, input.correspondence_locale.as_deref());
    faults.none_or(None::<()>).err().unwrap_or_default()
}

/// What is to be said of the employee who is `present` now: the vendor replaces everything.
pub fn changed(input: &UpdateEmployeeInput, present: &Employee) -> Result<EmployeeDetails, Vec<UserError>> {
    let mut faults = Faults::default();
    let given_name = input.given_name.as_deref().or(present.given_name.as_deref());
    let family_name = input.family_name.as_deref().or(present.family_name.as_deref());
    let given_name = name(&mut faults, "givenName", given_name);
    let family_name = name(&mut faults, "familyName", family_name);
    let wanted = input.username.value().cloned().and_then(|username| filled(Some(username)));
    let username = if input.username.is_undefined() { present.username.clone() } else { wanted };
    if username.is_none() && present.username.is_some() {
        faults.add(
            UserErrorCode::InvalidValue,
            &["username"],
            "a username can be changed, but not taken away: use `enabled: false` to keep the employee from logging in",
        );
    }
    let wanted = filled(input.correspondence_locale.clone());
    let correspondence_locale = wanted.or_else(|| present.correspondence_locale.clone());
    let names = given_name.zip(family_name);
    faults.none_or(names.map(|(given_name, family_name)| EmployeeDetails {
        given_name,
        family_name,
        username,
        correspondence_locale,
    }))
}

/// Checks what is to become different in the master data.
pub fn check_customer(input: &UpdateCustomerInput) -> Result<CustomerChange, Vec<UserError>> {
    let mut faults = Faults::default();
    let mut text = |field: &str, value: &Option<String>| {
        let value = value.as_deref()?;
        faults.required(&[field], Some(value))
    };
    let change = CustomerChange {
        name: text("name", &input.name),
        street: text("street", &input.street),
        number: text("houseNumber", &input.house_number),
        postal_code: text("postalCode", &input.postal_code),
        city: text("city", &input.city),
        phone: text("phone", &input.phone),
        ..CustomerChange::default()
    };
    let change = CustomerChange {
        country: input.country.as_deref().and_then(|code| country(&mut faults, code)),
        email_address: input.email.as_deref().and_then(|email| faults.email(&["email"], Some(email))),
        financial_email_address: input
            .financial_email
            .as_deref()
            .and_then(|email| faults.email(&["financialEmail"], Some(email))),
        ..change
    };
    if faults.is_empty() && change == CustomerChange::default() {
        let message = "nothing is to be changed: give at least one field besides `account`";
        return Err(vec![UserError::new(UserErrorCode::Required, message)]);
    }
    faults.none_or(Some(change))
}

fn name(faults: &mut Faults, field: &str, value: Option<&str>) -> Option<String> {
    let name = faults.required(&[field], value)?;
    if name.chars().count() > LONGEST_NAME {
        faults.add(UserErrorCode::OutOfRange, &[field], format!("`{field}` has at most {LONGEST_NAME} characters"));
        return None;
    }
    Some(name)
}

/// A username is an e-mail address or absent; a blank one counts as absent.
fn username(faults: &mut Faults, value: Option<&str>) -> Option<String> {
    let value = value.map(str::trim).filter(|value| !value.is_empty())?;
    faults.email(&["username"], Some(value))
}

/// A language by the form of its tag; which of them there are, the vendor does not publish.
fn locale(faults: &mut Faults, value: Option<&str>) -> Option<String> {
    let tag = value.map(str::trim).filter(|tag| !tag.is_empty())?;
    let mut parts = tag.split('-');
    let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if parts.next().is_some_and(is_language) && parts.all(is_subtag) {
        return Some(tag.to_owned());
    }
    let message = "a language is a BCP 47 tag, such as `en-GB`, with a hyphen";
    faults.add(UserErrorCode::InvalidLocale, &["correspondenceLocale"], message);
    None
}

fn country(faults: &mut Faults, code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    let message = "a country is an ISO 3166-1 code of two letters, such as `NL`";
    faults.add(UserErrorCode::InvalidValue, &["country"], message);
    None
}
