//! The `forecourt` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    forecourt::cli::run()
}
