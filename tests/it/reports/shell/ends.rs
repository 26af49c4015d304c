//! Tables that are not whole, and connections that break.

use std::fs;
use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::process::Command;
use std::process::Stdio;

use forecourt::auth::Scope;
use serde_json::json;
use tempfile::TempDir;

use super::command;
use super::files;
use super::report;
use crate::support::gateway::Rig;
use crate::support::gateway::TRIED_ONCE;
use crate::support::gateway::send;
use crate::support::gateway::until;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_named_and_decides_on_the_exit_code() {
    let rig = Rig::with(&TRIED_ONCE).await;
    rig.control("PUT", "faults", &json!([{ "operation": "jifeline.vehicles.find", "status": 500 }])).await;
    let folder = TempDir::new().unwrap();
    for name in ["cars.csv", "cars.ndjson", "cars.json", "cars.arrow", "cars.parquet", "cars.xlsx"] {
        let file = folder.path().join(name);
        let write = ["vehicle-360", "--url", &rig.base, "--output", file.to_str().unwrap()];
        let refused = report(&[], &[&write[..], &["--partial", "fail"]].concat()).await;
        assert_eq!((refused.code, refused.text().as_str()), (1, ""), "{name}: {}", refused.errors);
        assert!(refused.errors.starts_with("error: the table is not whole: "), "{name}: {}", refused.errors);
        assert!(refused.errors.contains("\n  - vehicles.make: ") && !file.exists(), "{name}: {}", refused.errors);

        let told = report(&[], &write).await;
        assert_eq!(told.code, 3, "{name}: {}", told.errors);
        assert!(told.text().starts_with("wrote "), "{name}: {}", told.text());
        let mut lines = told.errors.lines();
        assert_eq!(lines.next(), Some("error: the table was written, and it is not whole:"), "{name}");
        let make =
            lines.find(|line| line.starts_with("  - vehicles.make: ")).unwrap_or_else(|| panic!("{}", told.errors));
        assert!(make.contains("(jifeline, VENDOR_") && make.ends_with("; cells are empty)"), "{name}: {make}");
        assert!(file.exists(), "{name}");
    }
    assert_eq!(files(folder.path()).len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_the_gateway_caps_is_not_whole_and_one_that_the_caller_caps_is() {
    let rig = Rig::with(&[("FORECOURT_REPORTS__MAX_ROWS", "5")]).await;
    let code = async |more: &[&str]| {
        let said = report(&[], &[&["vehicle-360", "--columns", "vin", "--url", &rig.base], more].concat()).await;
        assert_eq!(said.text().lines().count(), 6, "a line of names and all rows that it may have");
        (said.code, said.errors)
    };
    let capped = "error: the table was written with its first 5 rows only: the gateway allows no more (`max_rows` of \
                  `[reports]`, or `--max-rows` of the key)\n";
    assert_eq!(code(&[]).await, (3, capped.to_owned()));
    assert_eq!(code(&["--limit", "5"]).await, (0, String::new()));
    assert_eq!(code(&["--limit", "6"]).await, (3, capped.to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_scopes_leave_out_is_named() {
    let (data, own) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let document = "{ inspections { nodes { licensePlate customer { email } } } }";
    fs::write(own.path().join("customers.graphql"), document).unwrap();
    let reader = Client { name: "reader", scopes: &[Scope::ReportsRead, Scope::InspectionsRead], ..Client::ALL };
    give_keys(data.path(), &[reader, Client::ALL]).await;
    let folder = own.path().to_str().unwrap();
    let settings = [("FORECOURT_SERVER__HOSTS", "graph.example.com"), ("FORECOURT_REPORTS__FOLDER", folder)];
    let rig = Rig::on(data, &settings).await;
    let create = "mutation { createInspection(input: { licensePlate: \"AB-123-C\", customer: { firstName: \"Sofie\", \
                  lastName: \"Peeters\", email: \"sofie.peeters@example.com\", phone: \"+31612345678\", \
                  gender: FEMALE } }) { outcome userErrors { message } } }";
    let request = rig.client.post(format!("{}/graphql", rig.base)).header("authorization", Client::ALL.bearer());
    let created = send(request.json(&json!({ "query": create }))).await.text().await.unwrap();
    assert!(created.contains("\"CREATED\""), "{created}");
    let read = async |client: Client<'_>| {
        let said = report(&[("FORECOURT_KEY", &client.key())], &["customers", "--url", &rig.base]).await;
        (said.code, said.text(), said.errors)
    };
    let names = "licensePlate,customer_email\r\n";
    let whole = format!("{names}AB-123-C,sofie.peeters@example.com\r\n");
    assert_eq!(read(Client::ALL).await, (0, whole, String::new()));
    let note = "note: empty, as the key lacks the scope `personal-data:read`: InspectionCustomer.email\n";
    assert_eq!(read(reader).await, (0, format!("{names}AB-123-C,\r\n"), note.to_owned()));
}

/// Answers each request with `answer` and closes, until the test ends; gives the address.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            asked(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    base
}

/// Reads a request to its end.
fn asked(stream: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_breaks_off_leaves_what_was_there() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cars.csv");
    fs::write(&file, "old").unwrap();
    let ask = async |answer, more: &[&str]| {
        let base = answering(answer);
        let write = ["vehicle-360", "--url", &base, "--output", file.to_str().unwrap()];
        report(&[], &[&write[..], more].concat()).await.shown(folder.path()).replace(&base, "[base]")
    };
    let broken = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nvin\r\n\r\n";
    insta::assert_snapshot!(ask(broken, &["--partial", "allow"]).await, @r"
    exit 1
    error: the gateway broke the table off after 5 bytes: request or response body error: error reading a body from connection: unexpected EOF during chunk size line
    ");
    let untold = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nvin\r\n\r\n0\r\n\r\n";
    insta::assert_snapshot!(ask(untold, &[]).await, @r"
    exit 1
    error: nothing has told whether the table is whole; a proxy may have dropped what stands behind it: `--partial fail` has it told before, and `--partial allow` does without
    ");
    let other = "HTTP/1.1 302 Found\r\nlocation: /login\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    insta::assert_snapshot!(ask(other, &[]).await, @r"
    exit 1
    error: `[base]/` answered 302 and not as a gateway does; is the address right?
    ");
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(files(folder.path()), ["cars.csv"]);
    insta::assert_snapshot!(ask(untold, &["--partial", "allow"]).await, @r"
    exit 3
    wrote 5 bytes to [folder]/cars.csv
    error: the table was written, and nothing has told whether it is whole
    ");
    assert_eq!(fs::read_to_string(&file).unwrap(), "vin\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_in_the_middle_leaves_no_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cars.csv");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let arguments = ["vehicle-360", "--url", &base, "--output", file.to_str().unwrap()];
    let child = command(&[], &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    asked(&mut stream);
    stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nvin\r\n\r\n").unwrap();
    until("the table has begun", async || !files(folder.path()).is_empty()).await;
    assert!(!file.exists(), "{:?}", files(folder.path()));
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "error: stopped before the table was whole\n");
    assert_eq!(files(folder.path()), [""; 0]);
}
