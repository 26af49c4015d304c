//! Directory, lock, versions, backup, expiry.

use std::path::Path;
use std::sync::Arc;

use forecourt::store::{
    Access, DeliveryState, Expired, InspectionPatch, JournalKey, NewDelivery, Pragmas, Settlement, SqliteStore, Store,
    StoreError, Trail,
};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::{Ledger, TENANT, at, delivery, entry, id, inspection, open, report, touch};

async fn tool(directory: &Path) -> Arc<dyn Store> {
    forecourt::store::open(directory, Access::Tool).await.unwrap()
}

async fn raw(ledger: &Ledger) -> SqliteConnection {
    let path = ledger.directory.path().join("forecourt.db");
    SqliteConnection::connect(path.to_str().unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_commit_has_reached_the_disk() {
    let ledger = Ledger::new().await;
    assert_eq!(
        ledger.pragmas().await.unwrap(),
        Pragmas { journal_mode: "wal".to_owned(), synchronous: 2, foreign_keys: true, busy_timeout_ms: 5_000 }
    );
    ledger.ping().await.unwrap();
    assert_eq!(ledger.schema_version().await.unwrap(), 9);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("deep/data");
    let store = open(&directory).await;
    store.insert_delivery(delivery(1), at(0)).await.unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in std::fs::read_dir(&directory).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn one_process_serves_from_a_directory() {
    let ledger = Ledger::new().await;
    let refused = SqliteStore::open(ledger.directory.path(), Access::Serve).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Locked { directory } if directory == ledger.directory.path()));
    let message = refused.to_string();
    assert!(message.contains(ledger.directory.path().to_str().unwrap()) && message.contains("stop it"), "{message}");

    ledger.close().await;
    open(ledger.directory.path()).await;
}

#[tokio::test]
async fn a_tool_works_beside_a_gateway_and_before_one() {
    let ledger = Ledger::new().await;
    let beside = tool(ledger.directory.path()).await;
    beside.insert_delivery(delivery(1), at(0)).await.unwrap();
    assert!(ledger.delivery(TENANT, id(1)).await.unwrap().is_some());

    let directory = tempfile::tempdir().unwrap();
    let before = tool(directory.path()).await;
    assert_eq!(before.schema_version().await.unwrap(), 9);
    open(directory.path()).await;
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let kept = store.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let arrived = store.insert_delivery(delivery(2), at(0)).await.unwrap();
    drop(store);

    let store = open(directory.path()).await;
    assert_eq!(store.inspections_by_id(TENANT, &[id(1)]).await.unwrap(), [kept]);
    assert_eq!(store.deliveries(TENANT, Some(DeliveryState::Received), None, 10).await.unwrap(), [arrived]);
}

#[tokio::test]
async fn a_database_of_another_version_is_refused() {
    let ledger = Ledger::new().await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (99, 'of the future', 1, x'00', 0)",
    )
    .execute(&mut raw(&ledger).await)
    .await
    .unwrap();
    let refused = SqliteStore::open(ledger.directory.path(), Access::Tool).await.unwrap_err();
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, known: 9, .. }), "{refused}");
    ledger.close().await;
    let refused = SqliteStore::open(ledger.directory.path(), Access::Serve).await.unwrap_err();
    assert!(matches!(refused, StoreError::NewerSchema { found: 99, known: 9, .. }), "{refused}");
    assert!(refused.to_string().contains("start the newer gateway again"));
}

#[tokio::test]
async fn a_tool_does_not_migrate_what_a_gateway_serves() {
    let ledger = Ledger::new().await;
    sqlx::raw_sql("DELETE FROM _sqlx_migrations").execute(&mut raw(&ledger).await).await.unwrap();
    let refused = SqliteStore::open(ledger.directory.path(), Access::Tool).await.unwrap_err();
    assert!(matches!(refused, StoreError::OlderSchema { found: 0, known: 9, .. }), "{refused}");
}

#[tokio::test]
async fn what_is_no_database_is_called_damaged() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("forecourt.db"), vec![b'x'; 8_192]).unwrap();
    let refused = SqliteStore::open(directory.path(), Access::Serve).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused:?}");
}

#[tokio::test]
async fn a_value_that_cannot_be_read_is_named() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    sqlx::raw_sql("UPDATE inspections SET customer = '{'").execute(&mut raw(&ledger).await).await.unwrap();
    let failed = ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap_err();
    assert!(matches!(failed, StoreError::Corrupt { .. }));
    assert!(failed.to_string().contains("`inspections.customer`"), "{failed}");
}

#[tokio::test]
async fn a_file_that_is_no_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("data");
    std::fs::write(&file, "").unwrap();
    let refused = SqliteStore::open(&file, Access::Serve).await.unwrap_err();
    assert!(matches!(refused, StoreError::Io { action: "create", .. }), "{refused}");
}

