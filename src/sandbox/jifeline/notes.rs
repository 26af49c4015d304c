//! What operators noted on tickets, and how garages rated them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::core::lock;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::body::required;
use super::life;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::problem::Problem;
use super::tickets;

/// How many ratings are kept.
const MOST_RATINGS: usize = 10_000;

/// How a garage rated a ticket.
#[derive(Clone, Debug)]
pub(super) struct Rating {
    /// From −1 to 1.
    pub(super) score: f64,
    /// What the garage says to that.
    pub(super) comment: Option<String>,
}

/// The ratings by ticket; there is one for a ticket at most.
pub(super) type Ratings = BTreeMap<i64, Rating>;

/// Rates a closed ticket of the caller; a second rating replaces the first.
pub(super) async fn rate(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let id = integer("ticketId", &id)?;
    let score = body.member("score").ok_or_else(|| required("score"))?.as_f64();
    let score = score.filter(|score| (-1.0..=1.0).contains(score));
    let score = score.ok_or_else(|| Problem::invalid("score must be a number from -1 to 1."))?;
    let comment = body.text("comment")?.map(str::to_owned);
    if own(&jifeline, caller, id)?.0 != life::State::Closed.number() {
        return Err(Problem::conflict("Ticket is not closed", "Only closed tickets can be rated."));
    }
    let mut ratings = lock(&jifeline.ratings);
    if ratings.len() >= MOST_RATINGS {
        ratings.pop_first();
    }
    ratings.insert(id, Rating { score, comment });
    Ok(Json(Value::Null))
}

/// Lists what was noted on a ticket of the caller, oldest first.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let id = integer("ticketId", &id)?;
    let notes = match own(&jifeline, caller, id)? {
        (state, Some(at)) if state == life::State::Closed.number() => completed(id, at),
        (_, Some(at)) => vec![note(id, 1, at, "Cancelled: the garage did not go on with the work.", &[])],
        (_, None) => Vec::new(),
    };
    Ok(page.of(&notes, Value::clone))
}

/// The state and the end of the caller's ticket, be it open or past.
fn own(jifeline: &Jifeline, caller: Caller, id: i64) -> Result<(i32, Option<DateTime<Utc>>), Problem> {
    let orders = jifeline.orders();
    let order = orders.get(id);
    if let Some(open) = order.filter(|order| order.is_open()) {
        let state = (open.state.number(), None);
        return if open.garage == caller.garage { Ok(state) } else { Err(Problem::foreign("ticket")) };
    }
    let past = tickets::own_past(jifeline, order, caller, id)?;
    Ok((past.state(), past.finished_at()))
}

/// What is noted on a completed ticket; the scan's report is not with each of them.
fn completed(id: i64, at: DateTime<Utc>) -> Vec<Value> {
    let report = json!({"file_name": format!("report-{id}.pdf"), "file_reference": format!("tickets/{id}/report.pdf")});
    let attachments = if id % 2 == 0 { vec![report] } else { Vec::new() };
    let early = at - TimeDelta::minutes(2);
    vec![
        note(id, 1, early, "Fault memories were read before the work began.", &attachments),
        note(id, 2, at, "The work is done; no faults are left in the control units concerned.", &[]),
    ]
}

/// One note. Inferred: the member that the vendor's sample lost is `attachments`, in the form of the channels' ones.
fn note(ticket: i64, turn: u128, at: DateTime<Utc>, value: &str, attachments: &[Value]) -> Value {
    let ticket_bits = u128::from(ticket.unsigned_abs());
    let bits = 0x6e6f_7465_0000_4000_8000_0000_0000_0000 | (ticket_bits << 4) | turn;
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({
        "id": Uuid::from_u128(bits),
        "ticket_id": ticket,
        "value": value,
        "created_at": at,
        "updated_at": at,
        "attachments": attachments,
    })
}
