//! The service centre: whether operators take orders now.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use chrono::DateTime;
use chrono::FixedOffset;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;

use super::Jifeline;
use super::auth::Caller;
use super::customers;
use super::problem::Problem;

/// The service provider behind the centre.
pub(super) const PROVIDER: &str = "Voorbeeld Diagnostics B.V.";

/// The provider's number.
pub(super) const PROVIDER_ID: i64 = 31;

/// The colour behind the provider's logo.
pub(super) const BACKGROUND: &str = "#fff";

/// The provider's colour.
pub(super) const COLOR: &str = "#000000";

/// Where the provider's logo stands.
pub(super) const LOGO: &str = "/branding/31/logo.svg";

/// East of Greenwich, in seconds: the vendor tells the end of a schedule in the provider's summer time.
const EAST: i32 = 7_200;

/// What the centre takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CenterState {
    /// Every order.
    Opened,
    /// Only what runs without an operator.
    Closed,
    /// Nothing until a time that is set; then every order.
    Scheduled,
}

/// The service centre.
#[derive(Clone, Debug)]
pub(super) struct Center {
    /// What it takes.
    pub(super) state: CenterState,
    /// When a scheduled centre opens.
    pub(super) ends_at: Option<DateTime<Utc>>,
    /// What garages are told.
    pub(super) message: Option<String>,
}

impl Default for Center {
    fn default() -> Self {
        Self { state: CenterState::Opened, ends_at: None, message: None }
    }
}

impl Jifeline {
    /// The service centre as it stands now: a schedule that is over has turned into an opened centre.
    pub(super) fn center(&self) -> Center {
        let mut center = lock(&self.center);
        let over = center.ends_at.is_some_and(|ends_at| ends_at <= self.core.clock.now());
        if center.state == CenterState::Scheduled && over {
            *center = Center::default();
        }
        center.clone()
    }
}

/// Gives the centre's name, looks and settings.
pub(super) async fn get(State(jifeline): State<Arc<Jifeline>>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({
        "name": PROVIDER,
        "payment_by_prepaid_wallet": customers::seed(caller)?.pays_by_wallet,
        "pricing_version": 2,
        "primary_background_color": BACKGROUND,
        "primary_color": COLOR,
        "logo": LOGO,
        "service_message": jifeline.center().message,
        "csat_enabled": true,
    })))
}

/// Tells whether the centre takes orders.
pub(super) async fn get_status(State(jifeline): State<Arc<Jifeline>>, _: Caller) -> Json<Value> {
    let Center { state, ends_at, message } = jifeline.center();
    let local = ends_at.zip(FixedOffset::east_opt(EAST)).map(|(at, zone)| at.with_timezone(&zone));
    // Without a colon in the offset, as in the vendor's sample.
    let ends_at = local.map(|at| at.format("%Y-%m-%dT%H:%M:%S%z").to_string());
    Json(json!({"state": state, "ends_at": ends_at, "message": message}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    state: CenterState,
    ends_at: Option<DateTime<Utc>>,
    message: Option<String>,
}

/// Opens, closes or schedules the centre.
pub(super) async fn set(State(jifeline): State<Arc<Jifeline>>, body: Bytes) -> Result<Json<Value>, Problem> {
    let Setting { state, ends_at, message } =
        serde_json::from_slice(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    if (state == CenterState::Scheduled) != ends_at.is_some() {
        return Err(Problem::invalid("ends_at goes with scheduled, and with nothing else."));
    }
    *lock(&jifeline.center) = Center { state, ends_at, message };
    let Center { state, ends_at, message } = jifeline.center();
    Ok(Json(json!({"state": state, "ends_at": ends_at, "message": message})))
}
