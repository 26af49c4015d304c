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
    /// The vendor's word for a region, beside the plates.
    #[serde(default)]
    pub region: Option<String>,
    /// Answers to the questions asked on the way.
    pub answers: Vec<FormAnswer>,
    /// What the detection found photo by photo.
    #[serde(default)]
    pub detections: Vec<PhotoDetection>,
    /// Severity and cost by part, in the form that came before `parts`.
    #[serde(default)]
    pub severities: Vec<PartSeverity>,
    /// How long the vendor took.
    #[serde(default)]
    pub processing_time: Option<Decimal>,
    /// When the vendor made the inspection; only in an export.
    #[serde(default)]
    pub vendor_created_at: Option<DateTime<Utc>>,
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
    /// The damage's number, unique within one report; null below a part's condition.
    #[serde(default)]
    pub number: Option<i32>,
    /// The vendor's id of the damage; null but below a part's condition.
    #[serde(default)]
    pub damage_id: Option<String>,
    /// How sure the detection is, from 0 to 1; null but below a part's condition, and when a person found the damage.
    #[serde(default)]
    pub confidence: Option<Decimal>,
    /// Whether its repair is charged; null but below a part's condition.
    #[serde(default)]
    pub billable: Option<bool>,
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
    /// What the vendor tells of the region itself; null but below a part's condition.
    #[serde(default)]
    pub detail: Option<RegionDetail>,
}

/// What the vendor tells of a region on a photo when the damage stands below a part's condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[graphql(name = "ImageRegionDetail")]
pub struct RegionDetail {
    /// The vendor's id of the region.
    pub region_id: Option<String>,
    /// The number of the damage that it shows, as in `Damage.number`.
    pub damage_number: Option<i32>,
    /// The vendor's name of the cut-out in its file store; no link.
    pub cut_out: Option<String>,
    /// How sure the detection is, from 0 to 1.
    pub confidence: Option<Decimal>,
    /// Whether the detection found it; false when a person drew it.
    pub found_automatically: Option<bool>,
    /// How severe the damage looks here, a higher number being worse.
    pub severity: Option<i32>,
    /// Size in the vendor's unit, which it does not name.
    pub size: Option<Decimal>,
    /// What kind of damage it shows; null when the vendor does not say.
    pub kind: Option<DamageKind>,
    /// The kind as the vendor spells it.
    pub kind_raw: Option<String>,
}

/// What the detection found on one photo, before anybody reviewed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PhotoDetection {
    /// The vendor's id of the photo.
    pub image_id: Option<String>,
    /// Link to the photo.
    pub image_url: Option<String>,
    /// The outcome of the detection on this photo in the manner of HTTP, 200 being success.
    pub status_code: Option<i32>,
    /// The vendor's number of the camera angle; null for photos of the interior and of documents.
    pub angle: Option<i32>,
    /// What was found, part by part.
    pub damages: Vec<DetectedDamage>,
}

/// A damage as the detection saw it on one photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct DetectedDamage {
    /// The damage's number, as in `Damage.number`.
    pub number: Option<i32>,
    /// The vendor's code of the part.
    pub part: Option<String>,
    /// The part in English; null for a code whose meaning is not known.
    pub part_name: Option<String>,
    /// What kind of damage it is; null when the vendor does not say.
    pub kind: Option<DamageKind>,
    /// The kind as the vendor spells it.
    pub kind_raw: Option<String>,
    /// Whether the detection found it; false when a person added it.
    pub found_automatically: Option<bool>,
    /// Numbers of a place on the part; the vendor does not say how to read them.
    pub location: Vec<i32>,
    /// Where it is on the photo.
    pub region: ImageRegion,
}

/// Severity and repair cost of one part in the older form, which has no currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PartSeverity {
    /// The vendor's code of the part.
    pub part: Option<String>,
    /// The part in English; null for a code whose meaning is not known.
    pub part_name: Option<String>,
    /// How severe it is, a higher number being worse.
    pub severity: Option<i32>,
    /// The severity as the vendor spells it, such as `SEV4`.
    pub severity_raw: Option<String>,
    /// How the severities of a part's damages are put together, in the vendor's word, such as `sum`.
    pub severity_basis: Option<String>,
    /// What the repair costs, in a currency that the vendor does not name here.
    pub cost: Option<Decimal>,
    /// How the costs of a part's damages are put together, in the vendor's word; null in newer reports.
    pub cost_basis: Option<String>,
}

/// The condition of one part and what its repair costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PartCondition {
    /// The vendor's id of the part in this report; null in older reports.
    #[serde(default)]
    pub part_id: Option<String>,
    /// The kind of part in the vendor's word, such as `carbody`; null in older reports.
    #[serde(default)]
    pub part_kind: Option<String>,
    /// Where on the vehicle it belongs in the vendor's word, such as `exterior`; null in older reports.
    #[serde(default)]
    pub category: Option<String>,
    /// How sure the detection is of the condition, from 0 to 1.
    #[serde(default)]
    pub confidence: Option<Decimal>,
    /// The currency of the repair cost as the vendor spells it, such as `€`.
    #[serde(default)]
    pub currency_raw: Option<String>,
    /// The part's damages with what the vendor tells of them here only; empty in older reports.
    #[serde(default)]
    pub damages: Vec<Damage>,
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
    /// The vendor's id of the screen with the question.
    #[serde(default)]
    pub screen_id: Option<String>,
    /// The screen's title in every language that the vendor has it in.
    #[serde(default)]
    pub screen_titles: Vec<LocalizedText>,
    /// The vendor's id of the question.
    #[serde(default)]
    pub question_id: Option<String>,
    /// The question's place on its screen.
    #[serde(default)]
    pub order: Option<i32>,
    /// The question in every language that the vendor has it in.
    #[serde(default)]
    pub questions: Vec<LocalizedText>,
    /// The answers chosen in every language that the vendor has them in; empty for an answer in free text.
    #[serde(default)]
    pub answer_texts: Vec<LocalizedText>,
    /// The question, in English where the vendor has it, else in the first language it has.
    pub question: Option<String>,
    /// The answers chosen or written.
    pub answers: Vec<String>,
    /// What the answer adds to the repair cost, in the vendor's unit; null when it adds nothing.
    pub cost: Option<Decimal>,
}

/// A text in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct LocalizedText {
    /// The language, as the vendor spells it.
    pub locale: Option<String>,
    /// The text.
    pub text: Option<String>,
    /// What stands in the empty field of the answer; null but for questions that are answered in free text.
    pub placeholder: Option<String>,
}
