//! What the events of a timeline happened to.

use async_graphql::ComplexObject;
use async_graphql::Context;
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::inspection::loader::InspectionLoader;
use crate::domain::inspection::model::Inspection;
use crate::domain::inspection::model::InspectionStatus;
use crate::domain::listing::loader::ListingLoader;
use crate::domain::listing::model::Listing;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::model::InspectionCreated;
use super::model::InspectionReportReceived;
use super::model::InspectionStatusChanged;
use super::model::ListingPushed;

async fn inspection(ctx: &Context<'_>, id: Option<Uuid>) -> Result<Option<Inspection>> {
    let Some(id) = id else { return Ok(None) };
    DataLoader::<InspectionLoader>::of(ctx)?.load_one(id).await
}

fn status(code: Option<i32>) -> Option<InspectionStatus> {
    code.map(|code| InspectionStatus::from_code(code.into()))
}

#[ComplexObject]
impl InspectionCreated {
    /// The inspection.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspection(&self, ctx: &Context<'_>) -> Sourced<Inspection> {
        sourced(inspection(ctx, self.inspection_id)).await
    }
}

#[ComplexObject]
impl InspectionStatusChanged {
    /// The status before.
    async fn from(&self) -> Option<InspectionStatus> {
        status(self.from_code)
    }

    /// The status since.
    async fn to(&self) -> Option<InspectionStatus> {
        status(self.to_code)
    }

    /// The inspection.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspection(&self, ctx: &Context<'_>) -> Sourced<Inspection> {
        sourced(inspection(ctx, self.inspection_id)).await
    }
}

#[ComplexObject]
impl InspectionReportReceived {
    /// The inspection; its `report` is the current one, which may be newer than the one that arrived here.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspection(&self, ctx: &Context<'_>) -> Sourced<Inspection> {
        sourced(inspection(ctx, self.inspection_id)).await
    }
}

#[ComplexObject]
impl ListingPushed {
    /// The listing.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead]))]
    async fn listing(&self, ctx: &Context<'_>) -> Sourced<Listing> {
        sourced(async {
            let Some(id) = self.listing_id else { return Ok(None) };
            DataLoader::<ListingLoader>::of(ctx)?.load_one(id).await
        })
        .await
    }
}
