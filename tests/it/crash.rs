//! Gateways in processes of their own that are killed or told to stop in the middle of their work.

use forecourt::clock::Clock;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::DeliveryState;
use forecourt::store::JournalKey;
use forecourt::store::JournalState;
use serde_json::Value;
use serde_json::json;
use sqlx::Connection;
use sqlx::SqliteConnection;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::until;
use crate::support::process::Process;
use crate::support::process::ask;
use crate::support::process::post;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::vendors::Vendors;
use crate::support::vendors::make_token;

const CREATE: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) {
    outcome inspection { id tokenUid } userErrors { code }
} }";
const REPORT: &str = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { report { revision damageCount } } }";
const CREATION: &str = "tchek.tokens.create";
const KEY: &str = "only-once";

/// Asks for the inspection that all of these tests create; none when the gateway dies before it answers.
async fn create(base: &str) -> Option<Value> {
    ask(base, CREATE, json!({ "input": { "idempotencyKey": KEY, "vin": SHOWPIECE } })).await
}

fn outcome(answer: &Value) -> &str {
    answer["data"]["createInspection"]["outcome"].as_str().unwrap()
}

async fn faults(vendors: &Vendors, fault: Value) {
    vendors.control("PUT", "faults", &json!([fault])).await;
}

async fn mend(vendors: &Vendors) {
    vendors.control("DELETE", "faults", &Value::Null).await;
}

/// Starts again on the ledger of a killed gateway and asks twice with the same key, and once with another input.
///
/// Gives the answer, after which the vendor still has been asked `asked` times.
async fn afterwards(data: &TempDir, vendors: &Vendors, asked: usize) -> Value {
    let process = Process::start(data.path(), &vendors.url).await;
    let answer = create(&process.base).await.unwrap();
    let again = create(&process.base).await.unwrap();
    assert_eq!(answer["data"], again["data"]);
    let other = json!({ "input": { "idempotencyKey": KEY, "vin": SHOWPIECE, "locale": "fr" } });
    let other = ask(&process.base, CREATE, other).await.unwrap();
    assert_eq!(other["data"]["createInspection"]["userErrors"][0]["code"], "IDEMPOTENCY_MISMATCH");
    assert_eq!(vendors.count(CREATION).await, asked);
    assert!(vendors.tokens().await.len() <= asked);
    answer
}

