//! Reports.

use crate::domain::inspection::report::Damage;
use crate::domain::inspection::report::FormAnswer;
use crate::domain::inspection::report::Image;
use crate::domain::inspection::report::ImageRegion;
use crate::domain::inspection::report::PartCondition;
use crate::domain::inspection::report::ReportContent;
use crate::domain::money::Money;

use super::super::api::results::AnswerDto;
use super::super::api::results::DamageDto;
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

/// The content of a report.
pub(in crate::vendors::tchek) fn map_report(result: ResultDto) -> ReportContent {
    let vehicle = result.vehicle.unwrap_or_default();
    let conditions = result.parts_condition.unwrap_or_default();
    let listed = result.damages.unwrap_or_default().0;
    // Some results list damages only below the part they are on.
    let damages = if listed.is_empty() { below_parts(&conditions) } else { listed };
    // The newer place of repair costs wins; the older one is filled beside it for a while.
    let parts = if conditions.is_empty() {
        result.severity.unwrap_or_default().into_iter().map(map_severity).collect()
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
        answers: result.custom_form_results.unwrap_or_default().into_iter().flat_map(map_form).collect(),
        report_url: filled(result.report_url),
        report_url_without_costs: filled(result.report_url_without_costs),
        pdf_url: filled(result.pdf_report_url),
        pdf_url_without_costs: filled(result.pdf_report_url_without_costs),
    }
}

fn below_parts(conditions: &[PartDto]) -> Vec<DamageDto> {
    conditions
        .iter()
        .flat_map(|part| {
            let damages = part.damages.clone().unwrap_or_default();
            damages.into_iter().map(|damage| DamageDto { part: damage.part.or_else(|| part.code.clone()), ..damage })
        })
        .collect()
}

fn map_damage(damage: DamageDto) -> Damage {
    let part = damage.part.map(String::from);
    let severity_raw = filled(damage.severity);
    let kind_raw = filled(damage.kind);
    Damage {
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
    ImageRegion {
        image_id: roi.image_id.map(String::from),
        image_url: filled(roi.image_url),
        center_x: roi.center_x.map(Into::into),
        center_y: roi.center_y.map(Into::into),
        width: roi.width.map(Into::into),
        height: roi.height.map(Into::into),
    }
}

fn map_part(part: PartDto) -> PartCondition {
    let code = part.code.map(String::from);
    PartCondition {
        part_name: code.as_deref().and_then(part_name),
        part: code,
        condition: filled(part.condition),
        repair: filled(part.reparation),
        repair_cost: part
            .cost
            .zip(part.currency.as_deref().and_then(currency))
            .map(|(cost, currency)| Money::new(cost, currency)),
        tax_percent: part.tax.map(Into::into),
        severity: part.severity_level,
        billable: part.non_billable.map(|free| !free),
    }
}

/// A part of an older result: its cost comes without a currency, so there is no amount of money to tell.
fn map_severity(entry: SeverityDto) -> PartCondition {
    let code = entry.location.map(String::from);
    PartCondition {
        part_name: code.as_deref().and_then(part_name),
        part: code,
        condition: None,
        repair: None,
        repair_cost: None,
        tax_percent: None,
        severity: entry.severity.as_deref().and_then(severity),
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
    inputs.into_iter().map(map_input).collect()
}

fn map_input(input: InputDto) -> FormAnswer {
    let answers = match input.answer {
        None => Vec::new(),
        Some(AnswerDto::Written(text)) => filled(Some(text)).into_iter().collect(),
        Some(AnswerDto::Chosen(texts)) => in_one_language(texts),
    };
    FormAnswer {
        question: in_one_language(input.question.unwrap_or_default()).into_iter().next(),
        answers,
        cost: input.cost.map(Into::into),
    }
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
