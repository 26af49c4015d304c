//! Reports.

use rust_decimal::Decimal;

use crate::domain::inspection::report::Damage;
use crate::domain::inspection::report::DetectedDamage;
use crate::domain::inspection::report::FormAnswer;
use crate::domain::inspection::report::Image;
use crate::domain::inspection::report::ImageRegion;
use crate::domain::inspection::report::LocalizedText;
use crate::domain::inspection::report::PartCondition;
use crate::domain::inspection::report::PartSeverity;
use crate::domain::inspection::report::PhotoDetection;
use crate::domain::inspection::report::RegionDetail;
use crate::domain::inspection::report::ReportContent;
use crate::domain::money::Money;

use super::super::api::results::AnswerDto;
use super::super::api::results::DamageDto;
use super::super::api::results::DetectedDto;
use super::super::api::results::DetectionDto;
use super::super::api::results::FormDto;
use super::super::api::results::ImageDto;
use super::super::api::results::InputDto;
use super::super::api::results::PartDto;
use super::super::api::results::ResultDto;
use super::super::api::results::RoiDto;
use super::super::api::results::SeverityDto;
use super::super::api::results::TextDto;
use super::filled;
use super::parts::currency;
use super::parts::damage_kind;
use super::parts::part_name;
use super::parts::severity;

/// The content of a report, which the vendor took `processing_time` for.
pub(in crate::vendors::tchek) fn map_report(result: ResultDto, processing_time: Option<Decimal>) -> ReportContent {
    let vehicle = result.vehicle.unwrap_or_default();
    let conditions = result.parts_condition.unwrap_or_default();
    let listed = result.damages.map(|damages| damages.0).unwrap_or_default();
    let severities: Vec<_> = result.severity.unwrap_or_default().into_iter().map(map_severity).collect();
    // Some results list damages only below the part they are on.
    let damages = if listed.is_empty() { below_parts(&conditions) } else { listed };
    // The newer place of repair costs wins; the older one is filled beside it for a while.
    let parts = if conditions.is_empty() {
        severities.iter().map(of_severity).collect()
    } else {
        conditions.into_iter().map(map_part).collect()
    };
    ReportContent {
        damage_count: result.damage_number,
        damages: damages.into_iter().map(map_damage).collect(),
        parts,
        images: result.inspection_images.unwrap_or_default().into_iter().map(map_image).collect(),
        license_plate: filled(vehicle.immat),
        detected_license_plate: filled(vehicle.detected_license_plate),
        region: filled(vehicle.region),
        detections: result.detection_list.unwrap_or_default().into_iter().map(map_detection).collect(),
        severities,
        processing_time: processing_time.map(Into::into),
        vendor_created_at: result.created_at,
        answers: result.custom_form_results.unwrap_or_default().into_iter().flat_map(map_form).collect(),
        report_url: filled(result.report_url),
        report_url_without_costs: filled(result.report_url_without_costs),
        pdf_url: filled(result.pdf_report_url),
        pdf_url_without_costs: filled(result.pdf_report_url_without_costs),
    }
}

fn below_parts(conditions: &[PartDto]) -> Vec<DamageDto> {
    conditions.iter().flat_map(on_part).collect()
}

/// The damages below the condition of `part`, with its code where they name none.
fn on_part(part: &PartDto) -> impl Iterator<Item = DamageDto> {
    let damages = part.damages.clone().unwrap_or_default();
    damages.into_iter().map(|damage| DamageDto { part: damage.part.or_else(|| part.code.clone()), ..damage })
}

fn map_damage(damage: DamageDto) -> Damage {
    let part = damage.part.map(String::from);
    let severity_raw = filled(damage.severity);
    let kind_raw = filled(damage.kind);
    Damage {
        number: damage.uid,
        damage_id: damage.id.map(String::from),
        confidence: damage.confidence.map(Into::into),
        billable: damage.non_billable.map(|free| !free),
        part_name: part.as_deref().and_then(part_name),
        part,
        kind: kind_raw.as_deref().map(damage_kind),
        kind_raw,
        severity: damage.severity_level.or_else(|| severity_raw.as_deref().and_then(severity)),
        severity_raw,
        size: damage.size.map(Into::into),
        found_automatically: damage.is_auto,
        regions: damage.rois.unwrap_or_default().into_iter().map(map_region).collect(),
    }
}

fn map_region(roi: RoiDto) -> ImageRegion {
    let detail = map_region_detail(&roi);
    ImageRegion {
        image_id: roi.image_id.map(String::from),
        image_url: filled(roi.image_url),
        center_x: roi.center_x.map(Into::into),
        center_y: roi.center_y.map(Into::into),
        width: roi.width.map(Into::into),
        height: roi.height.map(Into::into),
        detail,
    }
}

/// What is told of the region itself; none where it has no id, which is everywhere but below a part's condition.
fn map_region_detail(roi: &RoiDto) -> Option<RegionDetail> {
    let kind_raw = filled(roi.kind.clone());
    Some(RegionDetail {
        region_id: Some(roi.id.clone()?.into()),
        damage_number: roi.uid,
        cut_out: filled(roi.crop.clone()),
        confidence: roi.confidence.map(Into::into),
        found_automatically: roi.is_auto,
        severity: roi.severity_level,
        size: roi.size.map(Into::into),
        kind: kind_raw.as_deref().map(damage_kind),
        kind_raw,
    })
}

