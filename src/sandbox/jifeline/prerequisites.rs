//! What is asked before a product can be ordered, and whether it was answered.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::offers::AnswerKind;
use crate::sandbox::seed::offers::OFFERS;
use crate::sandbox::seed::offers::Prerequisite;
use crate::sandbox::seed::products::product;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::body::as_integer;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::problem::Problem;
use super::products::asked_vehicle;

/// Lists what is asked for some products.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let ids = params.text("product_id").ok_or_else(|| Problem::invalid("product_id is required."))?;
    let ids: Vec<i64> = ids.split(',').map(|id| integer("product_id", id)).collect::<Result<_, _>>()?;
    asked_vehicle(&jifeline, &params)?;
    if ids.iter().any(|id| product(*id).is_none()) {
        return Err(Problem::unknown(&jifeline, "product"));
    }
    let asked: Vec<_> = asked_for(&ids).collect();
    Ok(page.of(&asked, |prerequisite| show(prerequisite)))
}

fn asked_for(products: &[i64]) -> impl Iterator<Item = &'static Prerequisite> {
    OFFERS.prerequisites.iter().filter(|one| one.product_ids.iter().any(|id| products.contains(id)))
}

fn show(prerequisite: &Prerequisite) -> Value {
    let options = prerequisite.options.iter();
    let shown =
        options.map(|option| json!({"id": option.id, "productPrerequisiteId": prerequisite.id, "value": option.value}));
    json!({
        "id": prerequisite.id,
        "name": prerequisite.name,
        "description": prerequisite.description,
        "question": prerequisite.question,
        "required": prerequisite.required,
        "type": prerequisite.kind.as_str(),
        "options": shown.collect::<Vec<_>>(),
    })
}

/// Refuses answers that do not fit what is asked for `products`, and their absence.
pub(super) fn check(body: &Body, products: &[i64]) -> Result<(), Problem> {
    let invalid = |detail: String| Err(Problem::invalid(format!("product_prerequisites: {detail}.")));
    let answers = match body.member("product_prerequisites") {
        None => &[][..],
        Some(Value::Array(answers)) => answers,
        Some(_) => return invalid("must be a list".to_owned()),
    };
    let mut answered = Vec::new();
    for answer in answers {
        let id = answer.get("definition_id").and_then(as_integer);
        let Some((id, value)) = id.zip(answer.get("value").and_then(Value::as_str)) else {
            return invalid("each needs definition_id and value".to_owned());
        };
        let Some(asked) = asked_for(products).find(|asked| asked.id == id) else {
            return invalid(format!("{id} is not asked for these products"));
        };
        let fits = match asked.kind {
            AnswerKind::Text => !asked.required || !value.trim().is_empty(),
            AnswerKind::Boolean => matches!(value, "true" | "false"),
            AnswerKind::Choice => asked.options.iter().any(|option| option.value == value),
        };
        if !fits {
            return invalid(format!("{value:?} does not answer {id}"));
        }
        answered.push(id);
    }
    match asked_for(products).find(|asked| asked.required && !answered.contains(&asked.id)) {
        Some(asked) => invalid(format!("{} is not answered", asked.id)),
        None => Ok(()),
    }
}
