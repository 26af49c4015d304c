//! The command line: one file per command. Without a command it serves.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong command line or configuration, 3 a report that was written and is not whole.

mod backup;
mod config;
mod healthcheck;
mod keys;
mod report;
#[cfg(feature = "sandbox")]
mod sandbox;
mod schema;
mod serve;
mod signal;
mod webhooks;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

pub use signal::asked_to_stop;

use crate::config::{Config, ConfigError, Known, Sources};

/// One GraphQL graph over vehicles, inspections, stock listings and diagnostic tickets
#[derive(Debug, Parser)]
#[command(name = "forecourt", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

const AFTER_HELP: &str = "\
Without a command it serves, and without a configuration it serves on 127.0.0.1:8080
from an embedded sandbox, so that there is something to see at once.

Settings come from the configuration file, then from environment variables, then from
these options; what comes later wins. The key `server.listen` of the file is the
variable FORECOURT_SERVER__LISTEN. `forecourt config` shows what takes effect.

Exit codes: 0 done, 1 failed, 2 wrong command line or configuration, 3 a report that was
written and is not whole.";

/// The options that every command takes.
#[derive(Debug, Args)]
struct Common {
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    config: Option<PathBuf>,
    /// Address and port to listen on [gateway: 127.0.0.1:8080, sandbox: 127.0.0.1:8090]
    #[arg(long, global = true, value_name = "ADDRESS:PORT", help_heading = "Global options")]
    listen: Option<String>,
    /// Folder of the ledger [default: ./data]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = "Global options")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the graph (the default)
    Serve(serve::Serve),
    /// Serve the graph and record what the vendors answer, without secrets and personal data
    Record(serve::Record),
    /// Run the sandbox of the three vendors by itself
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// Print the schema in GraphQL's schema language
    Schema(schema::Print),
    /// Check the configuration and print it as it takes effect, without secrets
    Config,
    /// Create, list and revoke the keys of clients
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Look after the ledger
    #[command(subcommand)]
    Store(Store),
    /// Look through what vendors have delivered, have it worked on again, and have it delivered here
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Write a saved report to a file, or list the reports
    Report(report::Report),
    /// Ask a running gateway whether it is ready
    Healthcheck(healthcheck::Healthcheck),
}

#[derive(Debug, Subcommand)]
enum Store {
    /// Write a copy of the ledger to a new file, also while the gateway serves
    Backup(backup::Backup),
}

/// Runs the command that this process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let printed = error.print();
            return if printed.is_ok() { exit_code(error.exit_code()) } else { ExitCode::FAILURE };
        }
    };
    match cli.carry_out(&mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if reader_left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let code = match error.downcast_ref::<Exit>() {
                Some(exit) => exit.code,
                None if error.is::<ConfigError>() => Exit::WRONG_COMMAND_LINE,
                None => Exit::FAILED,
            };
            // Nothing is left to tell when standard error is closed; the exit code says it.
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            ExitCode::from(code)
        }
    }
}

/// An error that decides on the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Exit {
    code: u8,
    message: String,
}

impl Exit {
    const FAILED: u8 = 1;
    const WRONG_COMMAND_LINE: u8 = 2;
    const NOT_WHOLE: u8 = 3;

    fn wrong_command_line(message: String) -> anyhow::Error {
        Self { code: Self::WRONG_COMMAND_LINE, message }.into()
    }
}

impl Cli {
    fn carry_out(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Self { common, command } = self;
        match command.unwrap_or_else(|| Command::Serve(serve::Serve::default())) {
            Command::Serve(command) => command.run(common),
            Command::Record(command) => command.run(&common),
            #[cfg(feature = "sandbox")]
            Command::Sandbox(command) => command.run(&common, out),
            Command::Schema(command) => command.run(out),
            Command::Config => config::run(&common, out),
            Command::Keys(command) => command.run(&common, out),
            Command::Store(Store::Backup(command)) => command.run(&common, out),
            Command::Webhooks(command) => command.run(&common, out),
            Command::Report(command) => command.run(&common, out),
            Command::Healthcheck(command) => command.run(&common, out),
        }
    }
}

impl Common {
    /// Reads the configuration of this process.
    fn load(&self, known: &Known) -> Result<Config, ConfigError> {
        Config::load(self.sources(), known)
    }

    /// Where this process finds its configuration.
    fn sources(&self) -> Sources {
        let data_dir = self.data_dir.as_ref().map(|folder| folder.display().to_string());
        Sources::new()
            .file(self.config.clone())
            .process_environment()
            .flag("--listen", "server.listen", self.listen.clone())
            .flag("--data-dir", "data_dir", data_dir)
    }
}

/// Runs `task` to its end on a runtime of this thread.
fn block_on<T>(task: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}

/// Whether whoever read our output has closed it, as `head` does.
fn reader_left(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn exit_code(code: i32) -> ExitCode {
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
