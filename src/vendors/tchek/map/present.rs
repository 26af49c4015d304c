//! What stands at the vendor now: reports, searched inspections, the destination of deliveries.

use secrecy::SecretString;

use crate::domain::inspection::present::FoundInspection;
use crate::domain::inspection::present::PresentDamage;
use crate::domain::inspection::present::PresentImage;
use crate::domain::inspection::present::PresentReport;
use crate::domain::inspection::webhooks::WebhookDestination;
use crate::domain::inspection::webhooks::WebhookEvent;

use super::super::api::inspections::FoundDto;
use super::super::api::inspections::PresentDamageDto;
use super::super::api::inspections::PresentReportDto;
use super::super::api::webhooks::ConfigurationDto;
use super::filled;

/// A report as it stands, without the damages that were dismissed.
pub(in crate::vendors::tchek) fn map_present_report(report: PresentReportDto) -> PresentReport {
    let damages = report.damages.unwrap_or_default();
    let images = report.images.unwrap_or_default();
    PresentReport {
        damages: damages.into_iter().filter(|damage| damage.is_deleted != Some(true)).map(map_present_damage).collect(),
        images: images
            .into_iter()
            .map(|image| PresentImage { id: image.id.map(String::from), url: filled(image.url) })
            .collect(),
    }
}

fn map_present_damage(damage: PresentDamageDto) -> PresentDamage {
    let regions = damage.region.into_iter().chain(damage.regions.unwrap_or_default());
    PresentDamage {
        id: damage.id.map(String::from),
        part: damage.location.map(String::from),
        kind_raw: filled(damage.kind),
        severity_raw: filled(damage.severity),
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
