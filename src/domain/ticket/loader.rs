//! Loads tickets: the history of a vehicle, one by its number, the open one on a connector, prepared ones, notes.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;

use crate::auth::AccountId;
use crate::cache::CacheKey;
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
use crate::domain::registry::Answers;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::Vin;

use super::index;
use super::model::DiagnosticTicket;
use super::model::PreparedOrder;
use super::model::PreparedTicket;
use super::model::Ticket;
use super::model::TicketId;
use super::model::TicketNote;
use super::ordering::TicketOrdering;
use super::source::TicketSource;

const WHAT: &str = "diagnostic tickets";

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn TicketSource>> {
    caller.services.sources.tickets.get(&caller.session.tenant, account)
}

fn ordering(caller: &Caller, account: &AccountId) -> Option<Arc<dyn TicketOrdering>> {
    caller.services.sources.orders.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

fn is_settled(ticket: &Ticket) -> bool {
    ticket.state.and_then(super::model::TicketState::is_open) == Some(false)
}

/// A list that is kept until one of its tickets changes.
fn listed(tickets: Option<Vec<Ticket>>) -> Fetched<Vec<Ticket>> {
    let tags = tickets.iter().flatten().map(|ticket| Tag::ticket(ticket.id.0.as_str())).collect::<Vec<_>>();
    tags.into_iter().fold(Fetched::new(tickets), Fetched::tagged)
}

/// What the answers that came hold.
fn heard<K, V>(answers: &Answers<K, V>) -> impl Iterator<Item = &V> {
    answers.values().filter_map(|answer| answer.as_ref().ok()?.as_ref())
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
            keep: |_: &Vin, tickets: Option<Vec<Ticket>>| listed(tickets),
        };
        let (caller, of) = (self.0.clone(), account.clone());
        let fetch = move |vins| {
            let (source, caller, account) = (Arc::clone(&source), caller.clone(), of.clone());
            async move {
                let answers = source.history(vins, shared_context()).await;
                index::note(&caller, &account, heard(&answers).flatten()).await;
                answers
            }
        };
        read_through(&self.0, &account, reading, vins, fetch).await
    }
}

/// A connector as the key of its history: the same operation lists by VIN, and no VIN may pass for a connector's number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OnConnector(pub ConnectorId);

impl CacheKey for OnConnector {
    fn canonical(&self) -> String {
        format!("connector/{}", self.0.canonical())
    }

    fn tags(&self) -> Vec<Tag> {
        self.0.tags()
    }
}

/// Loads the historical tickets on connectors, newest first.
#[derive(Clone, Debug)]
pub struct ConnectorHistoryLoader(pub Caller);

impl Loader for ConnectorHistoryLoader {
    type Key = AccountKeyed<OnConnector>;
    type Value = Arc<Vec<Ticket>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, connectors| self.history(account, connectors)).await
    }
}

impl ConnectorHistoryLoader {
    async fn history(&self, account: AccountId, connectors: Vec<OnConnector>) -> Found<OnConnector, Vec<Ticket>> {
        let Some(source) = source(&self.0, &account) else { return refuse(connectors, &account) };
        let reading = Reading {
            operation: source.history_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &OnConnector, tickets: Option<Vec<Ticket>>| listed(tickets),
        };
        let (caller, of) = (self.0.clone(), account.clone());
        let fetch = move |connectors: Vec<OnConnector>| {
            let (source, caller, account) = (Arc::clone(&source), caller.clone(), of.clone());
            async move {
                let ids = connectors.into_iter().map(|connector| connector.0).collect();
                let answers = source.history_of_connectors(ids, shared_context()).await;
                index::note(&caller, &account, heard(&answers).flatten()).await;
                answers.into_iter().map(|(id, answer)| (OnConnector(id), answer)).collect()
            }
        };
        read_through(&self.0, &account, reading, connectors, fetch).await
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
        let (caller, of) = (self.0.clone(), account.clone());
        let fetch = move |ids| {
            let (source, caller, account) = (Arc::clone(&source), caller.clone(), of.clone());
            async move {
                let answers = source.historical(ids, shared_context()).await;
                index::note(&caller, &account, heard(&answers)).await;
                answers
            }
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
        let (caller, of) = (self.0.clone(), account.clone());
        let fetch = move |connectors| {
            let (source, caller, account) = (Arc::clone(&source), caller.clone(), of.clone());
            async move {
                let answers = source.active(connectors, shared_context()).await;
                index::note(&caller, &account, heard(&answers)).await;
                answers
            }
        };
        read_through(&self.0, &account, reading, connectors, fetch).await
    }
}

/// Loads the prepared tickets of vehicles.
#[derive(Clone, Debug)]
pub struct PreparedTicketLoader(pub Caller);

impl Loader for PreparedTicketLoader {
    type Key = AccountKeyed<Vin>;
    type Value = Arc<Vec<PreparedTicket>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, vins| self.prepared(account, vins)).await
    }
}

