//! The service centre: the people and scripts that work on the garage's tickets.

use async_graphql::Enum;
use chrono::DateTime;
use chrono::Utc;

use crate::auth::AccountId;

/// The service centre of an account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageServiceCenter {
    /// The account that it serves.
    pub account: AccountId,
}

/// What is known of the service centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCenter {
    /// Its name.
    pub name: Option<String>,
    /// Whether tickets are paid from a prepaid wallet.
    pub payment_by_prepaid_wallet: Option<bool>,
    /// The version of its price list.
    pub pricing_version: Option<i64>,
    /// The colour of its background, in the notation of CSS.
    pub primary_background_color: Option<String>,
    /// Its main colour, in the notation of CSS.
    pub primary_color: Option<String>,
    /// Path of its logo at the vendor.
    pub logo: Option<String>,
    /// A message to its customers.
    pub service_message: Option<String>,
    /// Whether closed tickets may be rated.
    pub rating_enabled: Option<bool>,
}

/// Which tickets the service centre takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ServiceCenterState {
    /// All tickets.
    Opened,
    /// Only tickets that need no operator.
    Closed,
    /// None until a moment that is known, then all.
    Scheduled,
    /// A state that the vendor has added since.
    Unknown,
}

/// Whether the service centre works right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCenterStatus {
    /// Which tickets it takes.
    pub state: Option<ServiceCenterState>,
    /// The state as the vendor spells it.
    pub state_raw: Option<String>,
    /// When a scheduled state ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// A message about it.
    pub message: Option<String>,
}
