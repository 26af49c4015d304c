//! `forecourt schema`.

use std::io::Write;

use clap::Args;

use crate::schema;

/// How to print the schema.
#[derive(Debug, Args)]
pub(super) struct Print {
    /// With the directives of an Apollo federation, as its gateway composes it
    #[arg(long)]
    federation: bool,
}

impl Print {
    pub(super) fn run(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let sdl = if self.federation { schema::federation::sdl().to_owned() } else { schema::sdl() };
        writeln!(out, "{}", sdl.trim_end())?;
        Ok(())
    }
}
