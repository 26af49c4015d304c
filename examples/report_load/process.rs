//! The sandbox and the gateway, each in a process of its own.

use std::fs::File;
use std::io::BufRead;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;
use serde_json::Value;
use tempfile::NamedTempFile;

use super::pull::Client;

/// How often a process is looked at that is on its way, and how many times.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
const LOOKS: u32 = 1_200;

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The vendors.
pub(crate) struct Sandbox {
    _running: Running,
    pub(crate) url: String,
}

impl Sandbox {
    /// Starts a sandbox with so many cars.
    pub(crate) fn start(binary: &Path, cars: u64) -> Result<Self> {
        let mut child = Command::new(binary)
            .env_clear()
            .args(["sandbox", "--listen", "127.0.0.1:0", "--vehicles", &cars.max(1).to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let stdout = child.stdout.take().context("the sandbox says nothing")?;
        let running = Running(child);
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let url = line.split_whitespace().last().context("the sandbox did not start")?;
        Ok(Self { _running: running, url: url.trim_end_matches('/').to_owned() })
    }

    /// The VINs of all its cars.
    pub(crate) async fn vins(&self, client: &Client) -> Result<Vec<String>> {
        let fleet = client.json(&format!("{}/__sandbox/fleet?limit=1000000", self.url)).await?;
        let cars = fleet.get("cars").and_then(Value::as_array).context("the sandbox has no cars")?;
        let vins = cars.iter().map(|car| car.get("vin").and_then(Value::as_str).map(str::to_owned));
        vins.collect::<Option<_>>().context("a car of the sandbox has no VIN")
    }

    /// The number of the last call that the vendors have received, when that of an earlier one is known.
    pub(crate) async fn last_call(&self, client: &Client, known: u64) -> Result<u64> {
        let calls = client.json(&format!("{}/__sandbox/journal?since={known}", self.url)).await?;
        let last = calls.as_array().and_then(|calls| calls.last());
        Ok(last.and_then(|call| call.get("seq")?.as_u64()).unwrap_or(known))
    }
}

/// A gateway on a ledger; the vendors are in a process of their own, so that its memory is its own.
pub(crate) struct Gateway {
    running: Running,
    log: NamedTempFile,
    pub(crate) url: String,
}

impl Gateway {
    /// Starts a gateway, which is ready when this returns.
    pub(crate) async fn start(
        binary: &Path,
        folder: &Path,
        settings: &[(&str, &str)],
        sandbox: &Sandbox,
        client: &Client,
    ) -> Result<Self> {
        let log = NamedTempFile::new()?;
        let child = Command::new(binary)
            .env_clear()
            .env("FORECOURT_LISTEN", "127.0.0.1:0")
            .env("FORECOURT_DATA_DIR", folder)
            .env("FORECOURT_LOG__FORMAT", "json")
            .env("FORECOURT_SANDBOX__URL", &sandbox.url)
            .env("FORECOURT_SANDBOX__DEMO", "false")
            .env("FORECOURT_REPORTS__MAX_ROWS", "1000000000")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(log.path())?)
            .spawn()?;
        let mut gateway = Self { running: Running(child), log, url: String::new() };
        for _ in 0..LOOKS {
            gateway.url = gateway.address()?.unwrap_or_default();
            if !gateway.url.is_empty() && client.json(&format!("{}/readyz", gateway.url)).await.is_ok() {
                return Ok(gateway);
            }
            if gateway.running.0.try_wait()?.is_some() {
                break;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        bail!("the gateway did not start: {}", std::fs::read_to_string(gateway.log.path())?)
    }

    fn address(&self) -> Result<Option<String>> {
        let log = std::fs::read_to_string(self.log.path())?;
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        Ok(lines.find_map(|line| Some(format!("http://{}", line.get("listen")?.as_str()?))))
    }

    /// Lets the measuring of the most memory begin anew.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.running.0.id()), "5")?)
    }

    /// The most memory that it has had, in KiB.
    pub(crate) fn peak_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.running.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the process has no memory")?;
        Ok(line.trim().trim_end_matches("kB").trim_end().parse()?)
    }
}
