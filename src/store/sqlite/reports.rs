//! Inspection reports in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, json, limit, millis};
use super::{SqliteStore, Writing, inbox, ripple, statuses, tokens};
use crate::store::{
    DeliveryState, InspectionPatch, InspectionRow, NewReport, ReportOutcome, ReportRow, Reports, Settlement,
    StoreError, Trail,
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

/// The number of the delivery that a report came in.
async fn arrival(writing: &mut Writing, tenant: &str, delivery_id: Uuid) -> Result<i64, StoreError> {
    let arrival = inbox::arrival(writing, tenant, delivery_id).await?;
    arrival.ok_or_else(|| StoreError::Conflict { detail: format!("there is no delivery `{delivery_id}`") })
}

async fn insert(
    writing: &mut Writing,
    new: NewReport,
    inspection: InspectionRow,
    revision: i64,
    arrival: Option<i64>,
) -> Result<ReportRow, StoreError> {
    let row = ReportRow {
        id: new.id,
        tenant: new.tenant,
        vendor: inspection.vendor,
        account: inspection.account,
        inspection_id: new.inspection_id,
        revision,
        content_hash: new.content_hash,
        data: new.data,
        delivery_id: new.delivery_id,
        arrival,
        received_at: new.received_at,
        change_seq: writing.next_seq(),
    };
    sqlx::query(
        "INSERT INTO reports (id, tenant, vendor, account, inspection_id, revision, content_hash, data, delivery_id, \
         arrival, received_at, change_seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(row.id.to_string())
    .bind(&row.tenant)
    .bind(&row.vendor)
    .bind(&row.account)
    .bind(row.inspection_id.to_string())
    .bind(row.revision)
    .bind(&row.content_hash)
    .bind(json(&row.data))
    .bind(row.delivery_id.map(|id| id.to_string()))
    .bind(row.arrival)
    .bind(millis(row.received_at))
    .bind(row.change_seq)
    .execute(writing.connection())
    .await?;
    ripple::from_report(writing, row.inspection_id, row.change_seq).await?;
    Ok(row)
}

/// Gives the current revision what a later report has in place of its own: links that work longer.
async fn renew(
    writing: &mut Writing,
    current: ReportRow,
    data: Value,
    arrival: Option<i64>,
) -> Result<ReportRow, StoreError> {
    if is_earlier(arrival, current.arrival) {
        return Ok(current);
    }
    let changed = data != current.data;
    let change_seq = if changed { writing.next_seq() } else { current.change_seq };
    let renewed = ReportRow { data, arrival: arrival.or(current.arrival), change_seq, ..current };
    sqlx::query("UPDATE reports SET data = $2, arrival = $3, change_seq = $4 WHERE id = $1")
        .bind(renewed.id.to_string())
        .bind(json(&renewed.data))
        .bind(renewed.arrival)
        .bind(renewed.change_seq)
        .execute(writing.connection())
        .await?;
    if changed {
        ripple::from_report(writing, renewed.inspection_id, renewed.change_seq).await?;
    }
    Ok(renewed)
}

/// Whether a delivery came before another one; what was fetched came with none.
fn is_earlier(arrival: Option<i64>, other: Option<i64>) -> bool {
    arrival.zip(other).is_some_and(|(arrival, other)| arrival < other)
}

fn report(row: &SqliteRow) -> Result<ReportRow, StoreError> {
    let columns = Columns::new("reports", row);
    Ok(ReportRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        inspection_id: columns.id("inspection_id")?,
        revision: columns.get("revision")?,
        content_hash: columns.get("content_hash")?,
        data: columns.json("data")?,
        delivery_id: columns.id_if_any("delivery_id")?,
        arrival: columns.get("arrival")?,
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
        now: DateTime<Utc>,
    ) -> Result<ReportOutcome, StoreError> {
        let (tenant, inspection_id) = (new.tenant.clone(), new.inspection_id);
        let mut writing = self.write(now).await?;
        let Some(inspection) = tokens::by_id(&mut writing, &tenant, inspection_id).await? else {
            return Err(StoreError::Conflict { detail: format!("there is no inspection `{inspection_id}`") });
        };
        let arrival = match new.delivery_id {
            Some(id) => Some(arrival(&mut writing, &tenant, id).await?),
            None => None,
        };
        let settlement = Settlement {
            account: Some(inspection.account.clone()),
            inspection_id: Some(inspection_id),
            read_status_at: new.read_status_at,
            ..Settlement::new(DeliveryState::Applied)
        };
        let delivery_id = new.delivery_id;
        let known = current(&mut writing, &tenant, inspection_id).await?;
        let (outcome, state) = match known {
            Some(current) if current.content_hash == new.content_hash => {
                let current = renew(&mut writing, current, new.data, arrival).await?;
                (ReportOutcome::Unchanged { current }, DeliveryState::Unchanged)
            }
            Some(current) if is_earlier(arrival, current.arrival) || new.yields_to == Some(current.id) => {
                (ReportOutcome::Superseded { current }, DeliveryState::Superseded)
            }
            known => {
                let revision = known.map_or(1, |current| current.revision + 1);
                tokens::patch(&mut writing, &tenant, inspection_id, patch).await?;
                let report = insert(&mut writing, new, inspection, revision, arrival).await?;
                let timeline = writing.leave(trail).await?;
                (ReportOutcome::Applied { report, timeline }, DeliveryState::Applied)
            }
        };
        match delivery_id {
            Some(id) => {
                inbox::settle(&mut writing, &tenant, id, Settlement { state, ..settlement }).await?;
            }
            None => statuses::call(&mut writing, &tenant, inspection_id, settlement.read_status_at).await?,
        }
        writing.commit().await?;
        Ok(outcome)
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
