//! `[webhooks]` and `[tenants.NAME.webhooks]`: what vendors tell unasked.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::redact::Printout;
use super::section::Section;
use super::server::is_loopback_host;

/// How inspections are asked for of which no delivery has spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// How long after an inspection was last seen it is asked for.
    pub poll_first: Duration,
    /// How many times longer each further wait is.
    pub poll_factor: u32,
    /// The longest wait.
    pub poll_cap: Duration,
}

/// Where a tenant's deliveries are handed on to.
#[derive(Clone, Debug)]
pub struct Forward {
    /// The receiver.
    pub to: Url,
    /// What each delivery carries in `x-api-key`; the vendor's own secret stays here.
    pub secret: Option<SecretString>,
}

impl Webhooks {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            poll_first: section.positive_span("poll_first").unwrap_or(Duration::from_mins(15)),
            poll_factor: section.number("poll_factor", 1, 10).unwrap_or(2),
            poll_cap: section.positive_span("poll_cap").unwrap_or(Duration::from_hours(12)),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("webhooks");
        out.span("poll_first", self.poll_first);
        out.number("poll_factor", self.poll_factor);
        out.span("poll_cap", self.poll_cap);
    }
}

impl Forward {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let origin = section.origin("forward_to");
        let to = section.url("forward_to");
        if to.as_ref().is_some_and(|url| url.scheme() == "http" && !url.host_str().is_some_and(is_loopback_host)) {
            let reason = "customers' inspections would travel unprotected over `http`";
            section.fault_from("forward_to", &origin, reason, "use `https`");
        }
        let secret_given = section.holds("forward_secret") || section.holds("forward_secret_file");
        let secret = section.secret("forward_secret", "forward_secret_file");
        if to.is_none() && secret_given {
            section.fault_here("`forward_secret` is given without `forward_to`", "add `forward_to`, or remove it");
        }
        Some(Self { to: to?, secret })
    }

    pub(super) fn write(&self, out: &mut Printout, path: &str) {
        out.table(path);
        out.text("forward_to", self.to.as_str());
        out.secret("forward_secret", self.secret.as_ref(), None);
    }
}
