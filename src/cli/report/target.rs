//! Where a table goes.

use std::fs;
use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use anyhow::ensure;
use tempfile::NamedTempFile;

use crate::cli::Exit;
use crate::report::format::Format;

/// Where a table goes.
#[derive(Debug)]
pub(super) enum Target {
    /// To standard output, as it comes.
    Output,
    /// Under this name, when it is whole.
    File(PathBuf),
}

impl Target {
    /// Checks that a table in `format` can go to `file`, or to standard output.
    pub(super) fn new(file: Option<&Path>, format: Format) -> anyhow::Result<Self> {
        let Some(file) = file else {
            if let Some(why) = unfit(format, io::stdout().is_terminal()) {
                return Err(Exit::wrong_command_line(why));
            }
            return Ok(Self::Output);
        };
        // What is written takes the place of the file itself, not of a link to it.
        let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
        let is_free = fs::metadata(&file).map_or(true, |known| known.is_file());
        ensure!(is_free, "`{}` is no file that can be replaced; write `--output -` and lead it there", file.display());
        Ok(Self::File(file))
    }

    pub(super) fn is_standard_output(&self) -> bool {
        matches!(self, Self::Output)
    }

    /// Begins to write.
    pub(super) fn open<'a>(&'a self, out: &'a mut dyn Write) -> anyhow::Result<Sink<'a>> {
        Ok(match self {
            Self::Output => Sink::Output(out),
            Self::File(file) => Sink::File(beside(file)?, file),
        })
    }
}

/// Why a table in `format` cannot go to standard output, if it cannot.
fn unfit(format: Format, is_terminal: bool) -> Option<String> {
    let is_text = matches!(format, Format::Csv | Format::NdJson | Format::Json);
    (is_terminal && !is_text).then(|| {
        let ending = format.extension();
        format!("a terminal cannot show {ending}; write it to a file, such as `--output report.{ending}`")
    })
}

/// A file without the name of `file`, in its folder.
fn beside(file: &Path) -> anyhow::Result<NamedTempFile> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".forecourt-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        // As any new file: what others may do with it is up to the umask.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).with_context(|| format!("cannot write into the folder `{}`", folder.display()))
}

/// A table that is being written; one that is dropped leaves no file.
pub(super) enum Sink<'a> {
    Output(&'a mut dyn Write),
    File(NamedTempFile, &'a Path),
}

impl Sink<'_> {
    pub(super) fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        match self {
            Self::Output(out) => Ok(out.write_all(bytes)?),
            Self::File(part, file) => {
                part.write_all(bytes).with_context(|| format!("cannot write `{}`", file.display()))
            }
        }
    }

    /// Ends the writing, and gives the file its name.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        match self {
            Self::Output(out) => Ok(out.flush()?),
            Self::File(part, file) => {
                let kept = part.as_file().sync_all().and_then(|()| Ok(part.persist(file)?));
                kept.map(drop).with_context(|| format!("cannot write `{}`", file.display()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unfit;
    use crate::report::format::Format;

    #[test]
    fn a_terminal_is_shown_text_only() {
        for format in Format::ALL {
            let is_text = matches!(format, Format::Csv | Format::NdJson | Format::Json);
            assert_eq!(unfit(format, true).is_none(), is_text, "{format:?}");
            assert_eq!(unfit(format, false), None);
        }
        let said = "a terminal cannot show xlsx; write it to a file, such as `--output report.xlsx`";
        assert_eq!(unfit(Format::Xlsx, true).as_deref(), Some(said));
    }
}
