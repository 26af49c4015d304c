//! Builds the vendors' clients and registers them as the sources of their accounts.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use indexmap::IndexMap;
use url::Url;

use crate::auth::AccountId;
use crate::clock::Clock;
use crate::config::Autochat;
use crate::config::AutochatEnvironment;
use crate::config::Config;
use crate::config::Forward;
use crate::config::Jifeline;
use crate::config::JifelineAccount;
use crate::config::JifelineConnector;
use crate::config::Mode;
use crate::config::OdometerUnit;
use crate::config::Outbound;
use crate::config::Tchek;
use crate::config::TchekAccount;
use crate::config::TchekEnvironment;
use crate::config::TicketState as ConfiguredState;
use crate::config::Webhooks;
use crate::config::socket_url_of;
use crate::domain::garage::session::keeper::Doors;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::listing::source::ListingSource;
use crate::domain::mileage::MileageUnit;
use crate::domain::services::Sources;
use crate::domain::ticket::model::TicketState;
use crate::intake::Receiver;
use crate::shutdown::Shutdown;
use crate::transport::CircuitConfig;
use crate::transport::Handover;
use crate::transport::QuotaConfig;
use crate::transport::RetryConfig;
use crate::transport::TransportConfig;
use crate::transport::tape::Tape;
use crate::vendors::TransportMonitor;
use crate::vendors::autochat;
use crate::vendors::jifeline;
use crate::vendors::tchek;

use super::garages::Door;
use super::tapes::Tapes;

/// The address of vendors that a recording stands in for.
const REPLAYED: &str = "http://recording.invalid/";

/// What all vendors of all tenants have been built into.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The sources by port and account.
    pub(super) sources: Sources,
    /// The receivers of deliveries, by vendor.
    pub(super) receivers: Vec<(&'static str, Receiver)>,
    /// The doors at which garages log in, by tenant.
    pub(super) doors: Doors,
    /// Every tenant's accounts, in the order of vendors and names.
    pub(super) accounts: HashMap<Arc<str>, Arc<[AccountId]>>,
}

/// What building needs besides a vendor's section.
struct Builder<'a> {
    built: Built,
    sandbox: Option<&'a Url>,
    tapes: &'a Tapes,
    polling: Webhooks,
    clock: Clock,
    shutdown: Shutdown,
}

/// Builds every vendor that is not switched off; those in sandbox mode are reached at `sandbox`.
pub(super) fn build(
    config: &Config,
    sandbox: Option<&Url>,
    tapes: &Tapes,
    clock: &Clock,
    shutdown: &Shutdown,
) -> anyhow::Result<Built> {
    let (built, clock, shutdown) = (Built::default(), clock.clone(), shutdown.clone());
    let mut builder = Builder { built, sandbox, tapes, polling: config.webhooks, clock, shutdown };
    for (name, tenant) in &config.tenants {
        let id: Arc<str> = Arc::from(name.as_str());
        let mut accounts = Vec::new();
        let fault = |vendor: &str| format!("the vendor `{vendor}` of the tenant `{name}` cannot be set up");
        accounts
            .extend(builder.inspections(&id, &tenant.tchek, tenant.forward.as_ref()).with_context(|| fault("tchek"))?);
        accounts.extend(builder.listings(&id, &tenant.autochat).with_context(|| fault("autochat"))?);
        accounts.extend(builder.diagnostics(&id, &tenant.jifeline).with_context(|| fault("jifeline"))?);
        builder.built.accounts.insert(id, accounts.into());
    }
    Ok(builder.built)
}

