//! The sandbox: the three vendors as faithful servers on one listener, with seeded cars that join across them.
//!
//! It is written from what the vendors publish and shares no type with the vendor clients: the two meet on the wire
//! only, so that one wrong reading cannot hide in both. Vendor paths stand under `/jifeline`, `/tchek` and
//! `/autochat`; `/__sandbox` controls time, faults, switches and the journal (see `control`).

mod autochat;
mod control;
mod core;
mod faults;
mod jifeline;
mod journal;
mod memory;
mod operation;
mod query;
mod seed;
mod switches;
mod tchek;

use std::io;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::any;
use http::StatusCode;
use hyper_util::rt::TokioTimer;
use url::Url;

use crate::clock::Clock;
use crate::ids::Ids;
use crate::sandbox::core::Core;
use crate::sandbox::memory::Past;
use crate::shutdown::Shutdown;

/// How long a client may take to send its request head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long calls under way may take once the end has begun.
const DRAIN: Duration = Duration::from_secs(2);

/// What a sandbox is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How many cars are seeded; the first cars are the same for every count.
    pub vehicles: usize,
    /// The address under which browsers reach this sandbox, when it differs from the listening one.
    pub public_url: Option<Url>,
    /// The file that keeps Tchek's tokens and receivers and `AutoChat`'s cars for the next run; it is made when there
    /// is none. `None` forgets them. Time, switches, faults and the journal start anew in any case.
    pub memory: Option<PathBuf>,
}

impl Default for Options {
    /// A free loopback port, 500 cars and no memory.
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), vehicles: 500, public_url: None, memory: None }
    }
}

/// A sandbox that listens; it ends when the [`Shutdown`] it was started with drains.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    /// The address it listens on.
    pub addr: SocketAddr,
}

impl Running {
    /// The base address for clients on this machine.
    #[must_use]
    pub fn url(&self) -> Url {
        let ip = match self.addr.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V4(_) | IpAddr::V6(_) => self.addr.ip(),
        };
        let addr = SocketAddr::new(ip, self.addr.port());
        Url::parse(&format!("http://{addr}")).expect("a socket address makes a valid authority")
    }
}

/// Starts the three vendors and their control on one listener; returns once it accepts connections.
///
/// # Errors
/// The address cannot be listened on; or the memory cannot be read, cannot be written or holds foreign lines, each with
/// a message that names the file.
pub async fn start(options: Options, clock: Clock, ids: Ids, shutdown: &Shutdown) -> io::Result<Running> {
    let listener = tokio::net::TcpListener::bind(options.listen).await?.into_std()?;
    let running = Running { addr: listener.local_addr()? };
    let past = Past::read(options.memory)?;
    let desks = (tchek::Desk::recall(&past)?, autochat::Desk::recall(&past)?);
    let core = Core::new(options.vehicles, clock, ids, shutdown.clone(), past.go_on()?);
    let base = options.public_url.unwrap_or_else(|| running.url());
    core.base.get_or_init(|| base);

    let handle = axum_server::Handle::new();
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT);
    let service = router(&core, desks).into_make_service();
    let draining = shutdown.draining();
    shutdown.spawn(async move {
        draining.await;
        handle.graceful_shutdown(Some(DRAIN));
    });
    shutdown.spawn(async move {
        if let Err(error) = server.serve(service).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the sandbox's listener failed");
        }
    });
    Ok(running)
}

fn router(core: &Arc<Core>, desks: (tchek::Desk, autochat::Desk)) -> Router {
    let jifeline = jifeline::Jifeline::new(core);
    let tchek = tchek::Tchek::new(Arc::clone(core), desks.0);
    let autochat = autochat::Autochat::new(Arc::clone(core), desks.1);
    Router::new()
        .merge(jifeline::router(&jifeline))
        .merge(tchek::router(&tchek))
        .merge(autochat::router(&autochat))
        .merge(control::router(Arc::clone(core)))
        .merge(jifeline::control::router(&jifeline))
        .merge(tchek::control::router(&tchek))
        .merge(autochat::control::router(&autochat))
        .fallback_service(journal::named(core, "unmatched", any(nothing_here)))
}

async fn nothing_here() -> Response {
    let message = serde_json::json!({"message": "Not Found"});
    (StatusCode::NOT_FOUND, Json(message)).into_response()
}
