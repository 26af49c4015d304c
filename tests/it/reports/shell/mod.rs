//! `forecourt report`: the built binary against a gateway of the test, and by itself.

mod alone;
mod ends;
mod writes;

use std::path::Path;
use std::process::Command;
use std::process::Stdio;

/// What the command has said.
struct Said {
    code: i32,
    out: Vec<u8>,
    errors: String,
}

impl Said {
    fn text(&self) -> String {
        String::from_utf8(self.out.clone()).unwrap()
    }

    /// All of it as one text, without what is different each time.
    fn shown(&self, folder: &Path) -> String {
        let text = format!("exit {}\n{}{}", self.code, self.text(), self.errors);
        text.replace(folder.to_str().unwrap(), "[folder]")
    }
}

/// The command, in an environment of `settings` only.
fn command(settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    command.arg("report").args(arguments).env_clear().envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs `forecourt report` to its end.
async fn report(settings: &[(&str, &str)], arguments: &[&str]) -> Said {
    let mut command = command(settings, arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    Said { code: output.status.code().unwrap_or(-1), out: output.stdout, errors }
}

/// The names of the files in `folder`.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
