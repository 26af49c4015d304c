//! What the next run still knows.

use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use forecourt::sandbox::Options;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;
use crate::sandbox::support::CREATE;
use crate::sandbox::support::at;
use crate::sandbox::support::list;
use crate::sandbox::support::order;
use crate::sandbox::support::with;

/// A folder with a place for the memory in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.jsonl");
    (folder, file)
}

async fn try_run(memory: &Path, seed: u64) -> io::Result<Bench> {
    Bench::try_start(Options { vehicles: 40, memory: Some(memory.to_owned()), ..Options::default() }, seed).await
}

async fn run(memory: &Path, seed: u64) -> Bench {
    try_run(memory, seed).await.unwrap()
}

async fn tokens(bench: &Bench) -> Value {
    at(&bench.get("/__sandbox/tchek/tokens", &[]).await.json(), "/tokens").clone()
}

async fn cars(bench: &Bench) -> String {
    bench.get("/__sandbox/autochat/cars", &[]).await.text
}

async fn deliver(bench: &Bench, uid: &str, copies: u32) -> Value {
    let body = json!({"uid": uid, "event": "detectionFinished", "copies": copies});
    let answer = bench.json("POST", "/__sandbox/tchek/deliver", &[], &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["deliveries"].clone()
}

/// Sends a car with the stock number `internal_id`, spread over lines.
async fn push(bench: &Bench, path: &str, internal_id: &str) -> Answer {
    let credentials = json!({
        "client_id": "sandbox-client", "client_secret": "sandbox-secret",
        "audience": "http://api.autochat.com/", "grant_type": "client_credentials",
    });
    let token = bench.json("POST", "/autochat/oauth/token", &[], &credentials).await.json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let body = format!(
        "{{\n\"dealershipId\": \"dealer-0001\", \"internalId\": \"{internal_id}\", \"brand\": \"volvo\",\n\
         \"model\": \"v60\", \"description\": \"one\\ntwo\", \"currency\": \"EUR\", \"salesPrice\": 27950.50,\n\
         \"options\": [\r\n\"abs\",\n\"navigation_system\"], \"images\": [\n]}}"
    );
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    bench.send("POST", path, &headers, body).await
}

#[tokio::test]
async fn the_next_run_goes_on_where_the_last_one_stopped() {
    let (_folder, file) = place();
    let first = run(&file, 1).await;
    let mut receiver = first.receiver(&[], Some("s3cret")).await;
    let uid = first.token(&with(order(), "/tradeIn/sendingType", json!(2))).await;
    let fresh = first.token(&order()).await;
    let expired = first.token(&order()).await;
    let other_key = ("x-api-key", "sandbox-tchek-key-2");
    assert_eq!(first.json("POST", CREATE, &[other_key], &order()).await.status, 200);
    first.walk(&uid, &[1, 2, 3, 4]).await;
    let (_, detected) = receiver.next().await;
    deliver(&first, &uid, 1).await;
    receiver.next().await;
    assert_eq!(first.json("POST", &format!("/__sandbox/tokens/{expired}/expire"), &[], &json!({})).await.status, 200);
    assert_eq!(push(&first, "/autochat/api/cars", "STOCK-42").await.status, 201);
    assert_eq!(push(&first, "/autochat-staging/api/cars", "STOCK-1").await.status, 201);
    let (before, stock) = (first.status(&uid).await, cars(&first).await);
    let told = tokens(&first).await;
    assert!(first.stop().await);

    let second = run(&file, 2).await;
    assert_eq!(second.status(&uid).await, before);
    assert_eq!(second.status(&expired).await["expired"], true);
    let (mut now, mut then) = (tokens(&second).await, told.clone());
    for token in now.as_array_mut().unwrap().iter_mut().chain(then.as_array_mut().unwrap()) {
        token.as_object_mut().unwrap().remove("link").expect("a link holds the port, which has changed");
    }
    assert_eq!(now, then);
    let again: Value = serde_json::from_str(&cars(&second).await).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(&stock).unwrap());
    assert!(cars(&second).await.contains("\"salesPrice\":27950.50,"), "amounts keep their digits");
    assert_eq!(push(&second, "/autochat/api/cars", "STOCK-42").await.status, 409);
    assert_eq!(push(&second, "/autochat/api/cars", "STOCK-1").await.status, 201);
    let page = format!("/tchek/webapp/nl-BE/services/{fresh}");
    assert_eq!(second.get(&page, &[]).await.status, 200);
    assert_eq!(second.status(&fresh).await["tradeinStatus"], 1);
    let data = at(&detected, "/dataAPI/data");
    for link in [&data["reportUrl"], &data["pdfReportUrl"], &data["inspectionImages"][0]["originUrl"]] {
        let (_, path) = link.as_str().unwrap().split_once("/tchek/").unwrap();
        assert_eq!(second.get(&format!("/tchek/{path}"), &[]).await.status, 200, "{link}");
    }
    let mut receiver = second.receiver(&[], Some("s3cret")).await;
    second.walk(&uid, &[5]).await;
    let (_, reported) = receiver.next().await;
    assert_eq!(reported["tchekId"], detected["tchekId"]);
    let signed = |result: &Value| at(result, "/dataAPI/data/inspectionImages/0/url").to_string();
    assert!(signed(&detected).contains("rendering=1&") && signed(&reported).contains("rendering=3&"));
}

