//! Lists of the vehicle index, cut by key.
//!
//! A VIN that several accounts know has several rows. The list walks the index in order and takes of each VIN the row
//! with the latest activity, which is the place of the merged vehicle too; so a page costs the same wherever it
//! begins, and no VIN comes twice.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteExecutor, SqlitePool};

use super::changes::Table;
use super::columns::{count, json, limit, millis};
use super::index::vehicle;
use crate::store::{MergedVehicle, Page, StoreError, VehicleFilter, VehicleOrder, VehicleQuery, VehicleRow};

/// The rows of the same VIN that may be seen, under the name `o`.
macro_rules! same_vin {
    () => {
        "vehicles o WHERE o.tenant = v.tenant AND o.vin = v.vin \
         AND (+o.vendor, +o.account) IN (SELECT vendor, account FROM visible)"
    };
}

/// A value of the merged vehicle: that of the row with the latest activity which has one.
macro_rules! merged {
    ($column:literal) => {
        concat!(
            "(SELECT o.",
            $column,
            " FROM ",
            same_vin!(),
            " AND o.",
            $column,
            " IS NOT NULL ORDER BY +o.last_activity_at DESC, o.vendor, o.account LIMIT 1)"
        )
    };
}

/// The rows to look at, as `v`.
macro_rules! rows {
    (all) => {
        "vehicles v WHERE v.tenant = $1"
    };
    (of_plate) => {
        "(SELECT DISTINCT vin FROM vehicles WHERE tenant = $1 AND plate_key = $3 \
         AND (+vendor, +account) IN (SELECT vendor, account FROM visible)) p \
         CROSS JOIN vehicles v WHERE v.tenant = $1 AND v.vin = p.vin"
    };
    (changed) => {
        "(SELECT DISTINCT vin FROM vehicles INDEXED BY vehicles_by_change WHERE tenant = $1 AND change_seq > $4 \
         AND (+vendor, +account) IN (SELECT vendor, account FROM visible)) p \
         CROSS JOIN vehicles v WHERE v.tenant = $1 AND v.vin = p.vin"
    };
}

/// The rows of the list, with its filter from `$3` to `$10`.
macro_rules! list {
    ($select:literal, $rows:ident, $rest:expr) => {
        concat!(
            "WITH visible (vendor, account) AS MATERIALIZED \
             (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) SELECT ",
            $select,
            " FROM ",
            rows!($rows),
            " AND (+v.vendor, +v.account) IN (SELECT vendor, account FROM visible) \
             AND ($4 IS NULL OR EXISTS (SELECT 1 FROM ",
            same_vin!(),
            // without the sign, each VIN would be looked for among all changes
            " AND +o.change_seq > $4)) AND ($5 IS NULL OR ",
            merged!("make"),
            " = $5 COLLATE NOCASE) AND ($6 IS NULL OR ",
            merged!("model"),
            " = $6 COLLATE NOCASE) AND ($7 IS NULL OR (SELECT max(o.listed) FROM ",
            same_vin!(),
            ") = $7) AND ($8 IS NULL OR ",
            merged!("inspection_status"),
            " = $8) AND ($9 IS NULL OR (SELECT max(o.has_open_ticket) FROM ",
            same_vin!(),
            ") = $9) AND ($10 IS NULL OR NOT EXISTS (SELECT 1 FROM json_each($10) w WHERE NOT EXISTS (SELECT 1 FROM ",
            same_vin!(),
            " AND instr(o.search, w.value) > 0))) ",
            $rest
        )
    };
}

/// What leaves of each VIN the row with the latest activity.
macro_rules! latest {
    ($rest:literal) => {
        concat!(
            "AND NOT EXISTS (SELECT 1 FROM ",
            same_vin!(),
            " AND (o.last_activity_at > v.last_activity_at OR (o.last_activity_at = v.last_activity_at \
             AND (o.vendor, o.account) < (v.vendor, v.account)))) ",
            $rest
        )
    };
}

macro_rules! page_by_activity {
    (all) => {
        list!(
            "v.vin",
            all,
            latest!(
                "AND (v.last_activity_at, v.vin) < ($11, $12) ORDER BY v.last_activity_at DESC, v.vin DESC LIMIT $13"
            )
        )
    };
    ($rows:ident) => {
        list!(
            "v.vin",
            $rows,
            latest!(
                "AND (+v.last_activity_at, v.vin) < ($11, $12) ORDER BY v.last_activity_at DESC, v.vin DESC LIMIT $13"
            )
        )
    };
}

