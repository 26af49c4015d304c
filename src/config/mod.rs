//! What the operator decides: defaults, then the file, then the environment, then the command line.
//!
//! Every key of the file is also a variable: `server.listen` is `FORECOURT_SERVER__LISTEN`. Every section reads and
//! writes itself in one place (`server.rs`, `vendors/tchek.rs` …). Reading goes on after a fault, so that the operator
//! sees all of them at once; a [`Config`] exists only when there was none.
//!
//! | file | its part |
//! |---|---|
//! | `source`, `environment`, `tree` | from file, variables and flags to one tree that remembers where each value came from |
//! | `section`, `reading`, `notation`, `fault`, `suggest` | from the tree to values, with a fault for each that cannot be read |
//! | `server` … `vendors/` | the sections |
//! | `validate` | rules that span sections, and who may use the gateway ([`Access`]) |
//! | `redact` | the effective configuration as TOML without secrets |

mod cache;
mod discrepancies;
mod environment;
mod fault;
mod limits;
mod live;
mod log;
mod name;
mod notation;
mod reading;
mod redact;
mod reports;
mod sandbox;
mod schedule;
mod section;
mod server;
mod sessions;
mod source;
mod suggest;
mod tape;
mod tree;
mod validate;
mod vendors;
mod webhooks;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use cache::Cache;
pub use discrepancies::Discrepancies;
pub use fault::{ConfigError, Fault};
pub use limits::Limits;
pub use live::Live;
pub use log::{Log, LogFormat};
pub use name::Name;
pub use reports::Reports;
pub use sandbox::{Sandbox, SandboxDefaults};
pub use schedule::{PartialExtract, Place, S3, Schedule};
pub use server::Server;
pub use sessions::Sessions;
pub use source::Sources;
pub use source::client_key;
pub use tape::{Tape, TapeMode};
pub use validate::Access;
pub use vendors::{
    Autochat, AutochatAccount, AutochatEnvironment, Jifeline, JifelineAccount, JifelineConnector, Mode, OdometerUnit,
    Outbound, Tchek, TchekAccount, TchekEnvironment, Tenant, TicketState, Vendor, socket_url_of,
};
pub use webhooks::{Forward, Webhooks};

use section::Section;

/// Everything the operator decides, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether this deployment serves real business.
    pub environment: Environment,
    /// The folder of the ledger; made at the first start.
    pub data_dir: PathBuf,
    /// The listener and who may reach it.
    pub server: Server,
    /// The gateway's own log.
    pub log: Log,
    /// What one query may ask for.
    pub limits: Limits,
    /// Channels that stay open.
    pub live: Live,
    /// Queries as tables.
    pub reports: Reports,
    /// The cache in front of the vendors.
    pub cache: Cache,
    /// When vendors are taken to contradict each other.
    pub discrepancies: Discrepancies,
    /// Garages that log in through the gateway.
    pub sessions: Sessions,
    /// What vendors tell unasked, and what they forgot to tell.
    pub webhooks: Webhooks,
    /// The imitation of the vendors for trying out.
    pub sandbox: Sandbox,
    /// The recording of what the vendors answer.
    pub tape: Tape,
    /// The dealer groups by name; never empty.
    pub tenants: BTreeMap<Name, Tenant>,
}

/// Whether a deployment serves real business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// For trying out and for building: sandbox vendors are welcome.
    Development,
    /// Real business: a sandbox vendor is refused.
    Production,
}

impl Environment {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("development", Self::Development), ("production", Self::Production)];

    /// The word in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        notation::word(Self::CHOICES, &self)
    }
}

/// What the rest of the gateway knows and the configuration is checked against.
#[derive(Clone, Debug)]
pub struct Known {
    /// The vendor operations whose freshness can be set, such as `jifeline.vehicles.find`.
    pub operations: Vec<&'static str>,
    /// What a vendor in sandbox mode has when the configuration says nothing else.
    pub sandbox: SandboxDefaults,
    /// Whether this build holds the embedded sandbox.
    pub embedded_sandbox: bool,
}

impl Config {
    /// Reads the configuration from `sources` and checks it.
    ///
    /// # Errors
    /// Every fault that was found, each with its key, where it came from, the reason and the mend.
    pub fn load(sources: Sources, known: &Known) -> Result<Self, ConfigError> {
        let mut faults = Vec::new();
        let Some(tree) = sources.read(&mut faults) else { return Err(ConfigError::new(faults)) };
        let origins = tree.origins();
        let mut root = Section::root(tree, &mut faults);
        let config = Self::read(&mut root, known);
        root.finish();
        config.check(known, &mut faults);
        for fault in &mut faults {
            fault.origin = fault.origin.take().or_else(|| origins.get(&fault.key).map(ToString::to_string));
        }
        if faults.is_empty() { Ok(config) } else { Err(ConfigError::new(faults)) }
    }

    fn read(root: &mut Section<'_>, known: &Known) -> Self {
        Self {
            environment: root.choice("environment", Environment::CHOICES).unwrap_or(Environment::Development),
            data_dir: root.path("data_dir").unwrap_or_else(|| PathBuf::from("./data")),
            server: root.table("server", Server::read),
            log: root.table("log", Log::read),
            limits: root.table("limits", Limits::read),
            live: root.table("live", Live::read),
            reports: root.table("reports", Reports::read),
            cache: root.table("cache", |section| Cache::read(section, known)),
            discrepancies: root.table("discrepancies", Discrepancies::read),
            sessions: root.table("sessions", Sessions::read),
            webhooks: root.table("webhooks", Webhooks::read),
            sandbox: root.table("sandbox", Sandbox::read),
            tape: root.table("tape", Tape::read),
            tenants: vendors::read_tenants(root, known),
        }
    }

    /// Every vendor of every tenant with its mode, in the order of their names.
    pub fn vendor_modes(&self) -> impl Iterator<Item = (&Name, Vendor, Mode)> {
        self.tenants.iter().flat_map(|(name, tenant)| tenant.modes().map(move |(vendor, mode)| (name, vendor, mode)))
    }

    /// Whether any vendor is in `mode`.
    pub fn any_vendor(&self, mode: Mode) -> bool {
        self.vendor_modes().any(|(_, _, its)| its == mode)
    }
}
