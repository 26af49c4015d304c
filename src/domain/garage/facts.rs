//! Which facts a garage's source tells, and what each of them is about.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::cache::Tag;
use crate::domain::read::shared_context;

use super::customer::Branding;
use super::customer::Customer;
use super::customer::Wallet;
use super::employee::Employee;
use super::loader::Fact;
use super::loader::Told;
use super::loader::employee_tag;
use super::service_center::ServiceCenter;
use super::service_center::ServiceCenterStatus;
use super::source::GarageSource;
use super::user::GarageUser;

/// The tag of the list of employees.
pub fn staff_tag() -> Tag {
    Tag::new("staff", "")
}

/// The tag of the garage's master data.
pub fn customer_tag() -> Tag {
    Tag::new("customer", "")
}

/// The tag of the user who is logged in.
pub fn viewer_tag() -> Tag {
    Tag::new("viewer", "")
}

/// All employees of a garage, in the vendor's order.
#[derive(Clone, Debug)]
pub struct Staff(pub Vec<Employee>);

impl Fact for Staff {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.employees_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.employees(shared_context()).await.map(|employees| Some(Self(employees))) }.boxed()
    }

    fn tags(staff: Option<&Self>) -> Vec<Tag> {
        let each = staff.into_iter().flat_map(|staff| &staff.0).map(|employee| employee_tag(&employee.id));
        std::iter::once(staff_tag()).chain(each).collect()
    }
}

/// The employee who is logged in.
#[derive(Clone, Debug)]
pub struct OwnEmployee(pub Employee);

impl Fact for OwnEmployee {
    const PERSONAL: bool = true;

    fn operation(source: &dyn GarageSource) -> &'static str {
        source.employee_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { Ok(source.own_employee(shared_context()).await?.map(Self)) }.boxed()
    }

    fn tags(own: Option<&Self>) -> Vec<Tag> {
        own.map(|own| employee_tag(&own.0.id)).into_iter().collect()
    }
}

impl Fact for GarageUser {
    const PERSONAL: bool = true;

    fn operation(source: &dyn GarageSource) -> &'static str {
        source.user_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.user(shared_context()).await.map(Some) }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        vec![viewer_tag(), customer_tag()]
    }
}

impl Fact for Customer {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.customer_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.customer(shared_context()).await.map(Some) }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        vec![customer_tag()]
    }
}

impl Fact for Branding {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.branding_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.branding(shared_context()).await.map(Some) }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        Vec::new()
    }
}

impl Fact for Wallet {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.wallet_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.wallet(shared_context()).await }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        Vec::new()
    }
}

impl Fact for ServiceCenter {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.service_center_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.service_center(shared_context()).await.map(Some) }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        Vec::new()
    }
}

impl Fact for ServiceCenterStatus {
    fn operation(source: &dyn GarageSource) -> &'static str {
        source.service_center_status_operation()
    }

    fn ask(source: Arc<dyn GarageSource>) -> Told<Self> {
        async move { source.service_center_status(shared_context()).await.map(Some) }.boxed()
    }

    fn tags(_: Option<&Self>) -> Vec<Tag> {
        Vec::new()
    }
}
