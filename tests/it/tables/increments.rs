//! What has changed since a token, joined with a copy of the time of that token, is what there is now.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use super::objects;
use super::strike;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::webhooks::subscribe;

/// Each list with what the gateway itself keeps of its items.
const LISTS: [(&str, &str); 3] = [
    (
        "vehicles",
        "id vin licensePlate lastActivityAt readiness { inspected { state at } listed { state at } } \
         inspections { totalCount } listings { totalCount }",
    ),
    (
        "inspections",
        "id vendorInspectionId lastProgressStatus expired deletedAt report { revision receivedAt damageCount }",
    ),
    ("listings", "id internalId vin pushedAt"),
];

/// A car that no vendor has serviced.
const NEWCOMER: &str = "YV1ZWA8UDL1234999";

type Table = BTreeMap<String, Value>;

async fn token(rig: &Rig) -> String {
    rig.data("{ changeToken }", json!({})).await["changeToken"].as_str().unwrap().to_owned()
}

/// A list as a table, by the ids of its rows.
async fn read(rig: &Rig, (list, fields): (&str, &str), filter: &str) -> Table {
    let query = format!("{{ {list}(filter: {{ {filter} }}) @rows {{ nodes {{ {fields} }} }} }}");
    let rows = objects(rig, "partial=fail", &query).await;
    rows.into_iter()
        .filter(|row| row["id"].is_string())
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
        .collect()
}

/// What there is now: the whole list, and what has changed since `token`; both of one moment.
async fn now(rig: &Rig, list: (&str, &str), since: &str) -> (Table, Table) {
    loop {
        let before = token(rig).await;
        let whole = read(rig, list, "").await;
        let increment = read(rig, list, &format!("changedAfter: \"{since}\"")).await;
        if token(rig).await == before {
            return (whole, increment);
        }
    }
}

/// Replaces what has changed and drops what was deleted.
fn joined(mut copy: Table, increment: Table) -> Table {
    copy.extend(increment);
    copy.retain(|_, row| row.get("deletedAt").is_none_or(Value::is_null));
    copy
}

async fn inspection(rig: &Rig, uid: &str) -> Value {
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { status deletedAt vendorInspectionId report { revision } } }";
    rig.data(query, json!({ "uid": uid })).await["inspection"].take()
}

async fn advance(rig: &Rig, uid: &str, state: u8) {
    rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
}

