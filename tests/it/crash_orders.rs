//! Gateways that are killed while they order diagnostic work: the vendor is asked once at most, and nothing that anybody
//! was told gets lost.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use forecourt::clock::Clock;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::JournalKey;
use forecourt::store::JournalState;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::until;
use crate::support::process::Process;
use crate::support::process::post;
use crate::support::vendors::Vendors;
use crate::support::wire::Holds;
use crate::support::wire::Wire;

/// How often a gateway is killed at each point, unless the variable `FORECOURT_CRASH_ROUNDS` said another number when the
/// tests were compiled.
const ROUNDS: usize = 2;
const CREATE: &str = "mutation($input: CreateTicketInput!) { createTicket(input: $input) {
    outcome ticket { number } userErrors { code }
} }";
const TIMELINE: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes {
    __typename ... on TicketCreated { ticketNumber }
} } } }";
const OPERATION: &str = "jifeline.tickets.create";
/// The first line of that operation on the wire.
const CALL: &str = "POST /jifeline/v1/tickets ";
const KEY: &str = "only-once";
/// A car that is plugged into a free connector.
const VIN: &str = "YV1DRMUJWLA123757";
const CONNECTOR: &str = "910000002";
const ONLY_DIAGNOSTICS: [(&str, &str); 2] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "off"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
];

/// How often a gateway is killed at each point in this run.
fn rounds() -> usize {
    option_env!("FORECOURT_CRASH_ROUNDS").map_or(ROUNDS, |number| number.parse().expect("it is a number"))
}

/// A ledger, and vendors that outlive the gateways.
struct Scene {
    data: TempDir,
    vendors: Vendors,
}

impl Scene {
    async fn set() -> Self {
        Self { data: TempDir::new().unwrap(), vendors: Vendors::start(Clock::system()).await }
    }

    /// Starts a gateway that reaches the vendors at `url`.
    async fn gateway(&self, url: &str) -> Process {
        Process::with(self.data.path(), url, &ONLY_DIAGNOSTICS).await
    }

    async fn break_vendor(&self, fault: Value) {
        self.vendors.control("PUT", "faults", &json!([fault])).await;
    }

    async fn mend_vendor(&self) {
        self.vendors.control("DELETE", "faults", &Value::Null).await;
    }

    /// The tickets that the vendor has open for the car.
    async fn tickets(&self) -> Vec<String> {
        let tickets = self.vendors.control("GET", "tickets", &Value::Null).await;
        let ours = tickets["tickets"].as_array().unwrap().iter();
        let ours = ours.filter(|ticket| ticket["vin"] == VIN && ticket["endedAt"].is_null());
        ours.map(|ticket| ticket["id"].to_string()).collect()
    }

    async fn asked(&self) -> usize {
        self.vendors.count(OPERATION).await
    }

    /// How far the journal says that the order has come; and whether it says what to look for.
    async fn journal(&self) -> Option<(JournalState, bool)> {
        let store = store::open(self.data.path(), Access::Tool).await.unwrap();
        let text = str::to_owned;
        let key = JournalKey {
            tenant: text("default"),
            client: text("anyone"),
            mutation: text("createTicket"),
            key: text(KEY),
        };
        let row = store.find(&key).await.unwrap();
        store.close().await;
        row.map(|row| (row.state, row.sought.is_some()))
    }

    /// Starts again on the ledger of a killed gateway, and checks all that must hold whenever it was killed; gives what the
    /// first question with the same key is answered. `seen` is what the client was told before.
    async fn afterwards(&self, seen: Option<&Value>) -> String {
        self.mend_vendor().await;
        let process = self.gateway(&self.vendors.url).await;
        let answer = create(&process.base).await.unwrap();
        let payload = &answer["data"]["createTicket"];
        let outcome = payload["outcome"].as_str().unwrap().to_owned();
        if let Some(seen) = seen {
            assert_eq!(seen["data"], answer["data"], "what a client was told stays true");
        }
        assert!(self.asked().await <= 1, "{answer:#}");
        let tickets = self.tickets().await;
        assert!(tickets.len() <= 1, "{tickets:?}");
        match (outcome.as_str(), tickets.as_slice()) {
            ("CREATED", [number]) => assert_eq!(&payload["ticket"]["number"], number),
            ("UNKNOWN", []) => assert_told(&answer),
            ("UNKNOWN", [number]) => {
                assert_told(&answer);
                self.found_again(&process.base, number).await;
            }
            other => panic!("{other:?}: {answer:#}"),
        }
        assert!(self.asked().await <= 1, "it is never sent again");
        let told = query(&process.base, TIMELINE, json!({ "vin": VIN })).await.unwrap();
        let told = told["data"]["vehicle"]["timeline"]["nodes"].as_array().unwrap().clone();
        let created = told.iter().filter(|event| event["__typename"] == "TicketCreated").count();
        assert_eq!(created, tickets.len(), "{told:?}");
        outcome
    }

