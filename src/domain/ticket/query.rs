//! Questions about diagnostic tickets.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::connector::model::ConnectorId;
use crate::domain::request::caller;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ActiveTicketLoader;
use super::loader::TicketLoader;
use super::model::DiagnosticTicket;
use super::model::Ticket;
use super::model::TicketId;

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
}

/// The ticket that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn ticket(ctx: &Context<'_>, key: &str) -> Result<Option<DiagnosticTicket>> {
    let Some((account, number, connector)) = parts(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    let of_account = |ticket: Arc<Ticket>| DiagnosticTicket { account: account.clone(), ticket };
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
fn parts(accounts: &[AccountId], key: &str) -> Option<(AccountId, TicketId, Option<ConnectorId>)> {
    let (account, rest) = key.rsplit_once('/')?;
    let account = accounts.iter().find(|known| known.to_string() == account)?.clone();
    let (number, connector) =
        rest.split_once('@').map_or((rest, None), |(number, connector)| (number, Some(connector)));
    Some((account, TicketId(number.to_owned()), connector.map(|id| ConnectorId(id.to_owned()))))
}
