//! Ending a connector's call for attention.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::cache::Tag;
use crate::domain::place::place;
use crate::domain::place::unknown;
use crate::domain::read::not_served;
use crate::domain::read::shared_context;
use crate::domain::refusal::DIAGNOSTICS;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;

use super::loader::ConnectorLoader;
use super::model::Connector;
use super::model::ConnectorId;

/// Answers connectors.
#[derive(Debug, Default)]
pub struct ConnectorMutation;

#[Object]
impl ConnectorMutation {
    /// Ends a connector's call for attention; one that calls for none stays as it is.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn dismiss_connector_attention(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connector that calls.")] input: DismissConnectorAttentionInput,
    ) -> Sourced<DismissConnectorAttentionPayload> {
        sourced(async { dismiss(ctx, input).await.map(Some) }).await
    }
}

/// What `dismissConnectorAttention` needs. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct DismissConnectorAttentionInput {
    /// The connector's global id. Required.
    pub connector_id: Option<ID>,
}

/// What came of `dismissConnectorAttention`.
pub struct DismissConnectorAttentionPayload {
    dismissed: Option<(AccountId, ConnectorId)>,
    faults: Vec<UserError>,
}

/// What came of `dismissConnectorAttention`.
#[Object]
impl DismissConnectorAttentionPayload {
    /// The connector; null when nothing was changed.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead, Scope::TicketsWrite]))]
    async fn connector(&self, ctx: &Context<'_>) -> Sourced<Connector> {
        sourced(async {
            let Some(key) = self.dismissed.clone() else { return Ok(None) };
            let report = DataLoader::<ConnectorLoader>::of(ctx)?.load_one(key.clone()).await?;
            Ok(report.map(|report| Connector { account: key.0, report }))
        })
        .await
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        &self.faults
    }
}

impl DismissConnectorAttentionPayload {
    fn refused(faults: Vec<UserError>) -> Self {
        Self { dismissed: None, faults }
    }
}

async fn dismiss(ctx: &Context<'_>, input: DismissConnectorAttentionInput) -> Result<DismissConnectorAttentionPayload> {
    let caller = caller(ctx)?;
    let key = match place(&caller.session.accounts, input.connector_id.as_ref()) {
        Ok(key) => key,
        Err(fault) => return Ok(DismissConnectorAttentionPayload::refused(vec![fault])),
    };
    // The vendor is told the device's UUID, which no device ever changes: a cached report has it as well.
    let report = DataLoader::<ConnectorLoader>::of(ctx)?.load_one(key.clone()).await?;
    let Some(uuid) = report.and_then(|report| report.uuid.clone()) else {
        return Ok(DismissConnectorAttentionPayload::refused(vec![unknown()]));
    };
    send(caller, key, &uuid).await
}

async fn send(caller: &Caller, key: (AccountId, ConnectorId), uuid: &str) -> Result<DismissConnectorAttentionPayload> {
    let (account, id) = &key;
    let source = caller.services.sources.connectors.get(&caller.session.tenant, account);
    let source = source.ok_or_else(|| not_served(account, "connectors"))?;
    let done = source.dismiss_attention(uuid, shared_context()).await;
    // A write without an answer may have happened.
    caller.services.invalidate(&caller.session.tenant, account, &[Tag::connector(id.0.as_str())]);
    match done {
        Ok(()) => Ok(DismissConnectorAttentionPayload { dismissed: Some(key), faults: Vec::new() }),
        Err(error) if error.kind == VendorErrorKind::NotFound => {
            Ok(DismissConnectorAttentionPayload::refused(vec![unknown()]))
        }
        Err(error) => {
            DIAGNOSTICS.refusal(&error).map(DismissConnectorAttentionPayload::refused).ok_or_else(|| error.into())
        }
    }
}
