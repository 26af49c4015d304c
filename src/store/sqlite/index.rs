//! The vehicle index in `SQLite`: touching rows and finding them by VIN or plate.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::columns::{Columns, json, millis};
use super::{SqliteStore, Writing, index_list, writing};
use crate::store::{AccountKey, MergedVehicle, Page, StoreError, VehicleIndex, VehicleQuery, VehicleRow, VehicleTouch};

/// Merges a touch into its row; returns whether the row changed.
pub(super) async fn touch(writing: &mut Writing, touch: VehicleTouch) -> Result<bool, StoreError> {
    let known = sqlx::query("SELECT * FROM vehicles WHERE tenant = $1 AND vin = $2 AND vendor = $3 AND account = $4")
        .bind(&touch.tenant)
        .bind(&touch.vin)
        .bind(&touch.vendor)
        .bind(&touch.account)
        .fetch_optional(writing.connection())
        .await?;
    let known = known.as_ref().map(vehicle).transpose()?;
    let mut row = merge(known.clone(), touch);
    if known.is_some_and(|known| known == row) {
        return Ok(false);
    }
    row.change_seq = writing.next_seq();
    put(writing, &row).await?;
    Ok(true)
}

fn merge(known: Option<VehicleRow>, touch: VehicleTouch) -> VehicleRow {
    let mut row = known.unwrap_or_else(|| VehicleRow {
        tenant: touch.tenant,
        vendor: touch.vendor,
        account: touch.account,
        vin: touch.vin,
        license_plate: None,
        plate_key: None,
        make: None,
        model_group: None,
        model: None,
        variant: None,
        last_serviced_at: None,
        last_activity_at: touch.last_activity_at.or(touch.last_serviced_at).unwrap_or(DateTime::UNIX_EPOCH),
        listed: false,
        inspection_status: None,
        has_open_ticket: None,
        open_ticket: None,
        change_seq: 0,
    });
    row.license_plate = touch.license_plate.or(row.license_plate);
    row.plate_key = touch.plate_key.or(row.plate_key);
    row.make = touch.make.or(row.make);
    row.model_group = touch.model_group.or(row.model_group);
    row.model = touch.model.or(row.model);
    row.variant = touch.variant.or(row.variant);
    row.last_serviced_at = touch.last_serviced_at.max(row.last_serviced_at);
    row.last_activity_at = touch.last_activity_at.map_or(row.last_activity_at, |at| at.max(row.last_activity_at));
    row.listed = touch.listed.unwrap_or(row.listed);
    let before = row.inspection_status.filter(|_| !touch.forgets_inspection);
    row.inspection_status = touch.inspection_status.or(before);
    let another_is_open = row.open_ticket.as_ref().is_some_and(|open| !touch.closed_tickets.contains(open));
    match touch.has_open_ticket {
        Some(false) if another_is_open => {}
        Some(open) => (row.has_open_ticket, row.open_ticket) = (Some(open), touch.open_ticket),
        None => {}
    }
    row
}

async fn put(writing: &mut Writing, row: &VehicleRow) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO vehicles (tenant, vin, vendor, account, license_plate, plate_key, make, model_group, model, \
         variant, last_serviced_at, last_activity_at, listed, inspection_status, has_open_ticket, open_ticket, search, change_seq) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (tenant, vin, vendor, account) DO UPDATE SET license_plate = excluded.license_plate, \
         plate_key = excluded.plate_key, make = excluded.make, model_group = excluded.model_group, \
         model = excluded.model, variant = excluded.variant, last_serviced_at = excluded.last_serviced_at, \
         last_activity_at = excluded.last_activity_at, listed = excluded.listed, \
         inspection_status = excluded.inspection_status, has_open_ticket = excluded.has_open_ticket, open_ticket = excluded.open_ticket, \
         search = excluded.search, change_seq = excluded.change_seq",
    )
    .bind(&row.tenant)
    .bind(&row.vin)
    .bind(&row.vendor)
    .bind(&row.account)
    .bind(&row.license_plate)
    .bind(&row.plate_key)
    .bind(&row.make)
    .bind(&row.model_group)
    .bind(&row.model)
    .bind(&row.variant)
    .bind(row.last_serviced_at.map(millis))
    .bind(millis(row.last_activity_at))
    .bind(row.listed)
    .bind(row.inspection_status)
    .bind(row.has_open_ticket)
    .bind(&row.open_ticket)
    .bind(search_text(row))
    .bind(row.change_seq)
    .execute(writing.connection())
    .await?;
    Ok(())
}

/// What a text filter looks at; `SQLite`'s own `lower` knows the letters A to Z only.
fn search_text(row: &VehicleRow) -> String {
    let parts = [&row.license_plate, &row.plate_key, &row.make, &row.model_group, &row.model, &row.variant]
        .into_iter()
        .flatten();
    std::iter::once(&row.vin).chain(parts).map(|part| part.to_lowercase()).collect::<Vec<_>>().join("\n")
}

pub(super) fn vehicle(row: &SqliteRow) -> Result<VehicleRow, StoreError> {
    let columns = Columns::new("vehicles", row);
    Ok(VehicleRow {
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        vin: columns.get("vin")?,
        license_plate: columns.get("license_plate")?,
        plate_key: columns.get("plate_key")?,
        make: columns.get("make")?,
        model_group: columns.get("model_group")?,
        model: columns.get("model")?,
        variant: columns.get("variant")?,
        last_serviced_at: columns.time_if_any("last_serviced_at")?,
        last_activity_at: columns.time("last_activity_at")?,
        listed: columns.get("listed")?,
        inspection_status: columns.get("inspection_status")?,
        has_open_ticket: columns.get("has_open_ticket")?,
        open_ticket: columns.get("open_ticket")?,
        change_seq: columns.get("change_seq")?,
    })
}

#[async_trait]
impl VehicleIndex for SqliteStore {
    async fn touch_vehicles(&self, touches: Vec<VehicleTouch>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut writing = self.write(now).await?;
        let changed = writing.touch_all(touches).await?;
        writing.commit().await?;
        Ok(changed)
    }

    async fn vehicles_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<VehicleRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($3)) \
             SELECT v.* FROM wanted CROSS JOIN vehicles v ON v.tenant = $1 AND v.vin = wanted.key \
             WHERE (v.vendor, v.account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             ORDER BY v.vin, v.vendor, v.account",
        )
        .bind(tenant)
        .bind(json(accounts))
        .bind(json(vins))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(vehicle).collect()
    }

    async fn vins_by_plate(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        plate_key: &str,
    ) -> Result<Vec<String>, StoreError> {
        let vins = sqlx::query_scalar(
            "SELECT DISTINCT vin FROM vehicles WHERE tenant = $1 AND plate_key = $3 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             ORDER BY vin",
        )
        .bind(tenant)
        .bind(json(accounts))
        .bind(plate_key)
        .fetch_all(&self.readers)
        .await?;
        Ok(vins)
    }

    async fn vehicle_page(&self, query: &VehicleQuery) -> Result<Page<MergedVehicle>, StoreError> {
        index_list::page(&self.readers, query).await
    }

    async fn vehicle_count(&self, query: &VehicleQuery) -> Result<u64, StoreError> {
        index_list::total(&self.readers, query).await
    }

    async fn seq_at(&self, time: DateTime<Utc>) -> Result<i64, StoreError> {
        writing::seq_at(&self.readers, time).await
    }
}