#[tokio::test]
async fn a_backup_holds_everything_and_replaces_nothing() {
    let ledger = Ledger::new().await;
    let kept = ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("forecourt.db");
    tool(ledger.directory.path()).await.backup(&file).await.unwrap();
    ledger.upsert_inspection(inspection(2, "later"), at(0)).await.unwrap();

    let refused = ledger.backup(&file).await.unwrap_err();
    assert!(matches!(refused, StoreError::Io { action: "create", .. }), "{refused}");
    let nowhere = ledger.backup(&elsewhere.path().join("missing/copy.db")).await.unwrap_err();
    assert!(matches!(nowhere, StoreError::Io { .. }), "{nowhere}");

    let copy = open(elsewhere.path()).await;
    assert_eq!(copy.inspections_by_id(TENANT, &[id(1), id(2)]).await.unwrap(), [kept]);
    let names: Vec<_> = std::fs::read_dir(elsewhere.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{names:?}");
}

#[tokio::test]
async fn old_keys_and_settled_deliveries_go() {
    const DAY: i64 = 86_400;
    let ledger = Ledger::new().await;
    let key = |key: &str| JournalKey {
        tenant: TENANT.to_owned(),
        client: "crm".to_owned(),
        mutation: "createTicket".to_owned(),
        key: key.to_owned(),
    };
    ledger.begin(&key("old"), "hash", at(0)).await.unwrap();
    ledger.begin(&key("new"), "hash", at(1)).await.unwrap();
    for number in 1..=2 {
        ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    }
    let unmatched = Settlement::new(DeliveryState::Unmatched);
    ledger.settle_delivery(TENANT, id(1), unmatched, at(1)).await.unwrap();

    assert_eq!(
        ledger.expire(at(30 * DAY)).await.unwrap(),
        Expired { journal_keys: 1, deliveries: 0, garage_sessions: 0 }
    );
    assert!(ledger.find(&key("old")).await.unwrap().is_none());
    assert!(ledger.find(&key("new")).await.unwrap().is_some());
    assert_eq!(
        ledger.expire(at(90 * DAY)).await.unwrap(),
        Expired { journal_keys: 1, deliveries: 1, garage_sessions: 0 }
    );
    let left = ledger.deliveries(TENANT, None, None, 10).await.unwrap();
    assert_eq!(left.iter().map(|row| row.id).collect::<Vec<_>>(), [id(2)], "what waits to be read stays");
}

#[tokio::test]
async fn a_time_becomes_a_change_number() {
    let ledger = Ledger::new().await;
    assert_eq!(ledger.seq_at(at(0)).await.unwrap(), 0);
    for (number, seconds) in [(1, 0), (2, 0), (3, 60), (4, 120)] {
        ledger.append(vec![entry(number, &number.to_string(), seconds)], at(seconds)).await.unwrap();
    }
    for (seconds, seq) in [(-5, 0), (0, 0), (1, 2), (60, 2), (61, 3), (120, 3), (121, 4), (500, 4)] {
        assert_eq!(ledger.seq_at(at(seconds)).await.unwrap(), seq, "{seconds}");
    }
}

#[tokio::test]
async fn what_came_long_before_it_was_written_is_a_change_of_its_writing() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let late = NewDelivery { received_at: at(10), ..delivery(2) };
    ledger.insert_delivery(late, at(100)).await.unwrap();
    assert_eq!(ledger.seq_at(at(50)).await.unwrap(), 1, "the delivery is a change of second 100");
    let came = report(3, 1, "a");
    assert_eq!(came.received_at, at(10));
    ledger.apply_report(came, InspectionPatch::default(), Trail::default(), at(200)).await.unwrap();
    let seq = ledger.seq_at(at(200)).await.unwrap();
    let current = ledger.current_reports(TENANT, &[id(1)]).await.unwrap().remove(0);
    assert!(seq < current.change_seq, "whoever asks for changes since second 200 finds the report");
    assert_eq!(ledger.seq_at(at(150)).await.unwrap(), seq);
}

#[tokio::test]
async fn a_clock_that_was_set_back_hides_no_change() {
    let ledger = Ledger::new().await;
    ledger.append(vec![entry(1, "a", 0)], at(100)).await.unwrap();
    ledger.append(vec![entry(2, "b", 0)], at(50)).await.unwrap();
    assert!(ledger.seq_at(at(50)).await.unwrap() < 2);
    assert!(ledger.seq_at(at(40)).await.unwrap() < 2);
}

#[tokio::test]
async fn thinned_checkpoints_hide_no_change() {
    const MINUTE: i64 = 60;
    let ledger = Ledger::new().await;
    for minute in 0..180 {
        let number = u128::try_from(minute).unwrap();
        ledger.append(vec![entry(number, &minute.to_string(), 0)], at(minute * MINUTE)).await.unwrap();
    }
    ledger.expire(at(31 * 86_400)).await.unwrap();
    let checkpoints: i64 =
        sqlx::query_scalar("SELECT count(*) FROM change_checkpoints").fetch_one(&mut raw(&ledger).await).await.unwrap();
    assert!((3..=4).contains(&checkpoints), "{checkpoints}");
    for minute in 0..180 {
        let seq = ledger.seq_at(at(minute * MINUTE)).await.unwrap();
        // the change of minute `n` has the number `n + 1`
        assert!((minute - 61..=minute).contains(&seq), "{minute}: {seq}");
    }
}

#[tokio::test]
async fn what_fails_half_way_leaves_nothing() {
    let ledger = Ledger::new().await;
    let doubled = vec![entry(1, "a", 0), entry(1, "b", 0)];
    assert!(matches!(ledger.append(doubled, at(0)).await, Err(StoreError::Database { .. })));
    assert_eq!(ledger.seq_at(at(1)).await.unwrap(), 0);
    ledger.touch_vehicles(vec![touch("tchek", "A")], at(0)).await.unwrap();
    assert_eq!(ledger.seq_at(at(1)).await.unwrap(), 1, "the next change takes the number that was given back");
}
