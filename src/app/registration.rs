//! The accounts whose vendor can be told where to deliver, outside of a serving gateway.

use std::sync::Arc;

use anyhow::Context;
use anyhow::bail;
use secrecy::SecretString;
use url::Url;

use crate::auth::AccountId;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::Mode;
use crate::config::Name;
use crate::domain::inspection::webhooks::WebhookSource;
use crate::vendors::tchek;

use super::sources::inspections_config;
use super::sources::sandbox_path;

/// An account whose vendor can be told where to deliver.
#[derive(Debug)]
pub struct Registrable {
    /// The account.
    pub account: AccountId,
    /// The address of the vendor's API.
    pub base: Url,
    /// What deliveries are to carry.
    pub secret: Option<SecretString>,
    /// Tells and asks the vendor.
    pub source: Arc<dyn WebhookSource>,
}

/// The accounts of `tenant` whose vendor delivers.
///
/// # Errors
/// When there is none, or none that can be reached from here, in words that say what to do.
pub fn registrable(config: &Config, tenant: &Name) -> anyhow::Result<Vec<Registrable>> {
    // A second call in one process finds the provider installed, which is as good.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let section = &config.tenants.get(tenant).with_context(|| format!("there is no tenant `{tenant}`"))?.tchek;
    let (base, web) = match section.mode {
        Mode::Off => bail!("the tenant `{tenant}` has no vendor that delivers webhooks"),
        Mode::Live => {
            let own = section.base_url.clone().zip(section.web_url.clone());
            own.context("a live vendor has no address")?
        }
        Mode::Sandbox => {
            let sandbox = config.sandbox.url.as_ref().context(
                "the embedded sandbox lives in the serving gateway only; name a sandbox that runs by itself as `sandbox.url`",
            )?;
            let at = format!("{}/{}", sandbox.as_str().trim_end_matches('/'), sandbox_path(section.environment));
            let base = Url::parse(&at).context("the sandbox's address has no paths")?;
            (base.clone(), base)
        }
    };
    let accounts = section.accounts.iter().map(|(name, account)| {
        let settings = inspections_config(section, account, (&base, &web), None);
        let source = tchek::TchekInspectionSource::connect(settings, Clock::system())?;
        Ok(Registrable {
            account: AccountId::new(tchek::VENDOR, name.as_str()),
            base: base.clone(),
            secret: account.webhook_secret.clone(),
            source: Arc::new(source),
        })
    });
    accounts.collect()
}