macro_rules! page_by_vin {
    (all) => {
        list!("v.vin", all, latest!("AND v.vin > $12 ORDER BY v.vin LIMIT $13"))
    };
    // without the sign, each VIN would be met among all those that come after the cursor
    ($rows:ident) => {
        list!("v.vin", $rows, latest!("AND +v.vin > $12 ORDER BY v.vin LIMIT $13"))
    };
}

const fn page_sql(query: &VehicleQuery, by_change: bool) -> &'static str {
    match (query.order, &query.filter.plate_key, by_change) {
        (VehicleOrder::LastActivity, Some(_), _) => page_by_activity!(of_plate),
        (VehicleOrder::LastActivity, None, true) => page_by_activity!(changed),
        (VehicleOrder::LastActivity, None, false) => page_by_activity!(all),
        (VehicleOrder::Vin, Some(_), _) => page_by_vin!(of_plate),
        (VehicleOrder::Vin, None, true) => page_by_vin!(changed),
        (VehicleOrder::Vin, None, false) => page_by_vin!(all),
    }
}

/// Counts over a sub-query, which reads the VINs in their order and sorts nothing.
const fn count_sql(query: &VehicleQuery, by_change: bool) -> &'static str {
    match (&query.filter.plate_key, by_change) {
        (Some(_), _) => list!("count(*) FROM (SELECT DISTINCT v.vin", of_plate, ")"),
        (None, true) => list!("count(*) FROM (SELECT DISTINCT v.vin", changed, ")"),
        (None, false) => list!("count(*) FROM (SELECT DISTINCT v.vin", all, ")"),
    }
}

async fn reads_by_change(reader: impl SqliteExecutor<'_>, query: &VehicleQuery) -> Result<bool, StoreError> {
    Table::Vehicles.is_read_by_change(reader, &query.tenant, query.filter.changed_after_seq).await
}

type Scalar<'q, T> = sqlx::query::QueryScalar<'q, Sqlite, T, SqliteArguments>;

/// Binds `$1` to `$10`.
fn bind_filter<'q, T>(list: Scalar<'q, T>, query: &'q VehicleQuery) -> Scalar<'q, T> {
    let VehicleFilter { make, model, plate_key, text, listed, inspection_status, has_open_ticket, changed_after_seq } =
        &query.filter;
    let words = text.as_deref().map(|text| json(&text.to_lowercase().split_whitespace().collect::<Vec<_>>()));
    list.bind(&query.tenant)
        .bind(json(&query.accounts))
        .bind(plate_key)
        .bind(changed_after_seq)
        .bind(make)
        .bind(model)
        .bind(listed)
        .bind(inspection_status)
        .bind(has_open_ticket)
        .bind(words)
}

/// Binds `$11` to `$13`; without a place, what comes before every vehicle. The order of VINs has no use for `$11`.
fn bind_page<'q, T>(list: Scalar<'q, T>, query: &'q VehicleQuery) -> Scalar<'q, T> {
    let (activity, vin) =
        query.after.as_ref().map_or((i64::MAX, ""), |after| (millis(after.last_activity_at), after.vin.as_str()));
    bind_filter(list, query).bind(activity).bind(vin).bind(limit(query.first.saturating_add(1)))
}

/// One page, each VIN once.
pub(super) async fn page(readers: &SqlitePool, query: &VehicleQuery) -> Result<Page<MergedVehicle>, StoreError> {
    // one snapshot for both reads, so that no VIN of the page is gone in the second
    let mut snapshot = readers.begin().await?;
    let sql = page_sql(query, reads_by_change(&mut *snapshot, query).await?);
    let vins: Vec<String> = bind_page(sqlx::query_scalar(sql), query).fetch_all(&mut *snapshot).await?;
    let mut rows = rows_of(&mut snapshot, query, &vins).await?;
    snapshot.rollback().await?;
    let vehicles =
        vins.into_iter().filter_map(|vin| rows.remove(&vin)).filter_map(MergedVehicle::of).collect::<Vec<_>>();
    Ok(Page::cut(vehicles, query.first))
}

