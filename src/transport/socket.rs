//! Sockets: long-lived connections through which a vendor sends news of its own accord.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::StreamExt;
use http::Request;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Error as WireError;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use url::Url;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::auth::Authorize;
use super::auth::Credential;
use super::call::Operation;
use super::tape::Tape;

/// The largest message that is read.
const LARGEST: usize = 128 * 1024;
/// How long sending one frame may take.
const SENDING: Duration = Duration::from_secs(10);
/// How often one connection is signed anew at most. Each [`Authorize`] stops earlier; this bounds a faulty one.
const MAX_REFUSALS: u32 = 4;

/// An open socket.
pub struct Socket {
    operation: &'static Operation,
    line: Line,
    tape: Option<Arc<dyn Tape>>,
}

/// Where frames come from.
enum Line {
    Live(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
    /// The recorded frames that are still to come; none for a control frame.
    Recorded(VecDeque<Option<String>>),
}

impl Socket {
    /// Connects to `url` on behalf of `operation`, within its time-out, with a credential of `authorize`, and with
    /// another one as long as the vendor refuses it and there is one.
    ///
    /// # Errors
    /// Every way a connection can fail. A refused credential is [`VendorErrorKind::Auth`].
    pub async fn connect(
        operation: &'static Operation,
        url: &Url,
        authorize: &dyn Authorize,
        tape: Option<Arc<dyn Tape>>,
    ) -> Result<Self, VendorError> {
        if let Some(frames) = tape.as_ref().and_then(|tape| tape.frames()) {
            return Ok(Self { operation, line: Line::Recorded(frames.into_iter().map(Some).collect()), tape: None });
        }
        let mut refusals = 0;
        loop {
            let credential = authorize.credential().await?;
            let failed = match timeout(operation.timeout, open(operation, url, &credential)).await {
                Ok(Ok(stream)) => return Ok(Self { operation, line: Line::Live(Box::new(stream)), tape }),
                Ok(Err(error)) => error,
                Err(_) => return Err(operation.error(VendorErrorKind::Timeout, "the socket did not open in time")),
            };
            refusals += 1;
            let is_refused = failed.kind == VendorErrorKind::Auth;
            if !is_refused || refusals >= MAX_REFUSALS || !authorize.refused(&credential, refusals) {
                return Err(failed);
            }
            tracing::info!(
                operation = operation.name,
                refusals,
                "the vendor refused the credential; trying another one"
            );
        }
    }

    /// Sends one text on behalf of `operation`.
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn send(&mut self, operation: &'static Operation, text: String) -> Result<(), VendorError> {
        self.put(operation, Message::text(text)).await
    }

    /// Sends a ping, which the vendor answers with a control frame.
    ///
    /// # Errors
    /// When the connection is broken.
    pub async fn ping(&mut self) -> Result<(), VendorError> {
        self.put(self.operation, Message::Ping(Bytes::new())).await
    }

    /// Waits for the next frame; none for a control frame, which only tells that the vendor is there. May be dropped
    /// while it waits without losing anything.
    ///
    /// # Errors
    /// When the connection is broken or closed, or the message is larger than 128 KiB.
    pub async fn read(&mut self) -> Result<Option<String>, VendorError> {
        let stream = match &mut self.line {
            Line::Live(stream) => stream,
            Line::Recorded(frames) => match frames.pop_front() {
                Some(frame) => return Ok(frame),
                None => return std::future::pending().await,
            },
        };
        match stream.next().await {
            Some(Ok(Message::Text(text))) => Ok(Some(self.heard(text.as_str().to_owned()))),
            Some(Ok(Message::Binary(bytes))) => Ok(Some(self.heard(String::from_utf8_lossy(&bytes).into_owned()))),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
            Some(Ok(Message::Close(_))) | None => {
                Err(self.operation.error(VendorErrorKind::Interrupted, "the vendor closed the socket"))
            }
            Some(Err(error)) => Err(failure(self.operation, VendorErrorKind::Interrupted, error)),
        }
    }

    fn heard(&self, frame: String) -> String {
        if let Some(tape) = &self.tape {
            tape.note_frame(self.operation, &frame);
        }
        frame
    }

    /// Closes the socket in order, as far as that is possible.
    pub async fn close(mut self) {
        // A socket that cannot be closed is closed already.
        if let Line::Live(stream) = &mut self.line {
            timeout(SENDING, (**stream).close(None)).await.map(drop).unwrap_or_default();
        }
    }

    async fn put(&mut self, operation: &'static Operation, message: Message) -> Result<(), VendorError> {
        let stream = match &mut self.line {
            Line::Live(stream) => stream,
            Line::Recorded(frames) => {
                // A recording answers a ping as the vendor would, behind what it still has to say.
                frames.extend(matches!(message, Message::Ping(_)).then_some(None));
                return Ok(());
            }
        };
        match timeout(SENDING, stream.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failure(operation, VendorErrorKind::Interrupted, error)),
            Err(_) => Err(operation.error(VendorErrorKind::Interrupted, "the vendor takes no more frames")),
        }
    }
}

async fn open(
    operation: &'static Operation,
    url: &Url,
    credential: &Credential,
) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, VendorError> {
    let request: Result<Request<()>, WireError> = url.as_str().into_client_request();
    let mut request = request.map_err(|error| failure(operation, VendorErrorKind::Connection, error))?;
    let (name, value) = credential.header();
    request.headers_mut().insert(name, value);
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    match connect_async_with_config(request, Some(config), true).await {
        Ok((stream, _)) => Ok(stream),
        Err(error) => Err(failure(operation, VendorErrorKind::Connection, error)),
    }
}

/// What `error` means; `broken` is what a failure of the connection itself means at this time.
fn failure(operation: &'static Operation, broken: VendorErrorKind, error: WireError) -> VendorError {
    let (kind, status, context) = match &error {
        WireError::Http(response) => {
            let status = response.status().as_u16();
            (refusal(status), Some(status), format!("the vendor refused the socket with status {status}"))
        }
        WireError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
            (broken, None, "the connection broke".to_owned())
        }
        WireError::Capacity(_) => (VendorErrorKind::Protocol, None, "a message is too large".to_owned()),
        WireError::Protocol(_) | WireError::Utf8(_) => {
            (VendorErrorKind::Protocol, None, "the vendor does not speak as a socket does".to_owned())
        }
        WireError::ConnectionClosed
        | WireError::AlreadyClosed
        | WireError::Io(_)
        | WireError::Tls(_)
        | WireError::WriteBufferFull(_)
        | WireError::AttackAttempt
        | WireError::Url(_)
        | WireError::HttpFormat(_) => (broken, None, "the connection failed".to_owned()),
    };
    let failed = operation.error(kind, context).with_source(error);
    match status {
        Some(status) => failed.with_status(status),
        None => failed,
    }
}

/// What a status in answer to the handshake means. A handshake asks for nothing but to be let in, so 403 is about our
/// credential as 401 is.
fn refusal(status: u16) -> VendorErrorKind {
    match status {
        401 | 403 => VendorErrorKind::Auth,
        404 => VendorErrorKind::NotFound,
        429 => VendorErrorKind::RateLimited,
        500.. => VendorErrorKind::Unavailable,
        _ => VendorErrorKind::Rejected,
    }
}
