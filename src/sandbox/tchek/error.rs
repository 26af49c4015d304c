//! How the vendor refuses: a status and `{"error": "…"}`. The form is assumed, the vendor publishes none.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;

/// A refused request.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    /// The request lacks a key.
    pub(super) fn no_key() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "the header `X-API-Key` is missing")
    }

    /// The key is not one of this environment.
    pub(super) fn wrong_key() -> Self {
        Self::new(StatusCode::FORBIDDEN, "the API key is not known here")
    }

    /// A field is missing or wrong.
    pub(super) fn field(field: &str, reason: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("{field}: {reason}"))
    }

    /// No such token for this key in this environment.
    pub(super) fn unknown_token() -> Self {
        Self::new(StatusCode::NOT_FOUND, "no such token")
    }

    /// The token has led to no inspection yet, or it is deleted.
    pub(super) fn no_inspection() -> Self {
        Self::new(StatusCode::NOT_FOUND, "the token has no inspection")
    }

    /// The present state forbids what was asked.
    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// The change cannot be kept for the next run, so it was not made.
    pub(super) fn not_kept() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the sandbox cannot write its memory; its log has the cause")
    }

    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The reason in words.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": self.message}))).into_response()
    }
}
