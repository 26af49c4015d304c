//! The command line: help, exit codes, keys, backup, health.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use forecourt::auth::Scope;
use forecourt::http::health::{self, Check, Health, Report, VendorMode};
use forecourt::shutdown::Shutdown;
use forecourt::store::{self, Access};
use forecourt::telemetry::metrics::Metrics;
use sha2::{Digest, Sha256};

/// The built binary with a clean environment.
fn forecourt(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    forecourt(arguments).output().expect("the binary runs")
}

/// Runs the binary and gives exit code, output and errors as one text.
fn shown(arguments: &[&str]) -> String {
    let output = run(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
    format!("exit {}\n{}{}", output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["--data-dir", folder.to_str().expect("the folder's name is UTF-8")];
    all.extend(arguments);
    run(&all)
}

#[test]
fn help_explains_every_command() {
    let commands: [&[&str]; 17] = [
        &[],
        &["serve"],
        &["record"],
        &["sandbox"],
        &["schema"],
        &["config"],
        &["keys"],
        &["keys", "create"],
        &["keys", "list"],
        &["keys", "revoke"],
        &["webhooks"],
        &["webhooks", "list"],
        &["webhooks", "show"],
        &["webhooks", "replay"],
        &["webhooks", "register"],
        &["report"],
        &["healthcheck"],
    ];
    let mut text = String::new();
    for command in commands.into_iter().chain([&["store", "backup"][..]]) {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        text.extend(["$ forecourt ", &arguments.join(" "), "\n", &stdout(&run(&arguments)), "\n"]);
    }
    insta::assert_snapshot!("cli_help", text);
    assert_eq!(stdout(&run(&["--version"])), format!("forecourt {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_wrong_configuration_ends_every_command_with_2_and_says_why() {
    for command in [&["serve"][..], &[], &["config"], &["keys", "list"], &["report"], &["healthcheck"]] {
        let mut arguments = vec!["--listen", "8080"];
        arguments.extend(command);
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(&arguments), @r"
            exit 2
            error: the configuration has 1 fault
              - `server.listen` (option `--listen`): `8080` does not fit; write an IP address with a port, such as `127.0.0.1:8080`
            ");
        }
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    assert_eq!(run(&["sreve"]).status.code(), Some(2));
    insta::assert_snapshot!(shown(&["keys", "create", "website", "--scope", "vehicles:raed"]), @r"
    exit 2
    error: invalid value 'vehicles:raed' for '--scope <SCOPE>': there is no such scope; there are vehicles:read, inspections:read, inspections:write, listings:read, listings:write, tickets:read, tickets:write, catalog:read, account:read, account:write, personal-data:read, reports:read, operations:read

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(shown(&["keys", "create", "website"]), @r"
    exit 2
    error: the following required arguments were not provided:
      <--scope <SCOPE>|--all-scopes|--read-only>

    Usage: forecourt keys create <--scope <SCOPE>|--all-scopes|--read-only> <NAME>

    For more information, try '--help'.
    ");
}

#[test]
fn config_prints_what_takes_effect_and_reads_its_own_output() {
    let printed = stdout(&run(&["config", "--listen", "127.0.0.1:9"]));
    assert!(printed.contains("listen = \"127.0.0.1:9\"") && !printed.contains("sandbox-tchek-key"), "{printed}");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("forecourt.toml");
    std::fs::write(&file, &printed).expect("the file can be written");
    let again = forecourt(&["config"]).env("FORECOURT_CONFIG", &file).output().expect("the binary runs");
    assert_eq!(stdout(&again), printed);
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let mut child =
        forecourt(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = folder.path();
    let made = in_folder(folder, &["keys", "create", "website", "--read-only", "--account", "jifeline/main"]);
    let key = stdout(&made).trim_end().to_owned();
    assert!(key.starts_with("fc_") && key.len() == 46, "{key}");
    assert!(!String::from_utf8_lossy(&made.stderr).contains(&key), "standard error goes to logs");
    stdout(&in_folder(folder, &["keys", "create", "stock-sync", "--all-scopes", "--max-rows", "5000"]));
    stdout(&in_folder(
        folder,
        &["keys", "create", "bi", "--scope", "reports:read,vehicles:read", "--scope", "catalog:read"],
    ));

    let store = store::open(folder, Access::Tool).await.expect("the ledger opens");
    let hash = Sha256::digest(key.as_bytes()).into();
    let row = store.api_key_by_hash(&hash).await.expect("the ledger answers").expect("the key is there");
    assert_eq!((row.tenant.as_str(), row.name.as_str()), ("default", "website"));
    assert_eq!(row.accounts.as_deref(), Some(&["jifeline/main".to_owned()][..]));
    assert!(row.scopes.contains(&"vehicles:read".to_owned()) && !row.scopes.contains(&"personal-data:read".to_owned()));
    assert!(row.scopes.iter().all(|scope| Scope::from_name(scope).is_some_and(Scope::is_read)));

    let listed = stdout(&in_folder(folder, &["keys", "list"]));
    assert!(!listed.contains("fc_"), "{listed}");
    let filters = vec![
        (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d", "[time]"),
    ];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!("cli_keys_list", listed);
    });

    let revoked = stdout(&in_folder(folder, &["keys", "revoke", "website"]));
    assert_eq!(revoked, format!("revoked key {} of client website (tenant default)\n", row.id));
    assert_eq!(store.api_key_by_hash(&hash).await.expect("the ledger answers"), None);
    let twice = in_folder(folder, &["keys", "revoke", "website"]);
    assert_eq!(twice.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8_lossy(&twice.stderr), @"error: no good key has the id or client name `website`");
    store.close().await;
}

#[test]
fn a_key_for_what_is_not_configured_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let refused = |arguments: &[&str]| {
        let output = in_folder(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("errors are UTF-8")
    };
    insta::assert_snapshot!(refused(&["keys", "create", "a", "--all-scopes", "--tenant", "acme"]), @"error: there is no tenant `acme` in the configuration");
    insta::assert_snapshot!(refused(&["keys", "create", "a", "--all-scopes", "--account", "jifeline/north"]), @"error: tenant `default` has no account `jifeline/north`; it has autochat/main, jifeline/main, tchek/main");
    assert_eq!(stdout(&in_folder(folder.path(), &["keys", "list"])), "there are no keys\n");
}

#[test]
fn a_backup_holds_the_ledger_and_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    stdout(&in_folder(&data, &["keys", "create", "website", "--all-scopes"]));
    std::fs::create_dir(&other).expect("the folder can be made");
    let copy = other.join("forecourt.db");
    let path = copy.to_str().expect("the path is UTF-8");
    assert!(stdout(&in_folder(&data, &["store", "backup", path])).starts_with("wrote "));
    assert!(stdout(&in_folder(&other, &["keys", "list"])).contains("website"), "the copy is a ledger");

    assert_eq!(in_folder(&data, &["store", "backup", path]).status.code(), Some(1), "the file is there already");
    let nowhere = in_folder(&folder.path().join("nowhere"), &["store", "backup", "/tmp/never.db"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("there is no ledger in"));
}

#[test]
fn the_sandbox_says_where_it_listens_and_stops_when_asked() {
    let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--vehicles", "20"];
    let mut child = forecourt(&arguments).stdout(Stdio::piped()).spawn().expect("the binary runs");
    let mut said = String::new();
    let output = child.stdout.take().expect("the output is piped");
    BufReader::new(output).read_line(&mut said).expect("the sandbox says something");
    assert!(said.starts_with("the sandbox listens on http://127.0.0.1:"), "{said}");
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(stopped.expect("the signal is sent").success());
    assert!(child.wait().expect("the sandbox ends").success());
}

/// Parts that are as a test says.
struct Parts(BTreeMap<&'static str, Check>);

#[async_trait]
impl Health for Parts {
    async fn report(&self) -> Report {
        let vendor = |vendor, mode| VendorMode { tenant: "default".to_owned(), vendor, mode };
        Report { checks: self.0.clone(), vendors: vec![vendor("jifeline", "sandbox"), vendor("tchek", "off")] }
    }
}

/// Serves the probes for `checks` and gives the address.
async fn probes(checks: &[(&'static str, Check)], shutdown: &Shutdown) -> String {
    let metrics = Metrics::of_process().expect("no other recorder in this process");
    let parts = Arc::new(Parts(checks.iter().cloned().collect()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener has an address").to_string();
    let server = axum_server::from_tcp(listener.into_std().expect("the listener can be handed on"))
        .expect("the listener is good");
    let routes = health::router(parts, metrics, shutdown.clone());
    drop(Shutdown::new().spawn(server.serve(routes.into_make_service())));
    address
}

async fn healthcheck(address: &str, more: &[&str]) -> String {
    let mut arguments = vec!["healthcheck", "--listen", address];
    arguments.extend(more);
    let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
    let address = address.to_owned();
    let ran = tokio::task::spawn_blocking(move || shown(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    ran.await.expect("the binary runs").replace(&address, "[address]")
}

async fn get(address: &str, path: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().expect("the client can be built");
    let request = client.get(format!("http://{address}{path}")).build().expect("the request is right");
    let response = client.execute(request).await.expect("the probes answer");
    (response.status().as_u16(), response.text().await.expect("the answer is text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn health_says_what_stands_in_the_way() {
    let shutdown = Shutdown::new();
    let good = [("store", Check::Ok), ("index", Check::Working("250 of 500 vehicles".to_owned()))];
    let address = probes(&good, &shutdown).await;
    insta::assert_snapshot!(healthcheck(&address, &[]).await, @r"
    exit 0
    ready
    ");
    insta::assert_snapshot!(healthcheck(&address, &["--alive"]).await, @r"
    exit 0
    alive
    ");
    let (status, body) = get(&address, "/readyz").await;
    assert_eq!(status, 200);
    let body: serde_json::Value = serde_json::from_str(&body).expect("the answer is JSON");
    let filters = vec![(env!("CARGO_PKG_VERSION"), "[version]"), (r#"  "commit": "[^"]*",\n"#, "")];
    insta::with_settings!({ filters => filters }, {
        insta::assert_snapshot!("readyz", serde_json::to_string_pretty(&body).expect("JSON can be written"));
    });
    let (status, text) = get(&address, "/metrics").await;
    assert!(status == 200 && text.contains("forecourt_build_info{"), "{text}");

    let bad = [("store", Check::Failed("the ledger is busy".to_owned())), ("index", Check::Ok)];
    insta::assert_snapshot!(healthcheck(&probes(&bad, &shutdown).await, &[]).await, @r"
    exit 1
    error: `http://[address]/readyz` answered 503 and said `failed`; store is failed, the ledger is busy
    ");
    let early = [("demo", Check::Starting("the past weeks are played".to_owned()))];
    insta::assert_snapshot!(healthcheck(&probes(&early, &shutdown).await, &[]).await, @r"
    exit 1
    error: `http://[address]/readyz` answered 503 and said `starting`; demo is starting, the past weeks are played
    ");
    shutdown.begin();
    insta::assert_snapshot!(healthcheck(&address, &[]).await, @r"
    exit 1
    error: `http://[address]/readyz` answered 503 and said `stopping`
    ");
    insta::assert_snapshot!(healthcheck(&address, &["--alive"]).await, @r"
    exit 0
    alive
    ");
    insta::assert_snapshot!(healthcheck("127.0.0.1:1", &[]).await, @r"
    exit 1
    error: `http://[address]/readyz` does not answer: error sending request for url (http://[address]/readyz): client error (Connect): tcp connect error: Connection refused (os error 111)
    ");
}
