//! The signals that ask this process to stop.

use std::io;

/// Listens for interrupt (Ctrl-C) and, on Unix, terminate from now on; the future resolves at the first of them.
///
/// To be called on a runtime, before the process says that it is ready: a signal that comes earlier ends it at once.
///
/// # Errors
/// When the operating system does not let us listen for signals.
pub fn asked_to_stop() -> io::Result<impl Future<Output = ()> + Send> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c()?;
        Ok(async move {
            interrupt.recv().await;
        })
    }
}
