//! Takes a table and tells how it ended.

use std::io::Write;

use anyhow::Context;
use anyhow::bail;
use http_body_util::BodyExt;

use super::Partial;
use super::caller::Caller;
use super::progress::Progress;
use super::progress::Rows;
use super::target::Target;
use super::told::Told;
use crate::auth::Scope;
use crate::cli::Exit;
use crate::report::ending::Outcome;
use crate::report::format::Format;

/// The table that is wanted.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) format: Format,
    /// The parameters of the address.
    pub(super) query: Vec<(String, String)>,
    pub(super) limit: Option<u64>,
    pub(super) partial: Partial,
    pub(super) target: Target,
}

/// Writes the table that `wanted` asks for.
///
/// # Errors
/// When there is no table, and [`Exit::NOT_WHOLE`] when there is one that is not whole.
pub(super) async fn write(
    caller: &Caller,
    wanted: &Wanted,
    progress: &Progress,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    progress.say("the report is read");
    let file = format!("{}.{}", wanted.name, wanted.format.extension());
    let (head, mut body) = caller.get(Some(&file), &wanted.query).await?.into_parts();
    let mut told = Told::of(&head.headers);
    let mut sink = wanted.target.open(out)?;
    let (mut rows, mut bytes) = (Rows::of(wanted.format), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.with_context(|| format!("the gateway broke the table off after {bytes} bytes"))?;
        match frame.into_data() {
            Ok(data) => {
                sink.write(&data)?;
                bytes = bytes.saturating_add(data.len());
                progress.add(data.len(), rows.with(&data));
            }
            Err(frame) => told = frame.into_trailers().ok().as_ref().and_then(Told::of).or(told),
        }
    }
    if told.is_none() && wanted.partial != Partial::Allow {
        bail!(
            "nothing has told whether the table is whole; a proxy may have dropped what stands behind it: `--partial fail` has \
             it told before, and `--partial allow` does without"
        );
    }
    sink.keep()?;
    progress.end();
    if let Target::File(file) = &wanted.target {
        let rows = told.as_ref().map_or_else(String::new, |told| format!("{} rows, ", told.rows));
        writeln!(out, "wrote {rows}{bytes} bytes to {}", file.display())?;
    }
    if let Some(masked) = told.as_ref().and_then(|told| told.masked.as_deref()) {
        // Not to standard output: the table may be there.
        writeln!(std::io::stderr(), "note: empty, as the key lacks the scope `{}`: {masked}", Scope::PersonalDataRead)?;
    }
    ended(told, wanted)
}

/// What is to be said of a table that was written.
fn ended(told: Option<Told>, wanted: &Wanted) -> anyhow::Result<()> {
    let message = match told {
        None => "the table was written, and nothing has told whether it is whole".to_owned(),
        Some(Told { outcome: Outcome::Complete, .. }) => return Ok(()),
        Some(Told { outcome: Outcome::Capped, rows, .. }) if wanted.limit == Some(rows) => return Ok(()),
        Some(Told { outcome: Outcome::Capped, rows, .. }) => {
            format!(
                "the table was written with its first {rows} rows only: the gateway allows no more (`max_rows` of `[reports]`, or \
                 `--max-rows` of the key)"
            )
        }
        Some(Told { outcome: Outcome::Incomplete, faults, .. }) => {
            format!("the table was written, and it is not whole:{}", faults.lines())
        }
    };
    Err(Exit { code: Exit::NOT_WHOLE, message }.into())
}