/// Checks an answer that tells that nobody knows.
fn assert_unknown(answer: &Value) {
    assert_eq!((outcome(answer), &answer["data"]["createInspection"]["inspection"]), ("UNKNOWN", &Value::Null));
    assert_eq!(answer["errors"][0]["path"], json!(["createInspection", "inspection"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_vendor_acts() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    faults(&vendors, json!({ "operation": CREATION, "hold": "before" })).await;
    let base = process.base.clone();
    let kill = async {
        until("the vendor is asked", async || vendors.count(CREATION).await == 1).await;
        process.kill();
        mend(&vendors).await;
    };
    let (answer, ()) = tokio::join!(create(&base), kill);
    assert_eq!(answer, None);
    assert_unknown(&afterwards(&data, &vendors, 1).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_vendor_acted_and_before_it_answers() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    faults(&vendors, json!({ "operation": CREATION, "hold": "after" })).await;
    let base = process.base.clone();
    let kill = async {
        until("the vendor has acted", async || vendors.tokens().await.len() == 1).await;
        process.kill();
        mend(&vendors).await;
    };
    let (answer, ()) = tokio::join!(create(&base), kill);
    assert_eq!(answer, None);
    assert_unknown(&afterwards(&data, &vendors, 1).await);
    assert_eq!(vendors.tokens().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_the_vendors_answer() {
    for _ in 0..4 {
        let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
        let mut process = Process::start(data.path(), &vendors.url).await;
        faults(&vendors, json!({ "operation": CREATION, "hold": "after" })).await;
        let base = process.base.clone();
        let kill = async {
            until("the vendor has acted", async || vendors.tokens().await.len() == 1).await;
            mend(&vendors).await;
            process.kill();
        };
        let (seen, ()) = tokio::join!(create(&base), kill);
        // Which of the two comes first is for this machine to say; both must hold.
        let answer = afterwards(&data, &vendors, 1).await;
        match outcome(&answer) {
            "CREATED" => {
                let uid = &answer["data"]["createInspection"]["inspection"]["tokenUid"];
                assert_eq!(uid, &vendors.tokens().await[0]["uid"]);
            }
            _ => assert_unknown(&answer),
        }
        assert!(seen.is_none_or(|seen| seen == answer), "what a client was told stays true");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_once_the_client_has_its_answer() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    let answer = create(&process.base).await.unwrap();
    process.kill();
    assert_eq!((outcome(&answer), answer.get("errors")), ("CREATED", None));
    assert_eq!(afterwards(&data, &vendors, 1).await, answer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_has_begun_and_the_vendor_cannot_be_reached() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    // The system takes the connection, and nobody ever reads from it.
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut process = Process::start(data.path(), &format!("http://{}", nobody.local_addr().unwrap())).await;
    let base = process.base.clone();
    let kill = async {
        let store = store::open(data.path(), Access::Tool).await.unwrap();
        let text = str::to_owned;
        let key = JournalKey {
            tenant: text("default"),
            client: text("anyone"),
            mutation: text("createInspection"),
            key: text(KEY),
        };
        until("the creation has begun", async || {
            store.find(&key).await.unwrap().is_some_and(|row| row.state == JournalState::InFlight)
        })
        .await;
        store.close().await;
        process.kill();
    };
    let (answer, ()) = tokio::join!(create(&base), kill);
    assert_eq!(answer, None);
    assert_unknown(&afterwards(&data, &vendors, 0).await);
}

/// Lets the ledger refuse every new inspection, or take them again.
async fn refuse_inspections(data: &TempDir, refuse: bool) {
    let statement = if refuse {
        "CREATE TRIGGER full BEFORE INSERT ON inspections BEGIN SELECT raise(ABORT, 'no room'); END"
    } else {
        "DROP TRIGGER full"
    };
    let mut ledger = SqliteConnection::connect(data.path().join("forecourt.db").to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut ledger).await.unwrap();
    ledger.close().await.unwrap();
}

/// How often the gateway has said that the ledger did not take what the vendor had created.
fn refusals(process: &Process) -> usize {
    process.log().matches("the ledger did not take it; it is tried again").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_created_is_brought_to_the_ledger_until_it_takes_it() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let process = Process::start(data.path(), &vendors.url).await;
    refuse_inspections(&data, true).await;
    let relent = async {
        until("the ledger has refused it twice", async || refusals(&process) >= 2).await;
        refuse_inspections(&data, false).await;
    };
    let (answer, ()) = tokio::join!(create(&process.base), relent);
    let answer = answer.unwrap();
    assert_eq!((outcome(&answer), answer.get("errors")), ("CREATED", None), "{answer:#}");
    drop(process);
    assert_eq!(afterwards(&data, &vendors, 1).await["data"], answer["data"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_ledger_never_takes_is_unknown_and_not_created_again() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let process = Process::start(data.path(), &vendors.url).await;
    refuse_inspections(&data, true).await;
    let stop = async {
        until("the ledger has refused it", async || refusals(&process) >= 1).await;
        process.terminate();
    };
    let (answer, ()) = tokio::join!(create(&process.base), stop);
    let answer = answer.unwrap();
    assert_unknown(&answer);
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("the ledger could not keep it"), "{message}");
    let process = std::cell::RefCell::new(process);
    until("the process has ended", async || process.borrow_mut().ended().is_some()).await;
    refuse_inspections(&data, false).await;
    assert_unknown(&afterwards(&data, &vendors, 1).await);
    assert_eq!(vendors.tokens().await.len(), 1);
}

/// The body of the first delivery about a token, as the vendor sends it.
async fn result(vendors: &Vendors, uid: &str) -> String {
    let listener = Recorder::start(|_, _| ok("{}")).await;
    let body = json!({ "url": listener.url.join("/hook").unwrap(), "retriesMs": [] });
    vendors.control("PUT", "tchek/webhook", &body).await;
    vendors.advance(uid, &[1, 2, 3]).await;
    listener.arrived(0).await.body
}

async fn bring(process: &Process, body: &str) -> u16 {
    let url = format!("{}/webhooks/tchek/default", process.base);
    post(&url, &[("x-api-key", WEBHOOK_SECRET)], body).await.unwrap().0
}

async fn report(process: &Process, uid: &str) -> Value {
    let mut answer = ask(&process.base, REPORT, json!({ "uid": uid })).await.unwrap();
    answer["data"]["inspection"]["report"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_there_after_a_kill_right_at_the_thanks() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    let answer = create(&process.base).await.unwrap();
    let uid = answer["data"]["createInspection"]["inspection"]["tokenUid"].as_str().unwrap().to_owned();
    let body = result(&vendors, &uid).await;
    assert_eq!(bring(&process, &body).await, 200);
    process.kill();

    let process = Process::start(data.path(), &vendors.url).await;
    until("the report is there", async || report(&process, &uid).await["revision"] == 1).await;
    assert_eq!(bring(&process, &body).await, 200);
    let store = store::open(data.path(), Access::Tool).await.unwrap();
    let states = async || -> Vec<DeliveryState> {
        store.deliveries("default", None, None, 10).await.unwrap().iter().map(|row| row.state).collect()
    };
    until("the second delivery is settled", async || !states().await.contains(&DeliveryState::Received)).await;
    assert_eq!(states().await, [DeliveryState::Applied, DeliveryState::Unchanged]);
    assert_eq!(report(&process, &uid).await["revision"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_nobody_had_worked_on_is_worked_on_after_a_kill() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    let uid = make_token(&vendors.url, "sandbox-tchek-key", SHOWPIECE).await;
    let body = result(&vendors, &uid).await;
    faults(&vendors, json!({ "operation": "tchek.tokens.status", "hold": "before" })).await;
    assert_eq!(bring(&process, &body).await, 200);
    until("the vendor is asked whose token it is", async || vendors.count("tchek.tokens.status").await == 1).await;
    process.kill();
    mend(&vendors).await;
    let process = Process::start(data.path(), &vendors.url).await;
    until("the report is there", async || report(&process, &uid).await["revision"] == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_it_finishes_what_runs_and_takes_nothing_new() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = Process::start(data.path(), &vendors.url).await;
    faults(&vendors, json!({ "operation": CREATION, "hold": "before" })).await;
    let base = process.base.clone();
    let stop = async {
        until("the vendor is asked", async || vendors.count(CREATION).await == 1).await;
        process.terminate();
        until("new work is refused", async || {
            ask(&base, "{ __typename }", json!({})).await.is_none_or(|answer| answer["data"].is_null())
        })
        .await;
        assert_eq!(process.ended(), None, "the creation is still on its way");
        mend(&vendors).await;
    };
    let (answer, ()) = tokio::join!(create(&base), stop);
    let answer = answer.unwrap();
    assert_eq!(outcome(&answer), "CREATED");
    let ended = std::cell::RefCell::new(process);
    until("the process has ended", async || ended.borrow_mut().ended().is_some()).await;
    let mut process = ended.into_inner();
    assert_eq!(process.ended().unwrap().code(), Some(0), "{}", process.log());
    assert_eq!(afterwards(&data, &vendors, 1).await, answer);
}
