//! Questions about inspections.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::OneofObject;
use futures_util::future::try_join_all;
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::change::changed_after;
use crate::domain::read::LedgerPosition;
use crate::domain::request::caller;
use crate::domain::rules::filled;
use crate::domain::rules::key_of_plate;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::Edge;
use crate::graphql::connection::Page;
use crate::graphql::connection::encode_cursor;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::InspectionByTokenLoader;
use super::loader::InspectionLoader;
use super::loader::visible;
use super::matches::InspectionMatch;
use super::matches::InspectionSearchLoader;
use super::model::Inspection;
use super::model::InspectionStatus;
use super::model::TokenUid;
use super::present::InspectionSearch;

/// What names one inspection: exactly one of the fields.
#[derive(OneofObject)]
pub enum InspectionBy {
    /// Its global id.
    Id(ID),
    /// The public id of its token, which stands in the customer's link.
    TokenUid(String),
}

/// Which inspections a list shows; every field that is given must fit.
#[derive(Clone, Debug, Default, InputObject)]
pub struct InspectionsFilter {
    /// Only of the vehicle with this VIN.
    pub vin: Option<Vin>,
    /// Only with this licence plate; spaces, hyphens and case do not count.
    pub license_plate: Option<String>,
    /// Whether a vehicle is known for it: true for those with a VIN or with a plate that one known vehicle alone has,
    /// false for the others.
    pub has_vehicle: Option<bool>,
    /// Only with this status, as the ledger knows it.
    pub status: Option<InspectionStatus>,
    /// Only inspections of which something became known at or after this time.
    pub updated_since: Option<DateTime>,
    /// Whether inspections that the vendor deleted are shown too, with their `deletedAt`. By default they are where
    /// `changedAfter` is given, so that a copy hears of them, and are not elsewhere.
    pub with_deleted: Option<bool>,
    /// Only inspections that have changed after this token of `changeToken`; with `updatedSince`, the later of both counts. Rows
    /// that no longer fit another field of the filter are not told of.
    pub changed_after: Option<String>,
}

/// Questions about inspections.
#[derive(Debug, Default)]
pub struct InspectionQuery;

#[Object]
impl InspectionQuery {
    /// One inspection; null when it has never passed through the gateway.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the inspection.")] by: InspectionBy,
    ) -> Sourced<Inspection> {
        sourced(async {
            match by {
                InspectionBy::Id(id) => inspection(ctx, &NodeId::decode_as(&id, "Inspection")?).await,
                InspectionBy::TokenUid(uid) => {
                    DataLoader::<InspectionByTokenLoader>::of(ctx)?.load_one(TokenUid(uid.trim().to_owned())).await
                }
            }
        })
        .await
    }

    /// The inspections that have passed through the gateway, newest first. A page deep in the list costs what the first
    /// one costs.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which inspections; all when absent.")] filter: Option<InspectionsFilter>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before, with the same filter.")] after: Option<String>,
    ) -> Sourced<Connection<Inspection>> {
        sourced(async { inspections(ctx, Page::new(Some(first), after)?, filter.unwrap_or_default()).await.map(Some) })
            .await
    }

    /// The inspections that the vendor finds by licence plate, by agent, or by both; also those that never passed through
    /// the gateway. At least one of the two is needed.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn search_inspections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The licence plate.")] license_plate: Option<String>,
        #[graphql(desc = "The e-mail address of the agent who issued the link.")] agent_email: Option<String>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before, with the same plate and agent.")] after: Option<String>,
    ) -> Sourced<Connection<InspectionMatch>> {
        sourced(async {
            let search = InspectionSearch { license_plate: filled(license_plate), agent: filled(agent_email) };
            if search.license_plate.is_none() && search.agent.is_none() {
                return Err(Error::bad_input("give `licensePlate`, `agentEmail` or both"));
            }
            slice(matches(ctx, search).await?, Some(first), after).map(Some)
        })
        .await
    }
}

async fn inspections(ctx: &Context<'_>, page: Page, filter: InspectionsFilter) -> Result<Connection<Inspection>> {
    let caller = caller(ctx)?;
    caller.serves(&caller.services.sources.inspections, "inspections")?;
    let store = &caller.services.store;
    let changed_after_seq =
        changed_after(store.as_ref(), filter.changed_after.as_deref(), filter.updated_since).await?;
    let code = |status: InspectionStatus| {
        let unknown = "`status: UNKNOWN` cannot be searched for; choose a known status";
        status.code().ok_or_else(|| Error::bad_input(unknown))
    };
    let query = crate::store::InspectionQuery {
        tenant: caller.session.tenant.as_ref().to_owned(),
        accounts: caller.account_keys(),
        vin: filter.vin.map(|vin| vin.as_str().to_owned()),
        status_code: filter.status.map(code).transpose()?,
        expired: None,
        changed_after_seq,
        plate_key: filter.license_plate.as_deref().map(key_of_plate).transpose()?,
        has_vehicle: filter.has_vehicle,
        with_deleted: filter.with_deleted.unwrap_or(filter.changed_after.is_some()),
    };
    let after = page.after::<LedgerPosition>()?;
    let found = store.inspection_page(&query, after.map(Into::into), page.first).await.map_err(Error::from)?;
    let edges = found.rows.into_iter().filter_map(|row| visible(caller, row)).map(|node| {
        let cursor = encode_cursor(&LedgerPosition::new(node.row.created_at, node.row.id))?;
        Ok(Edge { cursor, node })
    });
    let connection = Connection::new(edges.collect::<Result<Vec<_>>>()?, found.has_next, after.is_some());
    if !ctx.look_ahead().field("totalCount").exists() {
        return Ok(connection);
    }
    let total = store.inspection_count(&query).await.map_err(Error::from)?;
    Ok(connection.with_total(usize::try_from(total).unwrap_or(usize::MAX)))
}

/// What every account finds.
async fn matches(ctx: &Context<'_>, search: InspectionSearch) -> Result<Vec<InspectionMatch>> {
    let caller = caller(ctx)?;
    let loader = DataLoader::<InspectionSearchLoader>::of(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.inspections.required(tenant, accounts, "inspections")?;
    let search = &search;
    let lists = try_join_all(served.into_iter().map(|account| async move {
        let found = loader.load_one((account.clone(), search.clone())).await?;
        let found = found.iter().flat_map(|found| found.iter()).cloned();
        Ok::<_, Error>(found.map(|found| InspectionMatch { account: account.clone(), found }).collect::<Vec<_>>())
    }));
    Ok(lists.await?.into_iter().flatten().collect())
}

/// The inspection that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn inspection(ctx: &Context<'_>, key: &str) -> Result<Option<Inspection>> {
    let id = Uuid::parse_str(key).map_err(|_| Error::bad_input("the id names no inspection of this graph"))?;
    DataLoader::<InspectionLoader>::of(ctx)?.load_one(id).await
}
