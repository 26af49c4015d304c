//! `[tenants.NAME.vendors.…]`: the vendors of each dealer group and the accounts there.

mod autochat;
mod jifeline;
mod outbound;
mod tchek;

use std::collections::BTreeMap;

use url::Url;

pub use autochat::{Autochat, AutochatAccount, AutochatEnvironment};
pub use jifeline::{Jifeline, JifelineAccount, JifelineConnector, OdometerUnit, TicketState, socket_url_of};
pub use outbound::Outbound;
pub use tchek::{Tchek, TchekAccount, TchekEnvironment};

use super::Known;
use super::name::Name;
use super::notation;
use super::redact::Printout;
use super::section::Section;
use super::server::is_loopback_host;
use super::tree::Origin;
use super::webhooks::Forward;

/// A dealer group with its vendors; tenants share nothing.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Inspections.
    pub tchek: Tchek,
    /// Stock listings.
    pub autochat: Autochat,
    /// Diagnostic tickets, connectors and vehicles.
    pub jifeline: Jifeline,
    /// Where deliveries are handed on to, if anywhere.
    pub forward: Option<Forward>,
}

/// The vendors that the gateway speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// Stock listings.
    Autochat,
    /// Diagnostic tickets, connectors and vehicles.
    Jifeline,
    /// Inspections.
    Tchek,
}

impl Vendor {
    /// The vendor's name in keys, logs and errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Autochat => "autochat",
            Self::Jifeline => "jifeline",
            Self::Tchek => "tchek",
        }
    }
}

/// Whether a tenant uses a vendor, and which one answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The vendor itself.
    Live,
    /// The sandbox in its place.
    Sandbox,
    /// Nobody: what the vendor would feed is `UNSUPPORTED`.
    Off,
}

impl Mode {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("live", Self::Live), ("sandbox", Self::Sandbox), ("off", Self::Off)];

    /// The word in the configuration, in the log and in `/readyz`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        notation::word(Self::CHOICES, &self)
    }
}

impl Tenant {
    /// The vendors with their modes, in the order of their names.
    pub fn modes(&self) -> impl Iterator<Item = (Vendor, Mode)> + use<> {
        [
            (Vendor::Autochat, self.autochat.mode),
            (Vendor::Jifeline, self.jifeline.mode),
            (Vendor::Tchek, self.tchek.mode),
        ]
        .into_iter()
    }

    /// Reads a declared tenant: a vendor without a section is off.
    fn read(section: &mut Section<'_>, known: &Known, absent: Mode) -> Self {
        let forward = section.table("webhooks", Forward::read);
        section.table("vendors", |vendors| Self {
            forward,
            tchek: vendors.table("tchek", |section| Tchek::read(section, known, absent)),
            autochat: vendors.table("autochat", |section| Autochat::read(section, known, absent)),
            jifeline: vendors.table("jifeline", |section| Jifeline::read(section, known, absent)),
        })
    }

    pub(super) fn write(&self, out: &mut Printout, name: &Name, known: &Known) {
        if let Some(forward) = &self.forward {
            forward.write(out, &format!("tenants.{name}.webhooks"));
        }
        let path = format!("tenants.{name}.vendors");
        self.tchek.write(out, &format!("{path}.tchek"), known);
        self.autochat.write(out, &format!("{path}.autochat"), known);
        self.jifeline.write(out, &format!("{path}.jifeline"), known);
    }
}

/// Reads all tenants; without any there is one named `default` with a sandbox for each vendor.
pub(super) fn read_tenants(root: &mut Section<'_>, known: &Known) -> BTreeMap<Name, Tenant> {
    if root.holds("tenants") {
        return root.named("tenants", "a tenant", |_, section| Some(Tenant::read(section, known, Mode::Off)));
    }
    let tenant = root.table("tenants", |section| Tenant::read(section, known, Mode::Sandbox));
    BTreeMap::from([(Name::default_tenant(), tenant)])
}

/// Reads `mode`; without it a vendor with an account is live. A section that says neither is incomplete, and the
/// sandbox never stands in for it unasked.
fn read_mode(section: &mut Section<'_>, absent: Mode) -> Mode {
    if !section.given() {
        return absent;
    }
    let (accounts, said) = (section.holds("accounts"), section.holds("mode"));
    match section.choice("mode", Mode::CHOICES) {
        Some(mode) => mode,
        None if accounts => Mode::Live,
        None if said => Mode::Off,
        None => {
            let mend = "add an account as `[….accounts.main]`, or write `mode = \"sandbox\"` or `mode = \"off\"`";
            section.fault_here("this section has neither an account nor a `mode`", mend);
            Mode::Off
        }
    }
}

/// Reads the accounts. A live vendor needs one; a sandbox vendor without any has `main` with what the sandbox knows.
fn read_accounts<T: Clone>(
    section: &mut Section<'_>,
    mode: Mode,
    sandbox: &T,
    read: impl Fn(&mut Section<'_>, Option<&T>) -> Option<T>,
) -> BTreeMap<Name, T> {
    let given = section.holds("accounts");
    let fill = (mode == Mode::Sandbox).then_some(sandbox);
    let accounts = section.named("accounts", "an account", |_, account| read(account, fill));
    match mode {
        Mode::Sandbox if !given => BTreeMap::from([(Name::main_account(), sandbox.clone())]),
        Mode::Live if !given => {
            section.fault("accounts", "a live vendor needs an account", "add one as `[….accounts.main]`");
            accounts
        }
        Mode::Live | Mode::Sandbox | Mode::Off => accounts,
    }
}

/// Reads the address of a live vendor; it must be safe from listeners unless it is on this machine.
fn read_live_url(section: &mut Section<'_>, key: &'static str, mode: Mode, usual: &str) -> Option<Url> {
    let origin = section.origin(key);
    let given = section.url(key);
    live_url(section, key, mode, &origin, given, || Url::parse(usual).ok())
}

/// Reads the address of a live vendor's socket, as [`read_live_url`].
fn read_live_socket_url(
    section: &mut Section<'_>,
    key: &'static str,
    mode: Mode,
    usual: impl FnOnce() -> Option<Url>,
) -> Option<Url> {
    let origin = section.origin(key);
    let given = section.socket_url(key);
    live_url(section, key, mode, &origin, given, usual)
}

fn live_url(
    section: &mut Section<'_>,
    key: &'static str,
    mode: Mode,
    origin: &Origin,
    given: Option<Url>,
    usual: impl FnOnce() -> Option<Url>,
) -> Option<Url> {
    match mode {
        Mode::Live => {
            let Some(url) = given else { return usual() };
            let safe = match url.scheme() {
                "http" => "https",
                "ws" => "wss",
                _ => return Some(url),
            };
            if !url.host_str().is_some_and(is_loopback_host) {
                let reason = format!("credentials would travel unprotected over `{}`", url.scheme());
                section.fault_from(key, origin, reason, format!("use `{safe}`"));
            }
            Some(url)
        }
        Mode::Sandbox if given.is_some() => {
            let reason = "a sandbox vendor has no address of its own";
            section.fault_from(key, origin, reason, "remove the key; a sandbox elsewhere is named by `sandbox.url`");
            None
        }
        Mode::Sandbox | Mode::Off => None,
    }
}
