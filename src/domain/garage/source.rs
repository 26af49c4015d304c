//! The port through which a garage's own affairs are asked for and changed.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::customer::Branding;
use super::customer::Customer;
use super::customer::CustomerChange;
use super::customer::Wallet;
use super::employee::Employee;
use super::employee::EmployeeDetails;
use super::employee::EmployeeId;
use super::service_center::ServiceCenter;
use super::service_center::ServiceCenterStatus;
use super::user::GarageUser;

/// A vendor whose customer the garage is.
#[async_trait]
pub trait GarageSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`GarageSource::employees`].
    fn employees_operation(&self) -> &'static str;

    /// All employees of the garage, in the vendor's order.
    async fn employees(&self, context: CallContext) -> Result<Vec<Employee>, VendorError>;

    /// The name of the operation behind [`GarageSource::employees_by_id`] and [`GarageSource::own_employee`].
    fn employee_operation(&self) -> &'static str;

    /// Employees by their ids.
    async fn employees_by_id(&self, ids: Vec<EmployeeId>, context: CallContext) -> Answers<EmployeeId, Employee>;

    /// The employee who is logged in; none when a connector is.
    async fn own_employee(&self, context: CallContext) -> Result<Option<Employee>, VendorError>;

    /// The name of the operation behind [`GarageSource::add_employee`].
    fn add_employee_operation(&self) -> &'static str;

    /// Adds an employee, who may log in at once. Sent once.
    async fn add_employee(&self, details: &EmployeeDetails, context: CallContext) -> Result<Employee, VendorError>;

    /// The name of the operation behind [`GarageSource::change_employee`].
    fn change_employee_operation(&self) -> &'static str;

    /// Replaces what is known of an employee; without `enabled` it stays as it is whether they may log in.
    async fn change_employee(
        &self,
        id: &EmployeeId,
        details: &EmployeeDetails,
        enabled: Option<bool>,
        context: CallContext,
    ) -> Result<Employee, VendorError>;

    /// The name of the operation behind [`GarageSource::user`].
    fn user_operation(&self) -> &'static str;

    /// The user who is logged in.
    async fn user(&self, context: CallContext) -> Result<GarageUser, VendorError>;

    /// The name of the operation behind [`GarageSource::customer`].
    fn customer_operation(&self) -> &'static str;

    /// The garage as the vendor's customer.
    async fn customer(&self, context: CallContext) -> Result<Customer, VendorError>;

    /// The name of the operation behind [`GarageSource::change_customer`].
    fn change_customer_operation(&self) -> &'static str;

    /// Changes the customer's master data.
    async fn change_customer(&self, change: &CustomerChange, context: CallContext) -> Result<Customer, VendorError>;

    /// The name of the operation behind [`GarageSource::branding`].
    fn branding_operation(&self) -> &'static str;

    /// How the vendor's portal presents itself to the customer.
    async fn branding(&self, context: CallContext) -> Result<Branding, VendorError>;

    /// The name of the operation behind [`GarageSource::wallet`].
    fn wallet_operation(&self) -> &'static str;

    /// The customer's prepaid wallet; none when it has none.
    async fn wallet(&self, context: CallContext) -> Result<Option<Wallet>, VendorError>;

    /// The name of the operation behind [`GarageSource::service_center`].
    fn service_center_operation(&self) -> &'static str;

    /// The service centre.
    async fn service_center(&self, context: CallContext) -> Result<ServiceCenter, VendorError>;

    /// The name of the operation behind [`GarageSource::service_center_status`].
    fn service_center_status_operation(&self) -> &'static str;

    /// Whether the service centre works right now.
    async fn service_center_status(&self, context: CallContext) -> Result<ServiceCenterStatus, VendorError>;
}
