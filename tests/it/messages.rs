//! Talking with the service centre: translations, pings, and files in a channel.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

const TRANSLATE: &str = "mutation($input: TranslateTextInput!) { translateText(input: $input) {
    translation { translated } userErrors { code field }
} }";
const PING: &str = "mutation($input: PingChannelInput!) { pingChannel(input: $input) {
    userErrors { code field }
} }";
const ATTACH: &str = "mutation($input: CreateChannelAttachmentInput!) { createChannelAttachment(input: $input) {
    outcome uploadUrl attachment { fileName fileReference downloadUrl } userErrors { code field }
} }";
const ATTACHED: &str = "jifeline.channels.create_attachment";
/// The id of a channel that the vendor does not know.
const UNKNOWN: &str = "MTpDaGFubmVsOmppZmVsaW5lL21haW4vMDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAw";
/// The id of a channel of an account that is not there.
const ELSEWHERE: &str = "MTpDaGFubmVsOmppZmVsaW5lL290aGVyLzQxNmU0Yzc3LTRmYzAtNDBjYS04ZGE1LTk1YTEyYzRlODQwMQ";

async fn run(rig: &Rig, mutation: &str, input: &Value) -> Value {
    let mut data = rig.data(mutation, json!({ "input": input })).await;
    data.as_object_mut().unwrap().values_mut().next().unwrap().take()
}

/// The faults of an input as `CODE path`.
fn faults(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let fault = |error: &Value| {
        format!("{} {}", error["code"].as_str().unwrap(), error["field"][0].as_str().unwrap_or_default())
    };
    errors.map(fault).collect()
}

/// The id of the channel that carries the chat of the showpiece's open ticket.
async fn channel(rig: &Rig) -> String {
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { activeTicket { chat { channel { id } } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    data["vehicle"]["activeTicket"]["chat"]["channel"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_names_its_field_before_anybody_is_called() {
    let rig = Rig::start().await;
    let cases: [(&str, Value, &[&str]); 9] = [
        (TRANSLATE, json!({}), &["REQUIRED text", "REQUIRED targetLanguage"]),
        (TRANSLATE, json!({ "text": " ", "targetLanguage": "de" }), &["REQUIRED text"]),
        (TRANSLATE, json!({ "text": "a", "targetLanguage": "de", "account": "north" }), &["INVALID_VALUE account"]),
        (PING, json!({}), &["REQUIRED channelId"]),
        (PING, json!({ "channelId": "x" }), &["INVALID_VALUE channelId"]),
        (PING, json!({ "channelId": ELSEWHERE }), &["INVALID_VALUE channelId"]),
        (ATTACH, json!({}), &["REQUIRED channelId", "REQUIRED fileName"]),
        (
            ATTACH,
            json!({ "channelId": UNKNOWN, "fileName": "a", "idempotencyKey": "" }),
            &["OUT_OF_RANGE idempotencyKey"],
        ),
        (ATTACH, json!({ "channelId": ELSEWHERE, "fileName": "a" }), &["INVALID_VALUE channelId"]),
    ];
    for (mutation, input, expected) in cases {
        assert_eq!(faults(&run(&rig, mutation, &input).await), expected, "{input}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_is_translated_or_the_refusal_told() {
    let rig = Rig::start().await;
    let translated = run(&rig, TRANSLATE, &json!({ "text": "Thank you", "targetLanguage": "nl" })).await;
    assert_eq!(translated["translation"]["translated"], "Dank u");
    let refused = run(&rig, TRANSLATE, &json!({ "text": "Thank you", "targetLanguage": "Dutch" })).await;
    assert_eq!((faults(&refused), &refused["translation"]), (vec!["REFUSED_BY_VENDOR ".to_owned()], &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_is_sent_once() {
    let rig = Rig::start().await;
    let id = channel(&rig).await;
    rig.forget_calls().await;
    assert_eq!(faults(&run(&rig, PING, &json!({ "channelId": id })).await), [""; 0]);
    assert_eq!(rig.calls().await, BTreeMap::from([("jifeline.channels.ping".to_owned(), 1)]));
    let shown = "mutation($id: ID) { pingChannel(input: {channelId: $id}) { channel { id state } } }";
    let payload = rig.data(shown, json!({ "id": id })).await["pingChannel"].take();
    assert_eq!(payload["channel"], json!({ "id": id, "state": "open" }));
    assert_eq!(faults(&run(&rig, PING, &json!({ "channelId": UNKNOWN })).await), ["INVALID_VALUE channelId"]);

    rig.control("PUT", "faults", &json!([{ "operation": "jifeline.channels.ping", "status": 500 }])).await;
    rig.forget_calls().await;
    let answer = rig.ask(shown, json!({ "id": id })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "VENDOR_UNAVAILABLE", "{answer:#}");
    assert_eq!((&answer["data"], rig.count("jifeline.channels.ping").await), (&json!({ "pingChannel": null }), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn room_for_a_file_is_made_once_and_told_where_once() {
    let rig = Rig::start().await;
    rig.control("PUT", "switches", &json!({ "jifelineAttachmentUrls": true })).await;
    let id = channel(&rig).await;
    rig.forget_calls().await;
    let input = json!({ "channelId": id, "fileName": "engine-bay.jpg", "idempotencyKey": "photo" });
    let first = run(&rig, ATTACH, &input).await;
    assert_eq!((&first["outcome"], &first["attachment"]["fileName"]), (&json!("CREATED"), &json!("engine-bay.jpg")));
    assert_eq!(first["attachment"]["downloadUrl"], Value::Null, "there is nothing to download yet");
    assert_eq!(rig.calls().await, BTreeMap::from([(ATTACHED.to_owned(), 1)]), "the answer tells everything");
    let upload = rig.client.put(first["uploadUrl"].as_str().unwrap()).body("a photo");
    assert_eq!(send(upload).await.status(), 200);

    let again = run(&rig, ATTACH, &input).await;
    assert_eq!((&again["outcome"], &again["uploadUrl"]), (&json!("CREATED"), &Value::Null));
    assert_eq!(again["attachment"]["fileReference"], first["attachment"]["fileReference"]);
    let download = rig.client.get(again["attachment"]["downloadUrl"].as_str().unwrap());
    assert_eq!(send(download).await.text().await.unwrap(), "a photo");
    assert_eq!(rig.count(ATTACHED).await, 1);

    let other = json!({ "channelId": id, "fileName": "boot.jpg", "idempotencyKey": "photo" });
    assert_eq!(faults(&run(&rig, ATTACH, &other).await), ["IDEMPOTENCY_MISMATCH idempotencyKey"]);
    let nowhere = run(&rig, ATTACH, &json!({ "channelId": UNKNOWN, "fileName": "boot.jpg" })).await;
    assert_eq!(
        (faults(&nowhere), &nowhere["outcome"]),
        (vec!["INVALID_VALUE channelId".to_owned()], &json!("NOT_CREATED"))
    );
}

#[test]
fn nobody_is_shown_the_operators_signature() {
    assert!(!forecourt::schema::sdl().contains("ignature:"), "it proves to the chat service who takes part");
}
