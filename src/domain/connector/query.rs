//! Questions about connectors.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;
use async_graphql::OneofObject;
use futures_util::future::join_all;
use futures_util::future::try_join_all;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::place::named;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ConnectorByUuidLoader;
use super::loader::ConnectorListLoader;
use super::loader::ConnectorLoader;
use super::model::Connector;
use super::model::ConnectorId;

/// What names one connector: exactly one of the fields.
#[derive(OneofObject)]
pub enum ConnectorBy {
    /// The number printed on the device.
    Number(String),
    /// The device's UUID.
    Uuid(String),
}

/// Questions about connectors.
#[derive(Debug, Default)]
pub struct ConnectorQuery;

#[Object]
impl ConnectorQuery {
    /// One connector, by its number or UUID; null when none of the client's accounts has it.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connector(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the connector.")] by: ConnectorBy,
    ) -> Sourced<Connector> {
        sourced(async {
            let caller = caller(ctx)?;
            let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
            let served = caller.services.sources.connectors.required(tenant, accounts, "connectors")?.into_iter();
            let asked = match by {
                ConnectorBy::Number(number) => {
                    let loader = DataLoader::<ConnectorLoader>::of(ctx)?;
                    let ids = served.map(|account| (account.clone(), ConnectorId(number.clone())));
                    join_all(ids.map(|key| one(key.0.clone(), loader.load_one(key)))).await
                }
                ConnectorBy::Uuid(uuid) => {
                    let loader = DataLoader::<ConnectorByUuidLoader>::of(ctx)?;
                    let ids = served.map(|account| (account.clone(), uuid.to_ascii_lowercase()));
                    join_all(ids.map(|key| one(key.0.clone(), loader.load_one(key)))).await
                }
            };
            first_hit(asked)
        })
        .await
    }

    /// All connectors of the accounts that the client may see.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connectors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<Connector>> {
        sourced(async { slice(all(ctx).await?, Some(first), after).map(Some) }).await
    }
}

/// The first account that has it; a failing account matters only when no other has it.
fn first_hit(asked: Vec<Result<Option<Connector>>>) -> Result<Option<Connector>> {
    let mut failed = None;
    for answer in asked {
        match answer {
            Ok(Some(connector)) => return Ok(Some(connector)),
            Ok(None) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(None), Err)
}

async fn one(
    account: AccountId,
    report: impl Future<Output = Result<Option<Arc<super::model::ConnectorReport>>>>,
) -> Result<Option<Connector>> {
    Ok(report.await?.map(|report| Connector { account, report }))
}

async fn all(ctx: &Context<'_>) -> Result<Vec<Connector>> {
    let caller = caller(ctx)?;
    let loader = DataLoader::<ConnectorListLoader>::of(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.connectors.required(tenant, accounts, "connectors")?;
    let lists = try_join_all(served.into_iter().map(|account| async move {
        let reports = loader.load_one(account.clone()).await?;
        let reports = reports.iter().flat_map(|reports| reports.iter());
        let own = |report: &super::model::ConnectorReport| Connector {
            account: account.clone(),
            report: Arc::new(report.clone()),
        };
        Ok::<_, Error>(reports.map(own).collect::<Vec<_>>())
    }));
    Ok(lists.await?.into_iter().flatten().collect())
}

/// The connector that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn connector(ctx: &Context<'_>, key: &str) -> Result<Option<Connector>> {
    let Some(key) = named(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    one(key.0.clone(), DataLoader::<ConnectorLoader>::of(ctx)?.load_one(key)).await
}
