//! Fills the vehicle index from the lists of serviced vehicles, page by page, in the background.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::auth::AccountId;
use crate::domain::registry::CallContext;
use crate::domain::services::Services;
use crate::domain::vehicle::model::ServicedVehicle;
use crate::domain::vehicle::source::VehicleSource;
use crate::error::Error;
use crate::store::VehicleTouch;

/// Between two readings of a list. It is ordered by service, so a later reading stops at the first page without news.
const INTERVAL: Duration = Duration::from_mins(10);
/// After a reading that failed.
const AFTER_FAILURE: Duration = Duration::from_secs(15);
const PAGE_LIMIT: Duration = Duration::from_mins(1);

/// How many lists have not been read to their end yet.
#[derive(Clone, Debug, Default)]
pub struct Filling(Arc<AtomicUsize>);

impl Filling {
    /// How many lists have not been read to their end since the start.
    pub fn unread(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Starts one reader per account; they end when the process drains.
pub fn start(services: &Arc<Services>) -> Filling {
    let filling = Filling::default();
    for (tenant, account, source) in services.sources.vehicles.iter() {
        filling.0.fetch_add(1, Ordering::SeqCst);
        let reader = Reader {
            services: Arc::clone(services),
            tenant: Arc::clone(tenant),
            account: account.clone(),
            source: Arc::clone(source),
        };
        let filling = filling.clone();
        drop(services.shutdown.spawn(async move { reader.run(&filling).await }));
    }
    filling
}

struct Reader {
    services: Arc<Services>,
    tenant: Arc<str>,
    account: AccountId,
    source: Arc<dyn VehicleSource>,
}

impl Reader {
    async fn run(&self, filling: &Filling) {
        let draining = self.services.shutdown.draining();
        tokio::pin!(draining);
        let mut read_once = false;
        loop {
            let reading = tokio::select! {
                () = &mut draining => return,
                reading = self.read(!read_once) => reading,
            };
            let pause = match reading {
                Ok(vehicles) => {
                    if !read_once {
                        filling.0.fetch_sub(1, Ordering::SeqCst);
                        tracing::info!(tenant = %self.tenant, account = %self.account, vehicles, "the vehicle index has the serviced vehicles");
                    }
                    read_once = true;
                    INTERVAL
                }
                Err(error) => {
                    let (code, operation) = (error.code.as_str(), error.operation);
                    tracing::warn!(tenant = %self.tenant, account = %self.account, code, operation, "the serviced vehicles cannot be read; it is tried again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = &mut draining => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Reads the list to its end, or to the first page that brings nothing new; returns how many vehicles it saw.
    async fn read(&self, to_the_end: bool) -> Result<usize, Error> {
        let (mut offset, mut seen) = (0, 0);
        loop {
            let context = CallContext { deadline: tokio::time::Instant::now() + PAGE_LIMIT };
            let page = self.source.serviced_page(offset, context).await?;
            seen += page.vehicles.len();
            let touches = page.vehicles.into_iter().map(|vehicle| self.touch(vehicle)).collect();
            let changed = self.services.store.touch_vehicles(touches, self.services.clock.now()).await?;
            match page.next_offset {
                Some(next) if to_the_end || changed > 0 => offset = next,
                Some(_) | None => return Ok(seen),
            }
        }
    }

    fn touch(&self, vehicle: ServicedVehicle) -> VehicleTouch {
        VehicleTouch {
            tenant: self.tenant.as_ref().to_owned(),
            vendor: self.account.vendor.to_owned(),
            account: self.account.name.as_ref().to_owned(),
            vin: vehicle.vin.as_str().to_owned(),
            make: vehicle.make,
            model_group: vehicle.model_group,
            model: vehicle.model,
            variant: vehicle.variant,
            last_serviced_at: vehicle.last_serviced_at,
            last_activity_at: vehicle.last_serviced_at,
            ..VehicleTouch::default()
        }
    }
}
