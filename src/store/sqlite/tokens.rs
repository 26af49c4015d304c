//! Inspections in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use uuid::Uuid;

use super::changes::Table;
use super::columns::{Columns, count, json, limit, millis};
use super::{SqliteStore, Writing, inbox, orphans, ripple, token_list};
use crate::store::{
    AccountKey, CreatedCursor, InspectionPatch, InspectionQuery, InspectionRow, OpenInspections, Page, Patched,
    StoreError, Tokens, Trail,
};

/// Inserts an inspection or joins it with the row of its token; returns it as stored.
pub(super) async fn upsert(writing: &mut Writing, row: InspectionRow) -> Result<InspectionRow, StoreError> {
    let known = sqlx::query(
        "SELECT * FROM inspections \
         WHERE tenant = $1 AND vendor = $2 AND account = $3 AND environment = $4 AND token_uid = $5",
    )
    .bind(&row.tenant)
    .bind(&row.vendor)
    .bind(&row.account)
    .bind(&row.environment)
    .bind(&row.token_uid)
    .fetch_optional(writing.connection())
    .await?;
    let Some(known) = known else { return insert(writing, row).await };
    let known = inspection(&known)?;
    let joined = InspectionRow {
        id: known.id,
        vendor_token_id: row.vendor_token_id.or_else(|| known.vendor_token_id.clone()),
        vendor_inspection_id: row.vendor_inspection_id.or_else(|| known.vendor_inspection_id.clone()),
        vendor_vehicle_id: row.vendor_vehicle_id.or_else(|| known.vendor_vehicle_id.clone()),
        vin: row.vin.or_else(|| known.vin.clone()),
        license_plate: row.license_plate.or_else(|| known.license_plate.clone()),
        locale: row.locale.or_else(|| known.locale.clone()),
        damage_review: row.damage_review.or_else(|| known.damage_review.clone()),
        delivery: row.delivery.or_else(|| known.delivery.clone()),
        last_progress_status: row.last_progress_status.or(known.last_progress_status),
        status_changed_at: row.status_changed_at.or(known.status_changed_at),
        created_at: known.created_at,
        expires_at: row.expires_at.or(known.expires_at),
        customer: row.customer.or_else(|| known.customer.clone()),
        agent_id: row.agent_id.or_else(|| known.agent_id.clone()),
        created_by: known.created_by.clone().or(row.created_by),
        deleted_at: row.deleted_at.or(known.deleted_at),
        seen_at: row.seen_at.max(known.seen_at),
        ..row
    };
    Ok(update(writing, &known, joined).await?.0)
}

/// Adds what has become known; returns the row after it and whether it changed.
pub(super) async fn patch(
    writing: &mut Writing,
    tenant: &str,
    id: Uuid,
    patch: InspectionPatch,
) -> Result<Option<(InspectionRow, bool)>, StoreError> {
    let Some(known) = by_id(writing, tenant, id).await? else { return Ok(None) };
    let mut row = known.clone();
    let leads_elsewhere =
        patch.vendor_inspection_id.as_ref().is_some_and(|id| known.vendor_inspection_id.as_ref() != Some(id));
    // the token has led to another inspection than the one that was deleted
    row.deleted_at = if leads_elsewhere { patch.deleted_at } else { row.deleted_at.or(patch.deleted_at) };
    row.vendor_token_id = patch.vendor_token_id.or(row.vendor_token_id);
    row.vendor_inspection_id = patch.vendor_inspection_id.or(row.vendor_inspection_id);
    row.vendor_vehicle_id = patch.vendor_vehicle_id.or(row.vendor_vehicle_id);
    row.vin = patch.vin.or(row.vin);
    row.license_plate = patch.license_plate.or(row.license_plate);
    row.locale = patch.locale.or(row.locale);
    row.status_code = patch.status_code.unwrap_or(row.status_code);
    row.last_progress_status = patch.last_progress_status.or(row.last_progress_status);
    row.status_changed_at = patch.status_changed_at.or(row.status_changed_at);
    row.expires_at = patch.expires_at.or(row.expires_at);
    row.expired = patch.expired.unwrap_or(row.expired);
    row.customer = patch.customer.or(row.customer);
    row.agent_id = patch.agent_id.or(row.agent_id);
    row.seen_at = patch.seen_at.map_or(row.seen_at, |seen| seen.max(row.seen_at));
    update(writing, &known, row).await.map(Some)
}

/// The inspection with this id, as the transaction sees it.
pub(super) async fn by_id(writing: &mut Writing, tenant: &str, id: Uuid) -> Result<Option<InspectionRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM inspections WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id.to_string())
        .fetch_optional(writing.connection())
        .await?;
    row.as_ref().map(inspection).transpose()
}

