//! Changing what is there already: an employee, the customer.

use std::sync::Arc;

use async_graphql::SimpleObject;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::read::shared_context;
use crate::domain::refusal::GARAGES;
use crate::domain::services::Caller;
use crate::domain::write::to_the_end;
use crate::error::Error;
use crate::error::VendorError;
use crate::graphql::Result;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::customer::GarageCustomer;
use super::employee::Employee;
use super::employee::EmployeeDetails;
use super::employee::EmployeeId;
use super::employee::GarageEmployee;
use super::facts::customer_tag;
use super::facts::staff_tag;
use super::facts::viewer_tag;
use super::input::UpdateCustomerInput;
use super::input::UpdateEmployeeInput;
use super::input::changed;
use super::input::check_change;
use super::input::check_customer;
use super::loader::employee_tag;
use super::mutation::refused;
use super::query::parts;
use super::source::GarageSource;

/// A change, or what the caller can mend.
type Changed<T> = std::result::Result<T, Vec<UserError>>;

/// What came of `updateEmployee`.
#[derive(SimpleObject)]
pub struct UpdateEmployeePayload {
    /// The employee as they are now; null when nothing was changed.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead, Scope::AccountWrite]))]
    pub employee: Option<GarageEmployee>,
    /// What the caller can mend; empty when nothing is wrong with the input.
    pub user_errors: Vec<UserError>,
}

/// What came of `updateCustomer`.
#[derive(SimpleObject)]
pub struct UpdateCustomerPayload {
    /// The customer as it is now; null when nothing was changed.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead, Scope::AccountWrite]))]
    pub customer: Option<GarageCustomer>,
    /// What the caller can mend; empty when nothing is wrong with the input.
    pub user_errors: Vec<UserError>,
}

/// Changes an employee.
pub async fn employee(caller: &Caller, input: UpdateEmployeeInput) -> Result<UpdateEmployeePayload> {
    let checked = check_change(&input);
    let (account, id, source) = match target(caller, &input) {
        Ok(target) if checked.is_empty() => target,
        target => {
            let user_errors = target.err().into_iter().chain(checked).collect();
            return Ok(UpdateEmployeePayload { employee: None, user_errors });
        }
    };
    let (services, tenant) = (Arc::clone(&caller.services), Arc::clone(&caller.session.tenant));
    let of = account.clone();
    let change = async move {
        let details = match present(source.as_ref(), &id).await? {
            Some(present) => changed(&input, &present),
            None => Err(vec![unknown_employee()]),
        };
        let details = match details {
            Ok(details) => details,
            Err(faults) => return Ok(Err(faults)),
        };
        let answer = replace(source.as_ref(), &id, &details, input.enabled).await;
        services.invalidate(&tenant, &of, &[employee_tag(&id), staff_tag(), viewer_tag()]);
        answer
    };
    Ok(match to_the_end(caller, change).await? {
        Ok(employee) => {
            let employee = GarageEmployee { account, record: Arc::new(employee) };
            UpdateEmployeePayload { employee: Some(employee), user_errors: Vec::new() }
        }
        Err(user_errors) => UpdateEmployeePayload { employee: None, user_errors },
    })
}

/// The employee as the vendor has them now: a check before a write reads nothing that was cached.
async fn present(source: &dyn GarageSource, id: &EmployeeId) -> Result<Option<Employee>> {
    let mut found = source.employees_by_id(vec![id.clone()], shared_context()).await;
    let employee = found.remove(id).transpose()?.flatten();
    Ok(employee.filter(|employee| employee.id == *id))
}

async fn replace(
    source: &dyn GarageSource,
    id: &EmployeeId,
    details: &EmployeeDetails,
    enabled: Option<bool>,
) -> Result<Changed<Employee>> {
    mended(source.change_employee(id, details, enabled, shared_context()).await, refused)
}

/// Changes the customer.
pub async fn customer(caller: &Caller, input: UpdateCustomerInput) -> Result<UpdateCustomerPayload> {
    let garages = &caller.services.sources.garages;
    let account = choose(&caller.session, garages, input.account.as_deref());
    let source = account.as_ref().ok().and_then(|account| garages.get(&caller.session.tenant, account));
    let (account, source, change) = match (account, source, check_customer(&input)) {
        (Ok(account), Some(source), Ok(change)) => (account, source, change),
        (account, _, checked) => {
            let user_errors = account.err().into_iter().chain(checked.err().unwrap_or_default()).collect();
            return Ok(UpdateCustomerPayload { customer: None, user_errors });
        }
    };
    let (services, tenant) = (Arc::clone(&caller.services), Arc::clone(&caller.session.tenant));
    let of = account.clone();
    let change = async move {
        let answer = source.change_customer(&change, shared_context()).await;
        services.invalidate(&tenant, &of, &[customer_tag()]);
        mended(answer, |error| GARAGES.refusal(error))
    };
    Ok(match to_the_end(caller, change).await? {
        Ok(customer) => {
            let customer = GarageCustomer { account, record: Arc::new(customer) };
            UpdateCustomerPayload { customer: Some(customer), user_errors: Vec::new() }
        }
        Err(user_errors) => UpdateCustomerPayload { customer: None, user_errors },
    })
}

/// Tells what the caller can mend from what failed on the way.
fn mended<T>(
    answer: std::result::Result<T, VendorError>,
    refusal: impl Fn(&VendorError) -> Option<Vec<UserError>>,
) -> Result<Changed<T>> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(error) => refusal(&error).map_or_else(|| Err(Error::from(error)), |faults| Ok(Err(faults))),
    }
}

type Target = (AccountId, EmployeeId, Arc<dyn GarageSource>);

/// Whom the input means.
fn target(caller: &Caller, input: &UpdateEmployeeInput) -> std::result::Result<Target, UserError> {
    let Some(id) = input.id.as_ref().filter(|id| !id.trim().is_empty()) else {
        return Err(UserError::at("id", UserErrorCode::Required, "`id` is required: give the `id` of an employee"));
    };
    let key = NodeId::decode_as(id, "Employee")
        .map_err(|error| UserError::at("id", UserErrorCode::InvalidValue, error.message))?;
    let (account, id) = parts(&caller.session.accounts, &key).ok_or_else(unknown_employee)?;
    let source = caller.services.sources.garages.get(&caller.session.tenant, &account);
    source.map(|source| (account, id, source)).ok_or_else(unknown_employee)
}

fn unknown_employee() -> UserError {
    let message = "no garage that you may see has this employee: `employees` lists them";
    UserError::at("id", UserErrorCode::InvalidValue, message)
}
