//! Inspections: a customer photographs a vehicle, the damage is detected and reported.

use std::sync::Arc;

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::auth::AccountId;
use crate::graphql::scalars::Vin;
use crate::store::InspectionRow;

use super::token::TokenDetail;

/// The public id of an inspection's token; it stands in the customer's link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenUid(pub String);

/// By what the vehicle of an inspection is known, the surer first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum VehicleIdentity {
    /// By its VIN, which the inspection bears.
    Vin,
    /// By its licence plate, which no other known vehicle has. A plate can be moved to another car.
    Plate,
}

/// Where an inspection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InspectionStatus {
    /// The link exists; nobody has opened it.
    Created,
    /// The customer has opened the link and taken no photo yet.
    Opened,
    /// At least one photo is taken, the set is not complete.
    Shooting,
    /// All required photos are taken.
    Shot,
    /// The detected damage is being reviewed.
    Validating,
    /// The report exists.
    Completed,
    /// The customer was reminded; no progress in itself, see `lastProgressStatus`.
    ChasedUp,
    /// A status whose number has no known meaning; see `statusCode`.
    Unknown,
}

impl InspectionStatus {
    /// The meaning of the vendor's number.
    pub fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Created,
            1 => Self::Opened,
            2 => Self::Shooting,
            3 => Self::Shot,
            4 => Self::Validating,
            5 => Self::Completed,
            6 => Self::ChasedUp,
            _ => Self::Unknown,
        }
    }

    /// The vendor's number; none for [`InspectionStatus::Unknown`], which is no single one.
    pub fn code(self) -> Option<i64> {
        (0..=6).find(|code| Self::from_code(*code) == self)
    }
}

/// Who reviews the detected damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DamageReview {
    /// The customer, right after taking the photos.
    Customer,
    /// The dealer or the inspection vendor.
    Dealer,
}

/// How the customer gets the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum LinkDelivery {
    /// No message; the dealer hands over the link.
    None,
    /// By e-mail.
    Email,
    /// By text message.
    Sms,
    /// By e-mail and text message.
    Both,
}

/// How the customer is to be addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Gender {
    /// As a woman.
    Female,
    /// As a man.
    Male,
}

/// A language of the inspection page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Enum)]
pub enum InspectionLocale {
    /// English.
    En,
    /// French.
    Fr,
    /// German.
    De,
    /// Dutch.
    NlBe,
    /// Italian.
    It,
    /// Spanish.
    Es,
    /// Swedish.
    Sv,
    /// Norwegian.
    No,
}

impl InspectionLocale {
    /// Every language, in the order of the vendor's list.
    pub const ALL: [Self; 8] = [Self::En, Self::Fr, Self::De, Self::NlBe, Self::It, Self::Es, Self::Sv, Self::No];

    /// The code of the language, such as `nl-BE`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::De => "de",
            Self::NlBe => "nl-BE",
            Self::It => "it",
            Self::Es => "es",
            Self::Sv => "sv",
            Self::No => "no",
        }
    }

    /// The language with exactly this code; none for any other text.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }
}

/// The customer who inspects the vehicle. Personal data: never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number with country code, as it was given.
    pub phone: String,
    /// How to address the customer.
    pub gender: Option<Gender>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Customer([personal])")
    }
}

/// An inspection to be created; every rule has been checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInspection {
    /// The vehicle's VIN, 17 characters.
    pub vin: Option<Vin>,
    /// The vehicle's licence plate.
    pub license_plate: Option<String>,
    /// The language of page and messages.
    pub locale: InspectionLocale,
    /// The customer; without one the vendor gets placeholders.
    pub customer: Option<Customer>,
    /// How the customer gets the link.
    pub delivery: LinkDelivery,
    /// Who reviews the damage.
    pub damage_review: DamageReview,
    /// The back-office user in whose name it is created.
    pub agent_id: Option<String>,
    /// Days until the link expires.
    pub validity_days: u16,
}

/// What the vendor says of a token: its state at creation and at every later reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenState {
    /// The token's public id.
    pub uid: TokenUid,
    /// The vendor's internal id of the token.
    pub vendor_token_id: Option<String>,
    /// The vendor's id of the inspection; none before the first photo.
    pub vendor_inspection_id: Option<String>,
    /// The vendor's id of the vehicle.
    pub vendor_vehicle_id: Option<String>,
    /// The vendor's number of the status.
    pub status_code: Option<i64>,
    /// When the status changed last.
    pub status_changed_at: Option<DateTime<Utc>>,
    /// When the token was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When the token ceases to work.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it has ceased to work.
    pub expired: Option<bool>,
    /// What else the vendor says of it; nothing in the gateway depends on it.
    pub detail: TokenDetail,
}

impl TokenState {
    /// Whether nothing can change any more: completed, or expired.
    pub fn is_final(&self) -> bool {
        self.status_code == Some(5) || self.expired == Some(true)
    }
}

/// An inspection of the ledger, as the graph shows it.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The account that it runs under.
    pub account: AccountId,
    /// What the ledger has of it.
    pub row: Arc<InspectionRow>,
}

impl Inspection {
    /// The public id of its token.
    pub fn uid(&self) -> TokenUid {
        TokenUid(self.row.token_uid.clone())
    }
}
