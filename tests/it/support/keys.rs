//! Clients with keys, written into the ledger before or while a gateway serves from it.

use std::path::Path;
use std::process::Command;

use forecourt::auth::Scope;
use forecourt::ids::Ids;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::ApiKeyRow;
use sha2::Digest;
use sha2::Sha256;

use super::gateway::today;

/// A client that is to have a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) name: &'a str,
    pub(crate) scopes: &'a [Scope],
    /// As `vendor/account`; all of the tenant when absent.
    pub(crate) accounts: Option<&'a [&'a str]>,
}

impl Client<'static> {
    /// A client of the tenant `default` that may do everything.
    pub(crate) const ALL: Self = Self { tenant: "default", name: "everything", scopes: &Scope::ALL, accounts: None };
}

impl Client<'_> {
    /// The client's key; the same for the same tenant and name.
    pub(crate) fn key(&self) -> String {
        format!("fc_test-{}-{}", self.tenant, self.name)
    }

    /// The header that proves who it is.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.key())
    }
}

/// Gives each of `clients` its key.
pub(crate) async fn give_keys(data: &Path, clients: &[Client<'_>]) {
    let store = store::open(data, Access::Tool).await.unwrap();
    let ids = Ids::system();
    for client in clients {
        let row = ApiKeyRow {
            id: ids.uuid(today()),
            tenant: client.tenant.to_owned(),
            name: client.name.to_owned(),
            key_sha256: Sha256::digest(client.key().as_bytes()).into(),
            scopes: client.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            accounts: client.accounts.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
            max_rows: None,
            created_at: today(),
            revoked_at: None,
        };
        store.create_api_key(row).await.unwrap();
    }
    store.close().await;
}

/// Makes a key with the command `forecourt keys create` and these arguments; gives the header that proves who it is.
pub(crate) fn made(data: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    command.env_clear().arg("--data-dir").arg(data).args(["keys", "create"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    format!("Bearer {}", String::from_utf8(output.stdout).unwrap().trim_end())
}

/// Takes the keys of the client `name` away.
pub(crate) async fn revoke(data: &Path, name: &str) {
    let store = store::open(data, Access::Tool).await.unwrap();
    assert_eq!(store.revoke_api_keys(None, name, today()).await.unwrap().len(), 1);
    store.close().await;
}
