//! Questions about inspections.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use async_graphql::OneofObject;
use uuid::Uuid;

use crate::auth::Scope;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::InspectionByTokenLoader;
use super::loader::InspectionLoader;
use super::model::Inspection;
use super::model::TokenUid;

/// What names one inspection: exactly one of the fields.
#[derive(OneofObject)]
pub enum InspectionBy {
    /// Its global id.
    Id(ID),
    /// The public id of its token, which stands in the customer's link.
    TokenUid(String),
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
}

/// The inspection that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn inspection(ctx: &Context<'_>, key: &str) -> Result<Option<Inspection>> {
    let id = Uuid::parse_str(key).map_err(|_| Error::bad_input("the id names no inspection of this graph"))?;
    DataLoader::<InspectionLoader>::of(ctx)?.load_one(id).await
}
