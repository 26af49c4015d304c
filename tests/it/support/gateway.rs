//! A gateway beside a standalone sandbox, both in this process and over real sockets, with the time set by the test.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use forecourt::app::Gateway;
use forecourt::app::known;
use forecourt::clock::Clock;
use forecourt::config::Config;
use forecourt::config::Sources;
use forecourt::ids::Ids;
use forecourt::sandbox;
use forecourt::shutdown::Shutdown;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

/// The car of the README.
pub(crate) const SHOWPIECE: &str = "YV1ZWA8UDL1234507";
/// The secret that the sandbox's account carries.
pub(crate) const WEBHOOK_SECRET: &str = "sandbox-webhook-secret";

/// Every vendor as the sandbox, and no call tried again: one fault of the sandbox is one failure.
pub(crate) const TRIED_ONCE: [(&str, &str); 6] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__RETRIES", "0"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__RETRIES", "0"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__RETRIES", "0"),
];

/// The day after the sandbox's past ends.
pub(crate) fn today() -> DateTime<Utc> {
    "2026-10-02T08:00:00Z".parse().unwrap()
}

/// A gateway, its sandbox and a client.
pub(crate) struct Rig {
    pub(crate) gateway: Gateway,
    pub(crate) clock: Clock,
    pub(crate) client: reqwest::Client,
    pub(crate) base: String,
    pub(crate) sandbox: String,
    pub(crate) data: TempDir,
    end: End,
}

/// Ends what runs when the test does.
struct End {
    gateway: Shutdown,
    vendors: Shutdown,
}