#[tokio::test]
async fn results_go_where_the_last_run_was_told_to_send_them() {
    let (_folder, file) = place();
    let first = run(&file, 1).await;
    // The receiver belongs to a sandbox that goes on while the one with the memory is started anew.
    let bystander = Bench::start().await;
    let mut receiver = bystander.receiver(&[500], None).await;
    let own = json!({"url": "http://127.0.0.1:9/", "apiKey": "sandbox-tchek-key"});
    let gone = json!({"url": null, "apiKey": "sandbox-tchek-key"});
    let common = json!({"url": receiver.url, "headerKey": "s3cret", "retriesMs": [1]});
    for setting in [own, gone, common] {
        assert_eq!(first.json("PUT", "/__sandbox/tchek/webhook", &[], &setting).await.status, 200);
    }
    let uid = first.token(&order()).await;
    assert!(first.stop().await);
    for seed in [2, 3] {
        let next = run(&file, seed).await;
        next.walk(&uid, if seed == 2 { &[1, 2, 3] } else { &[4, 5] }).await;
        let (headers, result) = receiver.next().await;
        assert_eq!(headers["x-api-key"], "s3cret");
        assert_eq!(result["dataAPI"]["data"]["tokenId"], uid);
        if seed == 2 {
            assert_eq!(receiver.next().await.1, result, "the refused attempt is repeated after the wait that was set");
        }
        assert!(next.stop().await);
    }
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn what_a_client_was_told_is_in_the_file_already() {
    let (folder, file) = place();
    let bench = run(&file, 1).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2]).await;
    assert_eq!(push(&bench, "/autochat/api/cars", "STOCK-42").await.status, 201);
    // The file as a kill at this moment would leave it.
    let copy = folder.path().join("killed.jsonl");
    fs::copy(&file, &copy).unwrap();
    let next = run(&copy, 2).await;
    assert_eq!(next.status(&uid).await, bench.status(&uid).await);
    let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    assert_eq!(read(cars(&next).await), read(cars(&bench).await));
}

