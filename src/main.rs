//! The `forecourt` binary.

use std::process::ExitCode;

/// Under load it takes a sixth less processor time than the system's allocator, for some megabytes more.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    forecourt::cli::run()
}
