//! Reads one delivery and writes into the ledger what it tells.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::cache::CacheKey;
use crate::domain::event::Event;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::report::ReportContent;
use crate::domain::timeline::model::INSPECTION_REPORT_RECEIVED;
use crate::store::DeliveryRow;
use crate::store::DeliveryState;
use crate::store::InspectionPatch;
use crate::store::InspectionRow;
use crate::store::Named;
use crate::store::NewReport;
use crate::store::ReportOutcome;
use crate::store::Settlement;
use crate::store::StoreError;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::deliveries::End;
use super::lane::Lane;
use super::matching::Found;
use super::matching::Meeting;
use super::order::Newer;

/// Deliveries about one inspection within this time cause one reading of its status.
const GATHERED: TimeDelta = TimeDelta::seconds(2);
/// The vendor signs links to photos for this long.
const SIGNED_FOR: TimeDelta = TimeDelta::hours(2);

/// What a delivery tells of its inspection.
enum Told {
    /// It has this result.
    Result(Box<Brought>),
    /// It was deleted.
    Deletion,
    /// Something happened to it.
    Progress,
}

/// The result that a delivery brings.
struct Brought {
    vehicle: Option<String>,
    content_hash: String,
    content: ReportContent,
}

impl Lane {
    /// Works on one delivery; `names` tells what it speaks of as soon as that is known, also if the work fails later.
    ///
    /// `is_met` says that its inspection has been met in this pass, so that nothing earlier is left to come first.
    pub(super) async fn apply(&self, id: Uuid, is_met: bool, names: &mut Named) -> Result<End, StoreError> {
        let Some(delivery) = self.services.store.delivery(&self.receiver.tenant, id).await? else {
            return Ok(End::Gone);
        };
        let event = match self.receiver.decoder.decode(&delivery.body) {
            Ok(event) => event,
            Err(unreadable) => return Ok(settled(DeliveryState::Unreadable, unreadable.0)),
        };
        let told = take_apart(event, names);
        let found = match self.known(&delivery, names).await? {
            Some(found) => found,
            None => match self.meet(&delivery, names).await? {
                Meeting::Met(found) if is_met => *found,
                Meeting::Met(_) => return Ok(End::Met),
                Meeting::Failed(end) => return Ok(end),
            },
        };
        match told {
            Told::Result(brought) => self.write(&delivery, names, found, *brought).await,
            Told::Deletion => {
                self.mark_deleted(&delivery, &found.row).await?;
                Ok(self.note(found))
            }
            Told::Progress => Ok(self.note(found)),
        }
    }

    /// An event without a result: the vendor's word on the status is all that there is to get.
    fn note(&self, found: Found) -> End {
        self.forget_status(&found);
        End::Settled(Box::new(Settlement {
            note: Some("it brings no result; the inspection's status is read".to_owned()),
            account: Some(found.row.account),
            inspection_id: Some(found.row.id),
            read_status_at: Some(self.gathered()),
            ..Settlement::new(DeliveryState::Noted)
        }))
    }

    async fn write(
        &self,
        delivery: &DeliveryRow,
        names: &Named,
        found: Found,
        brought: Brought,
    ) -> Result<End, StoreError> {
        let mut content = brought.content;
        for image in &mut content.images {
            let is_signed = image.url.is_some() && image.url != image.origin_url;
            image.url_expires_at = is_signed.then(|| delivery.received_at + SIGNED_FOR);
        }
        let Ok(data) = serde_json::to_value(&content) else {
            let note = "the result has no form that the ledger can keep".to_owned();
            return Ok(settled(DeliveryState::Unreadable, note));
        };
        let yields_to = match self.newer(delivery, &found, &brought.content_hash, &content).await? {
            Newer::This => None,
            Newer::Current(id) => Some(id),
            Newer::Unanswered(end) => return Ok(end),
        };
        let now = self.services.clock.now();
        let report = NewReport {
            id: self.services.ids.uuid(now),
            tenant: delivery.tenant.clone(),
            inspection_id: found.row.id,
            content_hash: brought.content_hash,
            data,
            delivery_id: Some(delivery.id),
            received_at: delivery.received_at,
            yields_to,
            read_status_at: Some(self.gathered()),
        };
        let patch = InspectionPatch {
            vendor_inspection_id: names.vendor_inspection_id.clone(),
            vendor_vehicle_id: brought.vehicle,
            ..InspectionPatch::default()
        };
        let about = json!({ "delivery": delivery.id });
        let trail = self.report_trail(&found.row, delivery.received_at, about, format!("delivery:{}", delivery.id));
        let entries = trail.timeline.clone();
        let outcome = self.services.store.apply_report(report, patch, trail, now).await?;
        self.forget_status(&found);
        self.services.announce(&entries);
        self.called.notify_one();
        if yields_to.is_some() {
            tracing::info!(tenant = %delivery.tenant, delivery = %delivery.id, "a result came after the one that the vendor says holds");
        }
        Ok(End::Written(match outcome {
            ReportOutcome::Applied { .. } => DeliveryState::Applied,
            ReportOutcome::Unchanged { .. } => DeliveryState::Unchanged,
            ReportOutcome::Superseded { .. } => DeliveryState::Superseded,
        }))
    }

    /// A status that was read before the delivery is not to be believed any more.
    fn forget_status(&self, found: &Found) {
        let uid = TokenUid(found.row.token_uid.clone());
        self.services.invalidate(&self.receiver.tenant, &found.account, &uid.tags());
    }

    fn gathered(&self) -> DateTime<Utc> {
        self.services.clock.now() + GATHERED
    }

    /// What a new report leaves in the timeline and in the index.
    pub(super) fn report_trail(
        &self,
        row: &InspectionRow,
        at: DateTime<Utc>,
        data: Value,
        dedupe_key: String,
    ) -> Trail {
        let entry = TimelineRow {
            id: self.services.ids.uuid(self.services.clock.now()),
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin: row.vin.clone(),
            subject: row.id.to_string(),
            kind: INSPECTION_REPORT_RECEIVED.to_owned(),
            at,
            data,
            dedupe_key,
            change_seq: 0,
        };
        let vehicle = row.vin.clone().map(|vin| VehicleTouch {
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin,
            last_activity_at: Some(at),
            ..VehicleTouch::default()
        });
        Trail { timeline: vec![entry], vehicles: vehicle.into_iter().collect() }
    }
}

/// Separates what an event speaks of from what it tells of that.
fn take_apart(event: Event, names: &mut Named) -> Told {
    match event {
        Event::InspectionReported { token, inspection, vehicle, content_hash, content } => {
            *names = Named { token_uid: token.map(|uid| uid.0), vendor_inspection_id: inspection };
            Told::Result(Box::new(Brought { vehicle, content_hash, content: *content }))
        }
        Event::InspectionStarted { inspection, .. } => {
            *names = Named { token_uid: None, vendor_inspection_id: inspection };
            Told::Progress
        }
        Event::InspectionDeleted { inspection } => {
            *names = Named { token_uid: None, vendor_inspection_id: inspection };
            Told::Deletion
        }
        Event::TokenCreated { token } => {
            *names = Named { token_uid: Some(token.uid.0), vendor_inspection_id: token.vendor_inspection_id };
            Told::Progress
        }
    }
}

fn settled(state: DeliveryState, note: String) -> End {
    End::Settled(Box::new(Settlement { note: Some(note), ..Settlement::new(state) }))
}
