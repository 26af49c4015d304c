//! Listings in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;

use super::changes::Table;
use super::columns::{Columns, count, json, limit, millis};
use super::{SqliteStore, Writing, ripple};
use crate::store::{AccountKey, CreatedCursor, ListingQuery, ListingRow, Listings, Page, StoreError};

/// Inserts a listing or replaces the one with its number at its dealership; returns it as stored.
pub(super) async fn upsert(writing: &mut Writing, row: ListingRow) -> Result<ListingRow, StoreError> {
    let seq = writing.next_seq();
    ripple::from_listing(writing, &row, seq).await?;
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
    ($select:literal, $from:literal, $vin:literal, $changed:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM ",
            $from,
            " WHERE tenant = $1 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             AND ",
            $vin,
            " AND ($4 IS NULL OR dealership = $4) \
             AND ($5 IS NULL OR internal_id = $5) AND ",
            $changed,
            " ",
            $rest
        )
    };
    (all, $select:literal, $rest:literal) => {
        list!($select, "listings", "$3 IS NULL", "($6 IS NULL OR change_seq > $6)", $rest)
    };
    (of_vin, $select:literal, $rest:literal) => {
        list!($select, "listings", "vin = $3", "($6 IS NULL OR change_seq > $6)", $rest)
    };
    (changed, $select:literal, $rest:literal) => {
        list!($select, "listings INDEXED BY listings_by_change", "$3 IS NULL", "change_seq > $6", $rest)
    };
}

macro_rules! page {
    ($rows:ident) => {
        list!($rows, "*", "AND (pushed_at, id) < ($7, $8) ORDER BY pushed_at DESC, id DESC LIMIT $9")
    };
}

const fn page_sql(query: &ListingQuery, by_change: bool) -> &'static str {
    match (&query.vin, by_change) {
        (Some(_), _) => page!(of_vin),
        (None, true) => page!(changed),
        (None, false) => page!(all),
    }
}

const fn count_sql(query: &ListingQuery, by_change: bool) -> &'static str {
    match (&query.vin, by_change) {
        (Some(_), _) => list!(of_vin, "count(*)", ""),
        (None, true) => list!(changed, "count(*)", ""),
        (None, false) => list!(all, "count(*)", ""),
    }
}

async fn reads_by_change(readers: &SqlitePool, query: &ListingQuery) -> Result<bool, StoreError> {
    Table::Listings.is_read_by_change(readers, &query.tenant, query.changed_after_seq).await
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
        let by_change = reads_by_change(&self.readers, query).await?;
        let rows = sqlx::query(page_sql(query, by_change))
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
        let by_change = reads_by_change(&self.readers, query).await?;
        let number: i64 = sqlx::query_scalar(count_sql(query, by_change))
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

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[tokio::test]
    async fn a_list_reads_the_index_of_what_it_asks_for() {
        let query = ListingQuery::default();
        for (by_change, seek) in [
            (false, "listings_by_age (tenant=? AND (pushed_at,id)<(?,?))"),
            (true, "listings_by_change (tenant=? AND change_seq>?)"),
        ] {
            let plan = plan(page_sql(&query, by_change)).await;
            assert!(plan.iter().any(|(_, step)| step.ends_with(seek)), "{plan:#?}");
        }
    }
}
