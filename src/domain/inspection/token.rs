//! What the vendor says of an inspection's token, and how the graph shows it.

use std::sync::Arc;

use async_graphql::Object;
use async_graphql::SimpleObject;
use chrono::DateTime as Moment;
use chrono::Utc;

use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Decimal;

use super::model::LinkDelivery;
use super::model::TokenState;

/// What the vendor says of a token beside its progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenDetail {
    /// When the vendor changed it last.
    pub updated_at: Option<Moment<Utc>>,
    /// Whether the customer inspects the vehicle.
    pub by_customer: Option<bool>,
    /// The vendor's number of the way in which the link is delivered; none when the vendor delivers none.
    pub delivery_code: Option<i32>,
    /// The vendor's id of the customer.
    pub customer_id: Option<String>,
    /// The vendor's id of the back-office user in whose name it was created.
    pub agent_id: Option<String>,
    /// The vendor's id of what asks for the token.
    pub device_id: Option<String>,
    /// The vendor's number of the kind of inspection.
    pub inspection_kind_code: Option<i32>,
    /// Share of damage in percent.
    pub damage_percent: Option<Decimal>,
    /// What the token allows.
    pub options: TokenOptions,
}

/// What a token allows; null where the vendor does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, SimpleObject)]
#[graphql(name = "InspectionTokenOptions")]
pub struct TokenOptions {
    /// Whether the customer takes the photos.
    pub customer_takes_photos: Option<bool>,
    /// Whether the customer reviews the detected damage right after taking the photos.
    pub customer_reviews_damage: Option<bool>,
    /// Whether the page shows repair costs; never for an inspection by the customer.
    pub shows_costs: Option<bool>,
    /// Whether the page shows the report; never for an inspection by the customer.
    pub shows_report: Option<bool>,
    /// Whether the page offers the photos' cut-outs around damages; never for an inspection by the customer.
    pub offers_cut_outs: Option<bool>,
    /// Whether the inspection can be loaded through the token. That the flag means this is inferred from its name.
    pub loads_inspection: Option<bool>,
    /// The vendor's flag `thirdParty`, whose meaning it does not publish.
    pub third_party: Option<bool>,
}

/// A token as the graph shows it.
pub struct InspectionToken(pub Arc<TokenState>);

/// What the vendor says now of the token that leads to an inspection.
#[Object]
impl InspectionToken {
    /// The vendor's internal id of the token; its public one is `Inspection.tokenUid`.
    async fn token_id(&self) -> Option<&str> {
        self.0.vendor_token_id.as_deref()
    }

    /// When the vendor made it.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.created_at.map(DateTime)
    }

    /// When the vendor changed it last.
    async fn updated_at(&self) -> Option<DateTime> {
        self.0.detail.updated_at.map(DateTime)
    }

    /// Whether the customer inspects the vehicle.
    async fn by_customer(&self) -> Option<bool> {
        self.0.detail.by_customer
    }

    /// How the vendor delivers the link; null for a way whose number has no known meaning.
    async fn delivery(&self) -> Option<LinkDelivery> {
        match self.0.detail.delivery_code {
            None => Some(LinkDelivery::None),
            Some(0) => Some(LinkDelivery::Email),
            Some(1) => Some(LinkDelivery::Sms),
            Some(2) => Some(LinkDelivery::Both),
            Some(_) => None,
        }
    }

    /// The vendor's number of the way in which it delivers the link; null when it delivers none.
    async fn delivery_code(&self) -> Option<i32> {
        self.0.detail.delivery_code
    }

    /// The vendor's id of the inspection; null before the first photo.
    async fn inspection_id(&self) -> Option<&str> {
        self.0.vendor_inspection_id.as_deref()
    }

    /// The vendor's number of the kind of inspection; the vendor does not publish what it means.
    async fn inspection_kind_code(&self) -> Option<i32> {
        self.0.detail.inspection_kind_code
    }

    /// Share of damage in percent; the vendor does not say of what.
    async fn damage_percent(&self) -> Option<Decimal> {
        self.0.detail.damage_percent
    }

    /// The vendor's id of the vehicle.
    async fn vehicle_id(&self) -> Option<&str> {
        self.0.vendor_vehicle_id.as_deref()
    }

    /// The vendor's id of the customer; null right after the creation.
    async fn customer_id(&self) -> Option<&str> {
        self.0.detail.customer_id.as_deref()
    }

    /// The vendor's id of the back-office user in whose name it was created; null without one.
    async fn agent_id(&self) -> Option<&str> {
        self.0.detail.agent_id.as_deref()
    }

    /// The vendor's name of the device that the token stands for.
    async fn device_id(&self) -> Option<&str> {
        self.0.detail.device_id.as_deref()
    }

    /// What the token allows.
    async fn options(&self) -> &TokenOptions {
        &self.0.detail.options
    }
}
