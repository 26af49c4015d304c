//! The inputs of the mutations on tickets and the rules that need no vendor.

use async_graphql::ID;
use async_graphql::InputObject;
use serde::Serialize;

use crate::domain::product::model::PrerequisiteId;
use crate::domain::product::model::ProductId;
use crate::domain::rules::Faults;
use crate::domain::rules::filled;
use crate::graphql::scalars::Decimal;
use crate::graphql::scalars::Vin;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::model::PrerequisiteAnswer;
use super::model::TicketRating;

/// What `createTicket` needs. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct CreateTicketInput {
    /// A text of the client's choice, at most 200 characters, that makes the creation happen once: the same key with the
    /// same input gives the same answer for 30 days. Without one the gateway draws a key and tells it in the payload.
    pub idempotency_key: Option<String>,
    /// The connector's global id. The ticket belongs to the connector's account. Required.
    pub connector_id: Option<ID>,
    /// The vehicle's VIN, 17 letters or digits. Required.
    pub vin: Option<String>,
    /// The catalogue's number of the vehicle's model. Taken from the catalogue's entry of the VIN when absent.
    pub model_id: Option<String>,
    /// The catalogue's number of the model's variant. Taken from the catalogue's entry of the VIN when absent.
    pub variant_id: Option<String>,
    /// The vendor's numbers of the products to order. Without any only garages may order that the vendor lets do so.
    pub product_ids: Option<Vec<String>>,
    /// Answers to the prerequisites of the products; those that are required must be answered.
    pub prerequisites: Option<Vec<PrerequisiteAnswerInput>>,
    /// A voucher to redeem.
    pub voucher: Option<String>,
    /// UUID of the prepared ticket that this order confirms.
    pub prepared_ticket_id: Option<String>,
    /// The garage's own reference. When absent the gateway gives the ticket one, by which it finds it again should the
    /// vendor's answer get lost.
    pub reference: Option<String>,
    /// Whether the garage agrees that scripts work without an operator; needed for products that are done so.
    #[graphql(default = false)]
    pub unattended_service_confirmed: bool,
    /// The language of whoever orders, as language and country, such as `nl-NL`.
    pub locale: Option<String>,
}

/// The answer to one prerequisite.
#[derive(Clone, Debug, InputObject)]
pub struct PrerequisiteAnswerInput {
    /// The vendor's number of the prerequisite. Required.
    pub prerequisite_id: Option<String>,
    /// The answer; yes and no are `true` and `false`. Required.
    pub value: Option<String>,
}

/// What `rateTicket` needs. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct RateTicketInput {
    /// The ticket's global id. Required.
    pub ticket_id: Option<ID>,
    /// From -1, the worst, to 1, the best. Required.
    pub score: Option<Decimal>,
    /// What the garage has to say.
    pub comment: Option<String>,
}

/// An order for a ticket that breaks no rule of its form; what it names has still to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketOrder {
    /// The vehicle.
    pub vin: Vin,
    /// The catalogue's number of the model.
    pub model_id: Option<String>,
    /// The catalogue's number of the variant.
    pub variant_id: Option<String>,
    /// Numbers of the products.
    product_ids: Vec<String>,
    /// Numbers of prerequisites with their answers.
    prerequisites: Vec<(String, String)>,
    /// A voucher to redeem.
    pub voucher: Option<String>,
    /// UUID of the prepared ticket that is confirmed.
    pub prepared_ticket_id: Option<String>,
    /// The garage's own reference.
    pub reference: Option<String>,
    /// Whether the garage agrees that scripts work without an operator.
    pub unattended_service_confirmed: bool,
    /// The language of whoever orders.
    pub locale: Option<String>,
}

impl TicketOrder {
    /// The products.
    pub fn products(&self) -> Vec<ProductId> {
        self.product_ids.iter().cloned().map(ProductId).collect()
    }

    /// The answers to prerequisites.
    pub fn answers(&self) -> Vec<PrerequisiteAnswer> {
        let answer = |(id, value): &(String, String)| PrerequisiteAnswer {
            prerequisite_id: PrerequisiteId(id.clone()),
            value: value.clone(),
        };
        self.prerequisites.iter().map(answer).collect()
    }
}

/// Checks every rule of an order that needs no vendor.
pub fn check_order(input: &CreateTicketInput) -> Result<TicketOrder, Vec<UserError>> {
    let mut faults = Faults::default();
    let vin = faults.required(&["vin"], input.vin.as_deref());
    let vin = faults.vin(&["vin"], vin.as_deref());
    let product_ids = products(&mut faults, input.product_ids.as_deref().unwrap_or_default());
    let prerequisites = answers(&mut faults, input.prerequisites.as_deref().unwrap_or_default());
    let locale = locale(&mut faults, input.locale.clone());
    let order = vin.map(|vin| TicketOrder {
        vin,
        model_id: filled(input.model_id.clone()),
        variant_id: filled(input.variant_id.clone()),
        product_ids,
        prerequisites,
        voucher: filled(input.voucher.clone()),
        prepared_ticket_id: filled(input.prepared_ticket_id.clone()),
        reference: filled(input.reference.clone()),
        unattended_service_confirmed: input.unattended_service_confirmed,
        locale,
    });
    faults.none_or(order)
}

fn products(faults: &mut Faults, given: &[String]) -> Vec<String> {
    let mut products = Vec::with_capacity(given.len());
    for (index, id) in given.iter().enumerate() {
        let Some(id) = faults.required(&["productIds", &index.to_string()], Some(id)) else { continue };
        if products.contains(&id) {
            let message = format!("the product `{id}` is there twice; name each product once");
            faults.add(UserErrorCode::InvalidValue, &["productIds", &index.to_string()], message);
        }
        products.push(id);
    }
    products
}

fn answers(faults: &mut Faults, given: &[PrerequisiteAnswerInput]) -> Vec<(String, String)> {
    let mut answers = Vec::with_capacity(given.len());
    for (index, answer) in given.iter().enumerate() {
        let index = index.to_string();
        let id = faults.required(&["prerequisites", &index, "prerequisiteId"], answer.prerequisite_id.as_deref());
        let value = faults.required(&["prerequisites", &index, "value"], answer.value.as_deref());
        answers.extend(id.zip(value));
    }
    answers
}

/// A language with its country as `nl-NL`, however the two were joined and spelled.
fn locale(faults: &mut Faults, given: Option<String>) -> Option<String> {
    let text = filled(given)?;
    let letters = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let parts = text.split_once(['-', '_']).filter(|(language, country)| letters(language) && letters(country));
    if parts.is_none() {
        faults.add(UserErrorCode::InvalidLocale, &["locale"], "a locale is a language and a country, such as `nl-NL`");
    }
    parts.map(|(language, country)| format!("{}-{}", language.to_ascii_lowercase(), country.to_ascii_uppercase()))
}

/// Checks the rules of a rating.
pub fn check_rating(input: &RateTicketInput) -> Result<TicketRating, Vec<UserError>> {
    let mut faults = Faults::default();
    let limit = rust_decimal::Decimal::ONE;
    let score = input.score.map(|score| score.0);
    match score {
        None => faults.add(UserErrorCode::Required, &["score"], "`score` is required: give a number from -1 to 1"),
        Some(score) if score.abs() > limit => {
            faults.add(UserErrorCode::OutOfRange, &["score"], "`score` must be from -1, the worst, to 1, the best");
        }
        Some(_) => {}
    }
    let comment = filled(input.comment.clone());
    faults.none_or(score.map(|score| TicketRating { score, comment }))
}
