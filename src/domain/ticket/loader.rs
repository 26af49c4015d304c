//! Loads tickets: the history of a vehicle, one by its number, the open one on a connector.

use std::collections::HashMap;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::cache::Tag;
use crate::domain::connector::model::ConnectorId;
use crate::domain::read::AccountKeyed;
use crate::domain::read::Reading;
use crate::domain::read::not_served;
use crate::domain::read::per_account;
use crate::domain::read::read_through;
use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::Vin;

use super::model::Ticket;
use super::model::TicketId;
use super::source::TicketSource;

const WHAT: &str = "diagnostic tickets";

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn TicketSource>> {
    caller.services.sources.tickets.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

fn is_settled(ticket: &Ticket) -> bool {
    ticket.state.and_then(super::model::TicketState::is_open) == Some(false)
}

/// Loads the historical tickets of vehicles, newest first.
#[derive(Clone, Debug)]
pub struct TicketHistoryLoader(pub Caller);

impl Loader for TicketHistoryLoader {
    type Key = AccountKeyed<Vin>;
    type Value = Arc<Vec<Ticket>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, vins| self.history(account, vins)).await
    }
}

impl TicketHistoryLoader {
    async fn history(&self, account: AccountId, vins: Vec<Vin>) -> Found<Vin, Vec<Ticket>> {
        let Some(source) = source(&self.0, &account) else { return refuse(vins, &account) };
        let reading = Reading {
            operation: source.history_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &Vin, tickets: Option<Vec<Ticket>>| {
                let tags = tickets.iter().flatten().map(|ticket| Tag::ticket(ticket.id.0.as_str())).collect::<Vec<_>>();
                tags.into_iter().fold(Fetched::new(tickets), Fetched::tagged)
            },
        };
        let fetch = move |vins| {
            let source = Arc::clone(&source);
            async move { source.history(vins, shared_context()).await }
        };
        read_through(&self.0, &account, reading, vins, fetch).await
    }
}

/// Loads historical tickets by their numbers.
#[derive(Clone, Debug)]
pub struct TicketLoader(pub Caller);

impl Loader for TicketLoader {
    type Key = AccountKeyed<TicketId>;
    type Value = Arc<Ticket>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.historical(account, ids)).await
    }
}

impl TicketLoader {
    async fn historical(&self, account: AccountId, ids: Vec<TicketId>) -> Found<TicketId, Ticket> {
        let Some(source) = source(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.historical_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &TicketId, ticket: Option<Ticket>| {
                let settled = ticket.as_ref().is_some_and(is_settled);
                Fetched::new(ticket).settled(settled)
            },
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.historical(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

/// Loads the open ticket on connectors.
#[derive(Clone, Debug)]
pub struct ActiveTicketLoader(pub Caller);

impl Loader for ActiveTicketLoader {
    type Key = AccountKeyed<ConnectorId>;
    type Value = Arc<Ticket>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, connectors| self.active(account, connectors)).await
    }
}

impl ActiveTicketLoader {
    async fn active(&self, account: AccountId, connectors: Vec<ConnectorId>) -> Found<ConnectorId, Ticket> {
        let Some(source) = source(&self.0, &account) else { return refuse(connectors, &account) };
        let reading = Reading {
            operation: source.active_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &ConnectorId, ticket: Option<Ticket>| {
                let tag = ticket.as_ref().map(|ticket| Tag::ticket(ticket.id.0.as_str()));
                tag.into_iter().fold(Fetched::new(ticket), Fetched::tagged)
            },
        };
        let fetch = move |connectors| {
            let source = Arc::clone(&source);
            async move { source.active(connectors, shared_context()).await }
        };
        read_through(&self.0, &account, reading, connectors, fetch).await
    }
}
