//! Thousands of deliveries, many of them twice, out of order, forged or broken, at a gateway that is killed three times:
//! in the end the ledger says what the vendor says.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::AccountKey;
use forecourt::store::DeliveryState;
use forecourt::store::Store;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;
use crate::support::gateway::try_send;
use crate::support::gateway::until;
use crate::support::process::Process;
use crate::support::process::ask;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::vendors::Vendors;
use crate::support::vendors::make_token;

use super::DEFAULT;
use super::KEY;
use super::events::EVENTS;

/// How many deliveries there are, unless the variable `FORECOURT_DELIVERIES` said another number when the tests were built.
const DELIVERIES: usize = 300;
const KILLS: usize = 3;
/// How many senders bring deliveries at the same time.
const SENDERS: usize = 8;
/// What only forged deliveries hold.
const FORGED: &str = "98765432109876";
const CREATE: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) {
    inspection { tokenUid } userErrors { message }
} }";

/// What is brought to the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Genuine,
    Duplicate,
    Forged,
    Malformed,
}

/// What came of bringing everything.
#[derive(Debug, Default)]
struct Told {
    accepted: AtomicUsize,
    refused: AtomicUsize,
    repeated: AtomicUsize,
}

fn deliveries() -> usize {
    option_env!("FORECOURT_DELIVERIES").map_or(DELIVERIES, |number| number.parse().expect("it is a number"))
}

/// Has the vendor deliver every event to `listener`.
async fn listen(vendors: &Vendors, listener: &Recorder) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let put = async |path: &str, body: Value| {
        let url = format!("{}/tchek/apiV1/eventmanager/{path}", vendors.url);
        assert_eq!(send(client.put(url).header("x-api-key", KEY).json(&body)).await.status(), 200);
    };
    let url = listener.url.join("/hook").unwrap();
    put("configwebhook", json!({ "webhookUrlV2": url, "webhookHeaderKey": WEBHOOK_SECRET })).await;
    for event in EVENTS {
        put("configevent", json!({ "eventName": event, "webhook": true })).await;
    }
}

/// Lets one inspection pass through its life at the vendor; gives how many deliveries that makes.
///
/// Two of three end with a reviewed report that says what the detection said. Some contents return to an earlier one.
async fn live(vendors: &Vendors, uid: &str, number: usize) -> usize {
    let told = |event: &'static str, revision: u32| {
        let body = json!({ "uid": uid, "event": event, "revision": revision, "returns": true });
        async move { drop(vendors.control("POST", "tchek/deliver", &body).await) }
    };
    vendors.advance(uid, &[1, 2, 3]).await;
    let mut made = 2;
    if number.is_multiple_of(2) {
        told("detectionFinished", 3).await;
        told("detectionFinished", 1).await;
        made += 2;
    }
    if number % 5 != 4 {
        vendors.advance(uid, &[4, 5]).await;
        made += 1;
        if number.is_multiple_of(3) {
            told("shareUpdatedReport", 4).await;
            told("shareUpdatedReport", 2).await;
            made += 2;
        }
    }
    made
}

/// What is brought, in which order: the genuine bodies with a fifth of duplicates, forged and malformed ones among them,
/// a tenth of all out of its place.
fn shuffled(genuine: &[String], total: usize, dice: &Ids) -> Vec<(Kind, String)> {
    let below = |bound: usize| usize::try_from(dice.below(bound as u64)).unwrap();
    let mut all: Vec<(Kind, String)> = genuine.iter().map(|body| (Kind::Genuine, body.clone())).collect();
    for _ in 0..total / 5 {
        let from = below(all.len());
        let body = all[from].1.clone();
        all.insert((from + 1 + below(40)).min(all.len()), (Kind::Duplicate, body));
    }
    for _ in 0..total / 20 {
        let body = all[below(all.len())].1.replace("\"damageNumber\":", &format!("\"damageNumber\":{FORGED}"));
        let body = if body.contains(FORGED) { body } else { body.replacen('{', &format!("{{\"{FORGED}\":1,"), 1) };
        all.insert(below(all.len()), (Kind::Forged, body));
    }
    for _ in 0..total / 100 {
        let body = &genuine[below(genuine.len())];
        let body: String = body.chars().take(body.chars().count() / 2).collect();
        all.insert(below(all.len()), (Kind::Malformed, body));
    }
    for _ in 0..all.len() / 10 {
        let at = below(all.len() - 1);
        let to = (at + 1 + below(20)).min(all.len() - 1);
        all.swap(at, to);
    }
    all
}

