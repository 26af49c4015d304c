//! A sandbox that a test ends and starts again at the same address.

use std::net::SocketAddr;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::sandbox;
use forecourt::shutdown::Shutdown;
use serde_json::Value;
use serde_json::json;

use super::gateway::send;

/// The three vendors on one address.
pub(crate) struct Vendors {
    pub(crate) url: String,
    address: SocketAddr,
    clock: Clock,
    shutdown: Shutdown,
    client: reqwest::Client,
}

impl Vendors {
    pub(crate) async fn start(clock: Clock) -> Self {
        let shutdown = Shutdown::new();
        let address = serve(SocketAddr::from(([127, 0, 0, 1], 0)), &clock, &shutdown).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url: format!("http://{address}"), address, clock, shutdown, client }
    }

    /// Ends the sandbox: whoever calls it now is refused a connection.
    pub(crate) async fn stop(&self) {
        assert!(self.shutdown.finish(Duration::from_secs(20)).await, "the sandbox has ended");
    }

    /// Starts another sandbox at the address of the one that was ended.
    pub(crate) async fn start_again(&mut self) {
        self.shutdown = Shutdown::new();
        self.address = serve(self.address, &self.clock, &self.shutdown).await;
    }

    /// Calls the control; it must agree.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/__sandbox/{path}", self.url);
        let response = send(self.client.request(method.parse().unwrap(), url).json(body)).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// How many calls of `operation` have arrived.
    pub(crate) async fn count(&self, operation: &str) -> usize {
        let journal = self.control("GET", &format!("journal?operation={operation}"), &Value::Null).await;
        journal.as_array().unwrap().len()
    }

    /// The tokens that there are, with all that is known of them.
    pub(crate) async fn tokens(&self) -> Vec<Value> {
        self.control("GET", "tchek/tokens", &Value::Null).await["tokens"].as_array().unwrap().clone()
    }

    /// Walks a token through `states`.
    pub(crate) async fn advance(&self, uid: &str, states: &[u8]) {
        for state in states {
            self.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
        }
    }
}

impl Drop for Vendors {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

async fn serve(listen: SocketAddr, clock: &Clock, shutdown: &Shutdown) -> SocketAddr {
    let options = sandbox::Options { listen, vehicles: 60, ..sandbox::Options::default() };
    sandbox::start(options, clock.clone(), Ids::seeded(7), shutdown).await.unwrap().addr
}

/// Makes a token at the vendor itself, past every gateway, with one of the keys that the sandbox knows.
pub(crate) async fn make_token(sandbox: &str, api_key: &str, vin: &str) -> String {
    let body = json!({
        "options": { "shootInspect": true, "fastTrack": false, "cost": false, "report": false, "downloadRoi": false },
        "tradeIn": { "tradeinVehicle": true, "vin": vin, "sendingType": null },
        "customer": {
            "clientType": "customer", "email": "a@example.com", "firstname": "A", "lastname": "B", "gender": null,
            "phone": "0033600000000", "locale": "en",
        },
        "creatorUserId": null,
        "validity": 30,
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{sandbox}/tchek/apiV1/tokenmanager/token")).header("x-api-key", api_key);
    let answer: Value = send(request.json(&body)).await.json().await.unwrap();
    answer["token"]["uid"].as_str().unwrap().to_owned()
}
