//! Employees: the people of a garage who may log in at the vendor.

use std::sync::Arc;

use serde::Serialize;

use crate::auth::AccountId;

/// The vendor's id of an employee.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmployeeId(pub String);

/// An employee as the vendor keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employee {
    /// The vendor's id.
    pub id: EmployeeId,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// The e-mail address that logs in; none for an employee who cannot.
    pub username: Option<String>,
    /// Whether the employee may log in.
    pub enabled: Option<bool>,
    /// The language for letters to the employee, as a BCP 47 tag.
    pub correspondence_locale: Option<String>,
}

/// An employee of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageEmployee {
    /// The account whose employee it is.
    pub account: AccountId,
    /// The employee.
    pub record: Arc<Employee>,
}

/// What is said of an employee who is added or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EmployeeDetails {
    /// Given name, 255 characters at most.
    pub given_name: String,
    /// Family name, 255 characters at most.
    pub family_name: String,
    /// The e-mail address that is to log in; once an employee has one it can be changed, never taken away.
    pub username: Option<String>,
    /// The language for letters, as a BCP 47 tag that the vendor supports; none leaves the choice to the vendor.
    pub correspondence_locale: Option<String>,
}
