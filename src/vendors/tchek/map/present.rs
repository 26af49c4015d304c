//! What stands at the vendor now: reports, searched inspections, the destination of deliveries.

use secrecy::SecretString;

use crate::domain::inspection::present::FoundInspection;
use crate::domain::inspection::present::PresentDamage;
use crate::domain::inspection::present::PresentImage;
use crate::domain::inspection::present::PresentReport;
use crate::domain::inspection::report::Damage;
use crate::domain::inspection::report::Image;
use crate::domain::inspection::report::ImageRegion;
use crate::domain::inspection::report::ReportContent;
use crate::domain::inspection::webhooks::WebhookDestination;
use crate::domain::inspection::webhooks::WebhookEvent;

use super::super::api::inspections::FoundDto;
use super::super::api::inspections::PresentDamageDto;
use super::super::api::inspections::PresentReportDto;
use super::super::api::webhooks::ConfigurationDto;
use super::filled;
use super::parts::damage_kind;
use super::parts::part_name;
use super::parts::severity;

/// A report as it stands.
pub(in crate::vendors::tchek) fn map_present_report(report: PresentReportDto) -> PresentReport {
    let damages = report.damages.unwrap_or_default();
    let images = report.images.unwrap_or_default();
    let inspection = report.inspection.unwrap_or_default();
    let damages: Vec<_> = damages.into_iter().map(map_present_damage).collect();
    let images: Vec<_> = images
        .into_iter()
        .map(|image| PresentImage { id: image.id.map(String::from), url: filled(image.url) })
        .collect();
    PresentReport {
        vendor_inspection_id: inspection.id.map(String::from),
        customer_last_name: filled(inspection.report.and_then(|report| report.client_last_name)),
        content: content(&damages, &images),
        damages,
        images,
    }
}

/// What a delivered report would say of it. Links may be signed, so only the part that lasts is kept.
fn content(damages: &[PresentDamage], images: &[PresentImage]) -> ReportContent {
    let stands: Vec<_> = damages.iter().filter(|damage| damage.dismissed != Some(true)).collect();
    let lasting = |url: &String| url.split('?').next().map(str::to_owned);
    let origin_of = |id: &String| {
        let image = images.iter().find(|image| image.id.as_ref() == Some(id))?;
        image.url.as_ref().and_then(lasting)
    };
    let region = |id: &String| ImageRegion {
        image_id: Some(id.clone()),
        image_url: origin_of(id),
        center_x: None,
        center_y: None,
        width: None,
        height: None,
        detail: None,
    };
    let damage = |damage: &PresentDamage| Damage {
        number: None,
        damage_id: None,
        confidence: None,
        billable: None,
        part_name: damage.part.as_deref().and_then(part_name),
        part: damage.part.clone(),
        kind: damage.kind_raw.as_deref().map(damage_kind),
        kind_raw: damage.kind_raw.clone(),
        severity: damage.severity_raw.as_deref().and_then(severity),
        severity_raw: damage.severity_raw.clone(),
        size: None,
        found_automatically: damage.found_automatically,
        regions: damage.image_ids.iter().map(region).collect(),
    };
    let image = |image: &PresentImage| Image {
        name: None,
        url: None,
        origin_url: image.url.as_ref().and_then(lasting),
        url_expires_at: None,
        shot_at: None,
        angle: None,
    };
    ReportContent {
        damage_count: i32::try_from(stands.len()).ok(),
        damages: stands.into_iter().map(damage).collect(),
        parts: Vec::new(),
        images: images.iter().map(image).collect(),
        license_plate: None,
        detected_license_plate: None,
        region: None,
        answers: Vec::new(),
        detections: Vec::new(),
        severities: Vec::new(),
        processing_time: None,
        vendor_created_at: None,
        report_url: None,
        report_url_without_costs: None,
        pdf_url: None,
        pdf_url_without_costs: None,
    }
}

fn map_present_damage(damage: PresentDamageDto) -> PresentDamage {
    let regions = damage.region.into_iter().chain(damage.regions.unwrap_or_default());
    let part = damage.location.map(String::from);
    let kind_raw = filled(damage.kind);
    let severity_raw = filled(damage.severity);
    PresentDamage {
        id: damage.id.map(String::from),
        part_name: part.as_deref().and_then(part_name),
        part,
        drawing_part: filled(damage.svg_location),
        dismissed: damage.is_deleted,
        kind: kind_raw.as_deref().map(damage_kind),
        kind_raw,
        severity: severity_raw.as_deref().and_then(severity),
        severity_raw,
        found_automatically: damage.is_auto,
        image_ids: regions.filter_map(|region| region.image?.id).map(String::from).collect(),
    }
}

/// An inspection that was found; none without an id, since nothing could be done with it.
pub(in crate::vendors::tchek) fn map_found(found: FoundDto) -> Option<FoundInspection> {
    Some(FoundInspection {
        vendor_inspection_id: found.id?.into(),
        created_at: found.created_at,
        updated_at: found.updated_at,
        detection_finished: found.detection_finished,
        detection_finished_at: found.detection_finished_at,
    })
}

/// Where deliveries go.
pub(in crate::vendors::tchek) fn map_destination(configuration: ConfigurationDto) -> WebhookDestination {
    WebhookDestination {
        url: filled(configuration.url),
        legacy_url: filled(configuration.legacy_url),
        secret: filled(configuration.header_key).map(SecretString::from),
    }
}

/// The vendor's name of an event.
pub(in crate::vendors::tchek) fn event_name(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::InspectionStarted => "newTchek",
        WebhookEvent::DetectionFinished => "detectionFinished",
        WebhookEvent::ReportCreated => "createReport",
        WebhookEvent::ReportShared => "shareUpdatedReport",
        WebhookEvent::InspectionDeleted => "deleteTchek",
        WebhookEvent::TokenCreated => "tradeinVehicle",
    }
}