fn map_detection(detection: DetectionDto) -> PhotoDetection {
    let image_id = detection.id.map(String::from);
    let image_url = filled(detection.url);
    let found = detection.detections.and_then(|found| found.damages).map(|damages| damages.0).unwrap_or_default();
    let damages = found.into_iter().map(|damage| map_detected(damage, image_id.clone(), image_url.clone())).collect();
    PhotoDetection { status_code: detection.status, angle: detection.angle, damages, image_id, image_url }
}

fn map_detected(damage: DetectedDto, image_id: Option<String>, image_url: Option<String>) -> DetectedDamage {
    let part = damage.part.map(String::from);
    let kind_raw = filled(damage.kind);
    DetectedDamage {
        number: damage.uid,
        part_name: part.as_deref().and_then(part_name),
        part,
        kind: kind_raw.as_deref().map(damage_kind),
        kind_raw,
        found_automatically: damage.is_auto,
        location: damage.location.unwrap_or_default(),
        region: ImageRegion {
            image_id,
            image_url,
            center_x: damage.center_x.map(Into::into),
            center_y: damage.center_y.map(Into::into),
            width: damage.width.map(Into::into),
            height: damage.height.map(Into::into),
            detail: None,
        },
    }
}

fn map_part(part: PartDto) -> PartCondition {
    let code = part.code.clone().map(String::from);
    let damages = on_part(&part).map(map_damage).collect();
    PartCondition {
        part_id: part.id.map(String::from),
        part_kind: filled(part.part_type),
        category: filled(part.category),
        confidence: part.confidence.map(Into::into),
        damages,
        part_name: code.as_deref().and_then(part_name),
        part: code,
        condition: filled(part.condition),
        repair: filled(part.reparation),
        repair_cost: part
            .cost
            .zip(part.currency.as_deref().and_then(currency))
            .map(|(cost, currency)| Money::new(cost, currency)),
        currency_raw: filled(part.currency),
        tax_percent: part.tax.map(Into::into),
        severity: part.severity_level,
        billable: part.non_billable.map(|free| !free),
    }
}

fn map_severity(entry: SeverityDto) -> PartSeverity {
    let code = entry.location.map(String::from);
    let severity_raw = filled(entry.severity);
    PartSeverity {
        part_name: code.as_deref().and_then(part_name),
        part: code,
        severity: severity_raw.as_deref().and_then(severity),
        severity_raw,
        severity_basis: filled(entry.severity_type),
        cost: entry.cost.map(Into::into),
        cost_basis: filled(entry.cost_type),
    }
}

/// A part of an older result: its cost comes without a currency, so there is no amount of money to tell.
fn of_severity(entry: &PartSeverity) -> PartCondition {
    PartCondition {
        part_id: None,
        part_kind: None,
        category: None,
        confidence: None,
        currency_raw: None,
        damages: Vec::new(),
        part_name: entry.part_name.clone(),
        part: entry.part.clone(),
        condition: None,
        repair: None,
        repair_cost: None,
        tax_percent: None,
        severity: entry.severity,
        billable: None,
    }
}

/// A photo. When its signed link ends is known only to whoever receives the report.
fn map_image(image: ImageDto) -> Image {
    Image {
        name: filled(image.name),
        url: filled(image.url),
        origin_url: filled(image.origin_url),
        url_expires_at: None,
        shot_at: image.shooting_date,
        angle: image.angle,
    }
}

fn map_form(form: FormDto) -> Vec<FormAnswer> {
    let mut inputs = form.inputs.unwrap_or_default();
    inputs.sort_by_key(|input| input.order);
    let screen_id = form.screen_id.map(String::from);
    let screen_titles = in_all_languages(form.title.as_deref().unwrap_or_default());
    let of_screen =
        |input| FormAnswer { screen_id: screen_id.clone(), screen_titles: screen_titles.clone(), ..map_input(input) };
    inputs.into_iter().map(of_screen).collect()
}

fn map_input(input: InputDto) -> FormAnswer {
    let question = input.question.unwrap_or_default();
    let questions = in_all_languages(&question);
    let (answers, answer_texts) = match input.answer {
        None => (Vec::new(), Vec::new()),
        Some(AnswerDto::Written(text)) => (filled(Some(text)).into_iter().collect(), Vec::new()),
        Some(AnswerDto::Chosen(texts)) => {
            let all = in_all_languages(&texts);
            (in_one_language(texts), all)
        }
    };
    FormAnswer {
        screen_id: None,
        screen_titles: Vec::new(),
        question_id: input.block_id.map(String::from),
        order: input.order,
        question: in_one_language(question).into_iter().next(),
        questions,
        answers,
        answer_texts,
        cost: input.cost.map(Into::into),
    }
}

fn in_all_languages(texts: &[TextDto]) -> Vec<LocalizedText> {
    let localized = |text: &TextDto| LocalizedText {
        locale: filled(text.locale.clone()),
        text: filled(text.text.clone()),
        placeholder: filled(text.placeholder.clone()),
    };
    texts.iter().map(localized).collect()
}

/// The English ones of `texts`, or else those in the language of the first.
fn in_one_language(texts: Vec<TextDto>) -> Vec<String> {
    let is_english = |text: &TextDto| text.locale.as_deref() == Some("en");
    let language = match texts.iter().find(|text| is_english(text)).or(texts.first()) {
        Some(text) => text.locale.clone(),
        None => return Vec::new(),
    };
    texts.into_iter().filter(|text| text.locale == language).filter_map(|text| filled(text.text)).collect()
}
