//! Asking the vendor now and then, while it does not tell by itself.

use tokio::time::Instant;
use tokio::time::sleep_until;

use crate::cache::Tag;
use crate::domain::connector::loader::ConnectorLoader;
use crate::domain::connector::model::ConnectorId;
use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::domain::ticket::loader::ActiveTicketLoader;
use crate::domain::ticket::loader::TicketLoader;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::model::TicketId;
use crate::domain::ticket::model::TicketState;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::lines::Health;
use super::lines::Heard;
use super::lines::Place;
use super::lines::watch_over;
use super::model::ConnectionStatus;
use super::model::ConnectorStatus;
use super::model::Status;
use super::model::Subject;
use super::model::TicketStatus;
use super::record;

/// What is watched, and the connector that a ticket was open on when it was last seen.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) place: Place,
    pub(super) heard: Heard,
    pub(super) connector: Option<ConnectorId>,
}

impl Target {
    /// What of the cache a change of this touches.
    fn tags(&self) -> Vec<Tag> {
        let own = match &self.heard {
            Heard::Subject(Subject::Ticket(id)) => Some(Tag::ticket(id.0.as_str())),
            Heard::Subject(Subject::Connector(id)) => Some(Tag::connector(id.0.as_str())),
            Heard::Subject(Subject::Connection(_)) | Heard::Channel(_) => None,
        };
        let connector = self.connector.as_ref().map(|id| Tag::connector(id.0.as_str()));
        own.into_iter().chain(connector).collect()
    }
}

/// Watches `target` over the line of its account, and asks for it in between whenever the line is down.
pub(super) async fn feed(caller: Caller, target: Target) {
    let services = &caller.services;
    let Some(mut watched) = watch_over(services, &target.place, &target.heard, target.tags()) else { return };
    let Heard::Subject(subject) = &target.heard else { return std::future::pending().await };
    let topic = target.place.topic(target.heard.clone());
    loop {
        watched.until(Health::Down).await;
        services.invalidate(&target.place.tenant, &target.place.account, &target.tags());
        let found = tokio::select! {
            found = ask(&caller, &target, subject) => Some(found),
            // What the vendor tells by itself is newer than any answer.
            () = watched.until(Health::Live) => None,
        };
        let is_over = matches!(&found, Some(Ok(Some(Status::Ticket(ticket)))) if is_closed(ticket));
        if let Some(Ok(Some(status))) = &found {
            let before = services.lines.board.state(&topic).and_then(|shown| shown.status);
            if has_moved(before.as_ref(), status) {
                record::take(services, &target.place, target.tags(), before.as_ref(), status).await;
            }
        }
        if let Some(found) = found.filter(|_| !watched.is(Health::Live)) {
            services.lines.board.change(&topic, |shown| match found {
                Ok(Some(status)) => shown.status = Some(status),
                Ok(None) if shown.status.is_none() => shown.refused = Some("there is no such thing".to_owned()),
                // A vendor that does not answer leaves what was known; nothing at all is shown as such.
                Ok(None) | Err(_) => {
                    shown.status.get_or_insert_with(|| blank(subject));
                }
            });
        }
        let again = Instant::now() + services.look_again;
        tokio::select! {
            // A closed ticket does not change any more.
            () = sleep_until(again), if !is_over => {}
            () = watched.until(Health::Live) => {}
        }
    }
}

async fn ask(caller: &Caller, target: &Target, subject: &Subject) -> Result<Option<Status>> {
    let caller = Caller { deadline: shared_context().deadline, ..caller.clone() };
    let account = target.place.account.clone();
    match subject {
        Subject::Connector(id) => {
            let key = (account, id.clone());
            let report = ConnectorLoader(caller).load(vec![key.clone()]).await.remove(&key).transpose()?;
            Ok(report.map(|report| {
                let vin = report.vin.clone();
                Status::Connector(ConnectorStatus { vin, ..blank_connector(id) })
            }))
        }
        Subject::Ticket(id) => {
            if let Some(connector) = &target.connector {
                let key = (account.clone(), connector.clone());
                let active =
                    ActiveTicketLoader(caller.clone()).load(vec![key.clone()]).await.remove(&key).transpose()?;
                if let Some(ticket) = active.filter(|ticket| ticket.id == *id) {
                    return Ok(Some(Status::Ticket(of_ticket(&ticket))));
                }
            }
            let key = (account, id.clone());
            let ticket = TicketLoader(caller).load(vec![key.clone()]).await.remove(&key).transpose()?;
            Ok(ticket.map(|ticket| Status::Ticket(of_ticket(&ticket))))
        }
        // Nothing but the line tells of a connection.
        Subject::Connection(_) => Ok(Some(blank(subject))),
    }
}

/// Whether a ticket was found in another state than before.
fn has_moved(before: Option<&Status>, found: &Status) -> bool {
    match (before, found) {
        (Some(Status::Ticket(before)), Status::Ticket(found)) => before.state_code != found.state_code,
        _ => false,
    }
}

fn is_closed(ticket: &TicketStatus) -> bool {
    ticket.state.and_then(TicketState::is_open) == Some(false)
}

fn of_ticket(ticket: &Ticket) -> TicketStatus {
    TicketStatus {
        uuid: ticket.uuid.clone(),
        state: ticket.state,
        state_code: ticket.state_code,
        model_id: ticket.model_id.clone(),
        variant_id: ticket.variant_id.clone(),
        vin: ticket.vin.clone(),
        ..blank_ticket(&ticket.id)
    }
}

/// A status of which nothing is known.
fn blank(subject: &Subject) -> Status {
    match subject {
        Subject::Connector(id) => Status::Connector(blank_connector(id)),
        Subject::Ticket(id) => Status::Ticket(blank_ticket(id)),
        Subject::Connection(id) => Status::Connection(ConnectionStatus {
            connection: id.clone(),
            script_ui_url: None,
            script_ui_available: None,
            script_ui_available_raw: None,
            autonomous: None,
        }),
    }
}

fn blank_connector(id: &ConnectorId) -> ConnectorStatus {
    ConnectorStatus { connector: id.clone(), voltage: None, vin: None, round_trip_time: None }
}

fn blank_ticket(id: &TicketId) -> TicketStatus {
    TicketStatus {
        ticket: id.clone(),
        uuid: None,
        state: None,
        state_code: None,
        connection: None,
        connection_number: None,
        cancelled_reason_code: None,
        chat_state_code: None,
        model_id: None,
        variant_id: None,
        script_composition_running: None,
        vin: None,
        held_message: None,
        held_until: None,
    }
}
