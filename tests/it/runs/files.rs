//! Files whole and in pieces, and the second format.

use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use super::FLEET;
use super::call;
use super::get;
use super::table;
use crate::support::gateway::Rig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pieces_joined_are_the_file() {
    let rig = Rig::start().await;
    let head = call(&rig, "HEAD", FLEET, &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    let length: usize = head.header("content-length").parse().unwrap();
    assert_eq!(head.header("accept-ranges"), "bytes");
    rig.forget_calls().await;
    let (whole, run) = table(&rig, FLEET, &[]).await;
    assert_eq!(rig.journal().await.len(), 0, "a run is read once");
    assert_eq!((whole.body.len(), &whole.body[..4]), (length, &b"PAR1"[..]));
    let digest = Sha256::digest(&whole.body).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(whole.header("etag"), format!("\"{digest}\""));
    for name in ["etag", "last-modified", "content-location", "link", "forecourt-run", "forecourt-outcome", "vary"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
        assert!(!whole.header(name).is_empty(), "{name}");
    }
    assert_eq!(whole.header("content-encoding"), "");
    assert_eq!(whole.header("link"), format!("</reports/vehicle-360/runs/{run}>; rel=\"describedby\""));
    let mut joined = Vec::new();
    let piece = length / 3 + 1;
    for first in (0..length).step_by(piece) {
        let range = format!("bytes={first}-{}", first + piece - 1);
        let part = get(&rig, FLEET, &[("range", &range), ("if-range", whole.header("etag"))]).await;
        let last = (first + piece).min(length) - 1;
        assert_eq!((part.status, part.header("content-range")), (206, &*format!("bytes {first}-{last}/{length}")));
        assert_eq!(part.header("content-length"), part.body.len().to_string());
        joined.extend(part.body);
    }
    assert_eq!(joined, whole.body);
    let suffix = get(&rig, FLEET, &[("range", "bytes=-8")]).await;
    assert_eq!((suffix.status, &suffix.body[..]), (206, &whole.body[length - 8..]));
    let all = get(&rig, FLEET, &[("range", "bytes=-99999999")]).await;
    assert_eq!((all.status, all.body), (206, whole.body.clone()), "a suffix longer than the file is the file");
    let beyond = get(&rig, FLEET, &[("range", &format!("bytes={length}-"))]).await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, &*format!("bytes */{length}")));
    let kept = get(&rig, whole.header("content-location"), &[]).await;
    assert!(kept.header("cache-control").ends_with("immutable"), "{}", kept.header("cache-control"));
    assert_eq!((kept.header("etag"), &kept.body), (whole.header("etag"), &whole.body));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conditions_are_met_or_refused() {
    let rig = Rig::start().await;
    let (whole, run) = table(&rig, FLEET, &[]).await;
    let (tag, modified) = (whole.header("etag"), whole.header("last-modified"));
    let cases: [(&[(&str, &str)], u16); 10] = [
        (&[("if-none-match", tag)], 304),
        (&[("if-none-match", &format!("\"other\", W/{tag}"))], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-modified-since", modified)], 304),
        (&[("if-match", tag)], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-unmodified-since", "Thu, 01 Oct 2020 00:00:00 GMT")], 412),
        (&[("range", "bytes=0-3"), ("if-range", "\"other\"")], 200),
        (&[("range", "bytes=0-3"), ("if-range", modified)], 206),
        (&[("range", "bytes=0-3"), ("if-match", tag), ("if-none-match", tag)], 304),
    ];
    for (headers, status) in cases {
        let answer = get(&rig, FLEET, headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 304 {
            assert_eq!((answer.header("etag"), answer.body.len()), (tag, 0), "{headers:?}");
        }
        if status < 400 {
            assert_eq!(answer.header("forecourt-run"), run, "{headers:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_format_asks_no_vendor() {
    let rig = Rig::start().await;
    let (_, run) = table(&rig, FLEET, &[]).await;
    rig.forget_calls().await;
    let (xlsx, same) = table(&rig, "/reports/vehicle-360.xlsx", &[]).await;
    assert_eq!((same, &xlsx.body[..2]), (run.clone(), &b"PK"[..]));
    assert_eq!(rig.journal().await.len(), 0);
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{run}"), &[]).await.json();
    let formats: Vec<_> = manifest["files"].as_array().unwrap().iter().map(|file| &file["format"]).collect();
    assert_eq!(formats, ["parquet", "xlsx"], "{manifest:#}");
    assert_eq!(manifest["files"][1]["bytes"], xlsx.body.len());
    assert_eq!(xlsx.header("etag"), format!("\"{}\"", manifest["files"][1]["sha256"].as_str().unwrap()));
    let refused = get(&rig, &format!("/reports/vehicle-360/runs/{run}.csv"), &[]).await;
    assert_eq!(refused.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chosen_columns_are_a_file_of_the_same_run() {
    let rig = Rig::start().await;
    let (whole, run) = table(&rig, FLEET, &[]).await;
    rig.forget_calls().await;
    let (few, its_run) = table(&rig, "/reports/vehicle-360.parquet?columns=make_name,vin", &[]).await;
    assert_eq!((&its_run, rig.journal().await.len()), (&run, 0));
    assert!(few.body.len() < whole.body.len());
    assert_ne!(few.header("etag"), whole.header("etag"));
    let address = format!("/reports/vehicle-360/runs/{run}.parquet?columns=make_name,vin");
    assert_eq!(few.header("content-location"), address);
    assert_eq!(get(&rig, &address, &[]).await.body, few.body);
    let part = get(&rig, &address, &[("range", "bytes=0-3"), ("if-range", few.header("etag"))]).await;
    assert_eq!((part.status, &part.body[..]), (206, &b"PAR1"[..]));
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{run}"), &[]).await.json();
    assert_eq!(manifest["files"][1]["columns"], json!(["make_name", "vin"]), "{manifest:#}");
    assert!(manifest["columns"].as_array().unwrap().len() > 2);
    for path in [FLEET, &format!("/reports/vehicle-360/runs/{run}.parquet")] {
        assert_eq!(get(&rig, &format!("{path}?columns=colour"), &[]).await.status, 400, "{path}");
    }
    // A file that has made room for others comes back as it was.
    let columns: Vec<_> = manifest["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
    for column in &columns[..16] {
        table(&rig, &format!("/reports/vehicle-360.parquet?columns={}", column.as_str().unwrap()), &[]).await;
    }
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{run}"), &[]).await.json();
    assert_eq!(manifest["files"].as_array().unwrap().len(), 16);
    assert_eq!(get(&rig, FLEET, &[]).await.body, whole.body);
    assert_eq!(rig.journal().await.len(), 0);
}
