//! The input of `createInspection` and the rules that it must meet.

use async_graphql::InputObject;

use crate::domain::rules::Faults;
use crate::domain::rules::filled;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::model::Customer;
use super::model::DamageReview;
use super::model::Gender;
use super::model::InspectionLocale;
use super::model::LinkDelivery;
use super::model::NewInspection;

const DEFAULT_VALIDITY_DAYS: i32 = 30;

/// What `createInspection` needs. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct CreateInspectionInput {
    /// A text of the client's choice, at most 200 characters, that makes the creation happen once: the same key with the
    /// same input gives the same answer for 30 days. Without one the gateway draws a key and tells it in the payload.
    pub idempotency_key: Option<String>,
    /// Name of the inspection account to use; needed only when the client sees several.
    pub account: Option<String>,
    /// The vehicle's VIN, 17 letters or digits.
    pub vin: Option<String>,
    /// The vehicle's licence plate.
    pub license_plate: Option<String>,
    /// Language of the inspection page and of messages: `en`, `fr`, `de`, `nl-BE`, `it`, `es`, `sv` or `no`. `en` when absent.
    pub locale: Option<String>,
    /// The person who will take the photos. Without it the vendor gets placeholders and sends no message.
    pub customer: Option<CustomerInput>,
    /// How the customer gets the link. `NONE` when absent; anything else needs `customer` and installed message templates.
    pub delivery: Option<LinkDelivery>,
    /// Who reviews the detected damage. `DEALER` when absent.
    pub damage_review: Option<DamageReview>,
    /// The vendor's id of the back-office user in whose name the inspection is created.
    pub agent_id: Option<String>,
    /// Days until the link expires, from 1 to 365. 30 when absent.
    pub validity_days: Option<i32>,
}

/// The person who will take the photos.
#[derive(Clone, InputObject)]
pub struct CustomerInput {
    /// Given name. Required.
    pub first_name: Option<String>,
    /// Family name. Required.
    pub last_name: Option<String>,
    /// E-mail address. Required.
    pub email: Option<String>,
    /// Phone number with its country code, such as `+33612345678`. Required.
    pub phone: Option<String>,
    /// How to address the customer; null when not known.
    pub gender: Option<Gender>,
}

impl std::fmt::Debug for CustomerInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerInput([personal])")
    }
}

/// Checks every rule that needs no vendor.
pub fn check(input: &CreateInspectionInput, can_deliver_links: bool) -> Result<NewInspection, Vec<UserError>> {
    let mut faults = Faults::default();
    let vin = faults.vin(&["vin"], input.vin.as_deref());
    let locale = locale(&mut faults, input.locale.as_deref());
    let customer = input.customer.as_ref().and_then(|customer| self::customer(&mut faults, customer));
    let delivery = input.delivery.unwrap_or(LinkDelivery::None);
    if delivery != LinkDelivery::None {
        check_delivery(&mut faults, input.customer.is_some(), can_deliver_links);
    }
    let days = input.validity_days.unwrap_or(DEFAULT_VALIDITY_DAYS);
    let validity_days = faults.within(&["validityDays"], Some(days), 1..=365).and_then(|days| u16::try_from(days).ok());

    let inspection = locale.zip(validity_days).map(|(locale, validity_days)| NewInspection {
        vin,
        license_plate: filled(input.license_plate.clone()),
        locale,
        customer,
        delivery,
        damage_review: input.damage_review.unwrap_or(DamageReview::Dealer),
        agent_id: filled(input.agent_id.clone()),
        validity_days,
    });
    faults.none_or(inspection)
}

fn locale(faults: &mut Faults, code: Option<&str>) -> Option<InspectionLocale> {
    let Some(code) = code else { return Some(InspectionLocale::En) };
    let locale = InspectionLocale::from_code(code);
    if locale.is_none() {
        let known = InspectionLocale::ALL.map(InspectionLocale::code).join("`, `");
        faults.add(
            UserErrorCode::InvalidLocale,
            &["locale"],
            format!("the inspection page speaks `{known}`: choose one of them"),
        );
    }
    locale
}

fn customer(faults: &mut Faults, input: &CustomerInput) -> Option<Customer> {
    let first_name = faults.required(&["customer", "firstName"], input.first_name.as_deref());
    let last_name = faults.required(&["customer", "lastName"], input.last_name.as_deref());
    let email = faults.email(&["customer", "email"], input.email.as_deref());
    let phone = faults.phone(&["customer", "phone"], input.phone.as_deref());
    Some(Customer {
        first_name: first_name?,
        last_name: last_name?,
        email: email?,
        phone: phone?,
        gender: input.gender,
    })
}

fn check_delivery(faults: &mut Faults, has_customer: bool, can_deliver_links: bool) {
    if !has_customer {
        faults.add(
            UserErrorCode::Required,
            &["customer"],
            "a link can only be sent to a customer: give `customer`, or `delivery: NONE`",
        );
    }
    if !can_deliver_links {
        faults.add(
            UserErrorCode::DeliveryNotConfigured,
            &["delivery"],
            "the vendor has no message templates for this account: use `delivery: NONE` and hand over the link, or set `message_templates = true` once they are installed",
        );
    }
}
