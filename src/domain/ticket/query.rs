//! Questions about diagnostic tickets.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::request::caller;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::TicketLoader;
use super::model::DiagnosticTicket;
use super::model::TicketId;

/// Questions about diagnostic tickets.
#[derive(Debug, Default)]
pub struct TicketQuery;

#[Object]
impl TicketQuery {
    /// A historical ticket by its global id; null when there is no such ticket.
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
    let Some((account, number)) = account_and_number(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    let ticket = DataLoader::<TicketLoader>::of(ctx)?.load_one((account.clone(), TicketId(number))).await?;
    Ok(ticket.map(|ticket: Arc<_>| DiagnosticTicket { account, ticket }))
}

/// Takes apart `vendor/account/number`; none when no such account is visible.
fn account_and_number(accounts: &[AccountId], key: &str) -> Option<(AccountId, String)> {
    let (account, number) = key.rsplit_once('/')?;
    let account = accounts.iter().find(|known| known.to_string() == account)?;
    Some((account.clone(), number.to_owned()))
}
