//! `forecourt report`: a saved report as a file, asked of a gateway over HTTP as any client does.
//!
//! - `place` finds the gateway, or starts one in this process.
//! - `caller` asks it, and turns its refusals into errors.
//! - `target` is where the table goes; `progress` shows how far it is.
//! - `told` is what the gateway says of how the table ended.

mod caller;
mod list;
mod place;
mod progress;
mod table;
mod target;
mod told;

use std::io::Write;
use std::num::NonZeroU64;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::anyhow;
use clap::Args;
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use url::Url;

use crate::app;
use crate::cli::Common;
use crate::cli::Exit;
use crate::cli::asked_to_stop;
use crate::report::format::Format;

use caller::Caller;
use place::Place;
use progress::Progress;
use table::Wanted;
use target::Target;

/// Parameters of the address that are options here.
const OPTIONS: [(&str, &str); 4] =
    [("columns", "--columns"), ("excel", "--excel-safe"), ("limit", "--limit"), ("partial", "--partial")];

/// Options of `forecourt report`.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Name of the report, such as `vehicle-360`; without it, reports are listed
    name: Option<String>,
    /// List the reports, with their columns and parameters
    #[arg(long, conflicts_with = "name")]
    list: bool,
    /// How the table is written [default: what the ending of FILE says, and `csv` for standard output]
    #[arg(long, requires = "name", value_parser = formats())]
    format: Option<Format>,
    /// File that gets the table when it is whole; `-` is standard output, and the default
    #[arg(long, requires = "name", value_name = "FILE|-")]
    output: Option<PathBuf>,
    /// Value of a parameter of the report; may be given several times
    #[arg(long = "param", requires = "name", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// Only these columns, in this order, with commas between them
    #[arg(long, requires = "name", value_name = "COLUMN,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// At most so many rows
    #[arg(long, requires = "name", value_name = "COUNT")]
    limit: Option<NonZeroU64>,
    /// Put an apostrophe before text of CSV that spreadsheets would take for a formula
    #[arg(long, requires = "name")]
    excel_safe: bool,
    /// What becomes of a table that is not whole
    #[arg(long, requires = "name", value_enum, default_value_t = Partial::Tell)]
    partial: Partial,
    /// Gateway to ask [default: the one that listens where the configuration says, else one in this process]
    #[arg(long, value_parser = base)]
    url: Option<Url>,
    /// File with the client's key [default: the variable `FORECOURT_KEY`]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

/// What becomes of a table that is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Partial {
    /// It is written, its faults are named, and the exit code is 3
    Tell,
    /// Nothing is written, and the exit code is 1
    Fail,
    /// As `tell`, also where nobody can tell whether the table is whole
    Allow,
}

impl Partial {
    fn as_str(self) -> &'static str {
        match self {
            Self::Tell => "tell",
            Self::Fail => "fail",
            Self::Allow => "allow",
        }
    }
}

impl Report {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let config = common.load(&app::known())?;
        let key = caller::key(self.key_file.as_deref())?;
        let wanted = self.name.as_deref().map(|name| self.wanted(name)).transpose()?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
        runtime.block_on(async {
            let stop = asked_to_stop().context("cannot listen for the signals that stop this command")?;
            tokio::pin!(stop);
            let stopped = || anyhow!("stopped before the table was whole");
            let progress = Progress::new(wanted.as_ref());
            let place = tokio::select! {
                place = Place::find(self.url.clone(), config, &progress) => place?,
                () = &mut stop => return Err(stopped()),
            };
            let caller = Caller::new(&place, key)?;
            let done = tokio::select! {
                done = async {
                    match &wanted {
                        Some(wanted) => table::write(&caller, wanted, &progress, out).await,
                        None => list::print(&caller, out).await,
                    }
                } => done,
                () = &mut stop => Err(stopped()),
            };
            progress.end();
            place.leave().await;
            done
        })
    }

    /// What is asked for, once it is sure that it can be written.
    fn wanted(&self, name: &str) -> anyhow::Result<Wanted> {
        let file = self.output.as_deref().filter(|file| *file != Path::new("-"));
        let format = match (self.format, file) {
            (Some(format), _) => format,
            (None, Some(file)) => of_ending(file)?,
            (None, None) => Format::Csv,
        };
        let target = Target::new(file, format)?;
        let mut query = self.parameters.clone();
        let mut add = |name: &str, value: String| query.push((name.to_owned(), value));
        if !self.columns.is_empty() {
            add("columns", self.columns.join(","));
        }
        if let Some(limit) = self.limit {
            add("limit", limit.to_string());
        }
        if self.excel_safe {
            add("excel", "safe".to_owned());
        }
        add("partial", self.partial.as_str().to_owned());
        Ok(Wanted {
            name: name.to_owned(),
            format,
            query,
            limit: self.limit.map(NonZeroU64::get),
            partial: self.partial,
            target,
        })
    }
}

/// Reads one of the formats by the ending of its files.
fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::extension))
        .try_map(|ending| Format::of_extension(&ending).ok_or("there is no such format"))
}

/// The format that the name of `file` tells.
fn of_ending(file: &Path) -> anyhow::Result<Format> {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let format = ending.as_deref().and_then(Format::of_extension);
    format.ok_or_else(|| {
        let known = Format::ALL.map(|format| format!("`.{}`", format.extension())).join(", ");
        let file = file.display();
        Exit::wrong_command_line(format!("`{file}` does not tell the format; end it with {known}, or add `--format`"))
    })
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    match OPTIONS.iter().find(|(reserved, _)| *reserved == name) {
        Some((_, option)) => Err(format!("`{name}` is no parameter of a report; use `{option}`")),
        None => Ok((name.to_owned(), value.to_owned())),
    }
}

/// Reads the address of a gateway.
fn base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("write an address with `http://` or `https://`".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("write no credential into the address: the key stands in a file or a variable".to_owned());
    }
    Ok(url)
}
