//! `/webhooks/{vendor}/{tenant}`: where vendors deliver.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::Path;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::post;
use http::HeaderMap;
use http::HeaderName;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Code;
use crate::http::problem::Problem;
use crate::intake::Inbox;
use crate::intake::Refusal;
use crate::telemetry::metrics::WEBHOOKS;

/// A result names every region of every photo, so it is longer than what clients send.
const MOST_BYTES: usize = 8 * 1024 * 1024;
const SECRET: HeaderName = HeaderName::from_static("x-api-key");
/// The vendor whose deliveries come here, as its routes and its accounts name it.
const TCHEK: &str = "tchek";

/// The receipt of a delivery.
#[derive(Serialize)]
struct Receipt {
    delivery: Uuid,
}

/// The routes of all webhooks.
pub(super) fn routes(inbox: Arc<Inbox>) -> Router {
    Router::new()
        .route("/webhooks/tchek/{tenant}", post(receive))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(inbox)
}

async fn receive(
    State(inbox): State<Arc<Inbox>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let (outcome, response) = match take(&inbox, &tenant, &headers, body).await {
        Ok(delivery) => ("kept", (StatusCode::OK, Json(Receipt { delivery })).into_response()),
        Err(problem) => ("refused", problem.into_response()),
    };
    metrics::counter!(WEBHOOKS, "vendor" => TCHEK, "outcome" => outcome).increment(1);
    response
}

async fn take(
    inbox: &Inbox,
    tenant: &str,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Uuid, Problem> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|text| {
        let essence = text.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    });
    if !is_json {
        let problem = Problem::new(Code::BadInput, "a delivery is `application/json`");
        return Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let body =
        body.map_err(|rejection| Problem::new(Code::BadInput, rejection.body_text()).with_status(rejection.status()))?;
    let secret = headers.get(&SECRET).map(http::HeaderValue::as_bytes);
    let kept = inbox.receive(TCHEK, tenant, secret, content_type.map(str::to_owned), body).await;
    kept.map_err(|refusal| match refusal {
        Refusal::NotConfigured => Problem::new(
            Code::NotFound,
            "no deliveries are taken here: set `webhook_secret` of the tenant's account, and give the vendor the same",
        ),
        Refusal::Denied => {
            Problem::new(Code::Unauthenticated, "the header `x-api-key` does not carry the secret of this address")
        }
        Refusal::NotKept(error) => {
            tracing::error!(
                code = error.code.as_str(),
                "a delivery could not be kept; the vendor is asked to send it again"
            );
            Problem::from(error).with_status(StatusCode::SERVICE_UNAVAILABLE)
        }
    })
}