impl PreparedTicketLoader {
    async fn prepared(&self, account: AccountId, vins: Vec<Vin>) -> Found<Vin, Vec<PreparedTicket>> {
        let Some(source) = ordering(&self.0, &account) else { return refuse(vins, &account) };
        let reading = Reading {
            operation: source.prepared_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &Vin, prepared: Option<Vec<PreparedTicket>>| Fetched::new(prepared),
        };
        let fetch = move |vins| {
            let source = Arc::clone(&source);
            async move { source.prepared(vins, shared_context()).await }
        };
        read_through(&self.0, &account, reading, vins, fetch).await
    }
}

/// The prepared tickets of a vehicle, of all accounts that the caller may see.
///
/// # Errors
/// `UNSUPPORTED` when no account has any part in this, else what the first failing account met.
pub async fn prepared_tickets(ctx: &Context<'_>, vin: &Vin) -> Result<Vec<PreparedOrder>> {
    let caller = caller(ctx)?;
    let loader = DataLoader::<PreparedTicketLoader>::of(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.orders.required(tenant, accounts, WHAT)?;
    let lists = try_join_all(served.into_iter().map(|account| async move {
        let prepared = loader.load_one((account.clone(), vin.clone())).await?;
        let prepared = prepared.iter().flat_map(|prepared| prepared.iter()).cloned();
        Ok::<_, Error>(prepared.map(|ticket| PreparedOrder { account: account.clone(), ticket }).collect::<Vec<_>>())
    }));
    Ok(lists.await?.into_iter().flatten().collect())
}

/// Loads the notes of tickets, oldest first.
#[derive(Clone, Debug)]
pub struct TicketNotesLoader(pub Caller);

impl Loader for TicketNotesLoader {
    type Key = AccountKeyed<TicketId>;
    type Value = Arc<Vec<TicketNote>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.notes(account, ids)).await
    }
}

impl TicketNotesLoader {
    async fn notes(&self, account: AccountId, ids: Vec<TicketId>) -> Found<TicketId, Vec<TicketNote>> {
        let Some(source) = ordering(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.notes_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &TicketId, notes: Option<Vec<TicketNote>>| Fetched::new(notes),
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.notes(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

/// What names a ticket: its account, its number, and for an open one the connector, on which alone it is found.
#[derive(Clone, Debug)]
pub struct Named {
    /// The account whose ticket it is.
    pub account: AccountId,
    /// The vendor's number of the ticket.
    pub number: TicketId,
    /// The connector that it is, or was, open on.
    pub connector: Option<ConnectorId>,
}

/// Finds a ticket on its connector, and else in the history.
pub async fn find(ctx: &Context<'_>, named: Named) -> Result<Option<DiagnosticTicket>> {
    let Named { account, number, connector } = named;
    let of_account = |ticket: Arc<Ticket>| DiagnosticTicket::new(&account, ticket);
    if let Some(connector) = connector {
        // An open ticket is found on its connector only; once it is closed it has moved to the history.
        let active = DataLoader::<ActiveTicketLoader>::of(ctx)?.load_one((account.clone(), connector)).await?;
        if let Some(ticket) = active.filter(|ticket| ticket.id == number) {
            return Ok(Some(of_account(ticket)));
        }
    }
    let ticket = DataLoader::<TicketLoader>::of(ctx)?.load_one((account.clone(), number)).await?;
    Ok(ticket.map(of_account))
}

/// Takes a key of [`DiagnosticTicket::key`] apart; none when no such account is visible.
pub fn parts(accounts: &[AccountId], key: &str) -> Option<Named> {
    let (account, rest) = key.rsplit_once('/')?;
    let account = accounts.iter().find(|known| known.to_string() == account)?.clone();
    let (number, connector) =
        rest.split_once('@').map_or((rest, None), |(number, connector)| (number, Some(connector)));
    let connector = connector.map(|id| ConnectorId(id.to_owned()));
    Some(Named { account, number: TicketId(number.to_owned()), connector })
}