    /// The vendor tells the reference of a ticket once that is over; then the same key is answered with it.
    async fn found_again(&self, base: &str, number: &str) {
        self.vendors.control("POST", &format!("tickets/{number}/transition"), &json!({ "to": "cancelled" })).await;
        until("the ticket is found", async || {
            let answer = create(base).await.unwrap();
            let payload = &answer["data"]["createTicket"];
            payload["outcome"] == "CREATED" && payload["ticket"]["number"] == number
        })
        .await;
    }
}

/// An order of unknown outcome says what to do.
fn assert_told(answer: &Value) {
    let error = &answer["errors"][0];
    assert_eq!(
        (&error["path"], &answer["data"]["createTicket"]["userErrors"]),
        (&json!(["createTicket", "ticket"]), &json!([]))
    );
    let message = error["message"].as_str().unwrap();
    for word in ["idempotencyKey", "activeTicket", "never orders again"] {
        assert!(message.contains(word), "{message}");
    }
}

/// Asks with little patience, as an order without an answer is looked for all the while.
async fn query(base: &str, query: &str, variables: Value) -> Option<Value> {
    let body = json!({ "query": query, "variables": variables }).to_string();
    post(&format!("{base}/graphql"), &[("x-request-timeout", "3")], &body).await?.1
}

/// Places the order that all of these tests place; none when the gateway dies before it answers.
async fn create(base: &str) -> Option<Value> {
    let connector = URL_SAFE_NO_PAD.encode(format!("1:Connector:jifeline/main/{CONNECTOR}"));
    let input = json!({ "idempotencyKey": KEY, "connectorId": connector, "vin": VIN, "productIds": ["52351"] });
    query(base, CREATE, json!({ "input": input })).await
}

/// Kills a gateway at one point, as often as this run does it: `kill` gets a gateway with an order on its way. Every time
/// the same key is then answered with `outcome`.
async fn kill_each(outcome: &str, kill: impl AsyncFn(&Scene) -> Option<Value>) {
    for round in 0..rounds() {
        let scene = Scene::set().await;
        let seen = kill(&scene).await;
        assert_eq!(scene.afterwards(seen.as_ref()).await, outcome, "round {round}");
    }
}

/// Places an order at a gateway that reaches the vendors at `url`, and kills it when `reached`; gives what the client was
/// told before.
async fn kill_when(scene: &Scene, url: &str, reached: impl Future<Output = ()>) -> Option<Value> {
    let mut process = scene.gateway(url).await;
    let base = process.base.clone();
    let kill = async {
        reached.await;
        process.kill();
    };
    tokio::join!(create(&base), kill).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_the_order_is_checked() {
    kill_each("CREATED", async |scene| {
        scene.break_vendor(json!({ "operation": "jifeline.cart.calculate_prices", "hold": "before" })).await;
        let reached =
            until("the price is asked", async || scene.vendors.count("jifeline.cart.calculate_prices").await == 1);
        let seen = kill_when(scene, &scene.vendors.url, reached).await;
        assert_eq!((&seen, scene.journal().await), (&None, Some((JournalState::InFlight, false))));
        seen
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_vendor_hears_of_the_order() {
    kill_each("UNKNOWN", async |scene| {
        let mut wire = Wire::start(&scene.vendors.url, CALL, Holds::TheCall).await;
        let url = wire.url.clone();
        let seen = kill_when(scene, &url, wire.holds()).await;
        assert_eq!((&seen, scene.journal().await), (&None, Some((JournalState::InFlight, true))));
        seen
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_vendor_acted_and_before_it_answers() {
    kill_each("UNKNOWN", async |scene| {
        scene.break_vendor(json!({ "operation": OPERATION, "hold": "after" })).await;
        let reached = until("the vendor has the ticket", async || scene.tickets().await.len() == 1);
        let seen = kill_when(scene, &scene.vendors.url, reached).await;
        assert_eq!((&seen, scene.asked().await), (&None, 1));
        seen
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_the_vendors_answer() {
    kill_each("UNKNOWN", async |scene| {
        let mut wire = Wire::start(&scene.vendors.url, CALL, Holds::TheAnswer).await;
        let url = wire.url.clone();
        let seen = kill_when(scene, &url, wire.holds()).await;
        assert_eq!((&seen, scene.tickets().await.len(), scene.asked().await), (&None, 1, 1));
        seen
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_once_the_vendors_answer_is_kept() {
    kill_each("CREATED", async |scene| {
        let reached = until("the answer is kept", async || {
            scene.journal().await.is_some_and(|(state, _)| state == JournalState::Done)
        });
        kill_when(scene, &scene.vendors.url, reached).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_right_when_the_client_has_its_answer() {
    kill_each("CREATED", async |scene| {
        let mut process = scene.gateway(&scene.vendors.url).await;
        let seen = create(&process.base).await;
        process.kill();
        assert_eq!(seen.as_ref().unwrap()["data"]["createTicket"]["outcome"], "CREATED");
        seen
    })
    .await;
}
