//! Keeps the garages that have logged in: sealed in the ledger, and in memory while they are in use.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use moka::future::Cache;

use crate::auth::GarageLogIn;
use crate::auth::GarageSessionHash;
use crate::auth::Owner;
use crate::auth::Session;
use crate::auth::Vault;
use crate::clock::Clock;
use crate::domain::garage::customer::GarageCustomer;
use crate::domain::services::Sources;
use crate::error::Code;
use crate::error::Error;
use crate::error::Reason;
use crate::graphql::Result;
use crate::ids::Ids;
use crate::store::AccountKey;
use crate::store::GarageSessionRow;
use crate::store::Store;

use super::attempts::Attempts;
use super::model::OpenedSession;
use super::source::Admitted;
use super::source::GarageDoor;

/// How many garages have their clients in memory; the others are opened again when they come back.
const MOST_HELD: u64 = 1_000;
/// How long a garage that asks for nothing keeps its clients in memory.
const HELD_IDLE: Duration = Duration::from_mins(15);
/// The longest that any session serves.
const LONGEST: TimeDelta = TimeDelta::days(365);
/// What the text of a session begins with, so that it is known when it turns up where it should not.
const PREFIX: &str = "fcs_";

/// The doors of all tenants.
pub type Doors = HashMap<Arc<str>, Arc<dyn GarageDoor>>;

/// What the operator decides about sessions.
#[derive(Clone, Copy, Debug)]
pub struct SessionRules {
    /// How long a session serves.
    pub ttl: Duration,
    /// Whether mails for forgotten passwords may be asked for.
    pub password_reset: bool,
}

/// Lets garages in and knows them again.
pub struct GarageKeeper {
    doors: Doors,
    rules: SessionRules,
    vault: Vault,
    store: Arc<dyn Store>,
    clock: Clock,
    ids: Ids,
    /// The tries that failed of late.
    pub(super) attempts: Attempts,
    held: Cache<GarageSessionHash, Arc<Sources>>,
}

impl fmt::Debug for GarageKeeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GarageKeeper").field("doors", &self.doors).field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl GarageKeeper {
    /// Keeps sessions in `store`, sealed by `vault`.
    pub fn new(doors: Doors, rules: SessionRules, vault: Vault, store: Arc<dyn Store>, clock: Clock, ids: Ids) -> Self {
        let held = Cache::builder().max_capacity(MOST_HELD).time_to_idle(HELD_IDLE).build();
        Self { doors, rules, vault, store, clock, ids, attempts: Attempts::default(), held }
    }

    /// Whether mails for forgotten passwords may be asked for.
    pub fn resets_passwords(&self) -> bool {
        self.rules.password_reset
    }

    /// The door at which the tenant's garages log in.
    ///
    /// # Errors
    /// `UNSUPPORTED` when the tenant has no vendor whose customers may log in.
    pub fn door(&self, tenant: &Arc<str>) -> Result<Arc<dyn GarageDoor>> {
        let door = self.doors.get(tenant).map(Arc::clone);
        door.ok_or_else(|| Error::new(Code::Unsupported, "no vendor here lets a garage log in"))
    }

    /// Opens a session of the client for a garage that was let in.
    ///
    /// # Errors
    /// When the ledger does not take it.
    pub async fn open(&self, client: &Session, admitted: Admitted) -> Result<OpenedSession> {
        let now = self.clock.now();
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.ids.bytes()));
        let hash = GarageSessionHash::of(&token);
        let owner = Owner { tenant: &client.tenant, client: &client.client, session: &hash };
        let sealed = self.vault.seal(&owner, &admitted.kept)?;
        let expires_at = self.expiry(now, admitted.good_until);
        let account = admitted.account;
        let row = GarageSessionRow {
            session_sha256: *hash.as_bytes(),
            tenant: client.tenant.as_ref().to_owned(),
            client: client.client.as_ref().to_owned(),
            account: AccountKey::new(account.vendor, account.name.as_ref()),
            sealed,
            created_at: now,
            expires_at,
            last_used_at: now,
            ended_at: None,
        };
        self.store.create_garage_session(row).await?;
        self.held.insert(hash, admitted.sources).await;
        let customer = GarageCustomer { account: account.clone(), record: admitted.customer };
        Ok(OpenedSession { token, expires_at, account, customer })
    }

    fn expiry(&self, now: DateTime<Utc>, good_until: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let ttl = TimeDelta::from_std(self.rules.ttl).unwrap_or(LONGEST).min(LONGEST);
        let end = now + ttl;
        good_until.map_or(end, |until| until.min(end))
    }

    /// What the garage's account serves; opened again when it is not in memory.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` with the reason `LOG_IN_AGAIN` when what was sealed cannot be opened any more.
    pub async fn sources(&self, session: &Session, garage: &GarageLogIn) -> Result<Arc<Sources>> {
        let open = async {
            let owner = Owner { tenant: &session.tenant, client: &session.client, session: &garage.hash };
            let kept = self.vault.open(&owner, &garage.sealed);
            let door = self.doors.get(&session.tenant);
            kept.zip(door)
                .and_then(|(kept, door)| door.reopen(&session.tenant, &garage.account, &kept))
                .ok_or_else(unreadable)
        };
        self.held.try_get_with(garage.hash, open).await.map_err(|error: Arc<Error>| error.as_ref().clone())
    }

    /// Ends the session; tells whether it had not ended before.
    ///
    /// # Errors
    /// When the ledger does not take it.
    pub async fn end(&self, session: &Session, garage: &GarageLogIn) -> Result<bool> {
        let (tenant, client) = (session.tenant.as_ref(), session.client.as_ref());
        let ended = self.store.end_garage_session(tenant, client, garage.hash.as_bytes(), self.clock.now()).await?;
        self.held.invalidate(&garage.hash).await;
        Ok(ended)
    }
}

fn unreadable() -> Error {
    let message = "what the garage's session has sealed cannot be opened with the key of this gateway: log in again";
    Error { reason: Some(Reason::LogInAgain), ..Error::new(Code::Unauthenticated, message) }
}