async fn insert(writing: &mut Writing, mut row: InspectionRow) -> Result<InspectionRow, StoreError> {
    row.change_seq = writing.next_seq();
    sqlx::query(
        "INSERT INTO inspections (id, tenant, vendor, account, environment, token_uid, vendor_token_id, \
         vendor_inspection_id, vendor_vehicle_id, vin, license_plate, locale, damage_review, delivery, status_code, \
         last_progress_status, status_changed_at, created_at, expires_at, expired, customer, agent_id, created_by, \
         seen_at, change_seq, deleted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, \
         $23, $24, $25, $26)",
    )
    .bind(row.id.to_string())
    .bind(&row.tenant)
    .bind(&row.vendor)
    .bind(&row.account)
    .bind(&row.environment)
    .bind(&row.token_uid)
    .bind(&row.vendor_token_id)
    .bind(&row.vendor_inspection_id)
    .bind(&row.vendor_vehicle_id)
    .bind(&row.vin)
    .bind(&row.license_plate)
    .bind(&row.locale)
    .bind(&row.damage_review)
    .bind(&row.delivery)
    .bind(row.status_code)
    .bind(row.last_progress_status)
    .bind(row.status_changed_at.map(millis))
    .bind(millis(row.created_at))
    .bind(row.expires_at.map(millis))
    .bind(row.expired)
    .bind(row.customer.as_ref().map(json))
    .bind(&row.agent_id)
    .bind(&row.created_by)
    .bind(millis(row.seen_at))
    .bind(row.change_seq)
    .bind(row.deleted_at.map(millis))
    .execute(writing.connection())
    .await?;
    ripple::from_inspection(writing, row.id, row.change_seq).await?;
    inbox::reopen(writing, &row).await?;
    Ok(row)
}

/// Writes `row` over `known` if anything differs; only more than a new `seen_at` is a change.
async fn update(
    writing: &mut Writing,
    known: &InspectionRow,
    mut row: InspectionRow,
) -> Result<(InspectionRow, bool), StoreError> {
    row.change_seq = known.change_seq;
    if row == *known {
        return Ok((row, false));
    }
    let changed = row != InspectionRow { seen_at: row.seen_at, ..known.clone() };
    if changed {
        row.change_seq = writing.next_seq();
    }
    if row.vin != known.vin || row.license_plate != known.license_plate {
        // the vehicle that it leaves
        ripple::from_inspection(writing, row.id, row.change_seq).await?;
    }
    sqlx::query(
        "UPDATE inspections SET vendor_token_id = $2, vendor_inspection_id = $3, vendor_vehicle_id = $4, vin = $5, \
         license_plate = $6, locale = $7, damage_review = $8, delivery = $9, status_code = $10, \
         last_progress_status = $11, status_changed_at = $12, expires_at = $13, expired = $14, customer = $15, \
         agent_id = $16, created_by = $17, seen_at = $18, change_seq = $19, deleted_at = $20, \
         poll_due = iif(status_code = $10, poll_due, NULL), polls = iif(status_code = $10, polls, 0) WHERE id = $1",
    )
    .bind(row.id.to_string())
    .bind(&row.vendor_token_id)
    .bind(&row.vendor_inspection_id)
    .bind(&row.vendor_vehicle_id)
    .bind(&row.vin)
    .bind(&row.license_plate)
    .bind(&row.locale)
    .bind(&row.damage_review)
    .bind(&row.delivery)
    .bind(row.status_code)
    .bind(row.last_progress_status)
    .bind(row.status_changed_at.map(millis))
    .bind(row.expires_at.map(millis))
    .bind(row.expired)
    .bind(row.customer.as_ref().map(json))
    .bind(&row.agent_id)
    .bind(&row.created_by)
    .bind(millis(row.seen_at))
    .bind(row.change_seq)
    .bind(row.deleted_at.map(millis))
    .execute(writing.connection())
    .await?;
    if changed {
        ripple::from_inspection(writing, row.id, row.change_seq).await?;
    }
    if row.vendor_inspection_id != known.vendor_inspection_id {
        inbox::reopen(writing, &row).await?;
    }
    Ok((row, changed))
}

pub(super) fn inspection(row: &SqliteRow) -> Result<InspectionRow, StoreError> {
    let columns = Columns::new("inspections", row);
    Ok(InspectionRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        environment: columns.get("environment")?,
        token_uid: columns.get("token_uid")?,
        vendor_token_id: columns.get("vendor_token_id")?,
        vendor_inspection_id: columns.get("vendor_inspection_id")?,
        vendor_vehicle_id: columns.get("vendor_vehicle_id")?,
        vin: columns.get("vin")?,
        license_plate: columns.get("license_plate")?,
        locale: columns.get("locale")?,
        damage_review: columns.get("damage_review")?,
        delivery: columns.get("delivery")?,
        status_code: columns.get("status_code")?,
        last_progress_status: columns.get("last_progress_status")?,
        status_changed_at: columns.time_if_any("status_changed_at")?,
        created_at: columns.time("created_at")?,
        expires_at: columns.time_if_any("expires_at")?,
        expired: columns.get("expired")?,
        customer: columns.json_if_any("customer")?,
        agent_id: columns.get("agent_id")?,
        created_by: columns.get("created_by")?,
        deleted_at: columns.time_if_any("deleted_at")?,
        seen_at: columns.time("seen_at")?,
        change_seq: columns.get("change_seq")?,
    })
}

async fn reads_by_change(readers: &SqlitePool, query: &InspectionQuery) -> Result<bool, StoreError> {
    Table::Inspections.is_read_by_change(readers, &query.tenant, query.changed_after_seq).await
}

