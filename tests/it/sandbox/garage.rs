//! A garage that is logged in at Jifeline.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;

/// Connector and pincode of the first garage.
pub(crate) const FIRST_LOGIN: (&str, &str) = ("0f8fad5b-d9cb-469f-a165-70867728950e", "01234");

/// Connector and pincode of the second garage.
pub(crate) const SECOND_LOGIN: (&str, &str) = ("7c9e6679-7425-40de-944b-e07fc1f90ae7", "54321");

/// The path of the log-in.
pub(crate) const LOGIN: &str = "/jifeline/v2/authenticate/pincode";

/// A garage with its token.
pub(crate) struct Garage<'bench> {
    bench: &'bench Bench,
    authorization: String,
}

impl<'bench> Garage<'bench> {
    /// A garage that uses `token`.
    pub(crate) fn with_token(bench: &'bench Bench, token: &str) -> Self {
        Self { bench, authorization: format!("Bearer {token}") }
    }

    /// Reads a path of the vendor.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.try_get(path, &[]).await.unwrap()
    }

    /// Sends JSON to a path of the vendor.
    pub(crate) async fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let headers = [("authorization", self.authorization.as_str())];
        self.bench.json(method, &format!("/jifeline{path}"), &headers, body).await
    }

    /// Reads a path of the vendor, with further headers; an error when the connection is dropped.
    pub(crate) async fn try_get(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Result<Answer> {
        let headers = [headers, &[("authorization", self.authorization.as_str())]].concat();
        self.bench.try_send("GET", &format!("/jifeline{path}"), &headers, String::new()).await
    }
}

impl Bench {
    /// Logs in.
    pub(crate) async fn log_in(&self, login: (&str, &str)) -> Answer {
        self.json("POST", LOGIN, &[], &credentials(login)).await
    }

    /// Logs in and keeps the token.
    pub(crate) async fn garage(&self, login: (&str, &str)) -> Garage<'_> {
        let tokens = self.log_in(login).await.json();
        Garage::with_token(self, tokens["access_token"].as_str().unwrap())
    }

    /// Uses the control interface.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Value) -> Answer {
        self.json(method, &format!("/__sandbox/{path}"), &[], &body).await
    }

    /// Reads from the control interface.
    pub(crate) async fn tell(&self, path: &str) -> Value {
        self.get(&format!("/__sandbox/{path}"), &[]).await.json()
    }
}

/// The body of a log-in.
pub(crate) fn credentials((uuid, pincode): (&str, &str)) -> Value {
    json!({"connector_uuid": uuid, "pincode": pincode})
}
