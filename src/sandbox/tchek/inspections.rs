//! Inspections as the vendor shows them to its customers: found by plate or agent, and their report as it stands now.

use axum::Json;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::query::number;
use crate::sandbox::query::parameter;

use super::Place;
use super::error::Refusal;
use super::parts::PHOTOS;
use super::report::Damage;
use super::result::photo_id;
use super::state::Tchek;
use super::state::Token;
use super::state::bare_plate;
use super::tokens::time;

const USUAL_LIMIT: usize = 10;
const MOST_LIMIT: usize = 100;

/// `tchek.reports.get`: tells what the report of a token holds at present, dismissed damages included.
pub(super) async fn load(
    State(place): State<Place>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let uid = parameter(query.as_deref(), "token").ok_or_else(|| Refusal::field("token", "is missing"))?;
    let token = place.tchek.token(place.environment, &uid).filter(|token| token.account == account);
    let token = token.ok_or_else(Refusal::unknown_token)?;
    if token.shot_at.is_none() || token.deleted {
        return Err(Refusal::no_inspection());
    }
    let report = place.tchek.present_report(&token);
    let wrapped = place.tchek.core().switches().tchek_wrapped_report;
    Ok(Json(if wrapped { json!({"data": report}) } else { report }))
}

/// `tchek.inspections.search`: finds inspections by plate or by the agent who issued the link, newest first.
pub(super) async fn search(
    State(place): State<Place>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let given = |name: &str| parameter(query.as_deref(), name).filter(|value| !value.is_empty());
    let (wanted_plate, agent) = (given("licensePlate").map(|written| bare_plate(&written)), given("username"));
    if wanted_plate.is_none() && agent.is_none() {
        return Err(Refusal::field("licensePlate", "or `username` is needed"));
    }
    let page = number(given("page"), 1, usize::MAX).ok_or_else(|| Refusal::field("page", "starts at 1"))?;
    let limit = number(given("limit"), USUAL_LIMIT, MOST_LIMIT);
    let limit = limit.ok_or_else(|| Refusal::field("limit", "is 1 to 100"))?;
    let fits = |token: &Token| {
        token.account == account
            && !token.deleted
            && wanted_plate.as_ref().is_none_or(|plate| bare_plate(&place.tchek.plate_read(token)) == *plate)
            && agent.as_ref().is_none_or(|agent| token.order.creator_user_id.as_ref() == Some(agent))
    };
    let tokens = place.tchek.tokens();
    let found = tokens.iter().rev().filter(|token| token.environment == place.environment && fits(token));
    let shown = found.filter_map(shown).skip(page.saturating_sub(1).saturating_mul(limit)).take(limit);
    Ok(Json(json!({"data": shown.collect::<Vec<_>>()})))
}

/// `tchek.users.me`: tells whose key it is. The vendor publishes no body for it; this one is assumed.
pub(super) async fn me(State(place): State<Place>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    Ok(Json(json!({"username": format!("{account}@sandbox.example"), "environment": place.environment.as_str()})))
}

fn shown(token: &Token) -> Option<Value> {
    let id = token.inspection.as_ref()?;
    Some(json!({
        "id": id,
        "createdAt": time(token.created_at),
        "updatedAt": time(token.updated_at),
        "detectionFinished": token.shot_at.is_some(),
        "detectionFinishedAt": token.shot_at.map(time),
    }))
}

impl Tchek {
    fn present_report(&self, token: &Token) -> Value {
        let now = self.findings(token, token.revision);
        let detected = self.findings(token, 1);
        let is_kept = |damage: &Damage| now.damages.iter().any(|other| other.uid == damage.uid);
        let dismissed = detected.damages.iter().filter(|damage| !is_kept(damage));
        let damages = now.damages.iter().map(|damage| (damage, false)).chain(dismissed.map(|damage| (damage, true)));
        let customer = token.customer();
        let base = self.base(token.environment);
        let images = (0..PHOTOS.len()).map(|number| {
            let id = photo_id(token, number);
            json!({"id": id, "url": format!("{base}/images/{id}.svg")})
        });
        json!({
            "tchek": {"id": token.inspection, "report": {"clientLastName": customer.lastname}},
            "damages": damages.map(|(damage, gone)| written(token, damage, gone)).collect::<Vec<_>>(),
            "images": images.collect::<Vec<_>>(),
        })
    }
}

fn written(token: &Token, damage: &Damage, is_deleted: bool) -> Value {
    let photos: Vec<_> = damage.regions.iter().map(|region| photo_id(token, region.photo)).collect();
    let mut written = json!({
        "id": damage.id,
        "location": damage.part.code,
        "svgLocation": damage.part.code,
        "severity": format!("SEV{}", damage.severity),
        "type": damage.kind,
        "isAuto": damage.confidence.is_some(),
        "isDeleted": is_deleted,
    });
    if let Value::Object(members) = &mut written {
        // Both spellings were seen: one region stands alone, several stand in a list.
        let (name, regions) = match photos.as_slice() {
            [photo] => ("roiPtr", json!({"imagePtr": {"id": photo}})),
            photos => ("listRoiPtr", photos.iter().map(|photo| json!({"imagePtr": {"id": photo}})).collect()),
        };
        members.insert(name.to_owned(), regions);
    }
    written
}
