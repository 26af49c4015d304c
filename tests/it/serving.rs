//! What stands around the graph: probes, numbers, request ids, the log, and what is refused at the door.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashSet;
use std::process::Command;
use std::process::Stdio;

use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::sandbox;
use forecourt::shutdown::Shutdown;
use forecourt::store;
use forecourt::store::Access;
use forecourt::telemetry::metrics::METRICS;
use http::header::CONTENT_ENCODING;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::binary::Process;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;
use crate::support::gateway::until;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

/// What no log and no number may bear: the car, its plates, the person, every secret.
const PRIVATE: [&str; 9] = [
    SHOWPIECE,
    "AB-123-CD",
    "AB123CD",
    "Peeters",
    "sofie.peeters@example.com",
    "31612345678",
    "sandbox-tchek-key",
    "sandbox-secret",
    WEBHOOK_SECRET,
];

fn get(rig: &Rig, path: &str) -> reqwest::RequestBuilder {
    rig.client.get(format!("{}{path}", rig.base))
}

fn post(rig: &Rig, query: &str) -> reqwest::RequestBuilder {
    rig.client.post(format!("{}/graphql", rig.base)).json(&json!({ "query": query }))
}

async fn text(request: reqwest::RequestBuilder) -> String {
    let response = send(request).await;
    let (status, kind) = (response.status().as_u16(), response.headers().get(CONTENT_TYPE).cloned());
    let kind = kind.map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    format!("{status} {kind} {}", response.text().await.unwrap())
}