impl Builder<'_> {
    /// The address of a vendor: its own when it is live, else the sandbox's under `path`.
    fn base(&self, mode: Mode, own: Option<&Url>, path: &str) -> anyhow::Result<Url> {
        match mode {
            // No call gets as far as to an address.
            Mode::Live | Mode::Sandbox if self.tapes.replays() => Ok(Url::parse(REPLAYED)?),
            Mode::Live => own.cloned().context("a live vendor has no address"),
            Mode::Sandbox => {
                self.sandbox.context("no sandbox is running")?.join(path).context("the sandbox's address has no paths")
            }
            Mode::Off => anyhow::bail!("the vendor is switched off"),
        }
    }

    /// Registers who watches an account's calls.
    fn watch(&mut self, tenant: &Arc<str>, id: &AccountId, monitor: TransportMonitor) {
        self.built.sources.monitors.insert(Arc::clone(tenant), id.clone(), Arc::new(monitor));
    }

    fn inspections(
        &mut self,
        tenant: &Arc<str>,
        section: &Tchek,
        forward: Option<&Forward>,
    ) -> anyhow::Result<Vec<AccountId>> {
        if section.mode == Mode::Off {
            return Ok(Vec::new());
        }
        let path = sandbox_path(section.environment);
        let base = self.base(section.mode, section.base_url.as_ref(), path)?;
        let web = self.base(section.mode, section.web_url.as_ref(), &format!("{path}webapp/"))?;
        let (mut accounts, mut secrets) = (Vec::new(), Vec::new());
        for (name, account) in &section.accounts {
            let id = AccountId::new(tchek::VENDOR, name.as_str());
            let tape = self.tapes.of(tenant, tchek::VENDOR, name.as_str(), tchek::PRIVATE)?;
            let config = inspections_config(section, account, (&base, &web), tape);
            let source = tchek::TchekInspectionSource::connect(config, self.clock.clone())?;
            self.watch(tenant, &id, source.monitor(section.mode == Mode::Sandbox));
            let source: Arc<dyn InspectionSource> = Arc::new(source);
            self.built.sources.inspections.insert(Arc::clone(tenant), id.clone(), source);
            secrets.extend(account.webhook_secret.clone().map(|secret| (id.clone(), secret)));
            accounts.push(id);
        }
        let receiver = Receiver {
            tenant: Arc::clone(tenant),
            secrets,
            accounts: accounts.clone(),
            decoder: Arc::new(tchek::TchekEventDecoder),
            polling: self.polling,
            forward: forward.map(|forward| Handover::new(forward.to.clone(), forward.secret.as_ref())).transpose()?,
        };
        self.built.receivers.push((tchek::VENDOR, receiver));
        Ok(accounts)
    }

    fn listings(&mut self, tenant: &Arc<str>, section: &Autochat) -> anyhow::Result<Vec<AccountId>> {
        if section.mode == Mode::Off {
            return Ok(Vec::new());
        }
        let path = match section.environment {
            AutochatEnvironment::Production => "autochat/",
            AutochatEnvironment::Staging => "autochat-staging/",
        };
        let base = self.base(section.mode, section.base_url.as_ref(), path)?;
        let token_url = self.base(section.mode, section.token_url.as_ref(), "autochat/oauth/token")?;
        let mut accounts = Vec::new();
        for (name, account) in &section.accounts {
            let id = AccountId::new(autochat::VENDOR, name.as_str());
            let tape = self.tapes.of(tenant, autochat::VENDOR, name.as_str(), autochat::PRIVATE)?;
            let dealerships = account.dealerships.iter().map(|(key, id)| (key.as_str().to_owned(), id.clone()));
            let config = autochat::AutoChatConfig {
                transport: transport(autochat::VENDOR, base.clone(), &section.outbound, tape),
                token_url: token_url.clone(),
                audience: section.audience.clone(),
                client_id: account.client_id.clone(),
                client_secret: account.client_secret.clone(),
                environment: section.environment.as_str(),
                lookup: section.lookup,
                dealerships: dealerships.collect::<IndexMap<_, _>>(),
            };
            let source = autochat::AutoChatListingSource::connect(config, self.clock.clone(), self.shutdown.clone())?;
            self.watch(tenant, &id, source.monitor(section.mode == Mode::Sandbox));
            let source: Arc<dyn ListingSource> = Arc::new(source);
            self.built.sources.listings.insert(Arc::clone(tenant), id.clone(), source);
            accounts.push(id);
        }
        Ok(accounts)
    }

    fn diagnostics(&mut self, tenant: &Arc<str>, section: &Jifeline) -> anyhow::Result<Vec<AccountId>> {
        if section.mode == Mode::Off {
            return Ok(Vec::new());
        }
        let base = self.base(section.mode, section.base_url.as_ref(), "jifeline/")?;
        let socket_url = section
            .socket_url
            .clone()
            .or_else(|| socket_url_of(&base))
            .context("the vendor's socket has no address")?;
        let mut accounts = Vec::new();
        for (name, account) in &section.accounts {
            let id = AccountId::new(jifeline::VENDOR, name.as_str());
            let tape = self.tapes.of(tenant, jifeline::VENDOR, name.as_str(), jifeline::PRIVATE)?;
            let transport = transport(jifeline::VENDOR, base.clone(), &section.outbound, tape);
            let config = diagnostics(section, transport, &socket_url, log_in(account));
            let client = jifeline::JifelineClient::new(config, self.clock.clone(), self.shutdown.clone())?;
            self.watch(tenant, &id, client.monitor(section.mode == Mode::Sandbox));
            register(&mut self.built.sources, tenant, &id, &client);
            accounts.push(id);
        }
        // No recording knows who logs in.
        if !self.tapes.replays() {
            let door = self.door(tenant, section, base, socket_url)?;
            self.built.doors.insert(Arc::clone(tenant), Arc::new(door));
        }
        Ok(accounts)
    }

    /// The door at which the tenant's garages log in. What they are told is not recorded: it is not the dealer's.
    fn door(&self, tenant: &Arc<str>, section: &Jifeline, base: Url, socket_url: Url) -> anyhow::Result<Door> {
        let transport = transport(jifeline::VENDOR, base, &section.outbound, None);
        let (clock, shutdown) = (self.clock.clone(), self.shutdown.clone());
        let log_in = jifeline::JifelineLogIn::new(&transport, clock.clone())?;
        let section = section.clone();
        let template = move |log_in| diagnostics(&section, transport.clone(), &socket_url, log_in);
        Ok(Door::new(Arc::clone(tenant), Box::new(template), log_in, clock, shutdown))
    }
}

