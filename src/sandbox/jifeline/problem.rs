//! Refusals in the vendor's forms.

use axum::Json;
use axum::response::IntoResponse;
use axum::response::Response;
use http::StatusCode;
use http::header;
use serde_json::json;

use crate::sandbox::operation::Undecided;
use crate::sandbox::switches::Switches;

use super::Jifeline;

/// Why a call is refused, as far as the vendor leaves the status of that open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It breaks a rule that it could have kept.
    Invalid,
    /// The wallet does not hold enough.
    Unpaid,
    /// It does not fit what is there.
    Conflict,
    /// The status is not in doubt.
    Settled,
}

/// A refusal.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    kind: Kind,
    status: StatusCode,
    title: &'static str,
    detail: String,
    retry_after: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        Self { kind: Kind::Settled, status, title, detail: detail.into(), retry_after: None }
    }

    /// The call breaks a rule that it could have kept.
    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }

    /// Whether the call breaks a rule that it could have kept.
    pub(super) fn is_invalid(&self) -> bool {
        self.kind == Kind::Invalid
    }

    /// The garage's wallet does not hold what this costs.
    pub(super) fn unpaid() -> Self {
        let detail = "The prepaid wallet does not hold enough.";
        Self { kind: Kind::Unpaid, ..Self::new(StatusCode::PAYMENT_REQUIRED, detail) }
    }

    /// The call does not fit what is there.
    pub(super) fn conflict(title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::Conflict, title, ..Self::new(StatusCode::CONFLICT, detail) }
    }

    /// The log-in's secret is wrong.
    pub(super) fn wrong_login(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// The caller may not do this.
    pub(super) fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
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

impl Problem {
    /// The refusal with the status that the switches give it.
    fn settled(mut self, switches: &Switches) -> Response {
        let status = match self.kind {
            Kind::Invalid => switches.jifeline_invalid_status,
            Kind::Unpaid => switches.jifeline_unpaid_status,
            Kind::Conflict => switches.jifeline_conflict_status,
            Kind::Settled => self.status.as_u16(),
        };
        let status = StatusCode::from_u16(status).unwrap_or(self.status);
        if status != self.status && self.kind != Kind::Conflict {
            self.title = status.canonical_reason().unwrap_or("Error");
        }
        self.status = status;
        self.render()
    }

    fn render(self) -> Response {
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

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.clone().render();
        if self.kind != Kind::Settled {
            response.extensions_mut().insert(Undecided::new(move |switches| self.clone().settled(switches)));
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
