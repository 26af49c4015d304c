//! Garages that log in through the gateway.

mod inside;
mod kept;
mod watching;
mod ways;

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const SITE: Client<'_> = Client { tenant: "default", name: "website", scopes: &Scope::ALL, accounts: None };
const APP: Client<'_> = Client { name: "app", ..SITE };
/// A public name makes the gateway reachable from outside, so that it is not open.
const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");

/// A connector of the second garage, of which the dealer's own account knows nothing, and its pincode.
const RING: (&str, &str) = ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "54321");
/// Another connector of the same garage.
const RING_TWO: (&str, &str) = ("1b4e28ba-2fa1-41d2-883f-0016d3cca427", "40960");
/// A connector of the first garage, to which the dealer's own account belongs.
const VOORHOF: (&str, &str) = ("0f8fad5b-d9cb-469f-a165-70867728950e", "01234");
/// Employees of the second garage.
const GRACE: &str = "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b20101";
const TOM: &str = "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b20102";

const PAYLOAD: &str = "session { token expiresAt customer { reference } source { vendor account } } retryAt userErrors { code message field }";

async fn rig(settings: &[(&str, &str)]) -> Rig {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[SITE, APP]).await;
    let settings: Vec<_> = [PUBLIC].into_iter().chain(settings.iter().copied()).collect();
    Rig::on(data, &settings).await
}

/// Asks as a client, within the session if there is one.
async fn ask(rig: &Rig, client: &Client<'_>, session: Option<&str>, query: &str, variables: Value) -> Value {
    let bearer = client.bearer();
    let mut headers = vec![("authorization", bearer.as_str()), ("x-request-id", "asked")];
    headers.extend(session.map(|session| ("forecourt-session", session)));
    rig.ask_with(&headers, query, variables).await
}

/// Asks for an answer without errors.
async fn data(rig: &Rig, session: Option<&str>, query: &str, variables: Value) -> Value {
    let mut answer = ask(rig, &SITE, session, query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

/// Tries to log in with a connector; gives the payload.
async fn try_connector(rig: &Rig, client: &Client<'_>, connector: (&str, &str)) -> Value {
    let query = format!(
        "mutation($uuid: String, $pincode: String) {{ logInWithConnector(input: {{connectorUuid: $uuid, pincode: $pincode}}) {{ {PAYLOAD} }} }}"
    );
    let variables = json!({ "uuid": connector.0, "pincode": connector.1 });
    let mut answer = ask(rig, client, None, &query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"]["logInWithConnector"].take()
}

/// The token of a session that was opened.
fn token(payload: &Value) -> String {
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload["session"]["token"].as_str().unwrap().to_owned()
}

/// Logs in with a connector as the website.
async fn log_in(rig: &Rig, connector: (&str, &str)) -> String {
    token(&try_connector(rig, &SITE, connector).await)
}

/// Has the vendor make a one-time password for an employee.
async fn one_time_password(rig: &Rig, employee: &str) -> String {
    let made = rig.control("POST", "jifeline/otps", &json!({ "employee": employee })).await;
    made["otp"].as_str().unwrap().to_owned()
}

/// Tries to log in with a one-time password; gives the payload.
async fn try_password(rig: &Rig, password: &str) -> Value {
    let query = format!(
        "mutation($password: String) {{ logInWithOneTimePassword(input: {{oneTimePassword: $password}}) {{ {PAYLOAD} }} }}"
    );
    data(rig, None, &query, json!({ "password": password })).await["logInWithOneTimePassword"].take()
}

/// Posts a small question with these headers; gives status and body.
async fn post(rig: &Rig, headers: &[(&str, &str)]) -> (u16, Value) {
    let body = json!({ "query": "{ customer { reference } }" });
    let mut request = rig.client.post(format!("{}/graphql", rig.base)).header("x-request-id", "asked").json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = send(request).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Presents a session; gives the status, and the code, reason and words of a refusal.
async fn present(rig: &Rig, client: &Client<'_>, session: &str) -> (u16, String) {
    let (status, body) = post(rig, &[("authorization", &client.bearer()), ("forecourt-session", session)]).await;
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (status, format!("{} {} {}", word("code"), word("reason"), word("detail")).trim().to_owned())
}
