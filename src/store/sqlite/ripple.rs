//! Rows that show what another row holds take part in its change.
//!
//! A list of what has changed since some number has to name them, although nothing of their own is new.

use uuid::Uuid;

use super::Writing;
use crate::store::{ListingRow, StoreError};

/// What hangs on an inspection has changed: so have the inspection and its vehicles.
pub(super) async fn from_report(writing: &mut Writing, inspection_id: Uuid, seq: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE inspections SET change_seq = $2 WHERE id = $1")
        .bind(inspection_id.to_string())
        .bind(seq)
        .execute(writing.connection())
        .await?;
    from_inspection(writing, inspection_id, seq).await
}

/// An inspection has changed: so have the vehicles of its VIN, and without one those of its plate.
pub(super) async fn from_inspection(writing: &mut Writing, id: Uuid, seq: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE vehicles SET change_seq = $2 FROM inspections i WHERE i.id = $1 AND vehicles.tenant = i.tenant \
         AND vehicles.vin IN (SELECT i.vin WHERE i.vin IS NOT NULL UNION ALL \
         SELECT p.vin FROM vehicles p WHERE i.vin IS NULL AND p.tenant = i.tenant AND p.plate_key = i.plate_key)",
    )
    .bind(id.to_string())
    .bind(seq)
    .execute(writing.connection())
    .await?;
    Ok(())
}

/// A listing is about to change: so have the vehicles of its VIN, and those of the VIN that it had.
pub(super) async fn from_listing(writing: &mut Writing, row: &ListingRow, seq: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE vehicles SET change_seq = $8 WHERE tenant = $1 AND vin IN ($2, (SELECT vin FROM listings \
         WHERE tenant = $1 AND vendor = $3 AND account = $4 AND environment = $5 AND dealership = $6 \
         AND internal_id = $7))",
    )
    .bind(&row.tenant)
    .bind(&row.vin)
    .bind(&row.vendor)
    .bind(&row.account)
    .bind(&row.environment)
    .bind(&row.dealership)
    .bind(&row.internal_id)
    .bind(seq)
    .execute(writing.connection())
    .await?;
    Ok(())
}
