//! Measures queries as tables beside the same queries as plain GraphQL, in one run, and prints the figures as Markdown.
//!
//! Everything runs on this machine: the sandbox and the gateway, each in a process of its own, on ledgers that are made for
//! the purpose. What is measured, and how, stands in the `README.md` beside this.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the figures are what this is for")]

mod documents;
mod extents;
mod figures;
mod increment;
mod interactive;
mod joined;
mod ledger;
mod process;
mod pull;
mod rows;

use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::ensure;
use clap::Parser;
use clap::ValueEnum;
use tempfile::TempDir;

use process::Gateway;
use process::Sandbox;
use pull::Client;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Show {
    /// Whole extents of the index and the ledger, and the memory they take.
    Extents,
    /// `vehicle-360` with its vendor calls.
    Joined,
    /// How long a small query takes beside a full extract.
    Interactive,
    /// What has changed, beside the whole lists.
    Increment,
}

#[derive(Debug, Parser)]
struct Options {
    /// What to measure; everything unless it is given.
    #[arg(long = "show", value_enum)]
    shows: Vec<Show>,
    /// Rows of `vehicles`, `listings` and `inspections`.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(10..=100_000_000))]
    rows: u64,
    /// Cars of the sandbox, which are the rows of `vehicle-360`.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    cars: u64,
    /// Queries for each figure of the third show; there must be three times as many cars.
    #[arg(long, default_value_t = 400)]
    samples: usize,
    /// The gateway's program; the one that was built with this unless it is given.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where the ledgers are made; those that stand there from a run before are used again.
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// What all shows need.
struct Stage {
    client: Client,
    sandbox: Sandbox,
    binary: PathBuf,
    ledgers: PathBuf,
    begin: Instant,
}

impl Stage {
    /// The folder of a ledger of so many cars: the sandbox's, or invented ones.
    async fn ledger(&self, rows: u64, vins: &[String]) -> Result<PathBuf> {
        let kind = if vins.is_empty() { "invented" } else { "sandbox" };
        let folder = self.ledgers.join(format!("{kind}-{rows}"));
        if !folder.exists() {
            let part = folder.with_extension("part");
            // What a run before has left half-done.
            drop(std::fs::remove_dir_all(&part));
            ledger::fill(&part, rows, vins).await?;
            std::fs::rename(&part, &folder)?;
            self.tell(&format!("made a ledger of {rows} cars"));
        }
        Ok(folder)
    }

    /// A gateway of which further settings are given by their variables.
    async fn gateway(&self, ledger: &Path, settings: &[(&str, &str)]) -> Result<Gateway> {
        Gateway::start(&self.binary, ledger, settings, &self.sandbox, &self.client).await
    }

    /// Says how far this is.
    fn tell(&self, what: &str) {
        eprintln!("[{:7.1} s] {what}", self.begin.elapsed().as_secs_f64());
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let binary = match options.binary {
        Some(binary) => binary,
        None => built_beside()?,
    };
    // Ledgers that nobody has asked to keep go with this value.
    let own = TempDir::new()?;
    let ledgers = options.folder.unwrap_or_else(|| own.path().to_owned());
    std::fs::create_dir_all(&ledgers)?;
    let sandbox = Sandbox::start(&binary, options.cars)?;
    let stage = Stage { client: Client::new()?, sandbox, binary, ledgers, begin: Instant::now() };
    let is_asked = |show| options.shows.is_empty() || options.shows.contains(&show);
    if is_asked(Show::Extents) {
        extents::show(&stage, options.rows).await?;
    }
    if is_asked(Show::Joined) {
        joined::show(&stage).await?;
    }
    if is_asked(Show::Interactive) {
        interactive::show(&stage, options.rows, options.samples).await?;
    }
    if is_asked(Show::Increment) {
        increment::show(&stage, options.rows).await?;
    }
    Ok(())
}

/// The gateway's program of the same build: examples stand in a folder beside it.
fn built_beside() -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(Path::parent).context("this program stands nowhere")?;
    let binary = folder.join("forecourt");
    ensure!(binary.exists(), "{} does not exist; build it, or name another with --binary", binary.display());
    Ok(binary)
}
