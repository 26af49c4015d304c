//! Inspection reports in `SQLite`.

use async_trait::async_trait;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, json, limit, millis};
use super::{SqliteStore, Writing, inbox, tokens};
use crate::store::{
    DeliveryState, InspectionPatch, NewReport, ReportOutcome, ReportRow, Reports, Settlement, StoreError, Trail,
};

async fn current(writing: &mut Writing, tenant: &str, inspection_id: Uuid) -> Result<Option<ReportRow>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM reports WHERE tenant = $1 AND inspection_id = $2 ORDER BY revision DESC LIMIT 1")
            .bind(tenant)
            .bind(inspection_id.to_string())
            .fetch_optional(writing.connection())
            .await?;
    row.as_ref().map(report).transpose()
}

async fn insert(writing: &mut Writing, new: NewReport, revision: i64) -> Result<ReportRow, StoreError> {
    let row = ReportRow {
        id: new.id,
        tenant: new.tenant,
        inspection_id: new.inspection_id,
        revision,
        content_hash: new.content_hash,
        data: new.data,
        delivery_id: new.delivery_id,
        received_at: new.received_at,
        change_seq: writing.next_seq(),
    };
    sqlx::query(
        "INSERT INTO reports (id, tenant, inspection_id, revision, content_hash, data, delivery_id, received_at, \
         change_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id.to_string())
    .bind(&row.tenant)
    .bind(row.inspection_id.to_string())
    .bind(row.revision)
    .bind(&row.content_hash)
    .bind(json(&row.data))
    .bind(row.delivery_id.map(|id| id.to_string()))
    .bind(millis(row.received_at))
    .bind(row.change_seq)
    .execute(writing.connection())
    .await?;
    Ok(row)
}

async fn settle(
    writing: &mut Writing,
    tenant: &str,
    delivery_id: Option<Uuid>,
    inspection_id: Uuid,
    state: DeliveryState,
) -> Result<(), StoreError> {
    let Some(id) = delivery_id else { return Ok(()) };
    let settlement = Settlement { state, note: None, inspection_id: Some(inspection_id) };
    match inbox::settle(writing, tenant, id, settlement).await? {
        Some(_) => Ok(()),
        None => Err(StoreError::Conflict { detail: format!("there is no delivery `{id}`") }),
    }
}

fn report(row: &SqliteRow) -> Result<ReportRow, StoreError> {
    let columns = Columns::new("reports", row);
    Ok(ReportRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        inspection_id: columns.id("inspection_id")?,
        revision: columns.get("revision")?,
        content_hash: columns.get("content_hash")?,
        data: columns.json("data")?,
        delivery_id: columns.id_if_any("delivery_id")?,
        received_at: columns.time("received_at")?,
        change_seq: columns.get("change_seq")?,
    })
}

#[async_trait]
impl Reports for SqliteStore {
    async fn apply_report(
        &self,
        new: NewReport,
        patch: InspectionPatch,
        trail: Trail,
    ) -> Result<ReportOutcome, StoreError> {
        let (tenant, inspection_id, delivery_id) = (new.tenant.clone(), new.inspection_id, new.delivery_id);
        let mut writing = self.write(new.received_at).await?;
        let known = current(&mut writing, &tenant, inspection_id).await?;
        if let Some(current) = known.as_ref().filter(|current| current.content_hash == new.content_hash) {
            settle(&mut writing, &tenant, delivery_id, inspection_id, DeliveryState::Unchanged).await?;
            writing.commit().await?;
            return Ok(ReportOutcome::Unchanged { current: current.clone() });
        }
        if tokens::patch(&mut writing, &tenant, inspection_id, patch).await?.is_none() {
            return Err(StoreError::Conflict { detail: format!("there is no inspection `{inspection_id}`") });
        }
        let revision = known.map_or(1, |current| current.revision + 1);
        let report = insert(&mut writing, new, revision).await?;
        settle(&mut writing, &tenant, delivery_id, inspection_id, DeliveryState::Applied).await?;
        let timeline = writing.leave(trail).await?;
        writing.commit().await?;
        Ok(ReportOutcome::Applied { report, timeline })
    }

    async fn current_reports(&self, tenant: &str, inspection_ids: &[Uuid]) -> Result<Vec<ReportRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($2)) \
             SELECT r.* FROM wanted CROSS JOIN reports r ON r.tenant = $1 AND r.inspection_id = wanted.key \
             AND r.revision = (SELECT max(n.revision) FROM reports n WHERE n.inspection_id = wanted.key)",
        )
        .bind(tenant)
        .bind(json(inspection_ids))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(report).collect()
    }

    async fn report_revisions(
        &self,
        tenant: &str,
        inspection_id: Uuid,
        before: Option<i64>,
        first: usize,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM reports WHERE tenant = $1 AND inspection_id = $2 AND revision < $3 \
             ORDER BY revision DESC LIMIT $4",
        )
        .bind(tenant)
        .bind(inspection_id.to_string())
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(report).collect()
    }
}
