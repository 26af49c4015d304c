//! The beginning of a socket: the client says who it is.

use std::sync::Arc;

use http::HeaderMap;
use http::HeaderValue;
use serde_json::Map;
use serde_json::Value;
use tokio::time::Instant;
use tokio::time::timeout_at;

use crate::auth::Session;
use crate::error::Code;
use crate::http::live::Live;
use crate::http::live::credential::Credential;
use crate::http::live::seats::Seat;

use super::line::Line;
use super::message::End;
use super::message::Incoming;
use super::message::Outgoing;

/// Whose a socket is.
pub(super) struct Accepted {
    pub(super) credential: Credential,
    pub(super) session: Arc<Session>,
}

/// Waits for the first message and answers it.
pub(super) async fn shake(live: &Live, wire: &mut Line, headers: &HeaderMap, seat: &mut Seat) -> Result<Accepted, End> {
    let deadline = Instant::now() + live.bounds.init_timeout;
    let introduced = async {
        loop {
            match wire.receive().await? {
                Some(Incoming::ConnectionInit { payload }) => return Ok(payload.unwrap_or_default()),
                Some(Incoming::Subscribe { .. }) => return Err(End::unauthorized()),
                Some(Incoming::Ping {}) => wire.send(&Outgoing::Pong).await?,
                Some(Incoming::Pong {} | Incoming::Complete { .. }) | None => {}
            }
        }
    };
    let payload = tokio::select! {
        () = live.shutdown.draining() => return Err(End::stopping()),
        introduced = timeout_at(deadline, introduced) => introduced.map_err(|_| End::late())??,
    };
    let credential = Credential::of_headers(headers)
        .replaced_by(member(&payload, "authorization")?, member(&payload, "forecourtSession")?);
    let session = credential.session(&live.authenticator).await.map_err(|error| {
        if !matches!(error.code, Code::Unauthenticated | Code::Forbidden) {
            return End::internal();
        }
        if credential.is_given() { End::forbidden() } else { End::unauthorized() }
    })?;
    if !seat.belongs_to(&session) {
        return Err(End::crowded());
    }
    wire.send(&Outgoing::ConnectionAck).await?;
    Ok(Accepted { credential, session })
}

/// A text of the first message, whatever the case of its name: clients copy the name of the header.
fn member(payload: &Map<String, Value>, name: &str) -> Result<Option<HeaderValue>, End> {
    let wrong = || End::malformed(format!("`{name}` is no text that a header could hold"));
    match payload.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => HeaderValue::from_str(text).map(Some).map_err(|_| wrong()),
        Some(_) => Err(wrong()),
    }
}
