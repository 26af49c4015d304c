//! `forecourt schema`.

use std::io::Write;

pub(super) fn run(out: &mut dyn Write) -> anyhow::Result<()> {
    let sdl = crate::schema::sdl();
    writeln!(out, "{}", sdl.trim_end())?;
    Ok(())
}
