//! Writes into the ledger that the vendor deleted an inspection.

use crate::domain::inspection::progress::newest_of_vehicle;
use crate::store::DeliveryRow;
use crate::store::InspectionPatch;
use crate::store::InspectionRow;
use crate::store::StoreError;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::lane::Lane;

impl Lane {
    /// The row stays, marked: whoever copied it has to hear of the deletion.
    pub(super) async fn mark_deleted(&self, delivery: &DeliveryRow, row: &InspectionRow) -> Result<(), StoreError> {
        if row.deleted_at.is_some() {
            return Ok(());
        }
        let patch = InspectionPatch { deleted_at: Some(delivery.received_at), ..InspectionPatch::default() };
        let trail = Trail { vehicles: self.without(row).await?.into_iter().collect(), ..Trail::default() };
        let now = self.services.clock.now();
        self.services.store.patch_inspection(&row.tenant, row.id, patch, trail, now).await?;
        Ok(())
    }

    /// The index falls back on the inspection before the deleted one, or on none.
    async fn without(&self, row: &InspectionRow) -> Result<Option<VehicleTouch>, StoreError> {
        let Some(vin) = row.vin.clone() else { return Ok(None) };
        let left = newest_of_vehicle(&self.services, row, &vin, Some(row.id)).await?;
        Ok(Some(VehicleTouch {
            tenant: row.tenant.clone(),
            vendor: row.vendor.clone(),
            account: row.account.clone(),
            vin,
            inspection_status: left.map(|left| left.status_code),
            forgets_inspection: true,
            ..VehicleTouch::default()
        }))
    }
}
