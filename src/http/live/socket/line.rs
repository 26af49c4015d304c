//! A WebSocket on which nothing waits for ever.

use std::time::Duration;

use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::WebSocket;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use super::message::End;
use super::message::Incoming;
use super::message::Outgoing;
use super::message::read;

/// How long the client may take to answer a close.
const FAREWELL: Duration = Duration::from_secs(2);
/// The longest reason that fits into a close, in bytes.
const LONGEST_REASON: usize = 123;

/// A WebSocket of which each sending has a bound.
pub(super) struct Line {
    socket: WebSocket,
    patience: Duration,
}

impl Line {
    /// A client that takes nothing for `patience` is gone.
    pub(super) fn new(socket: WebSocket, patience: Duration) -> Self {
        Self { socket, patience }
    }

    /// The next thing that the client sends: a message, or none for what only shows that it is there.
    ///
    /// It may be dropped at any time.
    pub(super) async fn receive(&mut self) -> Result<Option<Incoming>, End> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) => read(text.as_str()).map(Some),
            Some(Ok(Message::Binary(_))) => Err(End::malformed("messages are text")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
            Some(Ok(Message::Close(_))) => Err(End::Left),
            None => Err(End::Gone),
            Some(Err(error)) => Err(match error.into_inner().downcast_ref::<tungstenite::Error>() {
                Some(tungstenite::Error::Capacity(_)) => End::too_long(),
                Some(tungstenite::Error::Utf8(_)) => End::malformed("the message is no UTF-8"),
                Some(_) | None => End::Gone,
            }),
        }
    }

    /// Sends a message.
    pub(super) async fn send(&mut self, message: &Outgoing<'_>) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(message) else {
            tracing::error!("a message of a socket has no JSON form");
            return Err(End::internal());
        };
        self.put(Message::Text(text.into())).await
    }

    /// Asks the client for a sign of life.
    pub(super) async fn ping(&mut self) -> Result<(), End> {
        self.put(Message::Ping(bytes::Bytes::new())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    /// Ends the socket, and gives the client a moment to hear why, or that its leave was heard.
    pub(super) async fn end(mut self, end: End) {
        let close = match end {
            End::Gone => return,
            End::Left => None,
            End::Close(code, mut reason) => {
                let fits = (0..=LONGEST_REASON.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
                reason.truncate(fits.unwrap_or_default());
                Some(Message::Close(Some(CloseFrame { code, reason: reason.into() })))
            }
        };
        let farewell = async {
            if let Some(close) = close
                && self.socket.send(close).await.is_err()
            {
                return;
            }
            // Reading on also sends the answer to the client's own close.
            while let Some(Ok(_)) = self.socket.recv().await {}
        };
        // Whoever does not answer is left all the same.
        drop(timeout(FAREWELL, farewell).await);
    }
}
