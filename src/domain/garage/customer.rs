//! The garage as the vendor's customer.

use std::sync::Arc;

use async_graphql::Enum;
use async_graphql::SimpleObject;
use rust_decimal::Decimal;

use crate::auth::AccountId;
use crate::graphql::scalars::CurrencyCode;

/// The master data of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Name of the company.
    pub name: Option<String>,
    /// The vendor's reference of the customer.
    pub reference: Option<String>,
    /// Street, without the number of the house.
    pub street: Option<String>,
    /// Number of the house, with its addition.
    pub number: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// E-mail address.
    pub email_address: Option<String>,
    /// E-mail address for invoices.
    pub financial_email_address: Option<String>,
    /// Telephone number, in the vendor's notation.
    pub phone: Option<String>,
    /// The currency that the customer is charged in.
    pub currency: Option<CurrencyCode>,
}

/// What is to become different in a customer's master data; what is none stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerChange {
    /// Name of the company.
    pub name: Option<String>,
    /// Street, without the number of the house.
    pub street: Option<String>,
    /// Number of the house, with its addition.
    pub number: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// E-mail address.
    pub email_address: Option<String>,
    /// E-mail address for invoices.
    pub financial_email_address: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

/// The master data of an account's customer, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageCustomer {
    /// The account whose customer it is.
    pub account: AccountId,
    /// The master data.
    pub record: Arc<Customer>,
}

/// How the vendor's portal presents itself to the customer.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Branding {
    /// Name of the brand.
    pub name: Option<String>,
    /// Address of the portal, with its scheme.
    pub portal_url: Option<String>,
}

/// Whether a prepaid wallet is filled well enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum WalletState {
    /// There is enough in it.
    Healthy,
    /// A state that is not documented; see `stateRaw`.
    Unknown,
}

/// The wallet of an account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageWallet {
    /// The account whose wallet it is.
    pub account: AccountId,
    /// What is known of it.
    pub wallet: Arc<Wallet>,
}

/// The customer's prepaid wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// What is in it, in major units of the customer's currency.
    pub balance: Option<Decimal>,
    /// Whether that is enough.
    pub state: Option<WalletState>,
    /// The state as the vendor spells it.
    pub state_raw: Option<String>,
}
