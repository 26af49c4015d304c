//! The result of an inspection, as deliveries and exports carry it.

use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use indexmap::IndexMap;
use rust_decimal::Decimal;

use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::decode::FromWire;
use crate::transport::decode::Id;
use crate::transport::decode::dto;
use crate::transport::decode::dto_from_wire;

use super::READ;
use super::tokens::TokenDto;

/// A delivery to us: detection has finished, a report was made, shared again, or another event of an inspection.
///
/// The vendor calls our address, so the path is ours.
///
/// Source: vendor documentation, chapter Webhook, "Configuration", and "How to read JSON result".
pub(in crate::vendors::tchek) const DELIVER: Operation = Operation {
    name: "tchek.webhooks.deliver",
    method: Method::Post,
    path: "",
    timeout: Duration::from_secs(5),
    success: &[200, 201, 202, 204],
    provenance: Provenance::Published,
    ..READ
};

dto! {
    /// A delivery. Which event it is must be guessed from its members: the published envelope has no event name.
    pub(in crate::vendors::tchek) struct DeliveryDto {
        #[serde(rename = "eventName")]
        event_name: String,
        event: String,
        #[serde(rename = "type")]
        kind: String,
        #[serde(rename = "tchekId")]
        tchek_id: Id,
        #[serde(rename = "vehicleId")]
        vehicle_id: Id,
        /// The result in a delivery.
        #[serde(rename = "dataAPI")]
        data_api: OutcomeDto,
        token: TokenDto,
        /// The result in an export, where it stands at the top.
        data: ResultDto,
        /// The outcome in an export.
        status: i64,
        /// How long an export took.
        #[serde(rename = "totalTime")]
        total_time: Decimal,
    }
}

dto! {
    /// The result with its outcome: 200, or 404 for a failure that is reported inside a successful delivery.
    pub(in crate::vendors::tchek) struct OutcomeDto {
        status: i64,
        #[serde(rename = "totalTime")]
        total_time: Decimal,
        data: ResultDto,
    }
}

dto! {
    /// What the inspection found.
    pub(in crate::vendors::tchek) struct ResultDto {
        /// Only in an export.
        #[serde(rename = "tchekId")]
        tchek_id: Id,
        /// Only in an export.
        #[serde(rename = "createdAt")]
        created_at: DateTime<Utc>,
        #[serde(rename = "tokenId")]
        token_id: Id,
        #[serde(rename = "damageNumber")]
        damage_number: i32,
        damages: ByPart<DamageDto>,
        vehicle: VehicleDto,
        #[serde(rename = "detectionList")]
        detection_list: Vec<DetectionDto>,
        #[serde(rename = "reportUrl")]
        report_url: String,
        #[serde(rename = "reportUrlWithoutCosts")]
        report_url_without_costs: String,
        #[serde(rename = "pdfReportUrl")]
        pdf_report_url: String,
        #[serde(rename = "pdfReportUrlWithoutCosts")]
        pdf_report_url_without_costs: String,
        #[serde(rename = "customFormResults")]
        custom_form_results: Vec<FormDto>,
        /// The older place of repair costs.
        severity: Vec<SeverityDto>,
        /// The newer place of repair costs.
        #[serde(rename = "partsCondition")]
        parts_condition: Vec<PartDto>,
        #[serde(rename = "inspectionImages")]
        inspection_images: Vec<ImageDto>,
    }
}

/// Damages: an object of lists by part in every sample, a plain list in the vendor's table.
#[derive(Clone)]
pub(in crate::vendors::tchek) struct ByPart<T>(pub(in crate::vendors::tchek) Vec<T>);

/// Something that is found on a part.
pub(in crate::vendors::tchek) trait OnPart: FromWire {
    /// Names the part where it is not named.
    fn on_part(self, part: &str) -> Self;
}

impl<T: OnPart> FromWire for ByPart<T> {
    fn from_wire(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return Vec::from_wire(text).map(Self);
        }
        let mut by_part: IndexMap<String, Vec<T>> = IndexMap::from_wire(text)?;
        // The members of an object have no order, and the same result must always read the same.
        by_part.sort_unstable_keys();
        let with_part = |(part, found): (String, Vec<T>)| found.into_iter().map(move |found| found.on_part(&part));
        Some(Self(by_part.into_iter().flat_map(with_part).collect()))
    }
}

impl OnPart for DamageDto {
    fn on_part(self, part: &str) -> Self {
        Self { part: self.part.or_else(|| Some(Id(part.to_owned()))), ..self }
    }
}

impl OnPart for DetectedDto {
    fn on_part(self, part: &str) -> Self {
        Self { part: self.part.or_else(|| Some(Id(part.to_owned()))), ..self }
    }
}

dto! {
    /// One damage.
    pub(in crate::vendors::tchek) struct DamageDto {
        uid: i32,
        /// On damages inside a part's condition.
        id: Id,
        /// On damages inside a part's condition.
        confidence: Decimal,
        /// On damages inside a part's condition.
        #[serde(rename = "nonBillable")]
        non_billable: bool,
        #[serde(rename = "isAuto")]
        is_auto: bool,
        /// `SEV` and a digit.
        severity: String,
        /// The digit alone, on damages inside a part's condition.
        #[serde(rename = "severityLevel")]
        severity_level: i32,
        size: Decimal,
        part: Id,
        #[serde(rename = "type")]
        kind: String,
        rois: Vec<RoiDto>,
    }
}

