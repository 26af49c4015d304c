//! Writes into the ledger what the vendor says of a token's progress.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::domain::services::Services;
use crate::domain::timeline::model::INSPECTION_STATUS_CHANGED;
use crate::store::AccountKey;
use crate::store::InspectionPatch;
use crate::store::InspectionRow;
use crate::store::StoreError;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::model::InspectionStatus;
use super::model::TokenState;

/// Keeps what is new in `states`, all of them tokens of one account, and gives what is to be announced.
///
/// # Errors
/// What the store meets; the states are then kept at the next reading.
pub async fn note(
    services: &Services,
    tenant: &Arc<str>,
    account: &AccountId,
    environment: &str,
    states: &[TokenState],
) -> Result<Vec<TimelineRow>, StoreError> {
    let uids: Vec<String> = states.iter().map(|state| state.uid.0.clone()).collect();
    let rows = services.store.inspections_by_token(tenant, Some(environment), &uids).await?;
    let mut told = Vec::new();
    for row in rows.iter().filter(|row| row.vendor == account.vendor && row.account == *account.name) {
        let Some(state) = states.iter().find(|state| state.uid.0 == row.token_uid) else { continue };
        if is_news(row, state) && !is_overtaken(row, state) {
            let newest = is_newest_of_vehicle(services, row).await?;
            let (patch, mut trail) = news(services, row, state);
            if !newest {
                trail.vehicles.iter_mut().for_each(|vehicle| vehicle.inspection_status = None);
            }
            let entries = trail.timeline.clone();
            services.store.patch_inspection(tenant, row.id, patch, trail, services.clock.now()).await?;
            told.extend(entries);
        }
    }
    Ok(told)
}

fn is_news(row: &InspectionRow, state: &TokenState) -> bool {
    let differs = |known: &Option<String>, said: &Option<String>| said.is_some() && said != known;
    state.status_code.is_some_and(|code| code != row.status_code)
        || state.expired.is_some_and(|expired| expired != row.expired)
        || state.expires_at.is_some() && state.expires_at != row.expires_at
        || differs(&row.vendor_inspection_id, &state.vendor_inspection_id)
        || differs(&row.vendor_token_id, &state.vendor_token_id)
}

/// Whether the ledger has heard of a later change already: two readings can arrive in the wrong order.
fn is_overtaken(row: &InspectionRow, state: &TokenState) -> bool {
    row.status_changed_at.zip(state.status_changed_at).is_some_and(|(known, said)| said < known)
}

/// The index shows the status of a vehicle's latest inspection only.
async fn is_newest_of_vehicle(services: &Services, row: &InspectionRow) -> Result<bool, StoreError> {
    let Some(vin) = row.vin.clone().filter(|_| row.deleted_at.is_none()) else { return Ok(false) };
    Ok(newest_of_vehicle(services, row, &vin, None).await?.is_none_or(|newest| newest.id == row.id))
}

/// The latest inspection of `vin` that the account of `row` knows and that was not deleted, other than `except`.
///
/// # Errors
/// What the store meets.
pub async fn newest_of_vehicle(
    services: &Services,
    row: &InspectionRow,
    vin: &str,
    except: Option<Uuid>,
) -> Result<Option<InspectionRow>, StoreError> {
    let account = AccountKey::new(row.vendor.as_str(), row.account.as_str());
    let rows = services.store.inspections_by_vin(&row.tenant, &[account], &[vin.to_owned()]).await?;
    Ok(rows.into_iter().find(|known| Some(known.id) != except))
}

fn news(services: &Services, row: &InspectionRow, state: &TokenState) -> (InspectionPatch, Trail) {
    let now = services.clock.now();
    let patch = InspectionPatch {
        last_progress_status: state.status_code.filter(|code| is_progress(*code)),
        seen_at: Some(now),
        ..patch_of(state)
    };
    let changed = state.status_code.filter(|code| *code != row.status_code);
    let trail = changed.map_or_else(Trail::default, |code| {
        let at = state.status_changed_at.unwrap_or(now);
        let entry = TimelineRow {
            id: services.ids.uuid(now),
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin: row.vin.clone(),
            subject: row.id.to_string(),
            kind: INSPECTION_STATUS_CHANGED.to_owned(),
            at,
            data: json!({ "from": row.status_code, "to": code }),
            dedupe_key: format!("inspection:{}:status:{code}:{}", row.id, at.timestamp_millis()),
            change_seq: 0,
        };
        let vehicle = row.vin.clone().map(|vin| VehicleTouch {
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin,
            inspection_status: Some(code),
            last_activity_at: Some(at),
            ..VehicleTouch::default()
        });
        Trail { timeline: vec![entry], vehicles: vehicle.into_iter().collect() }
    });
    (patch, trail)
}

/// What a token's state adds to the ledger's row, without the progress.
pub fn patch_of(state: &TokenState) -> InspectionPatch {
    InspectionPatch {
        vendor_token_id: state.vendor_token_id.clone(),
        vendor_inspection_id: state.vendor_inspection_id.clone(),
        vendor_vehicle_id: state.vendor_vehicle_id.clone(),
        status_code: state.status_code,
        status_changed_at: state.status_changed_at,
        expires_at: state.expires_at,
        expired: state.expired,
        ..InspectionPatch::default()
    }
}

/// Whether a status is a step forward: a reminder is none, and an unknown number is not known to be one.
pub fn is_progress(code: i64) -> bool {
    !matches!(InspectionStatus::from_code(code), InspectionStatus::ChasedUp | InspectionStatus::Unknown)
}
