//! Fills a ledger.
//!
//! The gateway writes each thing in a transaction of its own, which it has to and which would take a day here. So its store
//! makes the database, and the rows are written into it by one transaction for each table, as many at a time as one
//! statement may take. What stands there in the end is what the gateway would have written.

use std::path::Path;

use anyhow::Result;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use forecourt::clock::Clock;
use forecourt::store::Access;
use forecourt::store::SqliteStore;
use serde_json::Value;
use sqlx::Connection;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteSynchronous;

use super::rows::Car;
use super::rows::vin;

/// How many rows one statement writes.
const AT_ONCE: u64 = 2_000;

/// The car is known by an account of each of these vendors.
const INDEXED_BY: [&str; 2] = ["autochat", "tchek"];

/// Writes the rows of the JSON list `$1`, from the number `$2` of changes on.
const VEHICLES: &str = "INSERT INTO vehicles (tenant, vin, vendor, account, license_plate, plate_key, last_activity_at, \
    listed, inspection_status, search, change_seq) SELECT 'default', value ->> 'vin', value ->> 'vendor', 'main', \
    value ->> 'license_plate', value ->> 'plate_key', value ->> 'last_activity_at', value ->> 'listed', \
    value ->> 'inspection_status', value ->> 'search', $2 + key FROM json_each($1)";
const LISTINGS: &str = "INSERT INTO listings (id, tenant, vendor, account, environment, vendor_car_id, dealership, \
    internal_id, vin, license_plate, car, pushed_at, created_by, change_seq) SELECT value ->> 'id', 'default', \
    'autochat', 'main', 'production', value ->> 'vendor_car_id', 'main', value ->> 'internal_id', value ->> 'vin', \
    value ->> 'license_plate', value -> 'car', value ->> 'at', 'load', $2 + key FROM json_each($1)";
const INSPECTIONS: &str = "INSERT INTO inspections (id, tenant, vendor, account, environment, token_uid, \
    vendor_inspection_id, vin, license_plate, locale, damage_review, delivery, status_code, last_progress_status, \
    status_changed_at, created_at, expires_at, expired, created_by, seen_at, change_seq) SELECT value ->> 'id', \
    'default', 'tchek', 'main', 'production', value ->> 'token_uid', value ->> 'vendor_inspection_id', value ->> 'vin', \
    value ->> 'license_plate', 'en', 'DEALER', 'NONE', value ->> 'status_code', value ->> 'status_code', \
    value ->> 'changed_at', value ->> 'at', value ->> 'expires_at', 1, 'load', value ->> 'changed_at', $2 + key \
    FROM json_each($1)";
const REPORTS: &str = "INSERT INTO reports (id, tenant, vendor, account, inspection_id, revision, content_hash, data, \
    received_at, change_seq) SELECT value ->> 'id', 'default', 'tchek', 'main', value ->> 'inspection_id', 1, \
    value ->> 'content_hash', value -> 'data', value ->> 'at', $2 + key FROM json_each($1)";

/// Makes a ledger in `folder` that holds these cars, or `count` of its own, each with a listing and an inspection.
pub(crate) async fn fill(folder: &Path, count: u64, vins: &[String]) -> Result<()> {
    drop(SqliteStore::open(folder, Access::Serve).await?);
    let now = Clock::system().now();
    // The newest car is a week old, so that its inspection is over.
    let begin = now - TimeDelta::minutes(i64::try_from(count)?) - TimeDelta::days(8);
    let options = SqliteConnectOptions::new()
        .filename(folder.join("forecourt.db"))
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-200000");
    let connection = SqliteConnection::connect_with(&options).await?;
    let mut filling = Filling { connection, count, vins, begin, changes: 1 };
    filling.table(VEHICLES, |car| INDEXED_BY.map(|vendor| car.in_index(vendor)).to_vec()).await?;
    filling.table(LISTINGS, |car| vec![car.listing()]).await?;
    filling.table(INSPECTIONS, |car| vec![car.inspection()]).await?;
    filling.table(REPORTS, |car| car.report().into_iter().collect()).await?;
    filling.finish(now).await
}

struct Filling<'a> {
    connection: SqliteConnection,
    count: u64,
    vins: &'a [String],
    begin: DateTime<Utc>,
    /// The number of the next change.
    changes: i64,
}

impl Filling<'_> {
    async fn table(&mut self, statement: &'static str, rows: impl Fn(&Car<'_>) -> Vec<Value>) -> Result<()> {
        let mut transaction = self.connection.begin().await?;
        for from in (0..self.count).step_by(usize::try_from(AT_ONCE)?) {
            let mut batch = Vec::new();
            for number in from..self.count.min(from + AT_ONCE) {
                let known = self.vins.get(usize::try_from(number)?).cloned();
                batch.extend(rows(&Car::new(number, &known.unwrap_or_else(|| vin(number)), self.begin)));
            }
            let added = i64::try_from(batch.len())?;
            let batch = serde_json::to_string(&batch)?;
            sqlx::query(statement).bind(batch).bind(self.changes).execute(&mut *transaction).await?;
            self.changes += added;
        }
        Ok(transaction.commit().await?)
    }

    async fn finish(mut self, now: DateTime<Utc>) -> Result<()> {
        let last = self.changes - 1;
        sqlx::query("UPDATE change_sequence SET last = $1").bind(last).execute(&mut self.connection).await?;
        sqlx::query("INSERT INTO change_checkpoints (at, seq) VALUES ($1, 0)")
            .bind(now.timestamp_millis())
            .execute(&mut self.connection)
            .await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}
