//! Starts everything in the right order, and ends it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use url::Url;

use crate::auth::AccountId;
use crate::auth::Authenticator;
use crate::auth::KEY_FILE;
use crate::auth::Vault;
use crate::cache::EntityCache;
use crate::cache::Policy;
use crate::clock::Clock;
use crate::config::Access;
use crate::config::Config;
use crate::config::Mode;
use crate::config::TapeMode;
use crate::domain::creation::Creations;
use crate::domain::garage::session::keeper::Doors;
use crate::domain::garage::session::keeper::GarageKeeper;
use crate::domain::garage::session::keeper::SessionRules;
use crate::domain::services::Services;
use crate::domain::services::Sources;
use crate::domain::sighting::Book;
use crate::domain::status::lines::Lines;
use crate::domain::ticket::create::take_up;
use crate::domain::ticket::source::TicketSource;
use crate::domain::ticket::witness::Witness;
use crate::domain::watch::Board;
use crate::http::Front;
use crate::http::graphql::Endpoint;
use crate::http::graphql::Timeouts;
use crate::http::health::VendorMode;
use crate::http::origin::OriginRule;
use crate::http::pipeline::Pipeline;
use crate::http::request_id::RequestIds;
use crate::http::router;
use crate::ids::Ids;
use crate::intake::Inbox;
use crate::intake::serviced;
use crate::schema;
use crate::schema::limits::Limits;
use crate::shutdown::Shutdown;
use crate::store::Access as StoreAccess;
use crate::store::JournalRow;
use crate::store::SqliteStore;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;

use super::health::Parts;
use super::health::Progress;
use super::listener;
use super::mark;
use super::reports::Reports;
use super::sources;
use super::sources::Built;
use super::tapes::Tapes;

const UPKEEP: Duration = Duration::from_hours(24);

/// A gateway that serves.
#[derive(Clone, Debug)]
pub struct Gateway {
    address: SocketAddr,
    sandbox: Option<Url>,
    services: Arc<Services>,
}

impl Gateway {
    /// Starts a gateway; it serves when this returns.
    ///
    /// # Errors
    /// What keeps it from starting, in words that say what to do.
    pub async fn start(config: Config, clock: Clock, ids: Ids, shutdown: Shutdown) -> anyhow::Result<Self> {
        // A second call in one process finds the provider installed, which is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let metrics = Metrics::of_process().context("cannot start counting")?;
        let (store, orphans) = open_store(&config).await?;
        let has_clients = store.api_keys(None).await?.iter().any(|key| key.revoked_at.is_none());
        let access = config.access(has_clients)?;
        mark::check(&config)?;
        let (listener, address) = listener::bind(config.server.listen).with_context(|| {
            format!("cannot listen on `{}`; is something else listening there?", config.server.listen)
        })?;
        let tapes = Tapes::open(&config, &ids)?;
        let sandbox = if tapes.replays() { None } else { sandbox(&config, &clock, &ids, &shutdown).await? };
        let built = sources::build(&config, sandbox.as_ref(), &tapes, &clock, &shutdown)?;
        let Built { sources, receivers, doors, accounts } = built;
        let policy = Policy::with_overrides(config.cache.fresh.iter().map(|(name, span)| (name, *span)))?;
        let limits = crate::cache::Limits { bytes: config.cache.capacity, ..crate::cache::Limits::default() };
        let book = Book {
            store: Arc::clone(&store),
            clock: clock.clone(),
            ids: ids.clone(),
            watched: Board::new(shutdown.clone()),
            shutdown: shutdown.clone(),
        };
        let services = Arc::new(Services {
            store: Arc::clone(&store),
            cache: EntityCache::new(limits, policy, clock.clone(), shutdown.clone()),
            clock: clock.clone(),
            ids: ids.clone(),
            shutdown: shutdown.clone(),
            kilometres_per_day: config.discrepancies.kilometres_per_day,
            creations: Arc::new(Creations::default()),
            garages: Arc::new(garages(&config, doors, &store, &clock, &ids)?),
            lines: Arc::new(Lines::new(shutdown.clone())),
            look_again: config.live.look_again,
            sources: Arc::new(witnessed(sources, &book)),
            watched: book.watched,
        });
        let open_to = config.tenants.keys().next().map(|name| Arc::from(name.as_str()));
        let open_to = open_to.filter(|_| access == Access::Open);
        let authenticator = Arc::new(Authenticator::new(Arc::clone(&store), clock.clone(), accounts, open_to.as_ref()));
        let inbox = Inbox::new(Arc::clone(&services), receivers);
        let demo = Progress::default();
        let pipeline = Pipeline {
            graph: schema::build().map_err(|error| anyhow::anyhow!(error.message))?,
            services: Arc::clone(&services),
        };
        let tables = Reports::open(&config, &services, &pipeline.graph).await?;
        let endpoint = Arc::new(endpoint(&config, pipeline.clone()));
        let filling = serviced::start(&services);
        tables.follow_schedule(&config, &services, &endpoint, (&authenticator, &filling)).await?;
        let parts = Parts { store, inbox: Arc::clone(&inbox), filling, demo: demo.clone(), vendors: modes(&config) };
        let front = Front {
            endpoint,
            live: config.live,
            reports: config.reports.clone(),
            folder: config.data_dir.clone(),
            saved: tables.saved,
            runs: tables.runs,
            seats: tables.seats,
            authenticator,
            origin: OriginRule::new(public_hosts(&config), config.server.origins.clone(), address.port()),
            origins: config.server.origins.clone(),
            ids: RequestIds { ids, clock },
            health: Arc::new(parts),
            metrics: metrics.clone(),
            inbox: Arc::clone(&inbox),
            shutdown: shutdown.clone(),
            public_url: config.server.public_url.clone(),
            introspection: config.server.introspection,
        };
        take_up(&services, orphans).await.map_err(|error| anyhow::anyhow!(error.message))?;
        inbox.start();
        listener::serve(listener, router(front), config.server.drain, &shutdown)?;
        drop(shutdown.spawn(metrics.keep_up(shutdown.draining())));
        look_after_store(&services);
        let gateway = Self { address, sandbox, services };
        gateway.announce(&config, access);
        gateway.tell_story(&config, pipeline, &demo);
        Ok(gateway)
    }

