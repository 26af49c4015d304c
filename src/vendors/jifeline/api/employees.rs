//! Employees.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Lists the employees of the customer.
///
/// Source: Customer API reference, tag Employees, "List employees".
pub(in crate::vendors::jifeline) const LIST: Operation =
    Operation { name: "jifeline.employees.list", path: "/v1/employees", provenance: Provenance::Published, ..READ };

/// Adds an employee. Each call makes another one, so it is sent once.
///
/// Source: Customer API reference, tag Employees, "Add an employee"; it answers 201.
pub(in crate::vendors::jifeline) const CREATE: Operation = Operation {
    name: "jifeline.employees.create",
    method: Method::Post,
    path: "/v1/employees",
    idempotency: Idempotency::Once,
    success: &[200, 201],
    provenance: Provenance::Published,
    ..READ
};

/// Reads an employee, or with the word `me` the one who is logged in.
///
/// Source: Customer API reference, tag Employees, "Get an employee"; the path is inferred.
pub(in crate::vendors::jifeline) const GET: Operation =
    Operation { name: "jifeline.employees.get", path: "/v1/employees/{employeeId}", ..READ };

/// Replaces an employee's details; doing it twice changes no more than doing it once.
///
/// Source: Customer API reference, tag Employees, "Update an employee"; method and path are inferred.
pub(in crate::vendors::jifeline) const UPDATE: Operation =
    Operation { name: "jifeline.employees.update", method: Method::Put, path: "/v1/employees/{employeeId}", ..READ };

/// The word that stands for the employee who is logged in.
pub(in crate::vendors::jifeline) const ME: &str = "me";

/// The body of [`CREATE`] and [`UPDATE`].
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct EmployeeDetailsDto<'a> {
    pub(in crate::vendors::jifeline) given_name: &'a str,
    pub(in crate::vendors::jifeline) family_name: &'a str,
    /// Must be there, null when there is none.
    pub(in crate::vendors::jifeline) username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) correspondence_locale: Option<&'a str>,
    /// Of [`UPDATE`] alone, where leaving it out leaves it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) enabled: Option<bool>,
}

dto! {
    /// An employee.
    pub(in crate::vendors::jifeline) struct EmployeeDto {
        id: Id,
        given_name: String,
        family_name: String,
        username: String,
        enabled: bool,
        correspondence_locale: String,
    }
}

/// Reads the whole list of employees.
pub(in crate::vendors::jifeline) async fn list(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<EmployeeDto>, VendorError> {
    super::rest(&LIST, 0, |offset| super::page(transport, &LIST, offset, deadline)).await
}

/// Adds an employee.
pub(in crate::vendors::jifeline) async fn create(
    transport: &Transport,
    details: &EmployeeDetailsDto<'_>,
    deadline: Instant,
) -> Result<EmployeeDto, VendorError> {
    let reply = super::send(transport, Call::new(&CREATE, deadline).json(details)?).await?;
    decode::json(&CREATE, &reply)
}

/// Reads the employee `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<EmployeeDto>, VendorError> {
    let reply = super::send(transport, Call::new(&GET, deadline).segment(id)).await?;
    Ok(decode::json_or_none::<Option<EmployeeDto>>(&GET, &reply)?.flatten())
}

/// Replaces the details of the employee `id`.
pub(in crate::vendors::jifeline) async fn update(
    transport: &Transport,
    id: &str,
    details: &EmployeeDetailsDto<'_>,
    deadline: Instant,
) -> Result<EmployeeDto, VendorError> {
    let reply = super::send(transport, Call::new(&UPDATE, deadline).segment(id).json(details)?).await?;
    decode::json(&UPDATE, &reply)
}
