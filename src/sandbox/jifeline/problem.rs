//! Refusals in the vendor's forms.

use axum::Json;
use axum::response::IntoResponse;
use axum::response::Response;
use http::StatusCode;
use http::header;
use serde_json::json;

use super::Jifeline;

/// A refusal.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self { status, title, detail: detail.into(), retry_after: None }
    }

    /// The call breaks a rule that it could have kept.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The log-in names no connector with this pincode.
    pub(super) fn wrong_login() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The connector or the pincode is wrong.")
    }

    /// Too many log-ins failed; another may be tried after `seconds`.
    pub(super) fn too_many(seconds: u64) -> Self {
        let detail = "Too many attempts with a wrong pincode.";
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// The thing belongs to another garage.
    pub(super) fn foreign(what: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("This {what} belongs to another customer."))
    }

    /// There is no such thing; the status is the switch's, since the vendor documents none.
    pub(super) fn unknown(jifeline: &Jifeline, what: &str) -> Self {
        let status = StatusCode::from_u16(jifeline.core.switches().jifeline_unknown_id_status);
        Self::new(status.unwrap_or(StatusCode::NOT_FOUND), format!("There is no such {what}."))
    }

    /// There is no such thing, and 404 is the only way to say so.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "status": self.status.as_u16(),
            "type": "about:blank",
            "title": self.title,
            "detail": self.detail,
        });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// No token, or none that counts: as the service says it, or, by switch, as the gateway in front of it does.
pub(super) fn unauthorized(jifeline: &Jifeline) -> Response {
    if jifeline.core.switches().jifeline_gateway_messages {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": "Unauthorized"}))).into_response();
    }
    Problem::new(StatusCode::UNAUTHORIZED, "There is no OIDC token, or it is wrong.").into_response()
}
