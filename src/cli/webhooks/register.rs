//! `forecourt webhooks register`: tells the vendor to deliver here.
//!
//! A vendor's account has one destination only, and setting it cuts off whoever had it before. So the present one is
//! read and shown first, and another's is replaced only when asked to. No secret is ever printed.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use anyhow::bail;
use anyhow::ensure;
use clap::Args;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use crate::app;
use crate::app::Registrable;
use crate::config::Config;
use crate::config::Name;
use crate::domain::inspection::webhooks::WebhookDestination;
use crate::domain::inspection::webhooks::WebhookEvent;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::name;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Options of `forecourt webhooks register`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Register {
    /// Tenant whose accounts are registered
    #[arg(long, value_parser = name)]
    tenant: Name,
    /// Only this account of the tenant
    #[arg(long, value_parser = name)]
    account: Option<Name>,
    /// Take the place of another receiver
    #[arg(long)]
    replace: bool,
    /// Show what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Register {
    pub(super) async fn run(self, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
        let accounts = app::registrable(config, &self.tenant)?;
        let ours = address(config, &self.tenant)?;
        let is_meant = |one: &Registrable| self.account.as_ref().is_none_or(|name| *name.as_str() == *one.account.name);
        let accounts: Vec<Registrable> = accounts.into_iter().filter(is_meant).collect();
        ensure!(!accounts.is_empty(), "the tenant `{}` has no such account", self.tenant);
        for one in &accounts {
            self.register(one, &ours, out).await.with_context(|| format!("account `{}`", one.account))?;
        }
        Ok(())
    }

    async fn register(&self, one: &Registrable, ours: &Url, out: &mut dyn Write) -> anyhow::Result<()> {
        let key = format!("tenants.{}.vendors.tchek.accounts.{}.webhook_secret", self.tenant, one.account.name);
        let secret = one.secret.as_ref().with_context(|| {
            format!("without a secret nobody could tell the vendor's deliveries from others': set `{key}`")
        })?;
        let present = one.source.destination(context()).await.map_err(|error| told(&error))?;
        writeln!(out, "account {}: {}", one.account, described(&present, ours, secret))?;
        let foreign = present.url.as_ref().filter(|url| !is_ours(url, ours));
        if let Some(url) = foreign {
            ensure!(
                self.replace || self.dry_run,
                "deliveries go to `{url}`, and an account has one destination only; `--replace` takes its place"
            );
        }
        if self.dry_run {
            let needs = if foreign.is_some() && !self.replace { ", which needs `--replace`" } else { "" };
            writeln!(out, "  would set {ours} and its secret{needs}, and switch on every event; nothing was changed")?;
            return Ok(());
        }
        if let Some(url) = foreign {
            writeln!(out, "  to put it back:\n{}", put_back(one, url, present.secret.is_some())?)?;
            out.flush()?;
        }
        let set = one.source.set_destination(ours, Some(secret), context()).await.map_err(|error| told(&error))?;
        ensure!(
            set.url.as_ref().is_none_or(|url| is_ours(url, ours)),
            "the vendor says that deliveries go elsewhere still; nothing else was changed"
        );
        writeln!(out, "  set {ours} and its secret")?;
        for event in WebhookEvent::ALL {
            let on = one.source.subscribe(event, true, context()).await.map_err(|error| told(&error))?;
            ensure!(on != Some(false), "the vendor has not switched on {event:?}; run this again");
        }
        writeln!(out, "  switched on {} events", WebhookEvent::ALL.len())?;
        Ok(())
    }
}

/// Where the vendor is to deliver for `tenant`.
fn address(config: &Config, tenant: &Name) -> anyhow::Result<Url> {
    let Some(public) = &config.server.public_url else {
        bail!("the vendor needs an address that it can reach: set `server.public_url`")
    };
    let is_local = public.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    ensure!(
        public.scheme() == "https" || is_local,
        "the secret and the results would travel unprotected over `http`: `server.public_url` must be `https`"
    );
    let at = format!("{}/webhooks/tchek/{tenant}", public.as_str().trim_end_matches('/'));
    Url::parse(&at).context("`server.public_url` cannot be extended")
}

fn is_ours(url: &str, ours: &Url) -> bool {
    Url::parse(url).is_ok_and(|url| url == *ours)
}

/// What stands at the vendor, without the secret.
fn described(present: &WebhookDestination, ours: &Url, secret: &SecretString) -> String {
    let legacy = match &present.legacy_url {
        Some(url) => format!("; an older generation of deliveries goes to {url} and stays"),
        None => String::new(),
    };
    let Some(url) = &present.url else { return format!("nothing is delivered yet{legacy}") };
    let carried = match &present.secret {
        None => "without a secret",
        Some(given) if given.expose_secret() == secret.expose_secret() => "with our secret",
        Some(_) => "with another secret",
    };
    let whose = if is_ours(url, ours) { "this gateway" } else { "another receiver" };
    format!("deliveries go to {url} ({whose}), {carried}{legacy}")
}

/// The command that brings the earlier destination back; what it needs of secrets is for the operator to fill in.
fn put_back(one: &Registrable, url: &str, had_secret: bool) -> anyhow::Result<String> {
    let at = one.base.join("apiV1/eventmanager/configwebhook").context("the vendor's address cannot be extended")?;
    let mut body = serde_json::json!({ "webhookUrlV2": url });
    if had_secret && let Some(members) = body.as_object_mut() {
        members.insert("webhookHeaderKey".to_owned(), "THE SECRET OF THAT RECEIVER".into());
    }
    let body = body.to_string().replace('\'', "'\\''");
    Ok(format!(
        "    curl -X PUT '{at}' \\\n      -H \"X-API-Key: $TCHEK_API_KEY\" -H 'Content-Type: application/json' \\\n      -d '{body}'"
    ))
}

fn context() -> CallContext {
    CallContext { deadline: Instant::now() + PATIENCE }
}

fn told(error: &VendorError) -> anyhow::Error {
    anyhow::anyhow!("`{}` failed: {}", error.operation, error.context)
}
