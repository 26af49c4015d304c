//! The user who is logged in, with the garage they belong to and the company that serves it.

use std::sync::Arc;

use async_graphql::SimpleObject;
use chrono::DateTime;
use chrono::Utc;
use rust_decimal::Decimal;

use crate::auth::AccountId;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::scalars::CurrencyCode;

/// The user who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GarageUser {
    /// The vendor's id of the user.
    pub id: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Middle name or name prefix.
    pub middle_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The garage.
    pub client: Option<GarageClient>,
    /// The company that serves the garage.
    pub service_provider: Option<ServiceProvider>,
}

/// The user of an account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account that the user belongs to.
    pub account: AccountId,
    /// The user.
    pub user: Arc<GarageUser>,
}

/// The garage that a user belongs to.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "Garage")]
pub struct GarageClient {
    /// Name of the garage.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub name: Option<String>,
    /// The vendor's reference of the garage.
    pub reference: Option<String>,
    /// Whether it may create tickets that order no product.
    pub allow_tickets_without_product: Option<bool>,
    /// Its address.
    pub address: Option<GarageAddress>,
}

/// A garage's address.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct GarageAddress {
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// City.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub locality: Option<String>,
    /// Street with the number of the house.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub street: Option<String>,
    /// Postal code.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub postal_code: Option<String>,
}

/// The company that serves an account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageServiceProvider {
    /// The account that it serves.
    pub account: AccountId,
    /// What is told of it.
    pub provider: ServiceProvider,
}

/// The company that serves a garage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProvider {
    /// The vendor's number of it.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether the garage has a prepaid wallet with it.
    pub has_prepaid_wallet: Option<bool>,
    /// What is in the wallet, in major units of `currency`.
    pub prepaid_balance: Option<Decimal>,
    /// Whether tickets are paid from the wallet.
    pub payment_by_prepaid_balance: Option<bool>,
    /// How it stands with its service centre; the centre's own status is the more reliable word.
    pub schedule: Option<ServiceSchedule>,
    /// The currency that it charges in.
    pub currency: Option<CurrencyCode>,
    /// How it presents itself.
    pub appearance: Option<Appearance>,
}

/// How it stands with a service centre, as told with the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSchedule {
    /// Whether it is open.
    pub is_open: Option<bool>,
    /// Until when tickets are held back.
    pub tickets_held_until: Option<DateTime<Utc>>,
    /// Whether tickets can be held back.
    pub tickets_scheduler_enabled: Option<bool>,
    /// What is said about tickets that are held back.
    pub tickets_scheduler_message: Option<String>,
    /// A message to the customers.
    pub service_message: Option<String>,
    /// Whether that message is to be shown.
    pub service_message_active: Option<bool>,
}

/// How a company presents itself in the vendor's portal.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "ServiceProviderAppearance")]
pub struct Appearance {
    /// The company's name as shown.
    pub company_name: Option<String>,
    /// The colour behind the portal's header, in the notation of CSS.
    pub header_background_color: Option<String>,
    /// Path of the logo in the portal's header.
    pub header_logo_path: Option<String>,
    /// The main colour, in the notation of CSS.
    pub theme_color: Option<String>,
}
