//! How the vendor refuses. The forms are assumed: the token server's as OAuth has them, the stock's as problem objects.

use axum::Json;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;

use super::validate::Violation;

/// A refused request.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
    content_type: &'static str,
    retry_after: Option<i64>,
}

impl Refusal {
    /// A refusal of the token server.
    pub(super) fn oauth(status: StatusCode, error: &str, description: &str) -> Self {
        let body = json!({"error": error, "error_description": description});
        Self { status, body, content_type: "application/json", retry_after: None }
    }

    /// Too many tokens were asked for; the next one is given after that many seconds.
    pub(super) fn too_many_tokens(seconds: i64) -> Self {
        let refusal = Self::oauth(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "too many tokens in one hour");
        Self { retry_after: Some(seconds), ..refusal }
    }

    /// A token was used too often; it works again after that many seconds.
    pub(super) fn too_many_calls(seconds: i64) -> Self {
        let refusal = Self::problem(StatusCode::TOO_MANY_REQUESTS, "the token was used too often within a minute");
        Self { retry_after: Some(seconds), ..refusal }
    }

    /// The call has no bearer token.
    pub(super) fn no_token() -> Self {
        Self::unauthorized("the call carries no access token")
    }

    /// The token is unknown or its life is over.
    pub(super) fn dead_token() -> Self {
        Self::unauthorized("the access token is not valid, or not any more")
    }

    /// A refusal by the stock for one reason.
    pub(super) fn problem(status: StatusCode, detail: &str) -> Self {
        let body = json!({
            "type": format!("/errors/{}", status.as_u16()),
            "title": status.canonical_reason().unwrap_or("Error"),
            "status": status.as_u16(),
            "detail": detail,
        });
        Self { status, body, content_type: "application/problem+json", retry_after: None }
    }

    /// A refusal by the stock that names the fields.
    pub(super) fn violations(status: StatusCode, violations: &[Violation]) -> Self {
        let lines: Vec<String> = violations.iter().map(|one| format!("{}: {}", one.path, one.message)).collect();
        let list: Vec<Value> =
            violations.iter().map(|one| json!({"propertyPath": one.path, "message": one.message})).collect();
        let refusal = Self::problem(status, &lines.join("\n"));
        let mut body = refusal.body;
        if let Value::Object(members) = &mut body {
            members.insert("violations".to_owned(), list.into());
        }
        Self { body, ..refusal }
    }

    fn unauthorized(message: &str) -> Self {
        let body = json!({"code": 401, "message": message});
        Self { status: StatusCode::UNAUTHORIZED, body, content_type: "application/json", retry_after: None }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
