//! `/webhooks/{vendor}/{tenant}`: where vendors deliver.
//!
//! Who brings a delivery, and in which form, is judged by the headers alone: nothing of a body is read before that.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::extract::rejection::PathRejection;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::post;
use futures_util::StreamExt;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header::CONTENT_ENCODING;
use http::header::CONTENT_LENGTH;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use uuid::Uuid;

use crate::error::Code;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::intake::Inbox;
use crate::intake::Refusal;
use crate::telemetry::metrics::WEBHOOKS;

/// A result names every region of every photo, so it is longer than what clients send.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);
const SECRET: HeaderName = HeaderName::from_static("x-api-key");
/// Parts of the names of headers whose values are not kept.
const SECRETIVE: [&str; 6] = ["key", "token", "secret", "auth", "cookie", "sign"];
/// So many headers of a delivery are kept, and so many characters of each.
const MOST_HEADERS: usize = 40;
const MOST_OF_HEADER: usize = 200;
/// The vendor whose deliveries come here, as its routes and its accounts name it.
const TCHEK: &str = "tchek";

/// The receipt of a delivery.
#[derive(Serialize)]
struct Receipt {
    delivery: Uuid,
}

/// The routes of all webhooks.
pub(super) fn routes(inbox: Arc<Inbox>) -> Router {
    Router::new().route("/webhooks/tchek/{tenant}", post(receive)).with_state(inbox)
}

async fn receive(
    State(inbox): State<Arc<Inbox>>,
    tenant: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    // A name that cannot be read is no tenant's, and nobody is told the difference.
    let tenant = tenant.map(|Path(tenant)| tenant).unwrap_or_default();
    let (outcome, response) = match take(&inbox, &tenant, request).await {
        Ok(delivery) => ("kept", (StatusCode::OK, Json(Receipt { delivery })).into_response()),
        Err(problem) => ("refused", problem.with_request_id(id.as_ref()).into_response()),
    };
    metrics::counter!(WEBHOOKS, "vendor" => TCHEK, "outcome" => outcome).increment(1);
    response
}

async fn take(inbox: &Inbox, tenant: &str, request: Request) -> Result<Uuid, Problem> {
    let (head, body) = request.into_parts();
    let secret = head.headers.get(&SECRET).map(HeaderValue::as_bytes);
    let admission = inbox.admit(TCHEK, tenant, secret).map_err(refused)?;
    let content_type = json_by_name(&head.headers)?;
    let reading = tokio::time::timeout(PATIENCE, read(&head.headers, body)).await;
    let body = reading.unwrap_or_else(|_| {
        let problem = Problem::new(Code::BadInput, format!("the body did not arrive within {PATIENCE:?}"));
        Err(problem.with_status(StatusCode::REQUEST_TIMEOUT))
    })?;
    admission.keep(content_type, told(&head.headers), body).await.map_err(refused)
}

/// What the sender says beside the body, for whoever looks into a delivery later; what could be a secret is blotted out.
fn told(headers: &HeaderMap) -> Vec<(String, String)> {
    let is_secret = |name: &str| SECRETIVE.iter().any(|part| name.contains(part));
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).chars().take(MOST_OF_HEADER).collect();
    let told = headers.iter().map(|(name, value)| {
        let name = name.as_str();
        (name.to_owned(), if is_secret(name) { "[secret]".to_owned() } else { text(value) })
    });
    told.take(MOST_HEADERS).collect()
}

/// The content type, if it says that the body is JSON as it is, without a coding around it.
fn json_by_name(headers: &HeaderMap) -> Result<String, Problem> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = |text: &&str| {
        text.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
    };
    content_type.filter(is_json).filter(|_| !headers.contains_key(CONTENT_ENCODING)).map(str::to_owned).ok_or_else(
        || {
            let problem = Problem::new(Code::BadInput, "a delivery is `application/json` without a `Content-Encoding`");
            problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        },
    )
}

/// Reads a body that is not longer than a result can be.
async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Problem> {
    let too_long = || {
        let problem = Problem::new(Code::BadInput, format!("a delivery has at most {MOST_BYTES} bytes"));
        problem.with_status(StatusCode::PAYLOAD_TOO_LARGE)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES) {
        return Err(too_long());
    }
    let mut read = Vec::with_capacity(announced.unwrap_or_default());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BadInput, "the body broke off"))?;
        if read.len().saturating_add(chunk.len()) > MOST_BYTES {
            return Err(too_long());
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::NotConfigured => Problem::new(
            Code::NotFound,
            "no deliveries are taken here: set `webhook_secret` of the tenant's account, and give the vendor the same",
        ),
        Refusal::Denied => {
            Problem::new(Code::Unauthenticated, "the header `x-api-key` does not carry the secret of this address")
        }
        Refusal::NotKept(error) => {
            let (code, cause) = (error.code.as_str(), error.source.as_deref().map(ToString::to_string));
            tracing::error!(code, cause, "a delivery could not be kept; the vendor is asked to send it again");
            Problem::from(error).with_status(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}
