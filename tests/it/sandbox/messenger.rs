//! Jifeline's messenger: translations, channels, files, chats.

use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::text;

/// The channel of the ticket that is open on the first connector.
const CHANNEL: &str = "416e4c77-4fc0-40ca-8da5-95a12c4e8401";

/// The chat in it.
const CHAT: &str = "910000001_416e4c77-4fc0-40ca-8da5-95a12c4e8401";

#[tokio::test]
async fn a_text_is_translated() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for (original, source, translated) in [
        ("Please turn the ignition on", "en", "Bitte Zündung einschalten"),
        ("Dank u", "nl", "Danke"),
        ("What next?", "en", "[de] What next?"),
    ] {
        let body = json!({"message": {"original": original}, "target_language": "de"});
        let answer = garage.json("POST", "/v1/translate", &body).await;
        let told = json!({
            "message": {"original": original, "translated": translated},
            "target_language": "de",
            "source_language": source,
        });
        assert_eq!((answer.status, answer.json()), (201, told));
    }
    for wrong in [
        json!({"target_language": "de"}),
        json!({"message": "text", "target_language": "de"}),
        json!({"message": {"original": ""}, "target_language": "de"}),
        json!({"message": {"original": "text"}}),
        json!({"message": {"original": "text"}, "target_language": "German"}),
    ] {
        assert_eq!(garage.json("POST", "/v1/translate", &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_channel_and_its_chat_are_read_by_their_garage() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let channel = garage.get(&format!("/v1/channels/{CHANNEL}")).await.json();
    assert_eq!(channel["state"], "open");
    assert!(text(&channel, "/arn").starts_with("arn:"));
    assert_eq!(garage.get(&format!("/v1/channels/{CHAT}")).await.json(), channel);
    insta::assert_json_snapshot!("sandbox_jifeline_chat", garage.get(&format!("/v1/chats/{CHAT}")).await.json());
    assert_eq!(garage.get(&format!("/v1/chats/{CHANNEL}")).await.status, 404);

    bench.control("PUT", "switches", json!({"jifelineUnknownIdStatus": 403})).await;
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get(&format!("/v1/channels/{CHANNEL}")).await.status, 404, "the one 404 that is documented");
    assert_eq!(ring.get(&format!("/v1/chats/{CHAT}")).await.status, 403);
    bench.control("POST", "tickets/6990001/transition", json!({"to": "cancelled"})).await;
    assert_eq!(garage.get(&format!("/v1/channels/{CHANNEL}")).await.json()["state"], "closed");
}

#[tokio::test]
async fn a_file_is_kept_in_its_channel() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/channel-attachments?channel_id={CHANNEL}");
    let made = garage.json("POST", &path, &json!({"file_name": "dash.jpg"})).await.json();
    assert_eq!(made["file_name"], "dash.jpg");
    let reference = text(&made, "/file_reference");
    assert_eq!(garage.get(&format!("{path}&file_reference={reference}")).await.json(), made);

    assert_eq!(garage.get(&path).await.status, 400);
    assert_eq!(garage.get(&format!("{path}&file_reference=x")).await.status, 404);
    assert_eq!(garage.get(&format!("/v1/channel-attachments?file_reference={reference}")).await.status, 400);
    assert_eq!(garage.json("POST", &path, &json!({})).await.status, 400);
    let nowhere = garage.json("POST", "/v1/channel-attachments?channel_id=x", &json!({"file_name": "a"})).await;
    assert_eq!(nowhere.status, 404);
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get(&format!("{path}&file_reference={reference}")).await.status, 404);
}

#[tokio::test]
async fn a_file_goes_up_and_down_by_its_address() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    bench.switch(&json!({"jifelineAttachmentUrls": true})).await;
    let path = format!("/v1/channel-attachments?channel_id={CHANNEL}");
    let made = garage.json("POST", &path, &json!({"file_name": "scan.txt"})).await.json();
    let address = text(&made, "/upload_url");
    assert_eq!(bench.send("PUT", address, &[], "P0420".to_owned()).await.status, 200);
    assert_eq!(bench.send("PUT", address, &[], "x".repeat(1_024 * 1_024 + 1)).await.status, 413);
    let read = garage.get(&format!("{path}&file_reference={}", text(&made, "/file_reference"))).await.json();
    assert_eq!(bench.get(text(&read, "/download_url"), &[]).await.text, "P0420");
    let (start, _) = address.rsplit_once('/').unwrap();
    assert_eq!(bench.get(&format!("{start}/x"), &[]).await.status, 404);
}

#[tokio::test]
async fn a_ping_names_one_channel() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/channels/{CHANNEL}/actions/send-control-message");
    let answer = garage.json("POST", &path, &json!({"channel_id": CHANNEL})).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"channel_id": CHANNEL})));
    assert_eq!(garage.json("POST", &path, &json!({})).await.status, 200);
    assert_eq!(garage.json("POST", &path, &json!({"channel_id": "x"})).await.status, 400);
    let nowhere = garage.json("POST", "/v1/channels/x/actions/send-control-message", &json!({})).await;
    assert_eq!(nowhere.status, 404);
}
