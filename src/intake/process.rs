//! Works off the inbox: decodes each delivery and applies it to the ledger, in the order of arrival.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::domain::event::Event;
use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::progress;
use crate::domain::inspection::report::ReportContent;
use crate::domain::read::shared_context;
use crate::error::Retry;
use crate::store::DeliveryRow;
use crate::store::DeliveryState;
use crate::store::InspectionPatch;
use crate::store::InspectionRow;
use crate::store::NewReport;
use crate::store::ReportOutcome;
use crate::store::Settlement;
use crate::store::StoreError;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::Inbox;
use super::Receiver;

const AT_ONCE: usize = 100;
/// A delivery whose inspection cannot be asked for is tried this often, then kept as unmatched.
const MOST_ATTEMPTS: i64 = 5;
const PAUSE: Duration = Duration::from_secs(5);
/// The vendor signs links to photos for this long.
const SIGNED_FOR: TimeDelta = TimeDelta::hours(2);
const REPORT_RECEIVED: &str = "INSPECTION_REPORT_RECEIVED";

/// What a report says, without the inspection that it is about.
struct Result {
    token: Option<TokenUid>,
    inspection: Option<String>,
    vehicle: Option<String>,
    content_hash: String,
    content: ReportContent,
}

/// How one delivery ended.
enum End {
    Settled(DeliveryState, Option<String>),
    /// The ledger has settled it together with the report.
    Written,
    /// It is to be tried again.
    Later(String),
}

impl Inbox {
    /// Works off deliveries until the process drains: first those that an earlier process left.
    pub fn start(self: &Arc<Self>) {
        let inbox = Arc::clone(self);
        let supervisor = inbox.services.shutdown.clone();
        drop(supervisor.spawn(async move { inbox.run().await }));
    }

    async fn run(&self) {
        let draining = self.services.shutdown.draining();
        tokio::pin!(draining);
        loop {
            let pause = match self.work_off().await {
                Ok(true) => Some(PAUSE),
                Ok(false) => None,
                Err(error) => {
                    tracing::error!(%error, "the inbox cannot be worked off; it is tried again");
                    Some(PAUSE)
                }
            };
            tokio::select! {
                () = &mut draining => return,
                () = self.arrived.notified() => {}
                () = tokio::time::sleep(pause.unwrap_or(Duration::MAX)), if pause.is_some() => {}
            }
        }
    }

    /// Works off what is pending; tells whether some of it is to be tried again.
    async fn work_off(&self) -> std::result::Result<bool, StoreError> {
        loop {
            let pending = self.services.store.pending_deliveries(AT_ONCE).await?;
            let (mut settled, count) = (0_usize, pending.len());
            for delivery in pending {
                if self.services.shutdown.is_draining() {
                    return Ok(false);
                }
                settled += usize::from(self.settle(&delivery).await?);
            }
            if count == 0 || settled == 0 {
                return Ok(count > 0);
            }
        }
    }

    /// Works on one delivery; tells whether it needs no further work.
    async fn settle(&self, delivery: &DeliveryRow) -> std::result::Result<bool, StoreError> {
        let (state, note) = match self.apply(delivery).await? {
            End::Written => return Ok(true),
            End::Settled(state, note) => (state, note),
            End::Later(note) if delivery.attempts + 1 < MOST_ATTEMPTS => (DeliveryState::Received, Some(note)),
            End::Later(note) => (DeliveryState::Unmatched, Some(note)),
        };
        let now = self.services.clock.now();
        let settlement = Settlement { state, note, inspection_id: None };
        self.services.store.settle_delivery(&delivery.tenant, delivery.id, settlement, now).await?;
        metrics::counter!("forecourt_deliveries_total", "vendor" => delivery.vendor.clone(), "state" => state.as_str())
            .increment(1);
        Ok(state != DeliveryState::Received)
    }

    async fn apply(&self, delivery: &DeliveryRow) -> std::result::Result<End, StoreError> {
        let Some(receiver) = self.receiver(&delivery.vendor, &delivery.tenant) else {
            let note = "the tenant no longer has this vendor".to_owned();
            return Ok(End::Settled(DeliveryState::Unmatched, Some(note)));
        };
        let result = match receiver.decoder.decode(&delivery.body) {
            Ok(Event::InspectionReported { token, inspection, vehicle, content_hash, content }) => {
                Result { token, inspection, vehicle, content_hash, content: *content }
            }
            Ok(Event::InspectionStarted { .. } | Event::InspectionDeleted { .. } | Event::TokenCreated { .. }) => {
                let note = "it carries no result; it is kept, and the inspection's status is read when it is asked for";
                return Ok(End::Settled(DeliveryState::Unmatched, Some(note.to_owned())));
            }
            Err(unreadable) => return Ok(End::Settled(DeliveryState::Unreadable, Some(unreadable.0))),
        };
        match self.inspection(receiver, delivery, &result).await? {
            Ok(row) => self.write(receiver, delivery, row, result).await,
            Err(end) => Ok(end),
        }
    }

    /// The inspection that a result is about: from the ledger, else from the vendor, if it is this tenant's.
    async fn inspection(
        &self,
        receiver: &Receiver,
        delivery: &DeliveryRow,
        result: &Result,
    ) -> std::result::Result<std::result::Result<InspectionRow, End>, StoreError> {
        let store = &self.services.store;
        let rows = match (&result.token, &result.inspection) {
            (Some(uid), _) => store.inspections_by_token(&delivery.tenant, None, std::slice::from_ref(&uid.0)).await?,
            (None, Some(id)) => {
                store.inspections_by_vendor_id(&delivery.tenant, &delivery.vendor, std::slice::from_ref(id)).await?
            }
            (None, None) => Vec::new(),
        };
        if let Some(row) = rows.into_iter().find(|row| row.vendor == delivery.vendor) {
            return Ok(Ok(row));
        }
        if let Some(uid) = &result.token {
            return self.meet(receiver, uid).await;
        }
        let note = "no inspection of this tenant has this id, and the result names no token".to_owned();
        Ok(Err(End::Settled(DeliveryState::Unmatched, Some(note))))
    }

