//! What every domain works with: the ledger, the cache, the clock, and the sources of all accounts.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::AccountId;
use crate::auth::Session;
use crate::cache::EntityCache;
use crate::cache::Partition;
use crate::cache::Reach;
use crate::cache::Tag;
use crate::clock::Clock;
use crate::domain::cart::source::CartSource;
use crate::domain::catalogue::source::CatalogueSource;
use crate::domain::connector::source::ConnectorSource;
use crate::domain::creation::Creations;
use crate::domain::garage::session::keeper::GarageKeeper;
use crate::domain::garage::source::GarageSource;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::listing::source::ListingSource;
use crate::domain::messenger::source::MessengerSource;
use crate::domain::operations::source::VendorMonitor;
use crate::domain::product::source::ProductSource;
use crate::domain::reference::source::ReferenceSource;
use crate::domain::registry::Registry;
use crate::domain::status::lines::Lines;
use crate::domain::status::source::StatusSource;
use crate::domain::ticket::ordering::TicketOrdering;
use crate::domain::ticket::source::TicketSource;
use crate::domain::vehicle::source::VehicleSource;
use crate::domain::watch::Board;
use crate::graphql::Result;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::store::AccountKey;
use crate::store::Store;
use crate::store::TimelineRow;

/// Everything that outlives a request. Built once, shared by all requests and background tasks.
#[derive(Clone)]
pub struct Services {
    /// The ledger.
    pub store: Arc<dyn Store>,
    /// What vendors said, for as long as it may be believed.
    pub cache: EntityCache,
    /// The time of day.
    pub clock: Clock,
    /// Ids and randomness.
    pub ids: Ids,
    /// Supervision of tasks.
    pub shutdown: Shutdown,
    /// What a vehicle is believed to cover in a day, in kilometres.
    pub kilometres_per_day: u32,
    /// Creations on their way.
    pub creations: Arc<Creations>,
    /// The garages that log in.
    pub garages: Arc<GarageKeeper>,
    /// Who watches what the ledger keeps; the state counts the changes, what has changed is read in the ledger.
    pub watched: Board<u64>,
    /// The lines over which vendors tell of changes, one per account.
    pub lines: Arc<Lines>,
    /// How often a watched thing is asked for at a vendor that may not tell of a change by itself.
    pub look_again: Duration,
    /// The sources of all accounts; for a garage that has logged in, those of its own.
    pub sources: Arc<Sources>,
}

/// The sources of all accounts, by port.
#[derive(Debug, Default)]
pub struct Sources {
    /// Catalogues that know vehicles by VIN.
    pub vehicles: Registry<dyn VehicleSource>,
    /// Keepers of diagnostic tickets.
    pub tickets: Registry<dyn TicketSource>,
    /// Keepers of connectors.
    pub connectors: Registry<dyn ConnectorSource>,
    /// Catalogues of makes, model groups, models and variants.
    pub catalogues: Registry<dyn CatalogueSource>,
    /// Sellers of services for vehicles.
    pub products: Registry<dyn ProductSource>,
    /// Those who say what an order would cost.
    pub carts: Registry<dyn CartSource>,
    /// Those who take orders for diagnostic tickets.
    pub orders: Registry<dyn TicketOrdering>,
    /// Keepers of a garage's own affairs.
    pub garages: Registry<dyn GarageSource>,
    /// Keepers of chats, channels and translations.
    pub messengers: Registry<dyn MessengerSource>,
    /// Keepers of the lists of countries and currencies.
    pub references: Registry<dyn ReferenceSource>,
    /// Runners of inspections.
    pub inspections: Registry<dyn InspectionSource>,
    /// Those who watch the calls of an account.
    pub monitors: Registry<dyn VendorMonitor>,
    /// Those who tell of changes as they happen.
    pub statuses: Registry<dyn StatusSource>,
    /// Places to list cars.
    pub listings: Registry<dyn ListingSource>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl Services {
    /// Drops from the cache what `account` has cached about `tags`.
    pub fn invalidate(&self, tenant: &Arc<str>, account: &AccountId, tags: &[Tag]) {
        self.cache.invalidate(&Reach::Partition(partition(tenant, account)), tags);
    }
}

impl Services {
    /// Tells those who watch of what the ledger has taken.
    ///
    /// To be called after the write is durable, and after the cache has dropped what it touches.
    pub fn announce(&self, entries: &[TimelineRow]) {
        self.watched.announce(entries);
    }
}

/// What a request hands to its loaders: who asks, what serves, and until when.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What outlives the request.
    pub services: Arc<Services>,
    /// Who asks.
    pub session: Arc<Session>,
    /// When the request gives up.
    pub deadline: Instant,
}

impl Caller {
    /// Whoever asks in `session`, until `deadline`: a garage that has logged in is served by its own log-in, and the sources
    /// of the tenant's accounts are out of its reach.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` with the reason `LOG_IN_AGAIN` when the garage's account cannot be opened any more.
    pub async fn new(services: &Arc<Services>, session: Arc<Session>, deadline: Instant) -> Result<Self> {
        let services = match &session.garage {
            None => Arc::clone(services),
            Some(garage) => {
                let sources = services.garages.sources(&session, garage).await?;
                Arc::new(Services { sources, ..services.as_ref().clone() })
            }
        };
        Ok(Self { services, session, deadline })
    }

    /// Refuses a garage that has logged in what its account has no part in: that the ledger has no `what` for it would claim
    /// that there is none.
    ///
    /// # Errors
    /// `UNSUPPORTED` under a session whose account `sources` do not serve.
    pub fn serves<S: ?Sized>(&self, sources: &Registry<S>, what: &str) -> Result<()> {
        if self.session.garage.is_some() {
            sources.required(&self.session.tenant, &self.session.accounts, what)?;
        }
        Ok(())
    }

    /// The accounts that the caller may see, as the store names them.
    pub fn account_keys(&self) -> Vec<AccountKey> {
        account_keys(&self.session.accounts)
    }
}

/// The accounts as the store names them.
pub fn account_keys(accounts: &[AccountId]) -> Vec<AccountKey> {
    accounts.iter().map(|account| AccountKey::new(account.vendor, account.name.as_ref())).collect()
}

/// The cache's partition of an account.
pub fn partition(tenant: &Arc<str>, account: &AccountId) -> Partition {
    Partition::new(Arc::clone(tenant), account.vendor, Arc::clone(&account.name))
}
