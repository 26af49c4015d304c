//! Whether the gateway lives, whether it can serve, and what it counts: `/healthz`, `/readyz`, `/metrics`.
//!
//! The three need no key: they hold no business data, and what probes them holds no credentials.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::Serialize;

use crate::shutdown::Shutdown;
use crate::telemetry::metrics::{COMMIT, Metrics, VERSION};

/// Tells how the parts of the gateway are; asked once for every `/readyz`.
#[async_trait]
pub trait Health: Send + Sync {
    /// The parts as they are now.
    async fn report(&self) -> Report;
}

/// The parts of the gateway as they are at one moment.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Each part by its name, such as `store`.
    pub checks: BTreeMap<&'static str, Check>,
    /// Every vendor of every tenant.
    pub vendors: Vec<VendorMode>,
}

/// How one part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It works.
    Ok,
    /// It works and still has something to do in the background, such as filling the index.
    Working(String),
    /// It does not serve yet.
    Starting(String),
    /// It fails; the text says how, without hosts and secrets.
    Failed(String),
}

impl Check {
    fn serves(&self) -> bool {
        matches!(self, Self::Ok | Self::Working(_))
    }
}

/// Which one answers for a vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VendorMode {
    /// The tenant.
    pub tenant: String,
    /// The vendor's id, such as `jifeline`.
    pub vendor: &'static str,
    /// `live`, `sandbox` or `off`.
    pub mode: &'static str,
}

/// The routes `/healthz`, `/readyz` and `/metrics`.
pub fn router(health: Arc<dyn Health>, metrics: Metrics, shutdown: Shutdown) -> Router {
    let state = Arc::new(Probes { health, metrics, shutdown });
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(numbers))
        .with_state(state)
}

struct Probes {
    health: Arc<dyn Health>,
    metrics: Metrics,
    shutdown: Shutdown,
}

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'static str>,
    checks: BTreeMap<&'static str, CheckBody>,
    vendors: Vec<VendorMode>,
    sandbox: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

#[derive(Serialize)]
struct CheckBody {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

const ALL_SANDBOX: &str =
    "every vendor is the sandbox: all data is invented, configure an account to meet a vendor itself";
const SOME_SANDBOX: &str = "some vendors are the sandbox: their data is invented, see `vendors`";

/// Answers as long as the process can answer at all.
async fn alive() -> Response {
    answer(StatusCode::OK, Alive { status: "alive" })
}

/// Answers 200 when requests can be served, else 503 with the part that is in the way.
async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    let Report { checks, vendors } = probes.health.report().await;
    let status = match () {
        () if probes.shutdown.is_draining() => "stopping",
        () if checks.values().any(|check| matches!(check, Check::Failed(_))) => "failed",
        () if !checks.values().all(Check::serves) => "starting",
        () => "ready",
    };
    let sandbox = vendors.iter().any(|vendor| vendor.mode == "sandbox");
    let live = vendors.iter().any(|vendor| vendor.mode == "live");
    let notice = sandbox.then_some(if live { SOME_SANDBOX } else { ALL_SANDBOX });
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let checks = checks.into_iter().map(|(name, check)| (name, CheckBody::from(check))).collect();
    answer(code, Ready { status, version: VERSION, commit: COMMIT, checks, vendors, sandbox, notice })
}

/// Gives everything recorded so far in the text form of Prometheus.
async fn numbers(State(probes): State<Arc<Probes>>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], probes.metrics.render()).into_response()
}

fn answer(status: StatusCode, body: impl Serialize) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl From<Check> for CheckBody {
    fn from(check: Check) -> Self {
        let (status, detail) = match check {
            Check::Ok => ("ok", None),
            Check::Working(detail) => ("working", Some(detail)),
            Check::Starting(detail) => ("starting", Some(detail)),
            Check::Failed(detail) => ("failed", Some(detail)),
        };
        Self { status, detail }
    }
}
