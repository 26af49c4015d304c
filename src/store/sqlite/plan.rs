//! How the database goes about a query.

use sqlx::{AssertSqlSafe, Row};

use crate::store::{Access, SqliteStore};

/// The steps that the database plans, each with the number of the step it belongs to; 0 is the outermost loop.
pub(super) async fn plan(sql: &str) -> Vec<(i64, String)> {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path(), Access::Serve).await.unwrap();
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(sql).fetch_all(&store.readers).await.unwrap();
    rows.iter().map(|row| (row.get("parent"), row.get("detail"))).collect()
}