impl Rig {
    /// Starts a gateway on an empty ledger and a fleet of 60 cars, without the dealer's story.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts a gateway with further settings, as pairs of variable and value.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(TempDir::new().unwrap(), settings).await
    }

    /// Starts a gateway on the ledger in `data`, such as one that has keys.
    pub(crate) async fn on(data: TempDir, settings: &[(&str, &str)]) -> Self {
        Self::of_fleet(60, data, settings).await
    }

    /// Starts a gateway on the ledger in `data` and a fleet of so many cars.
    pub(crate) async fn of_fleet(vehicles: usize, data: TempDir, settings: &[(&str, &str)]) -> Self {
        let clock = Clock::settable(today());
        let vendors = Shutdown::new();
        let options = sandbox::Options { vehicles, ..sandbox::Options::default() };
        let running = sandbox::start(options, clock.clone(), Ids::seeded(7), &vendors).await.unwrap();
        let sandbox = running.url().to_string().trim_end_matches('/').to_owned();
        Self::beside(sandbox, vendors, clock, data, settings).await
    }

    /// Starts a gateway on the ledger in `data`, beside a sandbox that `vendors` ends.
    pub(crate) async fn beside(
        sandbox: String,
        vendors: Shutdown,
        clock: Clock,
        data: TempDir,
        settings: &[(&str, &str)],
    ) -> Self {
        let shutdown = Shutdown::new();
        let config = config(data.path(), &sandbox, settings);
        let gateway = Gateway::start(config, clock.clone(), ids(), shutdown.clone()).await.unwrap();
        let base = format!("http://{}", gateway.address());
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        let end = End { gateway: shutdown, vendors };
        let rig = Self { gateway, clock, client, base, sandbox, data, end };
        rig.until("the index has the serviced vehicles", async || {
            rig.get_json("/readyz").await["checks"]["index"]["status"] == "ok"
        })
        .await;
        rig.forget_calls().await;
        rig
    }

    /// Stops the gateway in order and starts another on the same ledger, beside the same sandbox.
    pub(crate) async fn restart(self, settings: &[(&str, &str)]) -> Self {
        assert!(self.gateway.stop(Duration::from_secs(20)).await, "everything that ran has ended");
        let Self { sandbox, clock, data, mut end, .. } = self;
        // The sandbox goes on: only this gateway has ended.
        let vendors = std::mem::take(&mut end.vendors);
        Self::beside(sandbox, vendors, clock, data, settings).await
    }

    /// Tells the sandbox to deliver results here.
    pub(crate) async fn set_webhook(&self) {
        let url = format!("{}/webhooks/tchek/default", self.base);
        let body = json!({ "url": url, "headerKey": WEBHOOK_SECRET, "retriesMs": [1, 1] });
        self.control("PUT", "tchek/webhook", &body).await;
    }

    /// Sends a GraphQL request and gives the whole answer.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        self.ask_with(&[], query, variables).await
    }

    /// Sends a GraphQL request with further headers.
    pub(crate) async fn ask_with(&self, headers: &[(&str, &str)], query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let mut request = self.client.post(format!("{}/graphql", self.base)).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await.json().await.unwrap()
    }

    /// Sends a GraphQL request that must have no errors, and gives its data.
    pub(crate) async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        answer["data"].take()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        send(self.client.get(format!("{}{path}", self.base))).await.json().await.unwrap()
    }

    /// Calls the sandbox's control; it must agree.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let method = method.parse().unwrap();
        let url = format!("{}/__sandbox/{path}", self.sandbox);
        let response = send(self.client.request(method, url).json(body)).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Creates an inspection and lets the customer walk it through `states`; gives its token.
    pub(crate) async fn inspect(&self, vin: &str, states: &[u8]) -> String {
        let query = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) { inspection { tokenUid } userErrors { message } } }";
        let data = self.data(query, json!({ "input": { "vin": vin } })).await;
        let uid = data["createInspection"]["inspection"]["tokenUid"].as_str().unwrap().to_owned();
        for state in states {
            self.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
        }
        uid
    }

    /// Lists a car.
    pub(crate) async fn list(&self, vin: &str, number: &str) {
        let query = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { internalId } userErrors { message } } }";
        let input = json!({
            "internalId": number, "make": "volvo", "model": "v60", "vin": vin, "currency": "EUR", "salesPrice": "27950.00",
            "mileage": { "value": 41250 }, "options": ["abs"],
        });
        let data = self.data(query, json!({ "input": input })).await;
        assert_eq!(data["createListing"]["userErrors"], json!([]));
    }

    /// What the sandbox has been asked since it was last forgotten: each operation with its number of calls.
    pub(crate) async fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for entry in self.journal().await {
            *calls.entry(entry["operation"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        calls
    }

    /// The sandbox's journal, without its own deliveries.
    pub(crate) async fn journal(&self) -> Vec<Value> {
        let journal: Value =
            send(self.client.get(format!("{}/__sandbox/journal", self.sandbox))).await.json().await.unwrap();
        let entries = journal.as_array().unwrap().iter();
        entries.filter(|entry| entry["operation"] != "tchek.webhooks.deliver").cloned().collect()
    }

    /// How often one operation was called.
    pub(crate) async fn count(&self, operation: &str) -> usize {
        self.calls().await.get(operation).copied().unwrap_or(0)
    }

    pub(crate) async fn forget_calls(&self) {
        send(self.client.delete(format!("{}/__sandbox/journal", self.sandbox))).await;
    }

    /// Waits until `reached`; a state that is not reached within half a minute fails the test.
    pub(crate) async fn until(&self, what: &str, reached: impl AsyncFn() -> bool) {
        until(what, reached).await;
    }
}

/// Waits until `reached`; a state that is not reached within half a minute fails the test.
pub(crate) async fn until(what: &str, reached: impl AsyncFn() -> bool) {
    for _ in 0..1500 {
        if reached().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not reached: {what}");
}

/// Ids that no other gateway of this process draws: one that starts again on a ledger must not repeat the first one's.
fn ids() -> Ids {
    static SEED: AtomicU64 = AtomicU64::new(11);
    Ids::seeded(SEED.fetch_add(1, Ordering::SeqCst))
}

impl Drop for End {
    fn drop(&mut self) {
        self.gateway.begin();
        self.vendors.begin();
    }
}

/// The configuration of a gateway on a free port, with `settings` over the usual ones.
pub(crate) fn config(data: &Path, sandbox: &str, settings: &[(&str, &str)]) -> Config {
    let usual = [
        ("FORECOURT_LISTEN", "127.0.0.1:0"),
        ("FORECOURT_DATA_DIR", data.to_str().unwrap()),
        ("FORECOURT_SANDBOX__URL", sandbox),
        ("FORECOURT_SANDBOX__DEMO", "false"),
    ];
    let given: BTreeMap<&str, &str> = usual.into_iter().chain(settings.iter().copied()).collect();
    let pairs = given.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::load(Sources::new().environment(pairs), &known()).unwrap()
}

/// Sends a request of the test itself, which must be answered.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> reqwest::Response {
    try_send(request).await.unwrap()
}

/// Sends a request of the test itself.
#[expect(clippy::disallowed_methods, reason = "a test is a client of the gateway, not of a vendor")]
pub(crate) async fn try_send(request: reqwest::RequestBuilder) -> reqwest::Result<reqwest::Response> {
    request.send().await
}
