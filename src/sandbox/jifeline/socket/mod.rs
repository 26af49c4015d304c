//! The websocket: a client subscribes to connectors, tickets and connections and is told how they stand.
//!
//! Inferred: the address, the refusals and the ends of a connection are those of an Amazon API Gateway, which the
//! partners' address looks like.

mod frame;
mod session;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderMap;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::Jifeline;
use super::auth::bearer;
use super::changes::Change;
use super::params::Params;
use super::problem::Problem;
use super::problem::unauthorized;

use session::Session;

/// Where the socket stands, as the journal tells it.
const PATH: &str = "/jifeline/wss";

/// The largest frame that a client may send.
const FRAME_LIMIT: usize = 32 * 1024;

/// The largest message that a client may send.
const MESSAGE_LIMIT: usize = 128 * 1024;

/// Opens a socket for whoever has a token, in the header or in the query.
pub(super) async fn connect(
    State(jifeline): State<Arc<Jifeline>>,
    headers: HeaderMap,
    params: Params,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let Some(token) = bearer(&headers).or_else(|| params.text("access_token")) else {
        return unauthorized(&jifeline);
    };
    let Some(caller) = jifeline.caller(token) else { return refused(&jifeline) };
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    upgrade.max_frame_size(FRAME_LIMIT).max_message_size(MESSAGE_LIMIT).on_upgrade(async move |socket| {
        let shutdown = jifeline.core.shutdown.clone();
        // Supervised, so that the end of the sandbox waits for the farewell.
        drop(shutdown.spawn(Session::new(jifeline, caller, socket).serve()));
    })
}

/// The token does not count: 401, or, by switch, the 403 of an authorizer in front.
fn refused(jifeline: &Jifeline) -> Response {
    match jifeline.core.switches().jifeline_socket_refusal_status {
        403 => (StatusCode::FORBIDDEN, Json(json!({"message": "Forbidden"}))).into_response(),
        _ => unauthorized(jifeline),
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drop {
    /// Without a word, as when a line breaks; otherwise with the frame that closes a socket.
    #[serde(default)]
    abrupt: bool,
}

/// Ends every socket and tells how many there were.
pub(super) async fn drop_all(State(jifeline): State<Arc<Jifeline>>, body: Bytes) -> Result<Json<Value>, Problem> {
    let read = if body.is_empty() { Ok(Drop::default()) } else { serde_json::from_slice(&body) };
    let Drop { abrupt } = read.map_err(|error| Problem::invalid(error.to_string()))?;
    let sockets = jifeline.changes.listeners();
    jifeline.changes.tell(Change::Dropped { abrupt });
    Ok(Json(json!({"dropped": sockets})))
}
