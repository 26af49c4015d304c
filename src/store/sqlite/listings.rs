//! Listings in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, count, json, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{AccountKey, CreatedCursor, ListingQuery, ListingRow, Listings, Page, StoreError};

/// Inserts a listing or replaces the one with its number at its dealership; returns it as stored.
pub(super) async fn upsert(writing: &mut Writing, row: ListingRow) -> Result<ListingRow, StoreError> {
    let seq = writing.next_seq();
    let stored = sqlx::query(
        "INSERT INTO listings (id, tenant, vendor, account, environment, vendor_car_id, dealership, internal_id, vin, \
         license_plate, car, pushed_at, created_by, change_seq) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (tenant, vendor, account, dealership, internal_id, environment) DO UPDATE SET \
         vendor_car_id = coalesce(excluded.vendor_car_id, vendor_car_id), \
         vin = excluded.vin, license_plate = excluded.license_plate, car = excluded.car, \
         pushed_at = excluded.pushed_at, created_by = excluded.created_by, change_seq = excluded.change_seq \
         RETURNING *",
    )
    .bind(row.id.to_string())
    .bind(row.tenant)
    .bind(row.vendor)
    .bind(row.account)
    .bind(row.environment)
    .bind(row.vendor_car_id)
    .bind(row.dealership)
    .bind(row.internal_id)
    .bind(row.vin)
    .bind(row.license_plate)
    .bind(json(&row.car))
    .bind(millis(row.pushed_at))
    .bind(row.created_by)
    .bind(seq)
    .fetch_one(writing.connection())
    .await?;
    listing(&stored)
}

fn listing(row: &SqliteRow) -> Result<ListingRow, StoreError> {
    let columns = Columns::new("listings", row);
    Ok(ListingRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        environment: columns.get("environment")?,
        vendor_car_id: columns.get("vendor_car_id")?,
        dealership: columns.get("dealership")?,
        internal_id: columns.get("internal_id")?,
        vin: columns.get("vin")?,
        license_plate: columns.get("license_plate")?,
        car: columns.json("car")?,
        pushed_at: columns.time("pushed_at")?,
        created_by: columns.get("created_by")?,
        change_seq: columns.get("change_seq")?,
    })
}

/// The condition of a list, from the tenant as `$1` to the change number as `$6`.
///
/// What is asked of the VIN is a part of the text, so that a list of one VIN walks the index of VINs.
macro_rules! list {
    ($select:literal, $vin:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM listings WHERE tenant = $1 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             AND ",
            $vin,
            " AND ($4 IS NULL OR dealership = $4) \
             AND ($5 IS NULL OR internal_id = $5) AND ($6 IS NULL OR change_seq > $6) ",
            $rest
        )
    };
}

const fn page_sql(query: &ListingQuery) -> &'static str {
    match query.vin {
        None => list!("*", "$3 IS NULL", "AND (pushed_at, id) < ($7, $8) ORDER BY pushed_at DESC, id DESC LIMIT $9"),
        Some(_) => list!("*", "vin = $3", "AND (pushed_at, id) < ($7, $8) ORDER BY pushed_at DESC, id DESC LIMIT $9"),
    }
}

const fn count_sql(query: &ListingQuery) -> &'static str {
    match query.vin {
        None => list!("count(*)", "$3 IS NULL", ""),
        Some(_) => list!("count(*)", "vin = $3", ""),
    }
}

#[async_trait]
impl Listings for SqliteStore {
    async fn upsert_listing(&self, row: ListingRow, now: DateTime<Utc>) -> Result<ListingRow, StoreError> {
        let mut writing = self.write(now).await?;
        let row = upsert(&mut writing, row).await?;
        writing.commit().await?;
        Ok(row)
    }

    async fn listings_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<ListingRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($2)) \
 SELECT l.* FROM wanted CROSS JOIN listings l ON l.tenant = $1 AND l.id = wanted.key",
        )
        .bind(tenant)
        .bind(json(ids))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(listing).collect()
    }

    async fn listings_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<ListingRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($3)) \
             SELECT l.* FROM wanted CROSS JOIN listings l ON l.tenant = $1 AND l.vin = wanted.key \
             WHERE (+l.vendor, +l.account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             ORDER BY l.pushed_at DESC, l.id DESC",
        )
        .bind(tenant)
        .bind(json(accounts))
        .bind(json(vins))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(listing).collect()
    }

    async fn listings_by_internal_id(
        &self,
        tenant: &str,
        account: &AccountKey,
        environment: Option<&str>,
        dealership: &str,
        internal_ids: &[String],
    ) -> Result<Vec<ListingRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($4)) \
             SELECT l.* FROM wanted CROSS JOIN listings l \
             ON l.tenant = $1 AND l.vendor = $2 AND l.account = $3 AND l.dealership = $6 AND l.internal_id = wanted.key \
             WHERE $5 IS NULL OR l.environment = $5 ORDER BY l.pushed_at DESC, l.id DESC",
        )
        .bind(tenant)
        .bind(&account.vendor)
        .bind(&account.account)
        .bind(json(internal_ids))
        .bind(environment)
        .bind(dealership)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(listing).collect()
    }

    async fn listing_page(
        &self,
        query: &ListingQuery,
        after: Option<CreatedCursor>,
        first: usize,
    ) -> Result<Page<ListingRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, String::new()), |cursor| (millis(cursor.at), cursor.id.to_string()));
        let rows = sqlx::query(page_sql(query))
            .bind(&query.tenant)
            .bind(json(&query.accounts))
            .bind(&query.vin)
            .bind(&query.dealership)
            .bind(&query.internal_id)
            .bind(query.changed_after_seq)
            .bind(at)
            .bind(id)
            .bind(limit(first.saturating_add(1)))
            .fetch_all(&self.readers)
            .await?;
        let rows = rows.iter().map(listing).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, first))
    }

    async fn listing_count(&self, query: &ListingQuery) -> Result<u64, StoreError> {
        let number: i64 = sqlx::query_scalar(count_sql(query))
            .bind(&query.tenant)
            .bind(json(&query.accounts))
            .bind(&query.vin)
            .bind(&query.dealership)
            .bind(&query.internal_id)
            .bind(query.changed_after_seq)
            .fetch_one(&self.readers)
            .await?;
        Ok(count(number))
    }
}
