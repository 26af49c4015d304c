//! `[tenants.NAME.vendors.autochat]`: stock listings.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;

use super::super::Known;
use super::super::name::Name;
use super::super::redact::Printout;
use super::super::section::{Section, VALUE};
use super::{Mode, Outbound, read_accounts, read_live_url, read_mode};

const TOKEN_URL: &str = "https://autochat-dev.eu.auth0.com/oauth/token";
const AUDIENCE: &str = "http://api.autochat.com/";

/// The vendor of stock listings.
#[derive(Clone, Debug)]
pub struct Autochat {
    /// Whether the vendor is used.
    pub mode: Mode,
    /// Which of the vendor's environments is used; each has a list of vehicle options of its own.
    pub environment: AutochatEnvironment,
    /// Where the vendor's API answers; `None` unless the vendor is live.
    pub base_url: Option<Url>,
    /// Where access tokens are given out; `None` unless the vendor is live.
    pub token_url: Option<Url>,
    /// What a token is asked for; an identifier that looks like an address and is never called.
    pub audience: String,
    /// Whether a car is looked up in the stock when its creation was not answered; the vendor documents no such operation.
    pub lookup: bool,
    /// How the vendor is called.
    pub outbound: Outbound,
    /// The accounts at the vendor by name.
    pub accounts: BTreeMap<Name, AutochatAccount>,
}

/// An environment of the listings vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutochatEnvironment {
    /// Real stock.
    Production,
    /// The vendor's own trial environment.
    Staging,
}

impl AutochatEnvironment {
    const CHOICES: &'static [(&'static str, Self)] = &[("production", Self::Production), ("staging", Self::Staging)];

    /// The word in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        super::notation::word(Self::CHOICES, &self)
    }

    const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://console.autochat.ai",
            Self::Staging => "https://staging.autochat.ai",
        }
    }
}

/// An account at the listings vendor.
#[derive(Clone, Debug)]
pub struct AutochatAccount {
    /// The client that the vendor registered.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// The vendor's ids of the dealerships by the names that clients of the gateway use; at least one.
    pub dealerships: BTreeMap<Name, String>,
}

impl Autochat {
    pub(super) fn read(section: &mut Section<'_>, known: &Known, absent: Mode) -> Self {
        let mode = read_mode(section, absent);
        let environment =
            section.choice("environment", AutochatEnvironment::CHOICES).unwrap_or(AutochatEnvironment::Production);
        Self {
            mode,
            environment,
            base_url: read_live_url(section, "base_url", mode, environment.base_url()),
            token_url: read_live_url(section, "token_url", mode, TOKEN_URL),
            audience: section.text("audience").unwrap_or_else(|| AUDIENCE.to_owned()),
            lookup: section.boolean("lookup").unwrap_or(false),
            outbound: Outbound::read(section, 8),
            accounts: read_accounts(section, mode, &known.sandbox.autochat, AutochatAccount::read),
        }
    }

    pub(super) fn write(&self, out: &mut Printout, path: &str, known: &Known) {
        out.table(path);
        out.choice("mode", Mode::CHOICES, &self.mode);
        out.choice("environment", AutochatEnvironment::CHOICES, &self.environment);
        out.optional("base_url", self.base_url.as_ref().map(Url::as_str));
        out.optional("token_url", self.token_url.as_ref().map(Url::as_str));
        out.text("audience", &self.audience);
        out.boolean("lookup", self.lookup);
        self.outbound.write(out);
        let usual = (self.mode == Mode::Sandbox).then_some(&known.sandbox.autochat);
        for (name, account) in &self.accounts {
            let path = format!("{path}.accounts.{name}");
            out.table(&path);
            out.text("client_id", &account.client_id);
            out.secret("client_secret", Some(&account.client_secret), usual.map(|usual| &usual.client_secret));
            out.table(&format!("{path}.dealerships"));
            account.dealerships.iter().for_each(|(name, id)| out.text(name.as_str(), id));
        }
    }
}

impl AutochatAccount {
    fn read(section: &mut Section<'_>, sandbox: Option<&Self>) -> Option<Self> {
        let given = section.holds("dealerships");
        let read_one = |text: &str, leaf: &mut Section<'_>| {
            let name = leaf.name_here(text, "a dealership");
            Some((name?, leaf.text(VALUE)?))
        };
        let dealerships: BTreeMap<Name, String> = section.leaves("dealerships", read_one).into_iter().collect();
        if let Some(usual) = sandbox {
            return Some(Self {
                client_id: section.text("client_id").unwrap_or_else(|| usual.client_id.clone()),
                client_secret: section
                    .secret("client_secret", "client_secret_file")
                    .unwrap_or_else(|| usual.client_secret.clone()),
                dealerships: if given { dealerships } else { usual.dealerships.clone() },
            });
        }
        if !given {
            let mend = "add them as `dealerships.NAME = \"the vendor's id\"`; clients use the name";
            section.fault("dealerships", "the account names no dealership", mend);
        }
        let client_id = section.required("client_id", |section| section.text("client_id"));
        let client_secret =
            section.required("client_secret", |section| section.secret("client_secret", "client_secret_file"));
        Some(Self { client_id: client_id?, client_secret: client_secret?, dealerships })
    }
}