dto! {
    /// Where a damage is on a photo, in fractions of the photo.
    pub(in crate::vendors::tchek) struct RoiDto {
        height: Decimal,
        width: Decimal,
        #[serde(rename = "centerX")]
        center_x: Decimal,
        #[serde(rename = "centerY")]
        center_y: Decimal,
        #[serde(rename = "imageId")]
        image_id: Id,
        #[serde(rename = "imageUrl")]
        image_url: String,
        /// This and what follows only inside a part's condition.
        id: Id,
        #[serde(rename = "cropS3ObjectName")]
        crop: String,
        uid: i32,
        confidence: Decimal,
        #[serde(rename = "isAuto")]
        is_auto: bool,
        #[serde(rename = "severityLevel")]
        severity_level: i32,
        size: Decimal,
        #[serde(rename = "type")]
        kind: String,
    }
}

dto! {
    /// What was found on one photo.
    pub(in crate::vendors::tchek) struct DetectionDto {
        url: String,
        status: i32,
        id: Id,
        angle: i32,
        detections: DetectionsDto,
    }
}

dto! {
    /// What was found.
    pub(in crate::vendors::tchek) struct DetectionsDto {
        damages: ByPart<DetectedDto>,
    }
}

dto! {
    /// A damage on one photo.
    pub(in crate::vendors::tchek) struct DetectedDto {
        /// Numbers that are not explained; -1 occurs.
        location: Vec<i32>,
        part: Id,
        uid: i32,
        height: Decimal,
        width: Decimal,
        #[serde(rename = "centerX")]
        center_x: Decimal,
        #[serde(rename = "centerY")]
        center_y: Decimal,
        #[serde(rename = "isAuto")]
        is_auto: bool,
        #[serde(rename = "type")]
        kind: String,
    }
}

dto! {
    /// The members of a vehicle.
    struct VehicleMembersDto {
        region: String,
        immat: String,
        #[serde(rename = "detectedLicensePlate")]
        detected_license_plate: String,
    }
}

/// The vehicle: an object in every sample, a list in the vendor's table.
#[derive(Clone, Default)]
pub(in crate::vendors::tchek) struct VehicleDto {
    pub(in crate::vendors::tchek) region: Option<String>,
    pub(in crate::vendors::tchek) immat: Option<String>,
    pub(in crate::vendors::tchek) detected_license_plate: Option<String>,
}

impl FromWire for VehicleDto {
    fn from_wire(text: &str) -> Option<Self> {
        let members: VehicleMembersDto = if text.starts_with('[') {
            Vec::from_wire(text)?.into_iter().next().unwrap_or_default()
        } else {
            dto_from_wire(text)?
        };
        let VehicleMembersDto { region, immat, detected_license_plate } = members;
        Some(Self { region, immat, detected_license_plate })
    }
}

dto! {
    /// Repair cost of a part in older results; no currency.
    pub(in crate::vendors::tchek) struct SeverityDto {
        location: Id,
        severity: String,
        #[serde(rename = "severityType")]
        severity_type: String,
        cost: Decimal,
        #[serde(rename = "costType")]
        cost_type: String,
    }
}

dto! {
    /// Condition and repair cost of a part.
    pub(in crate::vendors::tchek) struct PartDto {
        id: Id,
        #[serde(rename = "partType")]
        part_type: String,
        category: String,
        confidence: Decimal,
        code: Id,
        cost: Decimal,
        /// A symbol such as `€`.
        currency: String,
        tax: Decimal,
        #[serde(rename = "severityLevel")]
        severity_level: i32,
        reparation: String,
        condition: String,
        #[serde(rename = "nonBillable")]
        non_billable: bool,
        damages: Vec<DamageDto>,
    }
}

dto! {
    /// A photo. Its `url` is signed and works for two hours.
    pub(in crate::vendors::tchek) struct ImageDto {
        name: String,
        url: String,
        #[serde(rename = "originUrl")]
        origin_url: String,
        #[serde(rename = "shootingDate")]
        shooting_date: DateTime<Utc>,
        angle: i32,
    }
}

dto! {
    /// One screen of questions.
    pub(in crate::vendors::tchek) struct FormDto {
        #[serde(rename = "screenId")]
        screen_id: Id,
        title: Vec<TextDto>,
        inputs: Vec<InputDto>,
    }
}

dto! {
    /// One question with its answer.
    pub(in crate::vendors::tchek) struct InputDto {
        order: i32,
        #[serde(rename = "blockId")]
        block_id: Id,
        question: Vec<TextDto>,
        answer: AnswerDto,
        cost: Decimal,
    }
}

dto! {
    /// A text in one language.
    pub(in crate::vendors::tchek) struct TextDto {
        locale: String,
        text: String,
        /// Beside questions that are answered in free text.
        placeholder: String,
    }
}

/// An answer: texts in several languages for a choice, a plain string for free text.
#[derive(Clone)]
pub(in crate::vendors::tchek) enum AnswerDto {
    /// What was written.
    Written(String),
    /// What was chosen.
    Chosen(Vec<TextDto>),
}

impl FromWire for AnswerDto {
    fn from_wire(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            Vec::from_wire(text).map(Self::Chosen)
        } else {
            String::from_wire(text).map(Self::Written)
        }
    }
}