/// Brings everything, each delivery again until it is answered; the gateway is killed and started again on the way.
async fn bring_all(all: Vec<(Kind, String)>, data: &Path, vendors: &Vendors) -> (Told, Process) {
    let (told, next, count) = (Told::default(), AtomicUsize::new(0), all.len());
    let process = Process::start(data, &vendors.url).await;
    let base = Arc::new(Mutex::new(process.base.clone()));
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let senders = join_all((0..SENDERS).map(|_| async {
        while let Some((kind, body)) = all.get(next.fetch_add(1, Ordering::SeqCst)) {
            let secret = if *kind == Kind::Forged { "sandbox-webhook-secreT" } else { WEBHOOK_SECRET };
            let expected = if *kind == Kind::Forged { 401 } else { 200 };
            loop {
                let url = format!("{}/webhooks/tchek/{DEFAULT}", base.lock().unwrap());
                let request = client.post(url).header("x-api-key", secret).header("content-type", "application/json");
                let Ok(answer) = try_send(request.body(body.clone())).await else {
                    told.repeated.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                assert_eq!(answer.status(), expected, "{kind:?}");
                let counter = if expected == 200 { &told.accepted } else { &told.refused };
                counter.fetch_add(1, Ordering::SeqCst);
                break;
            }
        }
    }));
    let killer = async {
        let mut process = process;
        for kill in 1..=KILLS {
            while next.load(Ordering::SeqCst) < count * kill / (KILLS + 1) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            process.kill();
            process = Process::start(data, &vendors.url).await;
            base.lock().unwrap().clone_from(&process.base);
        }
        process
    };
    let (_, process) = tokio::join!(senders, killer);
    (told, process)
}

/// Waits until nothing is left to be done; gives how many deliveries there are in each state.
async fn drained(store: &dyn Store, count: usize) -> BTreeMap<&'static str, usize> {
    for _ in 0..60 + count / 5 {
        let waits = store.next_delivery_due(DEFAULT, "tchek").await.unwrap();
        if waits.is_none() && store.next_status_due(DEFAULT, "tchek").await.unwrap().is_none() {
            let mut states = BTreeMap::new();
            let lines = store.delivery_lines(&store::DeliveryQuery::default(), usize::MAX).await.unwrap();
            for line in lines {
                *states.entry(line.state.as_str()).or_default() += 1;
            }
            return states;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("the deliveries are not worked off");
}

/// The damages as both sides tell them, in one order.
fn damages(of: &Value, names: [&str; 3]) -> Vec<String> {
    let text = |damage: &Value| names.map(|name| damage[name].as_str().unwrap_or_default().to_owned()).join("/");
    let mut all: Vec<String> =
        of.as_array().unwrap().iter().filter(|damage| damage["isDeleted"] != true).map(text).collect();
    all.sort_unstable();
    all
}

/// Compares an inspection with what the vendor says of it now; gives how many revisions its report has.
async fn compare(vendors: &Vendors, client: &reqwest::Client, store: &dyn Store, uid: &str) -> usize {
    let get = async |path: String| -> Value {
        let url = format!("{}/tchek/apiV1/{path}", vendors.url);
        send(client.get(url).header("x-api-key", KEY)).await.json().await.unwrap()
    };
    let status = get(format!("tokenmanager/test?deviceId={uid}-pwa")).await;
    let report = get(format!("report/loadtchek?token={uid}")).await;
    let rows = store.inspections_by_token(DEFAULT, None, &[uid.to_owned()]).await.unwrap();
    assert_eq!(rows.len(), 1, "{uid}");
    let row = &rows[0];
    assert_eq!(Some(row.status_code), status["token"]["tradeinStatus"].as_i64(), "{uid}");
    assert_eq!(row.vendor_inspection_id.as_deref(), status["token"]["tchekPtr"]["id"].as_str(), "{uid}");
    let mut revisions = store.report_revisions(DEFAULT, row.id, None, 1000).await.unwrap();
    let held = report.get("data").unwrap_or(&report);
    let current = &revisions.first().unwrap().data;
    let ours = damages(&current["damages"], ["part", "kind_raw", "severity_raw"]);
    assert_eq!(ours, damages(&held["damages"], ["location", "type", "severity"]), "{uid}");
    revisions.reverse();
    assert!(revisions.windows(2).all(|two| two[0].content_hash != two[1].content_hash), "{uid}: each one is a change");

    let accounts = [AccountKey::new("tchek", "main")];
    let entries = store.timeline_of_subject(DEFAULT, &accounts, &row.id.to_string(), 1000).await.unwrap();
    let received = entries.iter().filter(|entry| entry.kind == "INSPECTION_REPORT_RECEIVED").count();
    assert_eq!(received, revisions.len(), "{uid}: one entry for each change");
    let mut changes = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.kind == "INSPECTION_STATUS_CHANGED") {
        *changes.entry((entry.data["to"].as_i64(), entry.at)).or_insert(0) += 1;
    }
    assert!(changes.values().all(|count| *count == 1), "{uid}: {changes:?}");
    revisions.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "the figures of a long run are what it is made for")]
