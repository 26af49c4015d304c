//! Questions about listings.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::change::changed_after;
use crate::domain::read::LedgerPosition;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::Edge;
use crate::graphql::connection::Page;
use crate::graphql::connection::encode_cursor;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ListingLoader;
use super::loader::VehicleOptionsLoader;
use super::loader::visible;
use super::model::Listing;
use super::model::VehicleOption;

/// Which listings a list shows; every field that is given must fit.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ListingsFilter {
    /// Only of the vehicle with this VIN.
    pub vin: Option<Vin>,
    /// Only of this dealership, by its name in the configuration.
    pub dealership: Option<String>,
    /// Only with this stock number of the dealer.
    pub internal_id: Option<String>,
    /// Only listings of which something became known at or after this time.
    pub updated_since: Option<DateTime>,
    /// Only listings that have changed after this token of `changeToken`; with `updatedSince`, the later of both counts. Rows
    /// that no longer fit another field of the filter are not told of.
    pub changed_after: Option<String>,
}

/// Questions about listings.
#[derive(Debug, Default)]
pub struct ListingQuery;

#[Object]
impl ListingQuery {
    /// One listing by its global id; null when it was not pushed through the gateway.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead]))]
    async fn listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The listing's global id.")] id: ID,
    ) -> Sourced<Listing> {
        sourced(async { listing(ctx, &NodeId::decode_as(&id, "Listing")?).await }).await
    }

    /// The listings that were pushed through the gateway, newest first. A page deep in the list costs what the first one
    /// costs.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead]))]
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which listings; all when absent.")] filter: Option<ListingsFilter>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before, with the same filter.")] after: Option<String>,
    ) -> Sourced<Connection<Listing>> {
        sourced(async { listings(ctx, Page::new(Some(first), after)?, filter.unwrap_or_default()).await.map(Some) })
            .await
    }

    /// The options that a listing can name. The list can differ between the vendor's environments.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn vehicle_options(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the listing account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<Vec<VehicleOption>> {
        sourced(async {
            let caller = caller(ctx)?;
            let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
            caller.services.sources.listings.required(tenant, accounts, "vehicle options")?;
            let account = choose(&caller.session, &caller.services.sources.listings, account.as_deref())
                .map_err(|fault| Error::bad_input(fault.message))?;
            let options = DataLoader::<VehicleOptionsLoader>::of(ctx)?.load_one(account).await?;
            Ok(options.map(|options| options.to_vec()))
        })
        .await
    }
}

async fn listings(ctx: &Context<'_>, page: Page, filter: ListingsFilter) -> Result<Connection<Listing>> {
    let caller = caller(ctx)?;
    caller.serves(&caller.services.sources.listings, "listings")?;
    let store = &caller.services.store;
    let changed_after_seq =
        changed_after(store.as_ref(), filter.changed_after.as_deref(), filter.updated_since).await?;
    let query = crate::store::ListingQuery {
        tenant: caller.session.tenant.as_ref().to_owned(),
        accounts: caller.account_keys(),
        vin: filter.vin.map(|vin| vin.as_str().to_owned()),
        dealership: filter.dealership,
        internal_id: filter.internal_id,
        changed_after_seq,
    };
    let after = page.after::<LedgerPosition>()?;
    let found = store.listing_page(&query, after.map(Into::into), page.first).await.map_err(Error::from)?;
    let edges = found.rows.into_iter().filter_map(|row| {
        let cursor = encode_cursor(&LedgerPosition::new(row.pushed_at, row.id));
        let node = visible(caller, row)?;
        Some(cursor.and_then(|cursor| Ok(Edge { cursor, node: node? })))
    });
    let connection = Connection::new(edges.collect::<Result<Vec<_>>>()?, found.has_next, after.is_some());
    if !ctx.look_ahead().field("totalCount").exists() {
        return Ok(connection);
    }
    let total = store.listing_count(&query).await.map_err(Error::from)?;
    Ok(connection.with_total(usize::try_from(total).unwrap_or(usize::MAX)))
}

/// The listing that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn listing(ctx: &Context<'_>, key: &str) -> Result<Option<Listing>> {
    let id = Uuid::parse_str(key).map_err(|_| Error::bad_input("the id names no listing of this graph"))?;
    DataLoader::<ListingLoader>::of(ctx)?.load_one(id).await
}
