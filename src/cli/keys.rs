//! `forecourt keys create|list|revoke`: who may use the gateway.
//!
//! A key is shown once, when it is made; the ledger holds its SHA-256 only.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{ArgGroup, Args, Subcommand};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app;
use crate::auth::Scope;
use crate::cli::Common;
use crate::cli::block_on;
use crate::clock::Clock;
use crate::config::{Mode, Name, Tenant};
use crate::ids::Ids;
use crate::store;
use crate::store::Access;
use crate::store::ApiKeyRow;
use crate::store::Store;

/// The commands below `forecourt keys`.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Create a key and print it, once
    Create(Create),
    /// List the keys, revoked ones too, without the keys themselves
    List(List),
    /// Revoke a key by its id, or all keys of a client by its name
    Revoke(Revoke),
}

/// Options of `forecourt keys create`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("grant").required(true).multiple(true).args(["scope", "all_scopes", "read_only"]))]
pub(super) struct Create {
    /// Name of the client that will hold the key, such as `website`
    #[arg(value_parser = name)]
    name: Name,
    /// Tenant whose data the client sees
    #[arg(long, default_value = "default", value_parser = name)]
    tenant: Name,
    /// Scope to grant, such as `vehicles:read`; may be given several times or with commas
    #[arg(long, value_delimiter = ',', value_parser = scope)]
    scope: Vec<Scope>,
    /// Grant every scope
    #[arg(long, conflicts_with_all = ["scope", "read_only"])]
    all_scopes: bool,
    /// Grant every scope that reads, except `personal-data:read`, which `--scope` may add
    #[arg(long)]
    read_only: bool,
    /// Account that the client sees, such as `jifeline/main`; may be given several times [default: all]
    #[arg(long, value_name = "VENDOR/ACCOUNT", value_delimiter = ',')]
    account: Vec<String>,
    /// Most rows of one table that the client may read [default: `max_rows` of `[reports]`]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_rows: Option<u32>,
}

/// Options of `forecourt keys list`.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only keys of this tenant
    #[arg(long, value_parser = name)]
    tenant: Option<Name>,
}

/// Options of `forecourt keys revoke`.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// Id of a key, or name of a client
    name_or_id: String,
    /// Only keys of this tenant
    #[arg(long, value_parser = name)]
    tenant: Option<Name>,
}

impl Keys {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let config = common.load(&app::known())?;
        block_on(async {
            if let Self::Create(create) = &self {
                create.check(config.tenants.get(&create.tenant))?;
            }
            let store = store::open(&config.data_dir, Access::Tool).await?;
            let outcome = match self {
                Self::Create(command) => command.run(&*store, out).await,
                Self::List(command) => command.run(&*store, out).await,
                Self::Revoke(command) => command.run(&*store, out).await,
            };
            store.close().await;
            outcome
        })
    }
}

impl Create {
    /// Checks that the tenant and the accounts exist, so that a slip of the pen makes no useless key.
    fn check(&self, tenant: Option<&Tenant>) -> anyhow::Result<()> {
        let Some(tenant) = tenant else { bail!("there is no tenant `{}` in the configuration", self.tenant) };
        ensure!(
            Uuid::parse_str(self.name.as_str()).is_err(),
            "`{}` looks like the id of a key; choose another name",
            self.name
        );
        let known = accounts(tenant);
        for account in &self.account {
            let there = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            ensure!(known.contains(account), "tenant `{}` has no account `{account}`; it has {there}", self.tenant);
        }
        Ok(())
    }

    async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let (clock, ids) = (Clock::system(), Ids::system());
        let key = new_key(&ids);
        let scopes = self.scopes();
        let row = ApiKeyRow {
            id: ids.uuid(clock.now()),
            tenant: self.tenant.as_str().to_owned(),
            name: self.name.as_str().to_owned(),
            key_sha256: Sha256::digest(key.as_bytes()).into(),
            scopes: scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            accounts: (!self.account.is_empty()).then_some(self.account),
            max_rows: self.max_rows,
            created_at: clock.now(),
            revoked_at: None,
        };
        let id = row.id;
        store.create_api_key(row).await.context("the key was not created")?;
        writeln!(out, "{key}")?;
        out.flush()?;
        writeln!(
            std::io::stderr(),
            "key `{id}` of client `{}`: keep it now, it is not shown again\n\
             send it as `Authorization: Bearer KEY`; revoke it with `forecourt keys revoke {id}`",
            self.name
        )?;
        Ok(())
    }

    fn scopes(&self) -> BTreeSet<Scope> {
        let granted =
            |scope: &Scope| self.all_scopes || (self.read_only && is_read_only(*scope)) || self.scope.contains(scope);
        Scope::ALL.into_iter().filter(granted).collect()
    }
}

