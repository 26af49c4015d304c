//! The employees of a garage.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::seed::garages::SeedEmployee;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::params::Page;
use super::params::Params;
use super::problem::Problem;
use super::staff::Employee;

/// The most letters of a name.
const LONGEST_NAME: usize = 255;

/// The languages that mails are written in. Inferred: the vendor lists none.
const LOCALES: [&str; 7] = ["en-GB", "nl-NL", "nl-BE", "de-DE", "fr-FR", "fr-BE", "es-ES"];

/// The language of an employee for whom none is named. Inferred.
const USUAL_LOCALE: &str = "en-GB";

/// Lists the caller's employees.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    Ok(page.of(&jifeline.staff.of(caller.garage), |employee| json!(employee)))
}

/// Adds an employee.
pub(super) async fn create(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let record = SeedEmployee {
        id: jifeline.core.ids.uuid(jifeline.core.clock.now()),
        given_name: name(&body, "given_name")?,
        family_name: name(&body, "family_name")?,
        username: username(&body)?,
        enabled: true,
        correspondence_locale: locale(&body)?.unwrap_or_else(|| USUAL_LOCALE.to_owned()),
    };
    jifeline.staff.keep(Employee { garage: caller.garage, record: record.clone() })?;
    Ok(Json(json!(record)))
}

/// Gives one employee, or the one who is logged in.
pub(super) async fn get(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let employee = own(&jifeline, caller, &id)?;
    Ok(Json(json!(employee.record)))
}

/// Replaces what is known of an employee; `enabled` and the language stay as they are when they are null.
pub(super) async fn update(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let (given_name, family_name) = (name(&body, "given_name")?, name(&body, "family_name")?);
    let (username, locale) = (username(&body)?, locale(&body)?);
    let enabled = body.boolean("enabled")?;
    let Employee { garage, record } = own(&jifeline, caller, &id)?;
    if record.username.is_some() && username.is_none() {
        return Err(Problem::invalid("username can be changed, but not unset."));
    }
    let record = SeedEmployee {
        id: record.id,
        given_name,
        family_name,
        username,
        enabled: enabled.unwrap_or(record.enabled),
        correspondence_locale: locale.unwrap_or(record.correspondence_locale),
    };
    jifeline.staff.keep(Employee { garage, record: record.clone() })?;
    Ok(Json(json!(record)))
}

/// The caller's employee with this id, or, for `me`, the one who is logged in: a connector's log-in is nobody's.
fn own(jifeline: &Jifeline, caller: Caller, id: &str) -> Result<Employee, Problem> {
    let id = match id {
        "me" => caller.employee,
        id => Some(id.parse::<Uuid>().map_err(|_| Problem::invalid("employeeId is neither a UUID nor `me`."))?),
    };
    let employee = id.and_then(|id| jifeline.staff.find(id));
    let employee = employee.ok_or_else(|| Problem::unknown(jifeline, "employee"))?;
    if employee.garage != caller.garage {
        return Err(Problem::foreign("employee"));
    }
    Ok(employee)
}

fn name(body: &Body, member: &str) -> Result<String, Problem> {
    let name = body.some_text(member)?;
    if name.chars().count() > LONGEST_NAME {
        return Err(Problem::invalid(format!("{member} must not be longer than {LONGEST_NAME} letters.")));
    }
    Ok(name.to_owned())
}

/// The username: the key must be there, also when it is null.
fn username(body: &Body) -> Result<Option<String>, Problem> {
    if !body.has("username") {
        return Err(Problem::invalid("username is required; it may be null."));
    }
    let username = body.text("username")?;
    match username {
        Some(name) if name.chars().count() > LONGEST_NAME || !is_address(name) => {
            Err(Problem::invalid(format!("username must be an e-mail address of at most {LONGEST_NAME} letters.")))
        }
        username => Ok(username.map(str::to_owned)),
    }
}

fn locale(body: &Body) -> Result<Option<String>, Problem> {
    let locale = body.text("correspondence_locale")?;
    match locale {
        Some(tag) if !LOCALES.contains(&tag) => {
            Err(Problem::invalid(format!("correspondence_locale must be one of {}.", LOCALES.join(", "))))
        }
        locale => Ok(locale.map(str::to_owned)),
    }
}

/// Whether `text` looks like an e-mail address.
pub(super) fn is_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let both = parts.next().zip(parts.next());
    both.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && parts.next().is_none()
        && !text.chars().any(char::is_whitespace)
}