async fn rows_of(
    connection: &mut SqliteConnection,
    query: &VehicleQuery,
    vins: &[String],
) -> Result<HashMap<String, Vec<VehicleRow>>, StoreError> {
    let rows = sqlx::query(
        "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($3)) \
         SELECT v.* FROM wanted CROSS JOIN vehicles v ON v.tenant = $1 AND v.vin = wanted.key \
         WHERE (v.vendor, v.account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2))",
    )
    .bind(&query.tenant)
    .bind(json(&query.accounts))
    .bind(json(vins))
    .fetch_all(connection)
    .await?;
    let mut by_vin: HashMap<String, Vec<VehicleRow>> = HashMap::with_capacity(vins.len());
    for row in &rows {
        let row = vehicle(row)?;
        by_vin.entry(row.vin.clone()).or_default().push(row);
    }
    Ok(by_vin)
}

/// How many VINs the whole list holds.
pub(super) async fn total(readers: &SqlitePool, query: &VehicleQuery) -> Result<u64, StoreError> {
    let sql = count_sql(query, reads_by_change(readers, query).await?);
    let number: i64 = bind_filter(sqlx::query_scalar(sql), query).fetch_one(readers).await?;
    Ok(count(number))
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;
    use crate::store::AccountKey;

    fn list(order: VehicleOrder, plate_key: Option<&str>) -> VehicleQuery {
        VehicleQuery {
            tenant: "north".to_owned(),
            accounts: vec![AccountKey::new("tchek", "main")],
            filter: VehicleFilter { plate_key: plate_key.map(str::to_owned), ..VehicleFilter::default() },
            order,
            ..VehicleQuery::default()
        }
    }

    #[tokio::test]
    async fn a_page_begins_in_the_index_and_is_never_sorted() {
        for (order, seek) in [
            (VehicleOrder::LastActivity, "vehicles_by_activity (tenant=? AND (last_activity_at,vin)<(?,?))"),
            (VehicleOrder::Vin, "PRIMARY KEY (tenant=? AND vin>?)"),
        ] {
            let plan = plan(page_sql(&list(order, None), false)).await;
            let outermost = || plan.iter().filter(|(parent, _)| *parent == 0).map(|(_, step)| step);
            assert!(outermost().any(|step| step.starts_with("SEARCH v USING") && step.ends_with(seek)), "{plan:#?}");
            assert!(!outermost().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
        }
    }

    #[tokio::test]
    async fn no_step_reads_more_of_other_rows_than_those_of_one_vin() {
        let by_activity = list(VehicleOrder::LastActivity, None);
        let of_plate = list(VehicleOrder::Vin, Some("AB12"));
        for (query, by_change) in [(&by_activity, false), (&by_activity, true), (&of_plate, false)] {
            for sql in [page_sql(query, by_change), count_sql(query, by_change)] {
                let plan = plan(sql).await;
                let mut inner = plan.iter().filter(|(_, step)| step.starts_with("SEARCH o")).peekable();
                assert!(inner.peek().is_some(), "{plan:#?}");
                assert!(inner.all(|(_, step)| step.contains("vin=?")), "{plan:#?}");
                assert!(!plan.iter().any(|(_, step)| step.starts_with("SCAN o")), "{plan:#?}");
            }
        }
    }

    #[tokio::test]
    async fn a_plate_is_looked_up_in_its_index() {
        let plan = plan(page_sql(&list(VehicleOrder::LastActivity, Some("AB12")), true)).await;
        assert!(plan.iter().any(|(_, step)| step.contains("vehicles_by_plate (tenant=? AND plate_key=?")), "{plan:#?}");
        assert!(
            plan.iter().any(|(_, step)| step.starts_with("SEARCH v USING PRIMARY KEY (tenant=? AND vin=?")),
            "{plan:#?}"
        );
    }

    #[tokio::test]
    async fn a_few_changes_are_looked_up_in_their_index() {
        for order in [VehicleOrder::LastActivity, VehicleOrder::Vin] {
            let plan = plan(page_sql(&list(order, None), true)).await;
            let seek = "INDEX vehicles_by_change (tenant=? AND change_seq>?)";
            assert!(plan.iter().any(|(_, step)| step.ends_with(seek)), "{plan:#?}");
            assert!(
                plan.iter().any(|(_, step)| step.starts_with("SEARCH v USING PRIMARY KEY (tenant=? AND vin=?")),
                "{plan:#?}"
            );
        }
    }
}
