//! The effective configuration as TOML: every key with its value, secrets as `[secret]`.
//!
//! What is printed is valid input again, except for secrets: the placeholder is refused where a secret is read.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::notation;
use super::section::PLACEHOLDER;
use super::{Config, Environment, Known};

impl Config {
    /// The effective configuration as TOML without secrets.
    ///
    /// Credentials that a sandbox vendor has by default are left out, since they need not be given.
    #[must_use]
    pub fn to_redacted_toml(&self, known: &Known) -> String {
        let mut out = Printout::default();
        out.choice("environment", Environment::CHOICES, &self.environment);
        out.text("data_dir", &self.data_dir.display().to_string());
        self.server.write(&mut out);
        self.log.write(&mut out);
        self.limits.write(&mut out);
        self.live.write(&mut out);
        self.reports.write(&mut out);
        self.cache.write(&mut out);
        self.discrepancies.write(&mut out);
        self.sessions.write(&mut out);
        self.webhooks.write(&mut out);
        self.sandbox.write(&mut out);
        self.tape.write(&mut out);
        self.tenants.iter().for_each(|(name, tenant)| tenant.write(&mut out, name, known));
        out.text
    }
}

/// A TOML document while it is written, top to bottom.
#[derive(Default)]
pub(super) struct Printout {
    text: String,
}

impl Printout {
    pub(super) fn table(&mut self, path: &str) {
        self.text.extend(["\n[", path, "]\n"]);
    }

    /// Begins one more table of the list `path`.
    pub(super) fn item(&mut self, path: &str) {
        self.text.extend(["\n[[", path, "]]\n"]);
    }

    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.value(key, &toml::Value::from(text));
    }

    pub(super) fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    pub(super) fn list(&mut self, key: &str, items: &[String]) {
        self.value(key, &toml::Value::from(items.to_vec()));
    }

    pub(super) fn boolean(&mut self, key: &str, on: bool) {
        self.value(key, &toml::Value::from(on));
    }

    pub(super) fn number(&mut self, key: &str, number: u32) {
        self.value(key, &toml::Value::from(number));
    }

    pub(super) fn span(&mut self, key: &str, span: Duration) {
        self.text(key, &notation::write_span(span));
    }

    pub(super) fn size(&mut self, key: &str, bytes: u64) {
        self.text(key, &notation::write_size(bytes));
    }

    pub(super) fn choice<T: PartialEq>(&mut self, key: &str, choices: &[(&'static str, T)], value: &T) {
        self.text(key, notation::word(choices, value));
    }

    /// Writes the placeholder for `secret`, and nothing when there is none or it is the `usual` one.
    pub(super) fn secret(&mut self, key: &str, secret: Option<&SecretString>, usual: Option<&SecretString>) {
        let same = |usual: &SecretString, secret: &SecretString| usual.expose_secret() == secret.expose_secret();
        match (secret, usual) {
            (Some(secret), Some(usual)) if same(usual, secret) => {}
            (Some(_), _) => self.text(key, PLACEHOLDER),
            (None, _) => {}
        }
    }

    fn value(&mut self, key: &str, value: &toml::Value) {
        let bare = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        let key = if bare { key.to_owned() } else { toml::Value::from(key).to_string() };
        self.text.extend([key.as_str(), " = ", value.to_string().as_str(), "\n"]);
    }
}
