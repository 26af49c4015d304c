//! `[tenants.NAME.vendors.tchek]`: inspections.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;

use super::super::Known;
use super::super::name::Name;
use super::super::reading::as_text;
use super::super::redact::Printout;
use super::super::section::Section;
use super::{Mode, Outbound, read_accounts, read_live_url, read_mode};

/// The vendor of inspections.
#[derive(Clone, Debug)]
pub struct Tchek {
    /// Whether the vendor is used.
    pub mode: Mode,
    /// Which of the vendor's environments the keys belong to.
    pub environment: TchekEnvironment,
    /// Where the vendor's API answers; `None` unless the vendor is live.
    pub base_url: Option<Url>,
    /// Where the pages are on which a customer inspects the car; `None` unless the vendor is live.
    pub web_url: Option<Url>,
    /// Whether the vendor has set up message templates for these accounts, so that it can write to customers.
    pub message_templates: bool,
    /// The part of a page's address that means Dutch; the vendor's own pages disagree on it.
    pub dutch_locale: String,
    /// How the vendor is called.
    pub outbound: Outbound,
    /// The accounts at the vendor by name.
    pub accounts: BTreeMap<Name, TchekAccount>,
}

/// An environment of the inspections vendor; each has keys and pages of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TchekEnvironment {
    /// Real inspections.
    Production,
    /// The vendor's own trial environment.
    Preproduction,
}

impl TchekEnvironment {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("production", Self::Production), ("preproduction", Self::Preproduction)];

    /// The word in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        super::notation::word(Self::CHOICES, &self)
    }

    const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://alto.tchek.fr",
            Self::Preproduction => "https://preprod.alto.tchek.fr",
        }
    }

    const fn web_url(self) -> &'static str {
        match self {
            Self::Production => "https://webapp.tchek.fr",
            Self::Preproduction => "https://preprod.webapp.tchek.fr",
        }
    }
}

/// An account at the inspections vendor.
#[derive(Clone, Debug)]
pub struct TchekAccount {
    /// The key that the vendor gave.
    pub api_key: SecretString,
    /// The text that the vendor sends with each webhook; `None`: webhooks for this account are refused.
    pub webhook_secret: Option<SecretString>,
}

impl Tchek {
    pub(super) fn read(section: &mut Section<'_>, known: &Known, absent: Mode) -> Self {
        let mode = read_mode(section, absent);
        let environment =
            section.choice("environment", TchekEnvironment::CHOICES).unwrap_or(TchekEnvironment::Production);
        let segment = section.value("dutch_locale", "letters and hyphens, such as `nl-BE`", |value| {
            let fits = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
            as_text(value).filter(fits).map(str::to_owned)
        });
        Self {
            mode,
            environment,
            base_url: read_live_url(section, "base_url", mode, environment.base_url()),
            web_url: read_live_url(section, "web_url", mode, environment.web_url()),
            message_templates: section.boolean("message_templates").unwrap_or(false),
            dutch_locale: segment.unwrap_or_else(|| "nl-BE".to_owned()),
            outbound: Outbound::read(section, 8),
            accounts: read_accounts(section, mode, &known.sandbox.tchek, TchekAccount::read),
        }
    }

    pub(super) fn write(&self, out: &mut Printout, path: &str, known: &Known) {
        out.table(path);
        out.choice("mode", Mode::CHOICES, &self.mode);
        out.choice("environment", TchekEnvironment::CHOICES, &self.environment);
        out.optional("base_url", self.base_url.as_ref().map(Url::as_str));
        out.optional("web_url", self.web_url.as_ref().map(Url::as_str));
        out.boolean("message_templates", self.message_templates);
        out.text("dutch_locale", &self.dutch_locale);
        self.outbound.write(out);
        let usual = (self.mode == Mode::Sandbox).then_some(&known.sandbox.tchek);
        for (name, account) in &self.accounts {
            out.table(&format!("{path}.accounts.{name}"));
            out.secret("api_key", Some(&account.api_key), usual.map(|usual| &usual.api_key));
            let hook = usual.and_then(|usual| usual.webhook_secret.as_ref());
            out.secret("webhook_secret", account.webhook_secret.as_ref(), hook);
        }
    }
}

impl TchekAccount {
    fn read(section: &mut Section<'_>, sandbox: Option<&Self>) -> Option<Self> {
        let webhook_secret = section.secret("webhook_secret", "webhook_secret_file");
        let api_key = match sandbox {
            Some(usual) => section.secret("api_key", "api_key_file").unwrap_or_else(|| usual.api_key.clone()),
            None => section.required("api_key", |section| section.secret("api_key", "api_key_file"))?,
        };
        let usual_hook = || sandbox.and_then(|usual| usual.webhook_secret.clone());
        Some(Self { api_key, webhook_secret: webhook_secret.or_else(usual_hook) })
    }
}