    /// The address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the sandbox that it uses; none when every vendor is live or off.
    pub fn sandbox(&self) -> Option<&Url> {
        self.sandbox.as_ref()
    }

    /// Takes no new work, finishes what runs, at most within `drain`; tells whether all of it has ended.
    pub async fn stop(&self, drain: Duration) -> bool {
        let ended = self.services.shutdown.finish(drain).await;
        self.services.store.close().await;
        ended
    }

    fn announce(&self, config: &Config, access: Access) {
        let (listen, version) = (self.address, crate::telemetry::metrics::VERSION);
        tracing::info!(%listen, version, open = (access == Access::Open), "forecourt serves the graph at http://{listen}/graphql and GraphiQL at http://{listen}/");
        let folder = config.tape.folder.display();
        match config.tape.mode {
            TapeMode::Off => {}
            TapeMode::Record => tracing::info!(%folder, "what the vendors answer is recorded"),
            TapeMode::Replay => {
                tracing::info!(%folder, "a recording stands in for the vendors; nothing can be written");
                return;
            }
        }
        if config.any_vendor(Mode::Sandbox) {
            let sandbox = self.sandbox.as_ref().map(Url::as_str).unwrap_or_default();
            tracing::info!(
                sandbox,
                "at least one vendor is the sandbox: its data is invented; configure an account to meet the vendor itself"
            );
        }
    }

    /// Replays the sandbox dealer's story, when the ledger is to have one.
    #[cfg(feature = "sandbox")]
    fn tell_story(&self, config: &Config, pipeline: Pipeline, progress: &Progress) {
        let Some(sandbox) = self.sandbox.clone().filter(|_| config.sandbox.demo) else { return };
        let stage = crate::demo::Stage {
            sandbox,
            gateway: self.address,
            pipeline,
            services: Arc::clone(&self.services),
            progress: progress.clone(),
            marker: config.data_dir.join("demo.done"),
        };
        crate::demo::start(config, stage);
    }

    #[cfg(not(feature = "sandbox"))]
    #[expect(clippy::unused_self, reason = "it has the shape of the one that tells the story")]
    fn tell_story(&self, _: &Config, _: Pipeline, _: &Progress) {}
}

/// The keeper of the garages that log in.
fn garages(
    config: &Config,
    doors: Doors,
    store: &Arc<dyn Store>,
    clock: &Clock,
    ids: &Ids,
) -> anyhow::Result<GarageKeeper> {
    let sessions = &config.sessions;
    let vault = match sessions.key_bytes() {
        Some(key) => Vault::new(&key, ids.clone()).map_err(|error| anyhow::anyhow!(error.message))?,
        None => Vault::of_file(&config.data_dir, ids.clone())
            .with_context(|| format!("cannot use `{KEY_FILE}` in the data directory"))?,
    };
    let rules = SessionRules { ttl: sessions.ttl, password_reset: sessions.password_reset };
    Ok(GarageKeeper::new(doors, rules, vault, Arc::clone(store), clock.clone(), ids.clone()))
}