    /// Asks the vendor for a token that the ledger has not met, with each account of the tenant.
    async fn meet(
        &self,
        receiver: &Receiver,
        uid: &TokenUid,
    ) -> std::result::Result<std::result::Result<InspectionRow, End>, StoreError> {
        let mut unanswered = None;
        for account in &receiver.accounts {
            let Some(source) = self.services.sources.inspections.get(&receiver.tenant, account) else { continue };
            match source.status(vec![uid.clone()], shared_context()).await.remove(uid) {
                Some(Ok(Some(state))) => {
                    let row = self.met(receiver, account, source.environment(), &state);
                    return self.services.store.upsert_inspection(row, self.services.clock.now()).await.map(Ok);
                }
                Some(Err(error)) if error.retry == Retry::Temporary => unanswered = Some(error.operation),
                Some(Ok(None) | Err(_)) | None => {}
            }
        }
        if let Some(operation) = unanswered {
            return Ok(Err(End::Later(format!("the token is new, and `{operation}` does not answer"))));
        }
        let note = "no account of this tenant knows the token".to_owned();
        Ok(Err(End::Settled(DeliveryState::Unmatched, Some(note))))
    }

    /// The ledger's first row of an inspection that was not created through the gateway.
    fn met(&self, receiver: &Receiver, account: &AccountId, environment: &str, state: &TokenState) -> InspectionRow {
        let now = self.services.clock.now();
        let status_code = state.status_code.unwrap_or(0);
        InspectionRow {
            id: self.services.ids.uuid(now),
            tenant: receiver.tenant.as_ref().to_owned(),
            vendor: account.vendor.to_owned(),
            account: account.name.as_ref().to_owned(),
            environment: environment.to_owned(),
            token_uid: state.uid.0.clone(),
            vendor_token_id: state.vendor_token_id.clone(),
            vendor_inspection_id: state.vendor_inspection_id.clone(),
            vendor_vehicle_id: state.vendor_vehicle_id.clone(),
            vin: None,
            license_plate: None,
            locale: None,
            damage_review: None,
            delivery: None,
            status_code,
            last_progress_status: progress::is_progress(status_code).then_some(status_code),
            status_changed_at: state.status_changed_at,
            created_at: state.created_at.unwrap_or(now),
            expires_at: state.expires_at,
            expired: state.expired.unwrap_or(false),
            customer: None,
            agent_id: None,
            created_by: None,
            seen_at: now,
            change_seq: 0,
        }
    }

    async fn write(
        &self,
        receiver: &Receiver,
        delivery: &DeliveryRow,
        row: InspectionRow,
        result: Result,
    ) -> std::result::Result<End, StoreError> {
        let services = &self.services;
        let Some(account) = receiver.accounts.iter().find(|account| *account.name == *row.account) else {
            let note = "the account of the inspection is no longer configured".to_owned();
            return Ok(End::Settled(DeliveryState::Unmatched, Some(note)));
        };
        let mut content = result.content;
        for image in &mut content.images {
            let is_signed = image.url.is_some() && image.url != image.origin_url;
            image.url_expires_at = is_signed.then(|| delivery.received_at + SIGNED_FOR);
        }
        let Ok(data) = serde_json::to_value(&content) else {
            let note = Some("the result has no form that the ledger can keep".to_owned());
            return Ok(End::Settled(DeliveryState::Unreadable, note));
        };
        let now = services.clock.now();
        let report = NewReport {
            id: services.ids.uuid(now),
            tenant: delivery.tenant.clone(),
            inspection_id: row.id,
            content_hash: result.content_hash,
            data,
            delivery_id: Some(delivery.id),
            received_at: delivery.received_at,
        };
        let patch = InspectionPatch {
            vendor_inspection_id: result.inspection,
            vendor_vehicle_id: result.vehicle,
            ..InspectionPatch::default()
        };
        let outcome = services.store.apply_report(report, patch, self.trail(delivery, &row)).await?;
        let state = match outcome {
            ReportOutcome::Applied { .. } => DeliveryState::Applied,
            ReportOutcome::Unchanged { .. } => DeliveryState::Unchanged,
        };
        metrics::counter!("forecourt_deliveries_total", "vendor" => delivery.vendor.clone(), "state" => state.as_str())
            .increment(1);
        let uid = TokenUid(row.token_uid);
        services.invalidate(&receiver.tenant, account, &uid.tags());
        self.status.soon(Arc::clone(&receiver.tenant), account.clone(), uid);
        Ok(End::Written)
    }

    fn trail(&self, delivery: &DeliveryRow, row: &InspectionRow) -> Trail {
        let entry = TimelineRow {
            id: self.services.ids.uuid(self.services.clock.now()),
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin: row.vin.clone(),
            subject: row.id.to_string(),
            kind: REPORT_RECEIVED.to_owned(),
            at: delivery.received_at,
            data: json!({ "delivery": delivery.id }),
            dedupe_key: format!("delivery:{}", delivery.id),
            change_seq: 0,
        };
        let vehicle = row.vin.clone().map(|vin| VehicleTouch {
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin,
            last_activity_at: Some(delivery.received_at),
            ..VehicleTouch::default()
        });
        Trail { timeline: vec![entry], vehicles: vehicle.into_iter().collect() }
    }
}
