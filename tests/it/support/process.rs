//! A gateway in a process of its own, which a test can kill.

use std::fs::File;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;
use tempfile::NamedTempFile;

use super::gateway::until;

/// A running gateway beside a sandbox; with inspections only, unless it is told otherwise.
pub(crate) struct Process {
    child: Child,
    log: NamedTempFile,
    pub(crate) base: String,
}

impl Process {
    /// Starts a gateway on the ledger in `data`; it serves when this returns.
    pub(crate) async fn start(data: &Path, sandbox: &str) -> Self {
        Self::with(data, sandbox, &[("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox")]).await
    }

    /// Starts a gateway with further settings, as pairs of variable and value.
    pub(crate) async fn with(data: &Path, sandbox: &str, settings: &[(&str, &str)]) -> Self {
        let log = NamedTempFile::new().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_forecourt"))
            .env_clear()
            .env("FORECOURT_LISTEN", "127.0.0.1:0")
            .env("FORECOURT_DATA_DIR", data)
            .env("FORECOURT_LOG__FORMAT", "json")
            .env("FORECOURT_SANDBOX__URL", sandbox)
            .env("FORECOURT_SANDBOX__DEMO", "false")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log.path()).unwrap())
            .spawn()
            .unwrap();
        let mut process = Self { child, log, base: String::new() };
        until("the gateway says where it listens", async || process.address().is_some()).await;
        process.base = format!("http://{}", process.address().unwrap());
        process
    }

    fn address(&self) -> Option<String> {
        let log = self.log();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.find_map(|line| line["listen"].as_str().map(str::to_owned))
    }

    /// What it has written to its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap()
    }

    /// Ends it at once, without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended; none while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a GraphQL request over a connection of its own; none when it breaks before the answer is there.
pub(crate) async fn ask(base: &str, query: &str, variables: Value) -> Option<Value> {
    post(&format!("{base}/graphql"), &[], &json!({ "query": query, "variables": variables }).to_string()).await?.1
}

/// Posts JSON over a connection of its own; gives status and JSON body, or none when the connection breaks.
pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, Option<Value>)> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url).header("content-type", "application/json").body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = client.execute(request.build().unwrap()).await.ok()?;
    Some((response.status().as_u16(), response.json().await.ok()))
}
