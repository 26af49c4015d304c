//! GraphQL over WebSocket, by the protocol `graphql-transport-ws`.

mod connection;
mod handshake;
mod line;
mod message;
mod running;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::extract::WebSocketUpgrade;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderMap;
use http::StatusCode;
use http::header::SEC_WEBSOCKET_PROTOCOL;
use http::header::UPGRADE;

use crate::error::Code;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;

use super::Live;
use super::seats::Seat;
use connection::Connection;
use line::Line;

pub(super) use running::Counted;

/// The only protocol that is spoken; the one before it has the confusing name `graphql-ws`.
const PROTOCOL: &str = "graphql-transport-ws";

/// What a socket reads at once, in bytes. All of it is filled and kept by every socket, and a longer message is put
/// together all the same; the usual size would be most of what an open channel costs.
const READ_BUFFER: usize = 4 * 1024;

/// Whether `request` wants to become a WebSocket.
pub(super) fn is_wanted(request: &Request) -> bool {
    let upgrades = request.headers().get_all(UPGRADE).iter();
    upgrades.filter_map(|upgrade| upgrade.to_str().ok()).any(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Opens a WebSocket.
pub(super) async fn open(live: Arc<Live>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let request_id = parts.extensions.get::<RequestId>().cloned();
    let refuse = |problem: Problem| problem.with_request_id(request_id.as_ref()).into_response();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    if !offers_protocol(&parts.headers) {
        let detail = format!("the WebSocket must offer the subprotocol `{PROTOCOL}`, the only one that is spoken here");
        return refuse(Problem::new(Code::BadInput, detail).with_status(StatusCode::BAD_REQUEST));
    }
    let Some(seat) = live.seats.take("websocket") else {
        return refuse(Problem::new(Code::Overloaded, "too many channels are open; try again later"));
    };
    let (shutdown, headers) = (live.shutdown.clone(), parts.headers);
    let largest = live.endpoint.max_body;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(largest).max_frame_size(largest);
    let upgrade = upgrade.read_buffer_size(READ_BUFFER);
    upgrade.on_upgrade(move |socket| async move {
        let wire = Line::new(socket, live.bounds.ping_timeout);
        drop(shutdown.spawn(serve(live, wire, headers, seat)));
    })
}

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| offer.trim() == PROTOCOL)
}

async fn serve(live: Arc<Live>, mut wire: Line, headers: HeaderMap, mut seat: Seat) {
    let end = match handshake::shake(&live, &mut wire, &headers, &mut seat).await {
        Ok(accepted) => Connection::new(&live, &mut wire, headers, accepted).serve().await,
        Err(end) => end,
    };
    wire.end(end).await;
    drop(seat);
}
