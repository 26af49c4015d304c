//! What is written, and where.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use forecourt::auth::Scope;
use tempfile::TempDir;

use super::files;
use super::report;
use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

/// Three rows of two columns.
const SOME: [&str; 5] = ["vehicle-360", "--limit", "3", "--columns", "vin,make_name"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_is_written_by_the_ending_of_its_file() {
    let rig = Rig::start().await;
    let folder = TempDir::new().unwrap();
    let begins: [(&str, &[u8]); 6] = [
        ("cars.CSV", b"vin,make_name\r\n"),
        ("cars.ndjson", b"{\"vin\":"),
        ("cars.json", b"{\"columns\":["),
        ("cars.arrow", &[0xff, 0xff, 0xff, 0xff]),
        ("cars.parquet", b"PAR1"),
        ("cars.xlsx", b"PK"),
    ];
    for (name, begin) in begins {
        let file = folder.path().join(name);
        let more = ["--url", &rig.base, "--output", file.to_str().unwrap()];
        let said = report(&[], &[&SOME[..], &more].concat()).await;
        let bytes = fs::read(&file).unwrap();
        let expected = format!("exit 0\nwrote 3 rows, {} bytes to [folder]/{name}\n", bytes.len());
        assert_eq!(said.shown(folder.path()), expected);
        assert!(bytes.starts_with(begin), "{name}");
    }
    let (written, other) = (folder.path().join("cars.CSV"), folder.path().join("other"));
    assert_eq!(fs::read_to_string(&written).unwrap().lines().count(), 4);
    // An option goes before the ending, and a file that stands there is replaced.
    let more = ["--format", "ndjson", "--url", &rig.base, "--output", written.to_str().unwrap()];
    assert_eq!(report(&[], &[&SOME[..], &more].concat()).await.code, 0);
    assert!(fs::read_to_string(&written).unwrap().starts_with("{\"vin\":"));
    fs::write(&other, "").unwrap();
    let rights = |file| fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(rights(&written), rights(&other), "as of any new file");
    assert_eq!(files(folder.path()).len(), 7, "{:?}", files(folder.path()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn standard_output_gets_csv_of_the_gateway_that_the_configuration_names() {
    let rig = Rig::start().await;
    let listen = [("FORECOURT_LISTEN", rig.base.trim_start_matches("http://"))];
    let path = "/reports/vehicle-360.csv?columns=vin,make_name&limit=3";
    let got = send(rig.client.get(format!("{}{path}", rig.base))).await.text().await.unwrap();
    let said = report(&listen, &SOME).await;
    assert_eq!((said.code, said.text(), said.errors.as_str()), (0, got.clone(), ""));
    assert_eq!(report(&listen, &[&SOME[..], &["--output", "-"]].concat()).await.text(), got);
    let none = ["vehicle-360", "--columns", "vin", "--param", "since=2100-01-01T00:00:00Z", "--excel-safe"];
    assert_eq!(report(&listen, &none).await.text(), "\u{feff}vin\r\n");
    let lines = report(&listen, &[&SOME[..], &["--format", "ndjson"]].concat()).await.text();
    assert_eq!(lines.lines().count(), 4, "{lines}");
    assert!(lines.ends_with("\"masked\":[],\"readFrom\":{\"jifeline\":\"2026-10-02T08:00:00Z\"}}}\n"), "{lines}");
    assert!(lines.contains(r#"{"@forecourt":{"outcome":"CAPPED""#), "{lines}");
    rig.list("YV1ZWA8UDL1234507", "=1+2").await;
    let safe = ["listings", "--columns", "internalId", "--excel-safe"];
    assert_eq!(report(&listen, &safe).await.text(), "\u{feff}internalId\r\n'=1+2\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_name_reports_are_listed() {
    let rig = Rig::start().await;
    let listed = report(&[], &["--url", &rig.base]).await;
    assert_eq!((listed.code, listed.errors.as_str()), (0, ""));
    assert_eq!(report(&[], &["--list", "--url", &format!("{}/", rig.base)]).await.text(), listed.text());
    insta::assert_snapshot!("report_list", listed.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_says_what_to_do_and_writes_nothing() {
    let rig = Rig::start().await;
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (csv, doc) = (file("a.csv"), file("a.doc"));
    let mut told = String::new();
    let refused: [&[&str]; 13] = [
        &["nothing", "--output", &csv],
        &["../vehicle-360", "--output", &csv],
        &["vehicle-360", "--output", &csv, "--param", "colour=red"],
        &["vehicle-360", "--output", &csv, "--param", "since=yesterday"],
        &["vehicle-360", "--output", &csv, "--columns", "vin,colour"],
        &["vehicle-360", "--output", &csv, "--param", "limit=3"],
        &["vehicle-360", "--output", &csv, "--param", "make"],
        &["vehicle-360", "--output", &csv, "--limit", "0"],
        &["vehicle-360", "--output", &doc],
        &["vehicle-360", "--output", &csv, "--format", "doc"],
        &["vehicle-360", "--output", "/dev/null", "--format", "csv"],
        &["vehicle-360", "--list"],
        &["--output", &csv],
    ];
    for arguments in refused {
        let said = report(&[("FORECOURT_LISTEN", rig.base.trim_start_matches("http://"))], arguments).await;
        let arguments = arguments.join(" ").replace(folder.path().to_str().unwrap(), "[folder]");
        told.extend(["$ forecourt report ", &arguments, "\n", &said.shown(folder.path()), "\n"]);
    }
    for url in ["ftp://graph.example.com", "https://me:secret@graph.example.com", "http://127.0.0.1:1"] {
        let said = report(&[], &["--url", url]).await;
        told.extend(["$ forecourt report --url ", url, "\n", &said.shown(folder.path()), "\n"]);
    }
    let ids = vec![(r"request [0-9a-f-]{36}", "request [id]")];
    insta::with_settings!({ filters => ids }, { insta::assert_snapshot!("report_refused", told) });
    assert_eq!(files(folder.path()), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_stands_in_a_file_or_a_variable_and_nowhere_else() {
    let reader = Client { tenant: "default", name: "reader", scopes: &[Scope::VehiclesRead], accounts: None };
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL, reader]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let folder = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let good = file("good", &format!("{}\n", Client::ALL.key()));
    let (wrong, empty, odd) = (file("wrong", "fc_wrong"), file("empty", "\n"), file("odd", "fc_\u{1}"));
    let ask = async |settings: &[(&str, &str)], more: &[&str]| {
        let arguments = [&["vehicle-360", "--columns", "vin", "--url", &rig.base], more].concat();
        report(settings, &arguments).await
    };
    let (key, of_reader) = (Client::ALL.key(), reader.key());
    assert_eq!(ask(&[], &["--key-file", &good]).await.code, 0);
    assert_eq!(ask(&[("FORECOURT_KEY", &key)], &[]).await.code, 0);
    let file_first = ask(&[("FORECOURT_KEY", &key)], &["--key-file", &wrong]).await;
    assert_eq!(file_first.code, 1);
    let mut told = String::new();
    for said in [
        ask(&[], &[]).await,
        ask(&[("FORECOURT_KEY", &of_reader)], &[]).await,
        ask(&[("FORECOURT_KEY", "")], &[]).await,
        file_first,
        ask(&[], &["--key-file", &empty]).await,
        ask(&[], &["--key-file", &odd]).await,
        ask(&[], &["--key-file", &format!("{good}.absent")]).await,
    ] {
        told.extend([said.shown(folder.path()), "\n".to_owned()]);
    }
    let ids = vec![(r"request [0-9a-f-]{36}", "request [id]")];
    insta::with_settings!({ filters => ids }, { insta::assert_snapshot!("report_keys", told) });
}
