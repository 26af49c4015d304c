//! The report of an inspection: damages, condition of parts, photos.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::money::Money;
use crate::graphql::scalars::Decimal;

/// What an inspection found, as the ledger keeps it. Written by the vendor's decoder, read by the fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportContent {
    /// How many damages the vendor counts.
    pub damage_count: Option<i32>,
    /// The damages.
    pub damages: Vec<Damage>,
    /// The condition of parts with their repair costs.
    pub parts: Vec<PartCondition>,
    /// The photos.
    pub images: Vec<Image>,
    /// The plate that was given with the inspection.
    pub license_plate: Option<String>,
    /// The plate that the photos show.
    pub detected_license_plate: Option<String>,
    /// Answers to the questions asked on the way.
    pub answers: Vec<FormAnswer>,
    /// Link to the vendor's report page with costs.
    pub report_url: Option<String>,
    /// Link to the vendor's report page without costs.
    pub report_url_without_costs: Option<String>,
    /// Link to the report as PDF with costs.
    pub pdf_url: Option<String>,
    /// Link to the report as PDF without costs.
    pub pdf_url_without_costs: Option<String>,
}

/// What kind of damage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DamageKind {
    /// A scratch in the paint.
    Scratch,
    /// A scratch with chipped paint.
    ScratchChip,
    /// A scratched rim.
    ScratchRim,
    /// A dent.
    Dent,
    /// A kind that the vendor has added since; see `kindRaw`.
    Unknown,
}

/// One damage on one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct Damage {
    /// The vendor's code of the part, such as `PRCAR`.
    pub part: Option<String>,
    /// The part in English; null for a code whose meaning is not known.
    pub part_name: Option<String>,
    /// What kind of damage it is; null when the vendor does not say.
    pub kind: Option<DamageKind>,
    /// The kind as the vendor spells it.
    pub kind_raw: Option<String>,
    /// How severe it is, a higher number being worse; the vendor's scale, seen from 1 to 5.
    pub severity: Option<i32>,
    /// The severity as the vendor spells it, such as `SEV4`.
    pub severity_raw: Option<String>,
    /// Size of the damage in the vendor's unit, which it does not name.
    pub size: Option<Decimal>,
    /// Whether the detection found it; false when a person added it.
    pub found_automatically: Option<bool>,
    /// Where it is to be seen on the photos.
    pub regions: Vec<ImageRegion>,
}

/// A rectangle on a photo. Lengths are fractions of the photo's width and height, from 0 to 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct ImageRegion {
    /// The vendor's id of the photo.
    pub image_id: Option<String>,
    /// Link to the photo.
    pub image_url: Option<String>,
    /// Horizontal centre.
    pub center_x: Option<Decimal>,
    /// Vertical centre.
    pub center_y: Option<Decimal>,
    /// Width.
    pub width: Option<Decimal>,
    /// Height.
    pub height: Option<Decimal>,
}

/// The condition of one part and what its repair costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PartCondition {
    /// The vendor's code of the part.
    pub part: Option<String>,
    /// The part in English; null for a code whose meaning is not known.
    pub part_name: Option<String>,
    /// The part's condition in the vendor's word, such as `damaged`.
    pub condition: Option<String>,
    /// The repair in the vendor's words, such as `painting`.
    pub repair: Option<String>,
    /// What the repair costs; null when the currency's symbol is not known.
    pub repair_cost: Option<Money>,
    /// Tax on the repair in percent; that the number is a percentage is inferred.
    pub tax_percent: Option<Decimal>,
    /// How severe it is, a higher number being worse.
    pub severity: Option<i32>,
    /// Whether the repair is charged; false for parts that count for information only.
    pub billable: Option<bool>,
}

/// A photo of the inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// File name.
    pub name: Option<String>,
    /// Signed link as it arrived.
    pub url: Option<String>,
    /// Link without signature.
    pub origin_url: Option<String>,
    /// When the signed link ceases to work; set from the arrival of the report.
    pub url_expires_at: Option<DateTime<Utc>>,
    /// When the photo was taken.
    pub shot_at: Option<DateTime<Utc>>,
    /// The vendor's number of the camera angle.
    pub angle: Option<i32>,
}

/// An answer that the customer gave during the inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct FormAnswer {
    /// The question, in English where the vendor has it, else in the first language it has.
    pub question: Option<String>,
    /// The answers chosen or written.
    pub answers: Vec<String>,
    /// What the answer adds to the repair cost, in the vendor's unit; null when it adds nothing.
    pub cost: Option<Decimal>,
}