/// Lets the ledger hear what every answer about tickets says of its own.
fn witnessed(sources: Sources, book: &Book) -> Sources {
    let witness = |tenant: &Arc<str>, account: &AccountId, source: Arc<dyn TicketSource>| {
        let witness: Arc<dyn TicketSource> = Arc::new(Witness::new(source, tenant, account, book.clone()));
        witness
    };
    Sources { tickets: sources.tickets.wrapped(witness), ..sources }
}

/// Opens the ledger; gives it with the creations that the last process left unfinished.
async fn open_store(config: &Config) -> anyhow::Result<(Arc<dyn Store>, Vec<JournalRow>)> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&config.data_dir, StoreAccess::Serve).await?);
    let orphans = store.orphans_to_unknown().await?;
    for row in &orphans {
        tracing::warn!(
            tenant = row.key.tenant,
            client = row.key.client,
            mutation = row.key.mutation,
            "a creation was interrupted by the end of the last process; its outcome is unknown"
        );
    }
    Ok((store, orphans))
}

/// The sandbox that vendors in sandbox mode are reached at: a standalone one, or one that starts here.
#[cfg(feature = "sandbox")]
async fn sandbox(config: &Config, clock: &Clock, ids: &Ids, shutdown: &Shutdown) -> anyhow::Result<Option<Url>> {
    if !config.any_vendor(Mode::Sandbox) {
        return Ok(None);
    }
    if let Some(url) = &config.sandbox.url {
        return Ok(Some(with_slash(url)));
    }
    let options = crate::sandbox::Options {
        vehicles: usize::try_from(config.sandbox.vehicles).unwrap_or(usize::MAX),
        // The ledger names what the vendors hold, so the sandbox keeps it beside the ledger.
        memory: Some(config.data_dir.join("sandbox.jsonl")),
        ..crate::sandbox::Options::default()
    };
    let running = crate::sandbox::start(options, clock.clone(), ids.clone(), shutdown).await;
    Ok(Some(running.context("cannot start the embedded sandbox")?.url()))
}

#[cfg(not(feature = "sandbox"))]
#[expect(clippy::unused_async, reason = "it has the shape of the one that starts a sandbox")]
async fn sandbox(config: &Config, _: &Clock, _: &Ids, _: &Shutdown) -> anyhow::Result<Option<Url>> {
    Ok(config.sandbox.url.as_ref().filter(|_| config.any_vendor(Mode::Sandbox)).map(with_slash))
}

/// An address to which paths are added, not one whose last part they replace.
fn with_slash(url: &Url) -> Url {
    let mut url = url.clone();
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url
}

fn endpoint(config: &Config, pipeline: Pipeline) -> Endpoint {
    let (server, limits) = (&config.server, &config.limits);
    Endpoint {
        outline: Arc::new(pipeline.graph.outline.clone()),
        execute: Arc::new(pipeline),
        limits: Limits {
            max_bytes: limits.document_size,
            max_tokens: limits.tokens.into(),
            max_directives: limits.directives.into(),
            max_depth: limits.depth.into(),
            max_aliases: limits.aliases.into(),
            max_root_fields: limits.root_fields.into(),
            max_selections: limits.selections.into(),
            max_cost: limits.cost.into(),
            introspection: server.introspection,
        },
        max_body: usize::try_from(server.body_limit).unwrap_or(usize::MAX),
        timeouts: Timeouts { usual: server.request_timeout, longest: server.max_request_timeout },
    }
}

/// The names under which clients may address the gateway, besides those of this machine itself.
fn public_hosts(config: &Config) -> Vec<String> {
    let public = config.server.public_url.as_ref().and_then(Url::host_str).map(str::to_owned);
    config.server.hosts.iter().cloned().chain(public).collect()
}

fn modes(config: &Config) -> Vec<VendorMode> {
    let modes = config.vendor_modes();
    modes
        .map(|(tenant, vendor, mode)| VendorMode {
            tenant: tenant.as_str().to_owned(),
            vendor: vendor.as_str(),
            mode: mode.as_str(),
        })
        .collect()
}

/// Lets the store forget what has had its time, now and once a day.
fn look_after_store(services: &Arc<Services>) {
    let services = Arc::clone(services);
    let supervisor = services.shutdown.clone();
    drop(supervisor.spawn(async move {
        let draining = services.shutdown.draining();
        tokio::pin!(draining);
        loop {
            if let Err(error) = services.store.expire(services.clock.now()).await {
                tracing::warn!(%error, "the ledger could not forget what has had its time");
            }
            tokio::select! {
                () = &mut draining => return,
                () = tokio::time::sleep(UPKEEP) => {}
            }
        }
    }));
}