/// Has the vendor delete an inspection and waits until the gateway has heard of it.
async fn delete(rig: &Rig, uid: &str) {
    rig.until("the inspection is known", async || inspection(rig, uid).await["vendorInspectionId"].is_string()).await;
    rig.control("POST", &format!("tokens/{uid}/delete"), &json!({})).await;
    rig.until("the deletion is known", async || inspection(rig, uid).await["deletedAt"].is_string()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_and_its_increment_are_the_whole() {
    let rig = Rig::start().await;
    subscribe(&rig).await;
    let kept = rig.inspect(SHOWPIECE, &[1, 2, 3]).await;
    let gone = rig.inspect(SHOWPIECE, &[1]).await;
    rig.list(SHOWPIECE, "A-1").await;
    rig.until("the result is known", async || inspection(&rig, &kept).await["report"]["revision"] == 1).await;
    let since = token(&rig).await;
    let mut copies = Vec::new();
    for list in LISTS {
        copies.push(read(&rig, list, "").await);
    }

    rig.clock.advance(chrono::TimeDelta::minutes(2));
    let fresh = rig.inspect(SHOWPIECE, &[1]).await;
    advance(&rig, &gone, 2).await;
    delete(&rig, &gone).await;
    rig.control("POST", "tchek/deliver", &json!({ "uid": kept, "event": "shareUpdatedReport" })).await;
    rig.list(SHOWPIECE, "A-2").await;
    rig.list(NEWCOMER, "A-3").await;
    rig.until("the second result is known", async || inspection(&rig, &kept).await["report"]["revision"] == 2).await;

    let mut sizes = Vec::new();
    for (list, copy) in LISTS.into_iter().zip(copies) {
        let (whole, increment) = now(&rig, list, &since).await;
        sizes.push((list.0, increment.len()));
        assert_ne!(copy, whole, "{}", list.0);
        assert_eq!(joined(copy, increment), whole, "{}", list.0);
    }
    assert_eq!(sizes, [("vehicles", 2), ("inspections", 3), ("listings", 2)]);
    let (_, nothing) = now(&rig, LISTS[0], &token(&rig).await).await;
    assert_eq!(nothing, Table::new());
    assert!(inspection(&rig, &fresh).await["deletedAt"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_moves_while_a_list_is_read_comes_with_the_next_increment() {
    let rig = Rig::start().await;
    let since = token(&rig).await;
    let page = "query($first: Int!, $after: String) { vehicles(first: $first, after: $after) {
        nodes { id vin } pageInfo { endCursor hasNextPage }
    } }";
    let vehicles = async |first: u32, after: &Value| {
        rig.data(page, json!({ "first": first, "after": after })).await["vehicles"].take()
    };
    let all = vehicles(200, &Value::Null).await["nodes"].take();
    let last = all.as_array().unwrap().last().unwrap().clone();
    let (mut copy, mut after) = (Table::new(), Value::Null);
    loop {
        let page = vehicles(20, &after).await;
        for row in page["nodes"].as_array().unwrap() {
            copy.insert(row["id"].as_str().unwrap().to_owned(), row.clone());
        }
        if after.is_null() {
            // the last of the list becomes its first, where the reading has been already
            rig.inspect(last["vin"].as_str().unwrap(), &[]).await;
        }
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert!(!copy.contains_key(last["id"].as_str().unwrap()));
    let (whole, increment) = now(&rig, ("vehicles", "id vin"), &since).await;
    assert_eq!(increment.into_values().collect::<Value>(), json!([last]));
    copy.insert(last["id"].as_str().unwrap().to_owned(), last);
    assert_eq!(copy, whole);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_inspection_is_shown_to_those_who_follow_changes() {
    let rig = Rig::start().await;
    subscribe(&rig).await;
    let kept = rig.inspect(SHOWPIECE, &[]).await;
    rig.clock.advance(chrono::TimeDelta::minutes(1));
    let gone = rig.inspect(SHOWPIECE, &[1, 2]).await;
    delete(&rig, &gone).await;
    let query = "query($vin: Vin!) {
        plain: inspections { nodes { tokenUid } }
        asked: inspections(filter: { withDeleted: true }) { totalCount }
        followed: inspections(filter: { changedAfter: \"0\" }) { totalCount nodes { tokenUid } }
        kept: inspections(filter: { changedAfter: \"0\", withDeleted: false }) { totalCount }
        vehicle(by: { vin: $vin }) { inspections { nodes { tokenUid } } }
        created: vehicles(filter: { inspectionStatus: CREATED }) { nodes { vin } }
    }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let only_kept = json!([{ "tokenUid": kept }]);
    assert_eq!(data["plain"]["nodes"], only_kept);
    assert_eq!(data["asked"]["totalCount"], 2);
    assert_eq!(data["followed"], json!({ "totalCount": 2, "nodes": [{ "tokenUid": gone }, { "tokenUid": kept }] }));
    assert_eq!(data["kept"]["totalCount"], 1);
    assert_eq!(data["vehicle"]["inspections"]["nodes"], only_kept);
    assert_eq!(data["created"]["nodes"], json!([{ "vin": SHOWPIECE }]), "the index falls back on the one before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_never_told_is_refused() {
    let rig = Rig::start().await;
    for (list, _) in LISTS {
        for (wrong, said) in [
            ("", "no change token"),
            ("-1", "no change token"),
            ("x1", "no change token"),
            ("9999999999", "full extract"),
        ] {
            let query = format!("{{ {list}(filter: {{ changedAfter: \"{wrong}\" }}) {{ totalCount }} }}");
            let answer = rig.ask(&query, json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{list} `{wrong}`: {answer}");
            assert!(answer["errors"][0]["message"].as_str().unwrap().contains(said), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_tells_of_a_deletion_though_the_vendor_knows_nothing_of_it_any_more() {
    let rig = Rig::start().await;
    subscribe(&rig).await;
    rig.inspect(SHOWPIECE, &[1]).await;
    let since = token(&rig).await;
    let gone = rig.inspect(SHOWPIECE, &[1, 2]).await;
    delete(&rig, &gone).await;
    strike(&rig, json!([{ "operation": "tchek.tokens.status", "status": 404 }])).await;
    let report = rig.get_json(&format!("/reports/inspections.json?changedAfter={since}")).await;
    assert_eq!(report["ending"]["outcome"], "COMPLETE", "{report:#}");
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{report:#}");
    assert_eq!(rows[0]["tokenUid"], gone);
    assert!(rows[0]["status"].is_string() && rows[0]["deletedAt"].is_string(), "{report:#}");
    let refused = send(rig.client.get(format!("{}/reports/inspections.csv?changedAfter=soon", rig.base))).await;
    assert_eq!(refused.status(), 400);
}
