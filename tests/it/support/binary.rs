//! The built binary as a process of its own, with everything that it has said.

use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;

use serde_json::Value;

use super::gateway::until;

/// A serving gateway; it is killed when the test ends.
pub(crate) struct Process {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts `forecourt serve` with JSON lines and `settings` on a free port.
    pub(crate) fn serve(settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
        command.env_clear().env("FORECOURT_LISTEN", "127.0.0.1:0").env("FORECOURT_LOG__FORMAT", "json");
        command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (said, log) = (child.stderr.take().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let lines = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        Self { child, log }
    }

    /// Everything that it has logged so far.
    pub(crate) fn log(&self) -> Vec<Value> {
        let lines = self.log.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).expect("every line of the log is JSON")).collect()
    }

    /// Waits for its address.
    pub(crate) async fn base(&self) -> String {
        let told = || self.log().into_iter().find_map(|line| Some(line["listen"].as_str()?.to_owned()));
        until("the gateway says where it listens", async || told().is_some()).await;
        format!("http://{}", told().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
