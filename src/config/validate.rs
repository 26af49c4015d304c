//! Rules that span sections, and who may use the gateway.

use std::collections::BTreeSet;

use super::fault::{ConfigError, Fault};
use super::{Config, Environment, Known, Mode};

/// Who may use the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone who can reach it: nothing but sandbox data is behind it.
    Open,
    /// Clients with a key only.
    Clients,
}

impl Config {
    pub(super) fn check(&self, known: &Known, faults: &mut Vec<Fault>) {
        self.check_server(faults);
        self.check_tenants(faults);
        self.check_sandbox(known, faults);
        self.check_schedule(faults);
        if self.webhooks.poll_first > self.webhooks.poll_cap {
            let mend = "lower it, or raise `webhooks.poll_cap`";
            faults.push(Fault::new("webhooks.poll_first", "it is longer than `webhooks.poll_cap`", mend));
        }
    }

    /// Decides who may use the gateway; `has_clients` tells whether an unrevoked key exists.
    ///
    /// Open on loopback while no vendor is live, or where `server.open` says so.
    ///
    /// # Errors
    /// When nobody could use it safely: reachable from outside or with a live vendor, and without any client.
    pub fn access(&self, has_clients: bool) -> Result<Access, ConfigError> {
        let live = self.any_vendor(Mode::Live);
        let outside = self.server.reachable_from_outside();
        if !live && (self.server.open || !outside) {
            return Ok(Access::Open);
        }
        if has_clients {
            return Ok(Access::Clients);
        }
        let mend = "create a key with `forecourt keys create NAME --all-scopes`";
        Err(ConfigError::new(vec![if live {
            Fault::new("server", "a live vendor is configured, and no client has a key", mend)
        } else {
            let mend = format!("{mend}, or set `server.open = true` to let anyone try the sandbox");
            let why = match self.server.listen {
                listen if listen.ip().is_loopback() => {
                    "`public_url` or `hosts` gives the gateway a public name".to_owned()
                }
                listen => format!("`{listen}` can be reached from other machines"),
            };
            Fault::new("server", format!("{why}, and no client has a key"), mend)
        }]))
    }

    fn check_server(&self, faults: &mut Vec<Fault>) {
        if self.server.request_timeout > self.server.max_request_timeout {
            let mend = "lower it, or raise `server.max_request_timeout`";
            faults.push(Fault::new("server.request_timeout", "it is longer than `server.max_request_timeout`", mend));
        }
        if self.server.open && self.any_vendor(Mode::Live) {
            let reason = "the gateway cannot be open to anyone while a vendor is live";
            let mend = "remove it and create keys with `forecourt keys create NAME --all-scopes`";
            faults.push(Fault::new("server.open", reason, mend));
        }
    }

    fn check_tenants(&self, faults: &mut Vec<Fault>) {
        for (name, tenant) in &self.tenants {
            let below = format!("tenants.{name}.");
            let told = faults.iter().any(|fault| fault.key.starts_with(&below));
            if !told && tenant.modes().all(|(_, mode)| mode == Mode::Off) {
                let mend = "give it a vendor, such as `[tenants.NAME.vendors.jifeline]`, or remove it";
                faults.push(Fault::new(format!("tenants.{name}"), "no vendor of this tenant is in use", mend));
            }
        }
        if self.environment != Environment::Production {
            return;
        }
        for (name, vendor, _) in self.vendor_modes().filter(|(_, _, mode)| *mode == Mode::Sandbox) {
            let key = format!("tenants.{name}.vendors.{}", vendor.as_str());
            let mend = "give the vendor an account, set its `mode` to `off`, or set `environment` to `development`";
            faults.push(Fault::new(key, "a sandbox vendor is refused while `environment` is `production`", mend));
        }
    }

    fn check_schedule(&self, faults: &mut Vec<Fault>) {
        let mut laid_down = BTreeSet::new();
        for (place, schedule) in self.reports.schedule.iter().enumerate() {
            let key = |name: &str| format!("reports.schedule.{place}.{name}");
            if !laid_down.insert((schedule.into.to_string(), &schedule.name)) {
                let reason = format!("`{}` is laid down in `{}` twice", schedule.name, schedule.into);
                faults.push(Fault::new(key("name"), reason, "give each a `name` of its own"));
            }
            match &schedule.tenant {
                Some(name) if !self.tenants.contains_key(name) => {
                    let reason = format!("there is no tenant `{name}`");
                    faults.push(Fault::new(key("tenant"), reason, "name one of `[tenants.NAME]`"));
                }
                None if self.tenants.len() > 1 => {
                    let mend = "name the one whose data is to be read";
                    faults.push(Fault::new(key("tenant"), "there is more than one tenant", mend));
                }
                Some(_) | None => {}
            }
        }
    }

    fn check_sandbox(&self, known: &Known, faults: &mut Vec<Fault>) {
        if self.any_vendor(Mode::Sandbox) && self.sandbox.url.is_none() && !known.embedded_sandbox {
            let reason = "a vendor is in mode `sandbox`, and this build lacks the feature `sandbox`";
            let mend = "name a sandbox that runs by itself, or build with the feature `sandbox`";
            faults.push(Fault::new("sandbox.url", reason, mend));
        }
    }
}
