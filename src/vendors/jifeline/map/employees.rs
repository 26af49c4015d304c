//! Employees.

use crate::domain::garage::employee::Employee;
use crate::domain::garage::employee::EmployeeDetails;
use crate::domain::garage::employee::EmployeeId;

use super::super::api::employees::EmployeeDetailsDto;
use super::super::api::employees::EmployeeDto;
use super::filled;

/// An employee; none without an id.
pub(in crate::vendors::jifeline) fn map_employee(dto: EmployeeDto) -> Option<Employee> {
    Some(Employee {
        id: EmployeeId(dto.id?.into()),
        given_name: filled(dto.given_name),
        family_name: filled(dto.family_name),
        username: filled(dto.username),
        enabled: dto.enabled,
        correspondence_locale: filled(dto.correspondence_locale),
    })
}

/// The body that says `details` of an employee.
pub(in crate::vendors::jifeline) fn employee_body(
    details: &EmployeeDetails,
    enabled: Option<bool>,
) -> EmployeeDetailsDto<'_> {
    EmployeeDetailsDto {
        given_name: &details.given_name,
        family_name: &details.family_name,
        username: details.username.as_deref(),
        correspondence_locale: details.correspondence_locale.as_deref(),
        enabled,
    }
}
