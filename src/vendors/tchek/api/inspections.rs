//! Inspections that exist already: their present report, and the search for them.

use chrono::DateTime;
use chrono::Utc;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Loads what the report of a token holds at present.
///
/// Source: none of the vendor; the call and parts of its answer are seen in code of its customers.
pub(in crate::vendors::tchek) const GET_REPORT: Operation =
    Operation { name: "tchek.reports.get", path: "/apiV1/report/loadtchek", provenance: Provenance::Inferred, ..READ };

/// Searches inspections by plate or by agent. The vendor writes `v1` here and `V1` everywhere else.
///
/// Source: vendor documentation, "Car Body Damage Detection".
pub(in crate::vendors::tchek) const SEARCH: Operation = Operation {
    name: "tchek.inspections.search",
    path: "/apiv1/tchek/search",
    provenance: Provenance::Published,
    ..READ
};

/// How many inspections a page may have. Inferred: the vendor names no maximum.
pub(in crate::vendors::tchek) const PAGE_SIZE: usize = 100;

dto! {
    /// The report as it stands, bare or under `data`.
    pub(in crate::vendors::tchek) struct PresentReportDto {
        #[serde(rename = "tchek")]
        inspection: InspectionDto,
        damages: Vec<PresentDamageDto>,
        images: Vec<PresentImageDto>,
    }
}

dto! {
    /// The inspection of a report.
    pub(in crate::vendors::tchek) struct InspectionDto {
        id: Id,
        report: InspectionReportDto,
    }
}

dto! {
    /// What a report says of its customer.
    pub(in crate::vendors::tchek) struct InspectionReportDto {
        #[serde(rename = "clientLastName")]
        client_last_name: String,
    }
}

dto! {
    /// One damage of the report as it stands.
    pub(in crate::vendors::tchek) struct PresentDamageDto {
        id: Id,
        /// The part; that it is the code of the results is inferred.
        location: Id,
        /// The place on the vendor's drawing; that this is what it means is inferred.
        #[serde(rename = "svgLocation")]
        svg_location: String,
        severity: String,
        #[serde(rename = "type")]
        kind: String,
        #[serde(rename = "isAuto")]
        is_auto: bool,
        /// Somebody dismissed it.
        #[serde(rename = "isDeleted")]
        is_deleted: bool,
        /// Where it is seen, when that is one photo.
        #[serde(rename = "roiPtr")]
        region: RegionDto,
        /// Where it is seen, when those are several photos.
        #[serde(rename = "listRoiPtr")]
        regions: Vec<RegionDto>,
    }
}

dto! {
    /// A place on a photo.
    pub(in crate::vendors::tchek) struct RegionDto {
        #[serde(rename = "imagePtr")]
        image: ImagePointerDto,
    }
}

dto! {
    /// A reference to a photo.
    pub(in crate::vendors::tchek) struct ImagePointerDto {
        id: Id,
    }
}

dto! {
    /// A photo.
    pub(in crate::vendors::tchek) struct PresentImageDto {
        id: Id,
        url: String,
    }
}

dto! {
    /// The envelope that some answers have.
    struct EnvelopeDto {
        data: PresentReportDto,
    }
}

dto! {
    /// An inspection that was found.
    pub(in crate::vendors::tchek) struct FoundDto {
        id: Id,
        #[serde(rename = "createdAt")]
        created_at: DateTime<Utc>,
        #[serde(rename = "updatedAt")]
        updated_at: DateTime<Utc>,
        #[serde(rename = "detectionFinished")]
        detection_finished: bool,
        /// Inferred: the published sample is cut off before it.
        #[serde(rename = "detectionFinishedAt")]
        detection_finished_at: DateTime<Utc>,
    }
}

dto! {
    /// A page of inspections.
    struct PageDto {
        data: Vec<FoundDto>,
    }
}

/// Loads the present report of the token `uid`.
pub(in crate::vendors::tchek) async fn report(
    transport: &Transport,
    uid: &str,
    deadline: Instant,
) -> Result<PresentReportDto, VendorError> {
    let reply = transport.call(Call::new(&GET_REPORT, deadline).query("token", uid)).await?;
    match decode::json::<EnvelopeDto>(&GET_REPORT, &reply)?.data {
        Some(report) => Ok(report),
        None => decode::json(&GET_REPORT, &reply),
    }
}

/// Reads the page numbered `page`, from 1, of the inspections of a plate, of an agent, or of both.
pub(in crate::vendors::tchek) async fn search(
    transport: &Transport,
    plate: Option<&str>,
    agent: Option<&str>,
    page: usize,
    deadline: Instant,
) -> Result<Vec<FoundDto>, VendorError> {
    let mut call = Call::new(&SEARCH, deadline);
    for (name, value) in [("licensePlate", plate), ("username", agent)] {
        if let Some(value) = value {
            call = call.query(name, value);
        }
    }
    let call = call.query("page", page.to_string()).query("limit", PAGE_SIZE.to_string());
    let reply = transport.call(call).await?;
    Ok(decode::json::<PageDto>(&SEARCH, &reply)?.data.unwrap_or_default())
}
