//! The life of a socket whose client is known.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tokio::time::Interval;
use tokio::time::MissedTickBehavior;
use tokio::time::interval_at;
use tokio::time::sleep_until;

use crate::error::Code;
use crate::http::graphql::read::Parameters;
use crate::http::graphql::refusal::Refusal;
use crate::http::graphql::respond::finish;
use crate::http::live::Live;
use crate::http::request_id::RequestId;
use crate::telemetry::metrics::LIVE_EVENTS;

use super::handshake::Accepted;
use super::line::Line;
use super::message::End;
use super::message::Incoming;
use super::message::Outgoing;
use super::running::Output;
use super::running::Running;

/// The longest id of an operation, in bytes.
const LONGEST_ID: usize = 256;

/// A socket whose client is known.
pub(super) struct Connection<'a> {
    live: &'a Arc<Live>,
    wire: &'a mut Line,
    headers: HeaderMap,
    accepted: Accepted,
    running: Running,
}

impl<'a> Connection<'a> {
    pub(super) fn new(live: &'a Arc<Live>, wire: &'a mut Line, headers: HeaderMap, accepted: Accepted) -> Self {
        Self { live, wire, headers, accepted, running: Running::default() }
    }

    /// Serves until the client leaves or is sent away.
    pub(super) async fn serve(mut self) -> End {
        match self.work().await {
            Ok(end) | Err(end) => end,
        }
    }

    async fn work(&mut self) -> Result<End, End> {
        let bounds = self.live.bounds;
        let draining = self.live.shutdown.draining();
        tokio::pin!(draining);
        let mut pings = every(bounds.ping_interval);
        let mut checks = every(bounds.recheck_interval);
        // By when the client must show that it is there; none when nothing was asked of it.
        let mut due: Option<Instant> = None;
        loop {
            tokio::select! {
                () = &mut draining => return Ok(End::stopping()),
                received = self.wire.receive() => {
                    due = None;
                    if let Some(message) = received? {
                        self.take(message).await?;
                    }
                }
                output = self.running.next() => self.give(output).await?,
                _ = pings.tick() => {
                    self.wire.ping().await?;
                    due = due.or(Some(Instant::now() + bounds.ping_timeout));
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => return Ok(End::Gone),
                _ = checks.tick() => {
                    if !self.accepted.credential.still_is(&self.accepted.session, &self.live.authenticator).await {
                        return Ok(End::forbidden());
                    }
                }
            }
        }
    }

    async fn take(&mut self, message: Incoming) -> Result<(), End> {
        match message {
            Incoming::ConnectionInit { .. } => Err(End::repeated()),
            Incoming::Ping {} => self.wire.send(&Outgoing::Pong).await,
            Incoming::Pong {} => Ok(()),
            Incoming::Subscribe { id, payload } => self.start(id, payload).await,
            Incoming::Complete { id } => {
                self.running.stop(&id);
                Ok(())
            }
        }
    }

    async fn start(&mut self, id: String, parameters: Parameters) -> Result<(), End> {
        if id.is_empty() || id.len() > LONGEST_ID {
            return Err(End::malformed(format!("the id of an operation has 1 to {LONGEST_ID} bytes")));
        }
        if self.running.has(&id) {
            return Err(End::duplicate(&id));
        }
        let request_id = RequestId::make(&self.live.ids.ids, &self.live.ids.clock);
        match self.admit(parameters, request_id.clone()) {
            Ok(operation) => {
                self.running.start(id, operation);
                Ok(())
            }
            // A request that is none at all breaks the protocol; one that is refused is told so and the socket lives on.
            Err(refusal) if refusal.status.is_some_and(|status| status == http::StatusCode::BAD_REQUEST) => {
                Err(End::malformed(refusal.error.message))
            }
            Err(refusal) => {
                let errors = finish(vec![*refusal.error], &request_id);
                self.wire.send(&Outgoing::Error { id: &id, payload: &errors }).await
            }
        }
    }

    fn admit(&self, parameters: Parameters, request_id: RequestId) -> Result<crate::http::graphql::Operation, Refusal> {
        let request = parameters.into_request()?;
        let most = usize::try_from(self.live.bounds.operations_per_socket).unwrap_or(usize::MAX);
        if self.running.count() >= most {
            let message = format!("{most} operations run on this socket, which is as many as there may be");
            return Err(Refusal::new(Code::TooManyRequests, message));
        }
        let deadline = self.live.endpoint.timeouts.deadline(&self.headers)?;
        let named = (request_id, self.headers.clone());
        self.live.operate(request, &self.accepted.session, named, deadline, None)
    }

    async fn give(&mut self, (id, answer): Output) -> Result<(), End> {
        let Some(answer) = answer else {
            self.running.stop(&id);
            return self.wire.send(&Outgoing::Complete { id: &id }).await;
        };
        metrics::counter!(LIVE_EVENTS, "transport" => "websocket").increment(1);
        if answer.is_refusal {
            self.running.stop(&id);
            return self.wire.send(&Outgoing::Error { id: &id, payload: &answer.response.errors }).await;
        }
        self.wire.send(&Outgoing::Next { id: &id, payload: &answer.response }).await
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
