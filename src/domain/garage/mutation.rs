//! Adding and changing employees, and changing the customer.

use std::sync::Arc;
use std::sync::OnceLock;

use async_graphql::Context;
use async_graphql::Object;
use serde_json::json;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::creation::CreationOutcome;
use crate::domain::creation::Ending;
use crate::domain::creation::Order;
use crate::domain::creation::Sent;
use crate::domain::creation::create_once;
use crate::domain::creation::idempotency_key;
use crate::domain::read::shared_context;
use crate::domain::refusal::GARAGES;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::change;
use super::change::UpdateCustomerPayload;
use super::change::UpdateEmployeePayload;
use super::employee::Employee;
use super::employee::EmployeeDetails;
use super::employee::EmployeeId;
use super::employee::GarageEmployee;
use super::facts::staff_tag;
use super::input::CreateEmployeeInput;
use super::input::UpdateCustomerInput;
use super::input::UpdateEmployeeInput;
use super::input::check_new;
use super::loader::EmployeeLoader;
use super::source::GarageSource;

const MUTATION: &str = "createEmployee";
/// The member of the journal's answer that names the employee.
const EMPLOYEE: &str = "employee";

/// Adds and changes employees, and changes the customer.
#[derive(Debug, Default)]
pub struct GarageMutation;

#[Object]
impl GarageMutation {
    /// Adds an employee to the garage, who may log in at once.
    ///
    /// It is done once per `idempotencyKey`: asking again with the same key and input gives the same answer and never adds
    /// the employee a second time. When the vendor's answer never arrives, the outcome is `UNKNOWN`.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn create_employee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The employee to add.")] input: CreateEmployeeInput,
    ) -> Sourced<CreateEmployeePayload> {
        sourced(async { create(caller(ctx)?, input).await.map(Some) }).await
    }

    /// Changes an employee; what the input leaves out stays as it is.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn update_employee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The employee and what is to become different.")] input: UpdateEmployeeInput,
    ) -> Sourced<UpdateEmployeePayload> {
        sourced(async { change::employee(caller(ctx)?, input).await.map(Some) }).await
    }

    /// Changes the garage's master data; what the input leaves out stays as it is.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to become different.")] input: UpdateCustomerInput,
    ) -> Sourced<UpdateCustomerPayload> {
        sourced(async { change::customer(caller(ctx)?, input).await.map(Some) }).await
    }
}

/// What the vendor answered to this very request, if it did: reading it again would be a call too many.
type Answered = Arc<OnceLock<Employee>>;

/// What came of `createEmployee`.
pub struct CreateEmployeePayload {
    ending: Ending,
    key: Option<String>,
    account: Option<AccountId>,
    answered: Answered,
}

/// What came of `createEmployee`.
#[Object]
impl CreateEmployeePayload {
    /// The employee; null when none was added. An error here tells what failed on the way.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead, Scope::AccountWrite]))]
    async fn employee(&self, ctx: &Context<'_>) -> Sourced<GarageEmployee> {
        sourced(async {
            let (answer, account) = match (&self.ending, &self.account) {
                (Ending::Made(answer), Some(account)) => (answer, account.clone()),
                (Ending::Made(_) | Ending::Created(_) | Ending::Refused(_), _) => return Ok(None),
                (Ending::Failed(error) | Ending::Unknown(error), _) => return Err(error.clone()),
            };
            if let Some(employee) = self.answered.get() {
                return Ok(Some(GarageEmployee { account, record: Arc::new(employee.clone()) }));
            }
            let Some(id) = answer[EMPLOYEE].as_str() else {
                return Err(Error::internal("a journal entry is done and names no employee"));
            };
            let key = (account.clone(), EmployeeId(id.to_owned()));
            let found = DataLoader::<EmployeeLoader>::of(ctx)?.load_one(key).await?;
            Ok(found.map(|record| GarageEmployee { account, record }))
        })
        .await
    }

    /// Whether the employee was added.
    async fn outcome(&self) -> CreationOutcome {
        self.ending.outcome()
    }

    /// The key under which this creation is done once: the one that was given, or the one that the gateway drew.
    async fn idempotency_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        self.ending.faults()
    }
}

async fn create(caller: &Caller, input: CreateEmployeeInput) -> Result<CreateEmployeePayload> {
    let sources = &caller.services.sources.garages;
    let account = choose(&caller.session, sources, input.account.as_deref());
    let source = account.as_ref().ok().and_then(|account| sources.get(&caller.session.tenant, account));
    let checked = check_new(&input);
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let (account, source, details, key) = match (account, source, checked, key) {
        (Ok(account), Some(source), Ok(details), Ok(key)) => (account, source, details, key),
        (account, _, checked, key) => {
            let faults = account.err().into_iter().chain(key.err()).chain(checked.err().unwrap_or_default()).collect();
            let ending = Ending::Refused(faults);
            return Ok(CreateEmployeePayload { ending, key: None, account: None, answered: Answered::default() });
        }
    };
    let order = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &details))?;
    let answered = Answered::default();
    let by = By {
        services: Arc::clone(&caller.services),
        tenant: Arc::clone(&caller.session.tenant),
        account: account.clone(),
        answered: Arc::clone(&answered),
    };
    let send = move || async move { send(&by, source.as_ref(), &details).await };
    let ending = create_once(&caller.services, order, caller.deadline, send).await;
    Ok(CreateEmployeePayload { ending, key: Some(key), account: Some(account), answered })
}

/// In whose name an employee is added, and where the answer is left.
struct By {
    services: Arc<Services>,
    tenant: Arc<str>,
    account: AccountId,
    answered: Answered,
}

async fn send(by: &By, source: &dyn GarageSource, details: &EmployeeDetails) -> Sent {
    let answer = source.add_employee(details, shared_context()).await;
    by.services.invalidate(&by.tenant, &by.account, &[staff_tag()]);
    match answer {
        Ok(employee) => {
            let answer = json!({ EMPLOYEE: employee.id.0 });
            by.answered.get_or_init(|| employee);
            Sent::Made(answer)
        }
        Err(error) if error.nothing_happened() => match refused(&error) {
            Some(faults) => Sent::Refused(faults),
            None => Sent::Failed(error.into()),
        },
        Err(error) => Sent::Unknown(error.into()),
    }
}

/// What the caller can mend of a refusal; the only thing of an employee that others can have already is the username.
pub(super) fn refused(error: &VendorError) -> Option<Vec<UserError>> {
    if error.kind == VendorErrorKind::Conflict {
        let message = "another employee has this username: choose another one";
        return Some(vec![UserError::at("username", UserErrorCode::RefusedByVendor, message)]);
    }
    GARAGES.refusal(error)
}
