//! Which inspection a delivery speaks of: one that the ledger knows, or one that it meets by the delivery.

use std::sync::Arc;
use std::time::Duration;

use crate::auth::AccountId;
use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::progress;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::read::shared_context;
use crate::store::DeliveryRow;
use crate::store::DeliveryState;
use crate::store::InspectionRow;
use crate::store::Named;
use crate::store::Settlement;
use crate::store::StoreError;

use super::deliveries::End;
use super::lane::Lane;

/// The inspection that a delivery speaks of, and the account it runs under.
pub(super) struct Found {
    pub(super) account: AccountId,
    pub(super) row: InspectionRow,
}

/// What came of asking the vendor for a token that the ledger does not know.
pub(super) enum Meeting {
    Met(Box<Found>),
    Failed(End),
}

impl Lane {
    /// The inspection in the ledger that a delivery names, if it belongs to an account whose secret the delivery carried.
    pub(super) async fn known(&self, delivery: &DeliveryRow, names: &Named) -> Result<Option<Found>, StoreError> {
        let (store, tenant) = (&self.services.store, &delivery.tenant);
        let rows = match (&names.token_uid, &names.vendor_inspection_id) {
            (Some(uid), _) => store.inspections_by_token(tenant, None, std::slice::from_ref(uid)).await?,
            (None, Some(id)) => store.inspections_by_vendor_id(tenant, self.vendor, std::slice::from_ref(id)).await?,
            (None, None) => Vec::new(),
        };
        let accounts = self.accounts(&delivery.accounts);
        let found = rows.into_iter().filter(|row| row.vendor == self.vendor).find_map(|row| {
            let runs_under = |(account, source): &&(AccountId, Arc<dyn InspectionSource>)| {
                *account.name == *row.account && source.environment() == row.environment
            };
            let account = accounts.iter().find(runs_under).map(|(account, _)| account.clone())?;
            Some(Found { account, row })
        });
        Ok(found)
    }

    /// Asks the vendor for the token that a delivery names, with each account whose secret the delivery carried.
    ///
    /// Only when each of them was told that there is no such token, the delivery is unmatched; a vendor that does not
    /// answer, or refuses our credentials, is asked again later.
    pub(super) async fn meet(&self, delivery: &DeliveryRow, names: &Named) -> Result<Meeting, StoreError> {
        let Some(uid) = names.token_uid.clone().map(TokenUid) else {
            return Ok(Meeting::Failed(unmatched("the ledger has no inspection of this id, and no token is named")));
        };
        let accounts = self.accounts(&delivery.accounts);
        if accounts.is_empty() {
            let note = "no account whose secret it carried is configured any more".to_owned();
            return Ok(Meeting::Failed(End::Later { note, wait: None, last: Some(DeliveryState::Unmatched) }));
        }
        let mut unanswered: Option<(&'static str, Option<Duration>)> = None;
        for (account, source) in accounts {
            match source.status(vec![uid.clone()], shared_context()).await.remove(&uid) {
                Some(Ok(Some(state))) => {
                    let row = self.met(&account, source.environment(), &state);
                    let row = self.services.store.upsert_inspection(row, self.services.clock.now()).await?;
                    return Ok(Meeting::Met(Box::new(Found { account, row })));
                }
                Some(Ok(None)) => {}
                Some(Err(error)) => unanswered = Some((error.operation, error.retry_after)),
                None => unanswered = Some((source.status_operation(), None)),
            }
        }
        Ok(Meeting::Failed(match unanswered {
            Some((operation, wait)) => {
                let note = format!("the token is new to the ledger, and `{operation}` fails at present");
                End::Later { note, wait, last: Some(DeliveryState::Unmatched) }
            }
            None => unmatched("no account whose secret it carried knows the token"),
        }))
    }

    /// The ledger's first row of an inspection that was not created through the gateway.
    fn met(&self, account: &AccountId, environment: &str, state: &TokenState) -> InspectionRow {
        let now = self.services.clock.now();
        let status_code = state.status_code.unwrap_or(0);
        InspectionRow {
            id: self.services.ids.uuid(now),
            tenant: self.receiver.tenant.as_ref().to_owned(),
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
            deleted_at: None,
            seen_at: now,
            change_seq: 0,
        }
    }
}

fn unmatched(note: &str) -> End {
    End::Settled(Box::new(Settlement { note: Some(note.to_owned()), ..Settlement::new(DeliveryState::Unmatched) }))
}
