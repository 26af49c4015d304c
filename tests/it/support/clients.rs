//! Clients of a gateway: each has a key in its ledger.

use std::path::Path;

use forecourt::auth::Scope;
use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::ApiKeyRow;
use sha2::Digest;
use sha2::Sha256;

/// Makes a client that may do everything within `tenant`; gives its `Authorization` header.
pub(crate) async fn client(data: &Path, tenant: &str, name: &str) -> String {
    let (clock, ids) = (Clock::system(), Ids::system());
    let key = format!("key-of-{tenant}-{name}");
    let row = ApiKeyRow {
        id: ids.uuid(clock.now()),
        tenant: tenant.to_owned(),
        name: name.to_owned(),
        key_sha256: Sha256::digest(key.as_bytes()).into(),
        scopes: Scope::ALL.iter().map(|scope| scope.as_str().to_owned()).collect(),
        accounts: None,
        max_rows: None,
        created_at: clock.now(),
        revoked_at: None,
    };
    let store = store::open(data, Access::Tool).await.unwrap();
    store.create_api_key(row).await.unwrap();
    store.close().await;
    format!("Bearer {key}")
}