#[async_trait]
impl Tokens for SqliteStore {
    async fn upsert_inspection(&self, row: InspectionRow, now: DateTime<Utc>) -> Result<InspectionRow, StoreError> {
        let mut writing = self.write(now).await?;
        let row = upsert(&mut writing, row).await?;
        writing.commit().await?;
        Ok(row)
    }

    async fn patch_inspection(
        &self,
        tenant: &str,
        id: Uuid,
        news: InspectionPatch,
        trail: Trail,
        now: DateTime<Utc>,
    ) -> Result<Option<Patched>, StoreError> {
        let mut writing = self.write(now).await?;
        let Some((inspection, changed)) = patch(&mut writing, tenant, id, news).await? else { return Ok(None) };
        let timeline = writing.leave(trail).await?;
        writing.commit().await?;
        Ok(Some(Patched { inspection, changed, timeline }))
    }

    async fn inspections_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<InspectionRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($2)) \
 SELECT i.* FROM wanted CROSS JOIN inspections i ON i.tenant = $1 AND i.id = wanted.key",
        )
        .bind(tenant)
        .bind(json(ids))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(inspection).collect()
    }

    async fn inspections_by_token(
        &self,
        tenant: &str,
        environment: Option<&str>,
        token_uids: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($2)) \
             SELECT i.* FROM wanted CROSS JOIN inspections i ON i.tenant = $1 AND i.token_uid = wanted.key \
             WHERE $3 IS NULL OR i.environment = $3 ORDER BY i.created_at DESC, i.id DESC",
        )
        .bind(tenant)
        .bind(json(token_uids))
        .bind(environment)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(inspection).collect()
    }

    async fn inspections_by_vendor_id(
        &self,
        tenant: &str,
        vendor: &str,
        vendor_inspection_ids: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($3)) \
             SELECT i.* FROM wanted CROSS JOIN inspections i \
             ON i.tenant = $1 AND i.vendor = $2 AND i.vendor_inspection_id = wanted.key \
             ORDER BY i.created_at DESC, i.id DESC",
        )
        .bind(tenant)
        .bind(vendor)
        .bind(json(vendor_inspection_ids))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(inspection).collect()
    }

    async fn inspections_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($3)) \
             SELECT i.* FROM wanted CROSS JOIN inspections i ON i.tenant = $1 AND i.vin = wanted.key \
             WHERE i.deleted_at IS NULL \
             AND (+i.vendor, +i.account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             ORDER BY i.created_at DESC, i.id DESC",
        )
        .bind(tenant)
        .bind(json(accounts))
        .bind(json(vins))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(inspection).collect()
    }

    async fn inspections_by_plate_of(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<(String, InspectionRow)>, StoreError> {
        orphans::of_vins(&self.readers, tenant, accounts, vins).await
    }

    async fn inspection_page(
        &self,
        query: &InspectionQuery,
        after: Option<CreatedCursor>,
        first: usize,
    ) -> Result<Page<InspectionRow>, StoreError> {
        let (at, id) = after.map_or((i64::MAX, String::new()), |cursor| (millis(cursor.at), cursor.id.to_string()));
        let by_change = reads_by_change(&self.readers, query).await?;
        let rows = sqlx::query(token_list::page_sql(query, by_change))
            .bind(&query.tenant)
            .bind(json(&query.accounts))
            .bind(&query.vin)
            .bind(query.status_code)
            .bind(query.expired)
            .bind(query.changed_after_seq)
            .bind(&query.plate_key)
            .bind(query.has_vehicle)
            .bind(query.with_deleted)
            .bind(at)
            .bind(id)
            .bind(limit(first.saturating_add(1)))
            .fetch_all(&self.readers)
            .await?;
        let rows = rows.iter().map(inspection).collect::<Result<_, _>>()?;
        Ok(Page::cut(rows, first))
    }

    async fn inspection_count(&self, query: &InspectionQuery) -> Result<u64, StoreError> {
        let by_change = reads_by_change(&self.readers, query).await?;
        let number: i64 = sqlx::query_scalar(token_list::count_sql(query, by_change))
            .bind(&query.tenant)
            .bind(json(&query.accounts))
            .bind(&query.vin)
            .bind(query.status_code)
            .bind(query.expired)
            .bind(query.changed_after_seq)
            .bind(&query.plate_key)
            .bind(query.has_vehicle)
            .bind(query.with_deleted)
            .fetch_one(&self.readers)
            .await?;
        Ok(count(number))
    }

    async fn open_inspections(&self, query: &OpenInspections) -> Result<Vec<InspectionRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM inspections WHERE expired = 0 AND ($1 IS NULL OR tenant = $1) AND status_code <> $2 \
             AND (expires_at IS NULL OR expires_at > $3) AND seen_at < $4 ORDER BY seen_at, id LIMIT $5",
        )
        .bind(&query.tenant)
        .bind(query.done_status)
        .bind(millis(query.now))
        .bind(millis(query.seen_before))
        .bind(limit(query.limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(inspection).collect()
    }
}
