//! How the parts of this gateway are.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_trait::async_trait;

use crate::http::health::Check;
use crate::http::health::Health;
use crate::http::health::Report;
use crate::http::health::VendorMode;
use crate::intake::Inbox;
use crate::intake::serviced::Filling;
use crate::store::Store;

/// How far the sandbox dealer's story has been told.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Mutex<Option<Check>>>);

impl Progress {
    /// Says how far it is.
    pub fn set(&self, check: Check) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(check);
    }

    fn get(&self) -> Option<Check> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The parts of this gateway.
pub(super) struct Parts {
    pub(super) store: Arc<dyn Store>,
    pub(super) inbox: Arc<Inbox>,
    pub(super) filling: Filling,
    pub(super) demo: Progress,
    pub(super) vendors: Vec<VendorMode>,
}

#[async_trait]
impl Health for Parts {
    async fn report(&self) -> Report {
        let store = match self.store.ping().await {
            Ok(()) => Check::Ok,
            Err(error) => Check::Failed(error.to_string()),
        };
        let index = match self.filling.unread() {
            0 => Check::Ok,
            lists => Check::Working(format!("{lists} lists of serviced vehicles are still being read")),
        };
        let inbox = if self.inbox.is_working() {
            Check::Ok
        } else {
            Check::Failed("deliveries are kept but not worked off; the log says why".to_owned())
        };
        let demo = self.demo.get().map(|check| ("demo", check));
        let checks =
            [("store", store), ("inbox", inbox), ("index", index)].into_iter().chain(demo).collect::<BTreeMap<_, _>>();
        Report { checks, vendors: self.vendors.clone() }
    }
}
