//! Listens, with bounds on how long a client may take to say what it wants.

use std::io;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use hyper_util::rt::TokioTimer;

use crate::shutdown::Shutdown;

/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(10);

/// Binds `listen`; the port is the one that the system chose when it was 0.
pub(super) fn bind(listen: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves `router` on `listener` until the process drains; then requests that run are finished within `drain`.
pub(super) fn serve(listener: TcpListener, router: Router, drain: Duration, shutdown: &Shutdown) -> io::Result<()> {
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    // Without a timer hyper cannot bound the head, and a half-sent request would stay for ever.
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(Some(HEAD));
    drop(shutdown.spawn(async move {
        if let Err(error) = server.serve(router.into_make_service()).await {
            tracing::error!(%error, "the listener failed");
        }
    }));
    let draining = shutdown.draining();
    drop(shutdown.spawn(async move {
        draining.await;
        handle.graceful_shutdown(Some(drain));
    }));
    Ok(())
}
