//! The garages as customers: who they are, who works there, what they may do.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// A garage as the seed describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedGarage {
    /// The number under which connectors and tickets name it.
    pub(crate) number: u8,
    /// Its number in the vendor's books.
    pub(crate) reference: i64,
    /// The currency it sees beside euros.
    pub(crate) currency: String,
    /// What it can change of its own record.
    pub(crate) customer: SeedCustomer,
    /// In whose name its connectors log in.
    pub(crate) user: SeedUser,
    /// Whether a ticket may name no product.
    pub(crate) allows_tickets_without_product: bool,
    /// Whether it has a prepaid wallet.
    pub(crate) has_prepaid_wallet: bool,
    /// Whether tickets are paid from that wallet.
    pub(crate) pays_by_wallet: bool,
    /// What is in the wallet, in euro cents.
    pub(crate) wallet_cents: i32,
    /// The name under which its portal appears.
    pub(crate) branding_name: String,
    /// Where its portal is; without a scheme, as in the vendor's sample.
    pub(crate) customer_portal_url: String,
    /// Who works there.
    pub(crate) employees: Vec<SeedEmployee>,
}

/// What a customer can change of its own record; a member that it left out is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedCustomer {
    /// The name.
    pub(crate) name: Option<String>,
    /// The street.
    pub(crate) street: Option<String>,
    /// The number in the street.
    pub(crate) number: Option<String>,
    /// The postal code.
    pub(crate) postal_code: Option<String>,
    /// The city.
    pub(crate) city: Option<String>,
    /// The country, two letters.
    pub(crate) country: Option<String>,
    /// Where mail goes.
    pub(crate) email_address: Option<String>,
    /// Where invoices go.
    pub(crate) financial_email_address: Option<String>,
    /// The telephone number.
    pub(crate) phone: Option<String>,
}

/// A user, as the vendor tells who is logged in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedUser {
    /// The vendor's id.
    pub(crate) id: Uuid,
    /// The given name.
    pub(crate) first_name: String,
    /// What stands between the names.
    pub(crate) middle_name: Option<String>,
    /// The family name.
    pub(crate) last_name: String,
}

/// Someone who works at a garage.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedEmployee {
    /// The vendor's id.
    pub(crate) id: Uuid,
    /// The given name.
    pub(crate) given_name: String,
    /// The family name.
    pub(crate) family_name: String,
    /// The address used to log in at the portal, if the employee does so.
    pub(crate) username: Option<String>,
    /// Whether the employee may log in.
    pub(crate) enabled: bool,
    /// The language of mails, a BCP 47 tag.
    pub(crate) correspondence_locale: String,
}

/// All garages in order of their numbers.
pub(crate) static GARAGES: LazyLock<Vec<SeedGarage>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("garages.json"))
        .expect("the embedded garages are valid, as every test with a sandbox shows")
});
