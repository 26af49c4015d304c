//! Questions about listings.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ListingLoader;
use super::loader::VehicleOptionsLoader;
use super::model::Listing;
use super::model::VehicleOption;

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

/// The listing that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn listing(ctx: &Context<'_>, key: &str) -> Result<Option<Listing>> {
    let id = Uuid::parse_str(key).map_err(|_| Error::bad_input("the id names no listing of this graph"))?;
    DataLoader::<ListingLoader>::of(ctx)?.load_one(id).await
}
