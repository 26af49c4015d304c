//! Takes webhook deliveries: checks the secret, keeps the delivery as it came, and only then says thanks.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use subtle::ConstantTimeEq;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::domain::event::EventDecoder;
use crate::domain::services::Services;
use crate::error::Error;
use crate::store::NewDelivery;

use super::status::StatusReader;

/// How deliveries of one vendor to one tenant are recognised and read.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The tenant.
    pub tenant: Arc<str>,
    /// The vendor's accounts of the tenant, with the secret that their deliveries carry.
    pub secrets: Vec<(AccountId, SecretString)>,
    /// Every account of the vendor and tenant; a delivery may speak of any of them.
    pub accounts: Vec<AccountId>,
    /// Reads the vendor's deliveries.
    pub decoder: Arc<dyn EventDecoder>,
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

/// The inbox of all tenants.
#[derive(Debug)]
pub struct Inbox {
    pub(super) services: Arc<Services>,
    receivers: HashMap<(&'static str, Arc<str>), Receiver>,
    pub(super) arrived: Notify,
    pub(super) status: StatusReader,
}

impl Inbox {
    /// Makes the inbox; `receivers` by vendor.
    pub fn new(services: Arc<Services>, receivers: impl IntoIterator<Item = (&'static str, Receiver)>) -> Arc<Self> {
        let receivers =
            receivers.into_iter().map(|(vendor, receiver)| ((vendor, Arc::clone(&receiver.tenant)), receiver));
        let status = StatusReader::new(Arc::clone(&services));
        Arc::new(Self { services, receivers: receivers.collect(), arrived: Notify::new(), status })
    }

    /// How deliveries of `vendor` to `tenant` are read; none when that tenant has no such vendor.
    pub(super) fn receiver(&self, vendor: &str, tenant: &str) -> Option<&Receiver> {
        self.receivers.iter().find(|((of, to), _)| *of == vendor && **to == *tenant).map(|(_, receiver)| receiver)
    }

    /// Keeps a delivery of `vendor` to `tenant`; it is on disk when this returns.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing is stored then.
    pub async fn receive(
        &self,
        vendor: &'static str,
        tenant: &str,
        secret: Option<&[u8]>,
        content_type: Option<String>,
        body: Bytes,
    ) -> Result<Uuid, Refusal> {
        let receiver = self.receiver(vendor, tenant).ok_or(Refusal::Denied)?;
        if receiver.secrets.is_empty() {
            return Err(Refusal::NotConfigured);
        }
        let given = secret.ok_or(Refusal::Denied)?;
        // Every secret is compared, so that the time tells nothing about which one was close.
        let matches = receiver
            .secrets
            .iter()
            .fold(subtle::Choice::from(0), |found, (_, known)| found | known.expose_secret().as_bytes().ct_eq(given));
        if !bool::from(matches) {
            return Err(Refusal::Denied);
        }
        let received_at = self.services.clock.now();
        let delivery = NewDelivery {
            id: self.services.ids.uuid(received_at),
            tenant: tenant.to_owned(),
            vendor: vendor.to_owned(),
            received_at,
            content_type,
            body: body.to_vec(),
        };
        let kept =
            self.services.store.insert_delivery(delivery).await.map_err(|error| Refusal::NotKept(error.into()))?;
        self.arrived.notify_one();
        Ok(kept.id)
    }
}