async fn whatever_comes_the_ledger_ends_up_with_what_the_vendor_says() {
    let (total, dice) = (deliveries(), Ids::seeded(41));
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let listener = Recorder::start(|_, _| ok("{}")).await;
    listen(&vendors, &listener).await;
    let (mut uids, mut made) = (Vec::new(), 0);
    let mut process = Process::start(data.path(), &vendors.url).await;
    while made < total * 74 / 100 {
        // Every third one was made past the gateway, which meets it by its deliveries.
        let uid = if uids.len() % 3 == 2 {
            make_token(&vendors.url, KEY, SHOWPIECE).await
        } else {
            let answer = ask(&process.base, CREATE, json!({ "input": { "vin": SHOWPIECE } })).await.unwrap();
            answer["data"]["createInspection"]["inspection"]["tokenUid"].as_str().unwrap().to_owned()
        };
        made += 1 + live(&vendors, &uid, uids.len()).await;
        uids.push(uid);
    }
    until("the vendor has delivered everything", async || listener.seen().len() == made).await;
    process.kill();

    let genuine: Vec<String> = listener.seen().into_iter().map(|seen| seen.body).collect();
    let all = shuffled(&genuine, total, &dice);
    let of = |kind: Kind| all.iter().filter(|(other, _)| *other == kind).count();
    let (brought, forged, malformed) = (all.len(), of(Kind::Forged), of(Kind::Malformed));
    let duplicates = of(Kind::Duplicate);
    let (told, process) = bring_all(all, data.path(), &vendors).await;
    let store = store::open(data.path(), Access::Tool).await.unwrap();
    let states = drained(&*store, brought).await;

    let (accepted, refused) = (told.accepted.into_inner(), told.refused.into_inner());
    let (repeated, kept) = (told.repeated.into_inner(), states.values().sum::<usize>());
    assert_eq!((accepted, refused), (brought - forged, forged));
    assert!(kept >= accepted && kept <= accepted + repeated, "{kept} of {accepted} are kept, {repeated} tries broke");
    assert!(states[DeliveryState::Unreadable.as_str()] >= malformed);
    assert!(!states.contains_key(DeliveryState::Received.as_str()));
    let mut after = None;
    loop {
        let rows = store.deliveries(DEFAULT, None, after, 500).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.arrival);
        assert!(rows.iter().all(|row| !String::from_utf8_lossy(&row.body).contains(FORGED)), "no forged one is kept");
    }
    let (client, mut revisions) = (reqwest::Client::builder().no_proxy().build().unwrap(), 0);
    for uid in &uids {
        revisions += compare(&vendors, &client, &*store, uid).await;
    }
    eprintln!(
        "{brought} deliveries about {} inspections ({duplicates} twice, {forged} forged, {malformed} malformed), {KILLS} \
         kills, {repeated} tries broke: {kept} kept, {states:?}, {revisions} revisions; all of them agree",
        uids.len()
    );
    drop(process);
}