#[tokio::test]
async fn a_write_that_was_cut_off_is_passed_over() {
    let (_folder, file) = place();
    let bench = run(&file, 1).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1]).await;
    assert!(bench.stop().await);
    let whole = fs::read_to_string(&file).unwrap();
    let last = whole.lines().last().unwrap();
    for kept in [1, 5, 20, last.len() - 1] {
        OpenOptions::new().append(true).open(&file).unwrap().write_all(&last.as_bytes()[..kept]).unwrap();
        let bench = run(&file, 2).await;
        assert_eq!(bench.status(&uid).await["tradeinStatus"], 1, "{kept} bytes");
        assert!(bench.stop().await);
        assert_eq!(fs::read_to_string(&file).unwrap().lines().collect::<Vec<_>>(), [last], "the rest is gone");
    }
    fs::write(&file, last).unwrap();
    let bench = run(&file, 3).await;
    assert_eq!(bench.status(&uid).await["tradeinStatus"], 1, "only the line's end was cut off");
    bench.walk(&uid, &[2]).await;
    assert!(bench.stop().await);
    assert_eq!(run(&file, 4).await.status(&uid).await["tradeinStatus"], 2);
}

#[tokio::test]
async fn foreign_files_are_refused_and_left_alone() {
    let (folder, file) = place();
    let bench = run(&file, 1).await;
    bench.token(&order()).await;
    assert!(bench.stop().await);
    let ours = fs::read_to_string(&file).unwrap();
    let cut = ours.get(..ours.len() / 2).unwrap();
    for (text, line) in [
        ("no JSON at all".to_owned(), 1),
        (format!("{ours}{{\"foreign\": true}}\n"), 2),
        (format!("{ours}{{\"foreign\": true}}"), 2),
        (format!("{ours}\n"), 2),
        (format!("{ours}{cut}\n{ours}"), 2),
        (ours.replace("tchek.token", "tchek.user"), 1),
        (format!("{ours}{ours}{}", ours.replace("\"sandbox-tchek-key\"", "\"sandbox-tchek-key-9\"")), 3),
        (ours.replace("\"uid\":", "\"id\":"), 1),
        (format!("{ours}{{\"kind\":\"autochat.car\",\"key\":[\"production\",\"d\",\"i\"],\"value\":{{}}}}\n"), 2),
    ] {
        fs::write(&file, &text).unwrap();
        let error = try_run(&file, 2).await.err().expect("the start is refused").to_string();
        let expected = format!("line {line} of `{}` is not of a sandbox's memory; delete the file", file.display());
        assert!(error.starts_with(&expected), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    for unusable in [folder.path().to_owned(), folder.path().join("missing").join("sandbox.jsonl")] {
        let error = try_run(&unusable, 2).await.err().expect("the start is refused").to_string();
        assert!(error.contains(&format!("the sandbox's memory `{}`", unusable.display())), "{error}");
    }
    fs::remove_file(&file).unwrap();
    assert!(tokens(&run(&file, 2).await).await.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_file_is_compacted_before_it_grows_without_bound() {
    const LONG: usize = 128 * 1024;
    let (_folder, file) = place();
    let bench = run(&file, 1).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2]).await;
    let size = || usize::try_from(fs::metadata(&file).unwrap().len()).unwrap();
    for written in 1..=40 {
        let setting = json!({"url": "http://127.0.0.1:9/", "headerKey": "x".repeat(LONG)});
        assert_eq!(bench.json("PUT", "/__sandbox/tchek/webhook", &[], &setting).await.status, 200);
        let kept = if written < 32 { written } else { written - 31 };
        assert_eq!(size() / LONG, kept, "after {written}");
    }
    bench.walk(&uid, &[6]).await;
    assert!(bench.stop().await);
    let next = run(&file, 2).await;
    assert_eq!(next.status(&uid).await["tradeinStatus"], 6);
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn a_token_tells_of_its_latest_deliveries() {
    let (_folder, file) = place();
    let bench = run(&file, 1).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    assert_eq!(list(&deliver(&bench, &uid, 150).await, "").len(), 150);
    assert_eq!(list(&tokens(&bench).await, "/0/deliveries").len(), 100);
    assert!(bench.stop().await);
    assert_eq!(list(&tokens(&run(&file, 2).await).await, "/0/deliveries").len(), 100);
}

#[tokio::test]
async fn without_a_file_nothing_is_remembered() {
    let bench = Bench::start().await;
    bench.token(&order()).await;
    assert!(bench.stop().await);
    assert_eq!(tokens(&Bench::start().await).await, json!([]));
}
