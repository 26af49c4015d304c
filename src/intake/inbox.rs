//! Takes webhook deliveries: checks the secret, keeps the delivery as it came, and only then says thanks.

use std::sync::Arc;

use secrecy::ExposeSecret;
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::config::Webhooks;
use crate::domain::event::EventDecoder;
use crate::domain::services::Services;
use crate::error::Error;
use crate::store::NewDelivery;
use crate::transport::Handover;

use super::lane::Lane;

/// How deliveries of one vendor to one tenant are recognised and read.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The tenant.
    pub tenant: Arc<str>,
    /// The vendor's accounts of the tenant, with the secret that their deliveries carry.
    pub secrets: Vec<(AccountId, SecretString)>,
    /// Every account of the vendor and tenant.
    pub accounts: Vec<AccountId>,
    /// Reads the vendor's deliveries.
    pub decoder: Arc<dyn EventDecoder>,
    /// When inspections are asked for of which no delivery speaks.
    pub polling: Webhooks,
    /// Who deliveries are handed on to, if anybody.
    pub forward: Option<Handover>,
}

/// Why a delivery is not taken.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// No secret is configured, so nobody can prove to be the vendor.
    NotConfigured,
    /// The secret is missing or wrong, or there is no such tenant; nobody is told which.
    Denied,
    /// The ledger could not keep it; the vendor should send it again.
    NotKept(Error),
}

/// The leave to bring one delivery, given for the right secret.
#[derive(Debug)]
pub struct Admission {
    lane: Arc<Lane>,
    /// The accounts that have this secret; the delivery can speak of these only.
    accounts: Vec<String>,
}

/// The inbox of all tenants.
#[derive(Debug)]
pub struct Inbox {
    lanes: Vec<Arc<Lane>>,
}

impl Inbox {
    /// Makes the inbox; `receivers` by vendor, one for each vendor and tenant.
    pub fn new(services: Arc<Services>, receivers: impl IntoIterator<Item = (&'static str, Receiver)>) -> Arc<Self> {
        let lane = move |(vendor, receiver)| Arc::new(Lane::new(Arc::clone(&services), vendor, receiver));
        Arc::new(Self { lanes: receivers.into_iter().map(lane).collect() })
    }

    /// Works off deliveries until the process drains: first those that an earlier process left.
    pub fn start(&self) {
        self.lanes.iter().for_each(Lane::start);
    }

    /// Whether deliveries are worked off: every worker runs, and the ledger answered it the last time.
    pub fn is_working(&self) -> bool {
        self.lanes.iter().all(|lane| lane.is_working())
    }

    /// Checks who brings a delivery of `vendor` to `tenant`, before anything of it is read.
    ///
    /// # Errors
    /// [`Refusal::NotConfigured`] and [`Refusal::Denied`].
    pub fn admit(&self, vendor: &str, tenant: &str, secret: Option<&[u8]>) -> Result<Admission, Refusal> {
        let lane = self.lanes.iter().find(|lane| lane.vendor == vendor && *lane.receiver.tenant == *tenant);
        let lane = lane.ok_or(Refusal::Denied)?;
        if lane.receiver.secrets.is_empty() {
            return Err(Refusal::NotConfigured);
        }
        let given = secret.ok_or(Refusal::Denied)?;
        // Every secret is compared, so that the time tells nothing about which one was close.
        let matches = |known: &SecretString| bool::from(known.expose_secret().as_bytes().ct_eq(given));
        let matching = lane.receiver.secrets.iter().filter(|(_, known)| matches(known));
        let accounts: Vec<String> = matching.map(|(account, _)| account.name.as_ref().to_owned()).collect();
        if accounts.is_empty() {
            return Err(Refusal::Denied);
        }
        Ok(Admission { lane: Arc::clone(lane), accounts })
    }
}

impl Admission {
    /// Keeps the delivery; it is on disk when this returns, and kept even if nobody waits for that any more.
    ///
    /// # Errors
    /// [`Refusal::NotKept`]; nothing is stored then.
    pub async fn keep(
        self,
        content_type: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<Uuid, Refusal> {
        let Self { lane, accounts } = self;
        let supervisor = lane.services.shutdown.clone();
        let keeping = supervisor.spawn(async move {
            let services = &lane.services;
            let received_at = services.clock.now();
            let delivery = NewDelivery {
                id: services.ids.uuid(received_at),
                tenant: lane.receiver.tenant.as_ref().to_owned(),
                vendor: lane.vendor.to_owned(),
                accounts,
                received_at,
                content_type: Some(content_type),
                headers,
                body,
                forward: lane.receiver.forward.is_some(),
            };
            let kept = services.store.insert_delivery(delivery, received_at).await;
            lane.arrived.notify_one();
            lane.to_forward.notify_one();
            kept.map(|row| row.id)
        });
        match keeping.await {
            Ok(kept) => kept.map_err(|error| Refusal::NotKept(error.into())),
            Err(gone) => Err(Refusal::NotKept(Error::internal(gone))),
        }
    }
}