impl List {
    async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let keys = store.api_keys(self.tenant.as_ref().map(Name::as_str)).await?;
        if keys.is_empty() {
            writeln!(out, "there are no keys")?;
            return Ok(());
        }
        let titles = ["CLIENT", "TENANT", "SCOPES", "ACCOUNTS", "ROWS", "CREATED", "STATE", "ID"].map(str::to_owned);
        let mut rows = vec![titles];
        rows.extend(keys.iter().map(line));
        let mut widths = [0; 8];
        for row in &rows {
            widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.chars().count().max(*width));
        }
        for row in &rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let tenant = self.tenant.as_ref().map(Name::as_str);
        let revoked = store.revoke_api_keys(tenant, &self.name_or_id, Clock::system().now()).await?;
        ensure!(!revoked.is_empty(), "no good key has the id or client name `{}`", self.name_or_id);
        for key in revoked {
            writeln!(out, "revoked key {} of client {} (tenant {})", key.id, key.name, key.tenant)?;
        }
        Ok(())
    }
}

/// The cells of one key in the list.
fn line(key: &ApiKeyRow) -> [String; 8] {
    let day = "%Y-%m-%d %H:%M";
    let all = |wanted: fn(Scope) -> bool| {
        let names: BTreeSet<&str> = Scope::ALL.into_iter().filter(|scope| wanted(*scope)).map(Scope::as_str).collect();
        names == key.scopes.iter().map(String::as_str).collect()
    };
    let scopes = match () {
        () if all(|_| true) => "all".to_owned(),
        () if all(is_read_only) => "read-only".to_owned(),
        () => key.scopes.join(","),
    };
    [
        key.name.clone(),
        key.tenant.clone(),
        scopes,
        key.accounts.as_ref().map_or_else(|| "all".to_owned(), |accounts| accounts.join(",")),
        key.max_rows.map_or_else(|| "any".to_owned(), |rows| rows.to_string()),
        key.created_at.format(day).to_string(),
        key.revoked_at.map_or_else(|| "good".to_owned(), |at| format!("revoked {}", at.format(day))),
        key.id.to_string(),
    ]
}

/// Whether `--read-only` grants the scope.
fn is_read_only(scope: Scope) -> bool {
    scope.is_read() && scope != Scope::PersonalDataRead
}

/// Every account of the tenant as `vendor/account`.
fn accounts(tenant: &Tenant) -> BTreeSet<String> {
    let names: [(_, Vec<&Name>); 3] = [
        (tenant.autochat.mode, tenant.autochat.accounts.keys().collect()),
        (tenant.jifeline.mode, tenant.jifeline.accounts.keys().collect()),
        (tenant.tchek.mode, tenant.tchek.accounts.keys().collect()),
    ];
    let vendors = tenant.modes().zip(names).filter(|(_, (mode, _))| *mode != Mode::Off);
    vendors
        .flat_map(|((vendor, _), (_, names))| names.into_iter().map(move |name| format!("{}/{name}", vendor.as_str())))
        .collect()
}

/// A new key: `fc_` and 256 random bits in base64url.
fn new_key(ids: &Ids) -> String {
    format!("fc_{}", URL_SAFE_NO_PAD.encode(ids.bytes()))
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).ok_or_else(|| format!("a name has {}", Name::RULE))
}

fn scope(text: &str) -> Result<Scope, String> {
    let all = || Scope::ALL.map(Scope::as_str).join(", ");
    Scope::from_name(text.trim()).ok_or_else(|| format!("there is no such scope; there are {}", all()))
}
