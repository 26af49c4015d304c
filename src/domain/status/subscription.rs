//! Things as they stand, told as they change.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Subscription;
use futures_util::FutureExt;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account;
use crate::domain::connector::model::ConnectorId;
use crate::domain::messenger::loader::parts as channel_parts;
use crate::domain::messenger::model::ChannelId;
use crate::domain::place::named;
use crate::domain::read::not_served;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::domain::ticket::loader::parts as ticket_parts;
use crate::domain::watch::Watcher;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::event::Event;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;

use super::fields::ChannelPing;
use super::fields::LiveConnection;
use super::fields::LiveConnector;
use super::fields::LiveTicket;
use super::lines::Heard;
use super::lines::Place;
use super::lines::Shown;
use super::look::Target;
use super::look::feed;
use super::model::ConnectionId;
use super::model::Status;
use super::model::Subject;

const WHAT: &str = "a live line";

/// Things as they stand, told as they change.
#[derive(Debug, Default)]
pub struct StatusSubscription;

#[Subscription]
#[expect(clippy::unused_async, reason = "the engine wants the fields of a subscription so")]
impl StatusSubscription {
    /// A connector as it stands now, and again each time that something about it changes.
    ///
    /// Changes that follow each other faster than they can be sent come as one: the latest. It does not end by itself.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connector_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connector's global id.")] connector_id: ID,
    ) -> Result<impl Stream<Item = Event<Sourced<LiveConnector>>>> {
        let key = NodeId::decode_as(&connector_id, "Connector")?;
        let caller = caller(ctx)?;
        let (account, id) = named(&caller.session.accounts, &key).ok_or_else(|| unknown("connector"))?;
        let heard = Heard::Subject(Subject::Connector(id));
        follow(caller, account, heard, None, "connector", |account, shown| match shown.status? {
            Status::Connector(status) => Some(LiveConnector { account: account.clone(), status, live: shown.live }),
            Status::Ticket(_) | Status::Connection(_) => None,
        })
    }

    /// A diagnostic ticket as it stands now, and again each time that something about it changes.
    ///
    /// Changes that follow each other faster than they can be sent come as one: the latest. It does not end by itself.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn ticket_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ticket's global id.")] ticket_id: ID,
    ) -> Result<impl Stream<Item = Event<Sourced<LiveTicket>>>> {
        let key = NodeId::decode_as(&ticket_id, "DiagnosticTicket")?;
        let caller = caller(ctx)?;
        let ticket = ticket_parts(&caller.session.accounts, &key).ok_or_else(|| unknown("ticket"))?;
        let heard = Heard::Subject(Subject::Ticket(ticket.number));
        let connector = ticket.connector.clone();
        let on = ticket.connector;
        follow(caller, ticket.account, heard, connector, "ticket", move |account, shown| match shown.status? {
            Status::Ticket(status) => {
                Some(LiveTicket { account: account.clone(), status, connector: on.clone(), live: shown.live })
            }
            Status::Connector(_) | Status::Connection(_) => None,
        })
    }

    /// The connection between a vehicle and whoever works on it, as it stands now and again each time that it changes.
    ///
    /// Its UUID is the `connectionUuid` of `ticketStatus`. It does not end by itself.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connection_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connection's UUID.")] connection_uuid: String,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Event<Sourced<LiveConnection>>>> {
        let uuid = uuid::Uuid::parse_str(&connection_uuid);
        let uuid = uuid.map_err(|_| Error::bad_input("`connectionUuid` is no UUID"))?.to_string();
        let caller = caller(ctx)?;
        let account = account::named(ctx, &caller.services.sources.statuses, account.as_deref(), WHAT)?;
        let heard = Heard::Subject(Subject::Connection(ConnectionId(uuid)));
        follow(caller, account, heard, None, "connection", |_, shown| match shown.status? {
            Status::Connection(status) => Some(LiveConnection { status, live: shown.live }),
            Status::Connector(_) | Status::Ticket(_) => None,
        })
    }

    /// The pings through a channel: first whether they can be heard, then each ping.
    ///
    /// Pings that follow each other faster than they can be sent come as one. A ping that the vendor sends without a
    /// channel reaches everybody. It does not end by itself.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn channel_ping(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel's global id.")] channel_id: ID,
    ) -> Result<impl Stream<Item = Event<Sourced<ChannelPing>>>> {
        let key = NodeId::decode_as(&channel_id, "Channel")?;
        let caller = caller(ctx)?;
        let (account, id) = channel_parts(&caller.session.accounts, &key).ok_or_else(|| unknown("channel"))?;
        let channel = ChannelId(id);
        let heard = Heard::Channel(channel.clone());
        follow(caller, account, heard, None, "channel", move |account, shown| {
            let (count, at) = shown.pings?;
            Some(ChannelPing { account: account.clone(), channel: channel.clone(), count, at, live: shown.live })
        })
    }
}

fn unknown(what: &str) -> Error {
    Error::new(Code::NotFound, format!("no {what} that you may see has this id"))
}

/// Somebody who follows a thing.
struct Following<F> {
    account: AccountId,
    what: &'static str,
    watcher: Watcher<Shown>,
    shown: Option<Shown>,
    show: F,
    has_failed: bool,
}

impl<T, F: Fn(&AccountId, Shown) -> Option<T>> Following<F> {
    /// What is shown when it differs from what was shown last.
    async fn next(&mut self) -> Result<T> {
        loop {
            let now = self.watcher.state();
            if now.refused.is_some() {
                return Err(unknown(self.what));
            }
            if self.shown.as_ref() != Some(&now)
                && let Some(event) = (self.show)(&self.account, now.clone())
            {
                self.shown = Some(now);
                return Ok(event);
            }
            self.watcher.changed().await;
        }
    }
}

fn follow<T, F: Fn(&AccountId, Shown) -> Option<T> + Send>(
    caller: &Caller,
    account: AccountId,
    heard: Heard,
    connector: Option<ConnectorId>,
    what: &'static str,
    show: F,
) -> Result<impl Stream<Item = Event<Sourced<T>>> + use<T, F>> {
    let tenant = Arc::clone(&caller.session.tenant);
    if caller.services.sources.statuses.get(&tenant, &account).is_none() {
        return Err(not_served(&account, WHAT));
    }
    let place = Place { tenant, account: account.clone() };
    let topic = place.topic(heard.clone());
    let target = Target { place, heard, connector };
    let watcher = caller.services.lines.board.watch_fed(topic, || feed(caller.clone(), target).boxed());
    let following = Following { account, what, watcher, shown: None, show, has_failed: false };
    Ok(unfold(following, |mut following| async move {
        if following.has_failed {
            return None;
        }
        let next = following.next().await;
        following.has_failed = next.is_err();
        Some((Event(Some(next)), following))
    }))
}
