//! Inspections without a VIN, joined with the vehicle that alone has their plate.

use sqlx::{Row, SqlitePool};

use super::columns::json;
use super::tokens::inspection;
use crate::store::{AccountKey, InspectionRow, StoreError};

// The sign keeps the plates' index out of the look-up of a VIN: all plates would be read for each one.
const OF_VINS: &str = "WITH seen (vendor, account) AS ( \
     SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)), \
     owner (vin, plate_key) AS ( \
     SELECT DISTINCT v.vin, v.plate_key FROM json_each($3) w CROSS JOIN vehicles v \
     ON v.tenant = $1 AND v.vin = w.value AND +v.plate_key IS NOT NULL \
     WHERE (+v.vendor, +v.account) IN (SELECT vendor, account FROM seen)) \
     SELECT owner.vin AS owner_vin, i.* FROM owner CROSS JOIN inspections i \
     ON i.tenant = $1 AND i.plate_key = owner.plate_key AND +i.vin IS NULL \
     WHERE i.deleted_at IS NULL AND (+i.vendor, +i.account) IN (SELECT vendor, account FROM seen) AND NOT EXISTS ( \
     SELECT 1 FROM vehicles o WHERE o.tenant = $1 AND o.plate_key = owner.plate_key AND +o.vin <> owner.vin \
     AND (+o.vendor, +o.account) IN (SELECT vendor, account FROM seen)) \
     ORDER BY i.created_at DESC, i.id DESC";

/// The orphans whose plate is that of one of `vins` and of no other VIN that `accounts` know, each with its VIN.
///
/// Nothing is written down: when a second VIN turns up with the plate, the inspection is an orphan again.
pub(super) async fn of_vins(
    readers: &SqlitePool,
    tenant: &str,
    accounts: &[AccountKey],
    vins: &[String],
) -> Result<Vec<(String, InspectionRow)>, StoreError> {
    let rows = sqlx::query(OF_VINS).bind(tenant).bind(json(accounts)).bind(json(vins)).fetch_all(readers).await?;
    rows.iter().map(|row| Ok((row.try_get("owner_vin")?, inspection(row)?))).collect()
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Row};

    use super::OF_VINS;
    use crate::store::{Access, SqliteStore};

    #[tokio::test]
    async fn each_step_looks_up_a_vin_or_a_plate() {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path(), Access::Serve).await.unwrap();
        let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {OF_VINS}"));
        let rows = sqlx::query(sql).fetch_all(&store.readers).await.unwrap();
        let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        for (table, seek) in [("v", "(tenant=? AND vin=?)"), ("o", "plate_key=?)"), ("i", "plate_key=?)")] {
            let table = format!("SEARCH {table} USING ");
            assert!(steps.iter().any(|step| step.starts_with(&table) && step.ends_with(seek)), "{steps:#?}");
        }
    }
}
