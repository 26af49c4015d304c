//! The garage's own affairs.

use async_trait::async_trait;

use crate::domain::garage::customer::Branding;
use crate::domain::garage::customer::Customer;
use crate::domain::garage::customer::CustomerChange;
use crate::domain::garage::customer::Wallet;
use crate::domain::garage::employee::Employee;
use crate::domain::garage::employee::EmployeeDetails;
use crate::domain::garage::employee::EmployeeId;
use crate::domain::garage::service_center::ServiceCenter;
use crate::domain::garage::service_center::ServiceCenterStatus;
use crate::domain::garage::source::GarageSource;
use crate::domain::garage::user::GarageUser;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Operation;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::customers;
use super::super::api::employees;
use super::super::api::employees::EmployeeDto;
use super::super::api::service_center;
use super::super::api::users;
use super::super::error;
use super::super::map;
use super::distinct;

/// The affairs of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineGarageSource {
    client: JifelineClient,
}

impl JifelineGarageSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

/// The employee that a write answers with.
fn written(operation: &'static Operation, answer: EmployeeDto) -> Result<Employee, VendorError> {
    map::map_employee(answer).ok_or_else(|| operation.error(VendorErrorKind::Protocol, "the answer holds no employee"))
}

#[async_trait]
impl GarageSource for JifelineGarageSource {
    fn employees_operation(&self) -> &'static str {
        employees::LIST.name
    }

    async fn employees(&self, context: CallContext) -> Result<Vec<Employee>, VendorError> {
        let listed = employees::list(&self.client.transport, context.deadline).await?;
        Ok(distinct(listed.into_iter().filter_map(map::map_employee), |employee| employee.id.clone()))
    }

    fn employee_operation(&self) -> &'static str {
        employees::GET.name
    }

    async fn employees_by_id(&self, ids: Vec<EmployeeId>, context: CallContext) -> Answers<EmployeeId, Employee> {
        fan_out::each(ids, api::PARALLEL, |id: EmployeeId| async move {
            let read = employees::get(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_employee))
        })
        .await
    }

    async fn own_employee(&self, context: CallContext) -> Result<Option<Employee>, VendorError> {
        let read = employees::get(&self.client.transport, employees::ME, context.deadline).await;
        Ok(error::not_found_is_none(read)?.and_then(map::map_employee))
    }

    fn add_employee_operation(&self) -> &'static str {
        employees::CREATE.name
    }

    async fn add_employee(&self, details: &EmployeeDetails, context: CallContext) -> Result<Employee, VendorError> {
        let body = map::employee_body(details, None);
        written(&employees::CREATE, employees::create(&self.client.transport, &body, context.deadline).await?)
    }

    fn change_employee_operation(&self) -> &'static str {
        employees::UPDATE.name
    }

    async fn change_employee(
        &self,
        id: &EmployeeId,
        details: &EmployeeDetails,
        enabled: Option<bool>,
        context: CallContext,
    ) -> Result<Employee, VendorError> {
        let body = map::employee_body(details, enabled);
        written(&employees::UPDATE, employees::update(&self.client.transport, &id.0, &body, context.deadline).await?)
    }

    fn user_operation(&self) -> &'static str {
        users::ME.name
    }

    async fn user(&self, context: CallContext) -> Result<GarageUser, VendorError> {
        users::me(&self.client.transport, context.deadline).await.map(map::map_user)
    }

    fn customer_operation(&self) -> &'static str {
        customers::GET.name
    }

    async fn customer(&self, context: CallContext) -> Result<Customer, VendorError> {
        customers::get(&self.client.transport, context.deadline).await.map(map::map_customer)
    }

    fn change_customer_operation(&self) -> &'static str {
        customers::UPDATE.name
    }

    async fn change_customer(&self, change: &CustomerChange, context: CallContext) -> Result<Customer, VendorError> {
        // The vendor does not say that it keeps what a change leaves out, so the change carries everything.
        let present = customers::get(&self.client.transport, context.deadline).await?;
        let body = map::customer_body(present, change);
        customers::update(&self.client.transport, &body, context.deadline).await.map(map::map_customer)
    }

    fn branding_operation(&self) -> &'static str {
        customers::GET_BRANDING.name
    }

    async fn branding(&self, context: CallContext) -> Result<Branding, VendorError> {
        customers::get_branding(&self.client.transport, context.deadline).await.map(map::map_branding)
    }

    fn wallet_operation(&self) -> &'static str {
        customers::GET_WALLET.name
    }

    async fn wallet(&self, context: CallContext) -> Result<Option<Wallet>, VendorError> {
        let read = customers::get_wallet(&self.client.transport, context.deadline).await;
        Ok(error::not_found_is_none(read)?.map(map::map_wallet))
    }

    fn service_center_operation(&self) -> &'static str {
        service_center::GET.name
    }

    async fn service_center(&self, context: CallContext) -> Result<ServiceCenter, VendorError> {
        service_center::get(&self.client.transport, context.deadline).await.map(map::map_service_center)
    }

    fn service_center_status_operation(&self) -> &'static str {
        service_center::GET_STATUS.name
    }

    async fn service_center_status(&self, context: CallContext) -> Result<ServiceCenterStatus, VendorError> {
        service_center::get_status(&self.client.transport, context.deadline).await.map(map::map_status)
    }
}
