//! `[sessions]`: garages that log in through the gateway.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::redact::Printout;
use super::section::Section;

/// Garages that log in through the gateway.
#[derive(Clone, Debug)]
pub struct Sessions {
    /// Encrypts what opens the garages' accounts; 32 bytes in base64. Without it the data directory holds a key.
    pub key: Option<SecretString>,
    /// How long a session serves.
    pub ttl: Duration,
    /// Whether clients may have the vendor send mails with which a forgotten password is renewed.
    pub password_reset: bool,
}

impl Sessions {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let origin = if section.holds("key_file") { section.origin("key_file") } else { section.origin("key") };
        let key = section.secret("key", "key_file");
        if key.as_ref().is_some_and(|key| decode(key).is_none()) {
            let mend = "make one with `openssl rand -base64 32`";
            section.fault_from("key", &origin, "the key is not 32 bytes in base64", mend);
        }
        Self {
            key,
            ttl: section.positive_span("ttl").unwrap_or(Duration::from_hours(12)),
            password_reset: section.boolean("password_reset").unwrap_or(false),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("sessions");
        out.secret("key", self.key.as_ref(), None);
        out.span("ttl", self.ttl);
        out.boolean("password_reset", self.password_reset);
    }

    /// The bytes of the key, if one is configured.
    #[must_use]
    pub fn key_bytes(&self) -> Option<[u8; 32]> {
        self.key.as_ref().and_then(decode)
    }
}

fn decode(key: &SecretString) -> Option<[u8; 32]> {
    STANDARD.decode(key.expose_secret().trim()).ok()?.try_into().ok()
}
