//! Who works at the garages, and the one-time passwords made for them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::core::lock;
use crate::sandbox::seed::garages::GARAGES;
use crate::sandbox::seed::garages::SeedEmployee;
use crate::sandbox::seed::tickets::FORECOURT;

use super::Jifeline;
use super::body::Body;
use super::problem::Problem;

/// The most employees that are kept.
const MOST_EMPLOYEES: usize = 10_000;

/// The most one-time passwords that wait to be used; the oldest go first.
const MOST_PASSWORDS: usize = 1_000;

/// An employee and where they work.
#[derive(Clone, Debug)]
pub(super) struct Employee {
    /// The garage.
    pub(super) garage: u8,
    /// What the garage knows of them.
    pub(super) record: SeedEmployee,
}

/// Everybody who works at a garage.
#[derive(Debug)]
pub(super) struct Staff {
    employees: Mutex<Vec<Employee>>,
    passwords: Mutex<VecDeque<(String, Uuid)>>,
}

impl Default for Staff {
    /// The seeded employees.
    fn default() -> Self {
        let seeded = GARAGES.iter().flat_map(|garage| {
            let employ = |record: &SeedEmployee| Employee { garage: garage.number, record: record.clone() };
            garage.employees.iter().map(employ)
        });
        Self { employees: Mutex::new(seeded.collect()), passwords: Mutex::default() }
    }
}

impl Staff {
    /// The employees of a garage, in the order in which they came.
    pub(super) fn of(&self, garage: u8) -> Vec<SeedEmployee> {
        let employees = lock(&self.employees);
        employees.iter().filter(|employee| employee.garage == garage).map(|employee| employee.record.clone()).collect()
    }

    /// The employee with this id.
    pub(super) fn find(&self, id: Uuid) -> Option<Employee> {
        lock(&self.employees).iter().find(|employee| employee.record.id == id).cloned()
    }

    /// Keeps `employee` in the place of the one with the same id, or as a new one.
    pub(super) fn keep(&self, employee: Employee) -> Result<(), Problem> {
        let mut employees = lock(&self.employees);
        let id = employee.record.id;
        let name = employee.record.username.as_ref().map(|name| name.to_lowercase());
        let same_name = |other: &Employee| other.record.username.as_ref().map(|name| name.to_lowercase()) == name;
        if name.is_some() && employees.iter().any(|other| other.record.id != id && same_name(other)) {
            return Err(Problem::conflict("Conflict", "This username is taken."));
        }
        let full = employees.len() >= MOST_EMPLOYEES;
        match employees.iter_mut().find(|other| other.record.id == id) {
            Some(place) => *place = employee,
            None if full => return Err(Problem::conflict("Conflict", "There are too many employees.")),
            None => employees.push(employee),
        }
        Ok(())
    }

    /// Makes `password` work once for the employee with this id.
    pub(super) fn admit(&self, password: String, employee: Uuid) {
        let mut passwords = lock(&self.passwords);
        if passwords.len() == MOST_PASSWORDS {
            passwords.pop_front();
        }
        passwords.push_back((password, employee));
    }

    /// Uses a password up and gives its employee.
    pub(super) fn redeem(&self, password: &str) -> Option<Employee> {
        let mut passwords = lock(&self.passwords);
        let place = passwords.iter().position(|(known, _)| known == password)?;
        let (_, employee) = passwords.remove(place)?;
        drop(passwords);
        self.find(employee)
    }
}

/// Makes a one-time password for an employee; for the first one when none is named.
pub(super) async fn make_password(State(jifeline): State<Arc<Jifeline>>, body: Body) -> Result<Json<Value>, Problem> {
    let employee = match body.uuid("employee")? {
        Some(id) => jifeline.staff.find(id).map(|employee| employee.record),
        None => jifeline.staff.of(FORECOURT).into_iter().next(),
    };
    let employee = employee.ok_or_else(|| Problem::not_found("employee"))?;
    let otp = jifeline.core.ids.uuid(jifeline.core.clock.now()).to_string();
    jifeline.staff.admit(otp.clone(), employee.id);
    Ok(Json(json!({"otp": otp, "employee": employee.id})))
}