/// Reads, creates, is delivered to and fails, all about one car and one person; gives the key's header back.
async fn session(client: &reqwest::Client, base: &str, sandbox: &str, key: &str) {
    let ask = async |query: &str, variables: Value| -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = client.post(format!("{base}/graphql")).header("authorization", format!("Bearer {key}"));
        send(request.header("x-request-id", "told-by-client").json(&body)).await.json().await.unwrap()
    };
    let control = async |method: &str, path: &str, body: Value| {
        let url = format!("{sandbox}/__sandbox/{path}");
        assert!(send(client.request(method.parse().unwrap(), url).json(&body)).await.status().is_success(), "{path}");
    };
    let receiver = json!({ "url": format!("{base}/webhooks/tchek/default"), "headerKey": WEBHOOK_SECRET });
    control("PUT", "tchek/webhook", receiver).await;
    let customer = json!({
        "firstName": "Sofie", "lastName": "Peeters", "email": "sofie.peeters@example.com", "phone": "+31612345678",
    });
    let inspection = "mutation($vin: String, $customer: CustomerInput) { createInspection(input: {vin: $vin, licensePlate: \"AB-123-CD\", customer: $customer}) { inspection { tokenUid } } }";
    let made = ask(inspection, json!({ "vin": SHOWPIECE, "customer": customer })).await;
    let token = made["data"]["createInspection"]["inspection"]["tokenUid"].as_str().unwrap().to_owned();
    let listing = "mutation($vin: String) { createListing(input: {vin: $vin, licensePlate: \"AB-123-CD\", internalId: \"1\", make: \"volvo\", model: \"v60\"}) { outcome } }";
    assert_eq!(ask(listing, json!({ "vin": SHOWPIECE })).await["data"]["createListing"]["outcome"], "CREATED");
    for state in [1, 2, 3, 5] {
        control("POST", &format!("tokens/{token}/advance"), json!({ "to": state })).await;
    }
    let report = format!("{{ inspection(by: {{tokenUid: \"{token}\"}}) {{ report {{ revision }} }} }}");
    let arrived = async || !ask(&report, json!({})).await["data"]["inspection"]["report"].is_null();
    until("the report has arrived", arrived).await;
    let car = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { licensePlate make { name } tickets { totalCount } connector { number } inspections { nodes { status customer { email phone } } } } plate: vehicle(by: {licensePlate: \"AB 123 CD\"}) { vin } }";
    let answer = ask(car, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    // Failures whose text names the car and the person, documents that do, and deliveries that nobody can read.
    let body = json!({ "message": format!("sofie.peeters@example.com (+31612345678) has no {SHOWPIECE} at db1.internal.example.com") });
    for status in [400, 500] {
        let rules = json!([{ "operation": "*", "status": status, "body": body.to_string() }]);
        control("PUT", "faults", rules).await;
        ask("{ vehicle(by: {vin: \"WDD7Y24F0JA163352\"}) { make { name } tickets { totalCount } } vehicleOptions { name } }", json!({})).await;
        ask(inspection, json!({ "vin": SHOWPIECE, "customer": customer })).await;
    }
    control("DELETE", "faults", Value::Null).await;
    ask(&format!("{{ vehicle(by: {{vin: \"{SHOWPIECE}X\"}}) {{ vin {SHOWPIECE} }} }}"), json!({})).await;
    ask("query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin } }", json!({ "vin": "sofie.peeters@example.com" })).await;
    for secret in [WEBHOOK_SECRET, "wrong"] {
        let request = client.post(format!("{base}/webhooks/tchek/default")).header("x-api-key", secret);
        send(request.header("content-type", "application/json").body(format!("{{\"vin\": \"{SHOWPIECE}\""))).await;
    }
    // Once more, so that the cache has something to say.
    ask(car, json!({ "vin": SHOWPIECE })).await;
    send(client.get(format!("{base}/vehicles/{SHOWPIECE}?plate=AB-123-CD&key={key}"))).await;
    send(
        client
            .get(format!("{base}/graphql"))
            .query(&[("query", format!("{{ vehicle(by: {{vin: \"{SHOWPIECE}\"}}) {{ vin }} }}"))]),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probes_tell_how_it_is() {
    let rig = Rig::start().await;
    insta::assert_snapshot!(text(get(&rig, "/healthz")).await, @r#"200 application/json {"status":"alive"}"#);
    let ready = rig.get_json("/readyz").await;
    insta::assert_json_snapshot!("serving_readyz", ready, { ".version" => "[version]", ".commit" => "[commit]" });
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_have_the_names_of_the_table_and_tell_on_nobody() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL]).await;
    let rig = Rig::on(data, &[]).await;
    session(&rig.client, &rig.base, &rig.sandbox, &Client::ALL.key()).await;
    let numbers = send(get(&rig, "/metrics")).await.text().await.unwrap();
    let told = PRIVATE.iter().find(|word| numbers.contains(**word));
    assert_eq!((told, numbers.contains(&Client::ALL.key())), (None, false), "{numbers}");
    let mut seen = BTreeSet::new();
    for line in numbers.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, rest) = line.split_at(line.find(['{', ' ']).unwrap());
        let is_of = |metric: &&forecourt::telemetry::metrics::Metric| {
            let suffix = name.strip_prefix(metric.name);
            matches!(suffix, Some("" | "_sum" | "_count" | "_bucket"))
        };
        let metric = METRICS.iter().find(is_of).unwrap_or_else(|| unreachable!("`{name}` is not in the table"));
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once("} ")).map_or("", |(labels, _)| labels);
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let label = label.split('=').next().unwrap();
            assert!(metric.labels.contains(&label) || label == "le", "`{label}` of `{name}` is not in the table");
        }
        assert!(numbers.contains(&format!("# HELP {} {}", metric.name, metric.help)), "`{name}` is not explained");
        seen.insert(metric.name);
    }
    // Whether members go unread and reads meet depends on what the vendors send, and when; these vendors are well.
    let chance = [
        "forecourt_vendor_members_unread_total",
        "forecourt_vendor_socket_frames_ignored_total",
        "forecourt_cache_joins_total",
        // Nothing is handed on unless the operator wants it.
        "forecourt_forwards_total",
        "forecourt_extracts_total",
        "forecourt_vendor_retries_total",
        "forecourt_vendor_quota_waits_total",
        "forecourt_vendor_circuit_changes_total",
        "forecourt_vendor_circuits_open",
    ];
    let silent = METRICS.iter().map(|metric| metric.name).filter(|name| !seen.contains(name) && !chance.contains(name));
    assert_eq!(silent.collect::<Vec<_>>(), [""; 0], "{numbers}");
    let paths: Vec<_> = numbers.lines().filter(|line| line.contains("/vehicles/")).collect();
    assert_eq!(paths, [""; 0], "no path that a client makes up is a label");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_requests_apart_and_nothing_of_anyone() {
    let vendors = Shutdown::new();
    let options = sandbox::Options { vehicles: 60, ..sandbox::Options::default() };
    let running = sandbox::start(options, Clock::system(), Ids::seeded(7), &vendors).await.unwrap();
    let sandbox = running.url().to_string().trim_end_matches('/').to_owned();
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL]).await;
    let process = Process::serve(&[
        ("FORECOURT_DATA_DIR", data.path().to_str().unwrap()),
        ("FORECOURT_SANDBOX__URL", &sandbox),
        ("FORECOURT_SANDBOX__DEMO", "false"),
        ("FORECOURT_LOG__LEVEL", "debug"),
    ]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let base = process.base().await;
    session(&client, &base, &sandbox, &Client::ALL.key()).await;
    let made = send(client.get(format!("{base}/healthz"))).await;
    let made = made.headers()["x-request-id"].to_str().unwrap().to_owned();
    send(client.get(format!("{base}/nowhere")).header("x-request-id", &made)).await;

    let is_told = |log: &[Value], id: &str, route: &str| {
        log.iter().any(|line| line["request_id"] == id && line["route"] == route && line["status"].is_number())
    };
    until("the last request is told", async || is_told(&process.log(), &made, "none")).await;
    let log = process.log();
    assert!(is_told(&log, "told-by-client", "/graphql"));
    let failed = |line: &&Value| line["message"] == "the vendor call failed" && line["operation"].is_string();
    let failures: Vec<_> = log.iter().filter(failed).collect();
    assert!(
        !failures.is_empty() && failures.iter().any(|line| line["request_id"] == "told-by-client"),
        "{failures:#?}"
    );
    for line in &log {
        let text = line.to_string();
        let told = PRIVATE
            .iter()
            .copied()
            .chain([Client::ALL.key().as_str()])
            .find(|word| text.contains(*word))
            .map(str::to_owned);
        assert_eq!(told, None, "{line:#}");
        assert!(line["time"].is_string() && line["level"].is_string() && line["target"].is_string(), "{line:#}");
    }
    vendors.begin();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_bears_the_id_of_its_request() {
    let rig = Rig::start().await;
    let requests = || {
        [
            get(&rig, "/"),
            get(&rig, "/healthz"),
            get(&rig, "/nowhere"),
            get(&rig, "/graphql").header("host", "evil.example"),
            post(&rig, "{ vehicles(first: 1) { totalCount } }"),
            post(&rig, "{ nonsense"),
            rig.client.post(format!("{}/webhooks/tchek/default", rig.base)),
        ]
    };
    for request in requests() {
        let response = send(request.header("x-request-id", "mine-1")).await;
        assert_eq!(response.headers()["x-request-id"], "mine-1");
        let text = response.text().await.unwrap();
        assert!(!text.contains("requestId") || text.contains("\"requestId\":\"mine-1\""), "{text}");
    }
    let mut ids = Vec::new();
    for request in requests() {
        ids.push(send(request.header("x-request-id", "{\"a\": 1}")).await.headers()["x-request-id"].clone());
    }
    assert!(ids.iter().all(|id| id.len() == 36) && ids.iter().collect::<HashSet<_>>().len() == 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_pages_and_hosts_are_refused_at_every_door() {
    let rig = Rig::with(&[("FORECOURT_SERVER__ORIGINS", "https://dealer.example")]).await;
    let local = rig.base.clone();
    let ask = |headers: &[(&str, &str)]| {
        let request = post(&rig, "{ vehicles(first: 1) { totalCount } }");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    for good in
        [&[][..], &[("origin", &*local)], &[("origin", "https://dealer.example")], &[("sec-fetch-site", "same-origin")]]
    {
        assert_eq!(send(ask(good)).await.status(), 200, "{good:?}");
    }
    let rebound = ("host", "evil.example");
    for bad in [
        &[rebound][..],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site")],
    ] {
        assert_eq!(send(ask(bad)).await.status(), 403, "{bad:?}");
    }
    for path in ["/", "/healthz", "/readyz", "/metrics", "/schema.graphql", "/graphql?query={vehicles{totalCount}}"] {
        assert_eq!(send(get(&rig, path).header(rebound.0, rebound.1)).await.status(), 403, "{path}");
    }
    let delivery = rig.client.post(format!("{}/webhooks/tchek/default", rig.base)).header("x-api-key", WEBHOOK_SECRET);
    assert_eq!(send(delivery.header("origin", "https://evil.example").json(&json!({}))).await.status(), 403);
    let refused = text(ask(&[rebound, ("x-request-id", "asked")])).await;
    insta::assert_snapshot!("serving_foreign_host", refused);
    // Only a page of a friend is given leave to read.
    for (origin, leave) in
        [("https://evil.example", None), (&*local, None), ("https://dealer.example", Some("https://dealer.example"))]
    {
        let preflight = rig.client.request(http::Method::OPTIONS, format!("{}/graphql", rig.base));
        let preflight = preflight.header("access-control-request-method", "POST").header("origin", origin);
        for response in [send(preflight).await, send(ask(&[("origin", origin)])).await] {
            let allowed = response.headers().get("access-control-allow-origin").map(|name| name.to_str().unwrap());
            assert_eq!(allowed, leave, "{origin}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_at_the_door() {
    let rig = Rig::with(&[("FORECOURT_SERVER__BODY_LIMIT", "4KiB")]).await;
    let asked = |request: reqwest::RequestBuilder| request.header("x-request-id", "asked");
    let mut told = Vec::new();
    told.push(text(asked(get(&rig, "/nowhere"))).await);
    told.push(text(asked(get(&rig, "/graphql?query=mutation{createInspection(input:{}){outcome}}"))).await);
    let body = r#"{"query":"mutation { createInspection(input: {}) { outcome } }"}"#;
    let plain = rig.client.post(format!("{}/graphql", rig.base)).header("content-type", "text/plain").body(body);
    told.push(text(asked(plain)).await);
    told.push(text(asked(post(&rig, &"x".repeat(5000)))).await);
    let chain = |level: usize| format!("fragment f{level} on Vehicle{{{}}}", format!("...f{} ", level + 1).repeat(2));
    let fragments: Vec<String> = (0..20).map(chain).collect();
    let bomb = format!("{{vehicles{{nodes{{...f0}}}}}}{}fragment f20 on Vehicle{{vin}}", fragments.concat());
    assert!((800..1000).contains(&bomb.len()), "{}", bomb.len());
    told.push(text(asked(post(&rig, &bomb))).await);
    told.push(text(asked(rig.client.put(format!("{}/graphql", rig.base)))).await);
    insta::assert_snapshot!("serving_refused", told.join("\n"));
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_answers_are_compressed_for_those_who_can_read_it() {
    let rig = Rig::start().await;
    let query = "{ vehicles(first: 200) { nodes { vin lastActivityAt } } }";
    let client = reqwest::Client::builder().no_proxy().no_gzip().no_brotli().no_zstd().build().unwrap();
    let long = |encoding: &'static str| {
        let request = client.post(format!("{}/graphql", rig.base)).header("accept-encoding", encoding);
        request.json(&json!({ "query": query }))
    };
    for encoding in ["gzip", "br", "zstd"] {
        let response = send(long(encoding)).await;
        assert!(response.headers().get(CONTENT_ENCODING).is_some_and(|sent| sent == encoding), "{encoding}");
        let vary: Vec<_> =
            response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap().to_lowercase()).collect();
        assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
    }
    assert_eq!(send(long("identity")).await.headers().get(CONTENT_ENCODING), None);
}

/// Starts the binary with `settings` and gives its exit code and what it said.
fn refused(settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    command.env_clear().envs(settings.iter().copied()).stdin(Stdio::null());
    let output = command.output().unwrap();
    let (said, log) = (String::from_utf8(output.stderr).unwrap(), String::from_utf8(output.stdout).unwrap());
    format!("exit {}\n{said}{log}", output.status.code().unwrap_or(-1))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsafe_start_is_refused() {
    let data = TempDir::new().unwrap();
    let folder = data.path().to_str().unwrap().to_owned();
    let start = |settings: &[(&str, &str)]| {
        let settings: Vec<_> = [("FORECOURT_DATA_DIR", &*folder)].into_iter().chain(settings.iter().copied()).collect();
        refused(&settings).replace(&folder, "[data]")
    };
    let live = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__ACCOUNTS__MAIN__API_KEY", "not-a-real-key"),
        ("FORECOURT_LISTEN", "127.0.0.1:0"),
    ];
    let open = [live[0], live[1], ("FORECOURT_SERVER__OPEN", "true")];
    let told = [
        start(&[("FORECOURT_LISTEN", "0.0.0.0:0")]),
        start(&[("FORECOURT_LISTEN", "127.0.0.1:0"), ("FORECOURT_SERVER__PUBLIC_URL", "https://graph.example.com")]),
        start(&live),
        start(&open),
    ];
    insta::assert_snapshot!("serving_unsafe", told.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_is_served_or_newer_is_left_alone() {
    let rig = Rig::start().await;
    let folder = rig.data.path().to_str().unwrap().to_owned();
    let settings = [("FORECOURT_DATA_DIR", &*folder), ("FORECOURT_LISTEN", "127.0.0.1:0")];
    let locked = refused(&settings).replace(&folder, "[data]");

    let newer = TempDir::new().unwrap();
    store::open(newer.path(), Access::Tool).await.unwrap().close().await;
    let database = newer.path().join("forecourt.db");
    let pool = sqlx::SqlitePool::connect(database.to_str().unwrap()).await.unwrap();
    let migration = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', 1, x'00', 0)";
    sqlx::query(migration).execute(&pool).await.unwrap();
    pool.close().await;
    let folder = newer.path().to_str().unwrap().to_owned();
    let settings = [("FORECOURT_DATA_DIR", &*folder), ("FORECOURT_LISTEN", "127.0.0.1:0")];
    let told = [locked, refused(&settings).replace(&folder, "[data]")];
    insta::assert_snapshot!("serving_ledgers", told.join("\n"));
    assert_eq!(rig.get_json("/readyz").await["status"], "ready", "the first gateway goes on");
}
