//! Questions about diagnostic tickets.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use futures_util::future::try_join_all;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::connector::model::ConnectorId;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ConnectorHistoryLoader;
use super::loader::OnConnector;
use super::loader::TicketHistoryLoader;
use super::loader::find;
use super::loader::parts;
use super::loader::prepared_tickets;
use super::model::DiagnosticTicket;
use super::model::PreparedOrder;
use super::model::Ticket;

/// Questions about diagnostic tickets.
#[derive(Debug, Default)]
pub struct TicketQuery;

#[Object]
impl TicketQuery {
    /// A ticket by its global id; null when there is no such ticket.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ticket's global id.")] id: ID,
    ) -> Sourced<DiagnosticTicket> {
        sourced(async { ticket(ctx, &NodeId::decode_as(&id, "DiagnosticTicket")?).await }).await
    }

    /// The orders that were prepared for a vehicle and wait for the garage, of the accounts that the client may see.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn prepared_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The vehicle's VIN.")] vin: Vin,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<PreparedOrder>> {
        sourced(async { slice(prepared_tickets(ctx, &vin).await?, Some(first), after).map(Some) }).await
    }

    /// The historical tickets of a vehicle, on a connector, or both, newest first; open ones are `activeTicket` of their
    /// connector. The vendor lists them by vehicle or connector only, so at least one is needed.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of the vehicle with this VIN.")] vin: Option<Vin>,
        #[graphql(desc = "Only on the connector with this global id.")] connector_id: Option<ID>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before, with the same vehicle and connector.")] after: Option<
            String,
        >,
    ) -> Sourced<Connection<DiagnosticTicket>> {
        sourced(async {
            let key = connector_id.map(|id| NodeId::decode_as(&id, "Connector")).transpose()?;
            let connector = key.map(|key| connector(&caller(ctx)?.session.accounts, &key)).transpose()?;
            slice(tickets(ctx, vin, connector).await?, Some(first), after).map(Some)
        })
        .await
    }
}

/// The historical tickets of a vehicle, on a connector, or both, newest first.
async fn tickets(
    ctx: &Context<'_>,
    vin: Option<Vin>,
    connector: Option<(AccountId, ConnectorId)>,
) -> Result<Vec<DiagnosticTicket>> {
    let caller = caller(ctx)?;
    let Some(vin) = vin else {
        let (account, id) = connector.ok_or_else(|| Error::bad_input("give `vin`, `connectorId` or both"))?;
        let key = (account.clone(), OnConnector(id));
        return Ok(own(&account, DataLoader::<ConnectorHistoryLoader>::of(ctx)?.load_one(key).await?.as_ref()));
    };
    let loader = DataLoader::<TicketHistoryLoader>::of(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.tickets.required(tenant, accounts, "diagnostic tickets")?.into_iter();
    let asked = served.filter(|account| connector.as_ref().is_none_or(|connector| connector.0 == **account));
    let histories = try_join_all(asked.map(|account| async {
        Ok::<_, Error>(own(account, loader.load_one((account.clone(), vin.clone())).await?.as_ref()))
    }));
    let mut tickets: Vec<DiagnosticTicket> = histories.await?.into_iter().flatten().collect();
    if let Some((_, id)) = &connector {
        tickets.retain(|ticket| ticket.ticket.connector_id.as_ref() == Some(id));
    }
    tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.ticket.created_at));
    Ok(tickets)
}

fn own(account: &AccountId, history: Option<&Arc<Vec<Ticket>>>) -> Vec<DiagnosticTicket> {
    let tickets = history.into_iter().flat_map(|history| history.iter()).cloned();
    tickets.map(|ticket| DiagnosticTicket::new(account, Arc::new(ticket))).collect()
}

/// The connector that a global id's key names, if the caller sees its account.
fn connector(accounts: &[AccountId], key: &str) -> Result<(AccountId, ConnectorId)> {
    let found = key.rsplit_once('/').and_then(|(account, number)| {
        let account = accounts.iter().find(|known| known.to_string() == account)?;
        Some((account.clone(), ConnectorId(number.to_owned())))
    });
    found.ok_or_else(|| Error::bad_input("`connectorId` names no connector that you may see"))
}

/// The ticket that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn ticket(ctx: &Context<'_>, key: &str) -> Result<Option<DiagnosticTicket>> {
    match parts(&caller(ctx)?.session.accounts, key) {
        Some(named) => find(ctx, named).await,
        None => Ok(None),
    }
}
