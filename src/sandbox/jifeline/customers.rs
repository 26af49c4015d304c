//! The garage as a customer: its record, its branding, its wallet, and the user who is logged in.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;
use crate::sandbox::seed::garages::GARAGES;
use crate::sandbox::seed::garages::SeedCustomer;
use crate::sandbox::seed::garages::SeedEmployee;
use crate::sandbox::seed::garages::SeedGarage;
use crate::sandbox::seed::garages::SeedUser;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::center;
use super::center::CenterState;
use super::employees::is_address;
use super::price::number;
use super::problem::Problem;
use super::system;

/// Gives the caller's record.
pub(super) async fn get(State(jifeline): State<Arc<Jifeline>>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(show(seed(caller)?, &jifeline.customer(caller.garage)?)))
}

/// Replaces the caller's record: a member that is left out is empty afterwards.
pub(super) async fn update(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let text = |name: &str| body.text(name).map(|text| text.map(str::to_owned));
    let record = SeedCustomer {
        name: text("name")?,
        street: text("street")?,
        number: text("number")?,
        postal_code: text("postal_code")?,
        city: text("city")?,
        country: text("country")?,
        email_address: text("email_address")?,
        financial_email_address: text("financial_email_address")?,
        phone: text("phone")?,
    };
    if record.country.as_ref().is_some_and(|code| !system::is_country(code)) {
        return Err(Problem::invalid("country must be two letters of ISO 3166-1."));
    }
    let addresses = [&record.email_address, &record.financial_email_address];
    for (name, address) in ["email_address", "financial_email_address"].into_iter().zip(addresses) {
        if address.as_ref().is_some_and(|address| !is_address(address)) {
            return Err(Problem::invalid(format!("{name} must be an e-mail address.")));
        }
    }
    let mut customers = lock(&jifeline.customers);
    if let Some(place) = customers.iter_mut().find(|(garage, _)| *garage == caller.garage) {
        place.1 = record.clone();
    }
    drop(customers);
    Ok(Json(show(seed(caller)?, &record)))
}

/// Gives the name and the address of the caller's portal.
pub(super) async fn get_branding(caller: Caller) -> Result<Json<Value>, Problem> {
    let garage = seed(caller)?;
    Ok(Json(json!({"branding_name": garage.branding_name, "customer_portal_url": garage.customer_portal_url})))
}

/// Gives what is in the caller's wallet.
pub(super) async fn get_wallet(State(jifeline): State<Arc<Jifeline>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let garage = seed(caller)?;
    let balance = jifeline.wallet(garage);
    // Inferred: the vendor shows the first of these words only.
    let state = if balance > 0 { "healthy" } else { "empty" };
    Ok(Json(json!({"balance": number(balance), "balance_state": state})))
}

/// Gives the user who is logged in, with the garage and its service provider.
pub(super) async fn me(State(jifeline): State<Arc<Jifeline>>, caller: Caller) -> Result<Json<Value>, Problem> {
    let garage = seed(caller)?;
    let customer = jifeline.customer(caller.garage)?;
    let SeedUser { id, first_name, middle_name, last_name } = jifeline.user(caller)?;
    Ok(Json(json!({
        "id": id,
        "first_name": first_name,
        "middle_name": middle_name,
        "last_name": last_name,
        "client": {
            "name": customer.name,
            "reference": garage.reference.to_string(),
            "allow_tickets_without_product": garage.allows_tickets_without_product,
            "address": {
                "country": customer.country,
                "locality": customer.city,
                "street": customer.street.zip(customer.number).map(|(street, number)| format!("{street} {number}")),
                "postal_code": customer.postal_code,
            },
        },
        "service_provider": provider(&jifeline, garage),
    })))
}

fn provider(jifeline: &Jifeline, garage: &SeedGarage) -> Value {
    let center = jifeline.center();
    let until = center.ends_at.map(|at: DateTime<Utc>| at.to_rfc3339());
    json!({
        "id": center::PROVIDER_ID,
        "name": center::PROVIDER,
        "has_prepaid_wallet": garage.has_prepaid_wallet,
        "prepaid_wallet_settings": {"balance": number(jifeline.wallet(garage)).to_string()},
        "payment_by_prepaid_balance": garage.pays_by_wallet,
        "service_center": {
            "is_open": center.state == CenterState::Opened,
            "tickets_scheduler_active_until": until,
            "tickets_scheduler_enabled": center.state == CenterState::Scheduled,
            "tickets_scheduler_message": center.message,
            "service_message": center.message,
            "service_message_active": center.message.is_some(),
        },
        "currency": garage.currency,
        "ui": {
            "company_name": garage.branding_name,
            "portal_header_background_color": center::BACKGROUND,
            "portal_headerlogo_path": center::LOGO,
            "theme_color": center::COLOR,
        },
    })
}

/// The caller's garage in the seed.
pub(super) fn seed(caller: Caller) -> Result<&'static SeedGarage, Problem> {
    let garage = GARAGES.iter().find(|garage| garage.number == caller.garage);
    garage.ok_or_else(|| Problem::not_found("customer"))
}

impl Jifeline {
    /// The employee who is logged in, or the user in whose name connectors log in.
    pub(super) fn user(&self, caller: Caller) -> Result<SeedUser, Problem> {
        let employee = caller.employee.and_then(|id| self.staff.find(id)).map(|employee| employee.record);
        match employee {
            Some(SeedEmployee { id, given_name, family_name, .. }) => {
                Ok(SeedUser { id, first_name: given_name, middle_name: None, last_name: family_name })
            }
            None => seed(caller).map(|garage| garage.user.clone()),
        }
    }

    fn customer(&self, garage: u8) -> Result<SeedCustomer, Problem> {
        let customers = lock(&self.customers);
        let found = customers.iter().find(|(number, _)| *number == garage).map(|(_, customer)| customer.clone());
        found.ok_or_else(|| Problem::not_found("customer"))
    }
}

/// A customer as the vendor shows it: numbers where the sample has numbers.
fn show(garage: &SeedGarage, customer: &SeedCustomer) -> Value {
    let phone = customer.phone.as_ref().map(|phone| match phone.parse::<i64>() {
        // A number written back must be the text that came: no plus sign and no leading zero is lost.
        Ok(number) if number.to_string() == *phone => json!(number),
        _ => json!(phone),
    });
    json!({
        "name": customer.name,
        "reference": garage.reference,
        "street": customer.street,
        "number": customer.number,
        "postal_code": customer.postal_code,
        "city": customer.city,
        "country": customer.country,
        "email_address": customer.email_address,
        "financial_email_address": customer.financial_email_address,
        "phone": phone,
        "currency": garage.currency,
    })
}