/// How an account of a section is reached and read.
fn diagnostics(
    section: &Jifeline,
    transport: TransportConfig,
    socket_url: &Url,
    log_in: jifeline::LogIn,
) -> jifeline::JifelineConfig {
    jifeline::JifelineConfig {
        transport,
        socket_url: socket_url.clone(),
        log_in,
        odometer_unit: match section.odometer_unit {
            OdometerUnit::Unknown => MileageUnit::Unknown,
            OdometerUnit::Kilometre => MileageUnit::Kilometre,
            OdometerUnit::Mile => MileageUnit::Mile,
        },
        ticket_states: ticket_states(&section.ticket_states),
    }
}

/// Registers everything that one account feeds.
pub(super) fn register(sources: &mut Sources, tenant: &Arc<str>, id: &AccountId, client: &jifeline::JifelineClient) {
    let of = || (Arc::clone(tenant), id.clone());
    let (tenant, account) = of();
    sources.vehicles.insert(tenant, account, Arc::new(client.vehicles()));
    let (tenant, account) = of();
    sources.tickets.insert(tenant, account, Arc::new(client.tickets()));
    let (tenant, account) = of();
    sources.connectors.insert(tenant, account, Arc::new(client.connectors()));
    let (tenant, account) = of();
    sources.catalogues.insert(tenant, account, Arc::new(client.catalogue()));
    let (tenant, account) = of();
    sources.products.insert(tenant, account, Arc::new(client.products()));
    let (tenant, account) = of();
    sources.carts.insert(tenant, account, Arc::new(client.cart()));
    let (tenant, account) = of();
    sources.orders.insert(tenant, account, Arc::new(client.ordering()));
    let (tenant, account) = of();
    sources.garages.insert(tenant, account, Arc::new(client.garage()));
    let (tenant, account) = of();
    sources.messengers.insert(tenant, account, Arc::new(client.messenger()));
    let (tenant, account) = of();
    sources.statuses.insert(tenant, account, Arc::new(client.statuses()));
    let (tenant, account) = of();
    sources.references.insert(tenant, account, Arc::new(client.reference()));
}

/// Where the sandbox has the vendor of inspections.
pub(super) fn sandbox_path(environment: TchekEnvironment) -> &'static str {
    match environment {
        TchekEnvironment::Production => "tchek/",
        TchekEnvironment::Preproduction => "tchek-preprod/",
    }
}

/// How an account of the vendor of inspections is reached, whose API and pages have the addresses `base` and `web`.
pub(super) fn inspections_config(
    section: &Tchek,
    account: &TchekAccount,
    (base, web): (&Url, &Url),
    tape: Option<Arc<dyn Tape>>,
) -> tchek::TchekConfig {
    tchek::TchekConfig {
        transport: transport(tchek::VENDOR, base.clone(), &section.outbound, tape),
        web: web.clone(),
        environment: section.environment.as_str(),
        api_key: account.api_key.clone(),
        message_templates: section.message_templates,
        dutch_segment: section.dutch_locale.clone(),
    }
}

fn log_in(account: &JifelineAccount) -> jifeline::LogIn {
    let pincode = account.pincode.clone();
    match &account.connector {
        JifelineConnector::Uuid(uuid) => jifeline::LogIn::ConnectorUuid { uuid: uuid.to_string(), pincode },
        JifelineConnector::Id(id) => jifeline::LogIn::ConnectorId { id: id.clone(), pincode },
    }
}

fn transport(vendor: &'static str, base: Url, outbound: &Outbound, tape: Option<Arc<dyn Tape>>) -> TransportConfig {
    TransportConfig {
        concurrency: usize::try_from(outbound.concurrency).unwrap_or(usize::MAX),
        connect_timeout: outbound.connect_timeout,
        timeout: Some(outbound.timeout),
        body_limit: usize::try_from(outbound.body_limit).unwrap_or(usize::MAX),
        retry: RetryConfig { limit: outbound.retries, percent: outbound.retry_percent },
        circuit: CircuitConfig {
            percent: outbound.circuit.percent,
            attempts: outbound.circuit.attempts,
            window: outbound.circuit.window,
            pause: outbound.circuit.pause,
        },
        quota: outbound.quota.map(|quota| QuotaConfig { calls: quota.calls, window: quota.window }),
        tape,
        ..TransportConfig::new(vendor, base)
    }
}

fn ticket_states(configured: &BTreeMap<i64, ConfiguredState>) -> BTreeMap<i32, TicketState> {
    let state = |state: &ConfiguredState| match state {
        ConfiguredState::Prepared => TicketState::Prepared,
        ConfiguredState::Pending => TicketState::Pending,
        ConfiguredState::InProgress => TicketState::InProgress,
        ConfiguredState::Outsourced => TicketState::Outsourced,
        ConfiguredState::Closed => TicketState::Closed,
        ConfiguredState::Cancelled => TicketState::Cancelled,
    };
    configured.iter().filter_map(|(code, meaning)| Some((i32::try_from(*code).ok()?, state(meaning)))).collect()
}
