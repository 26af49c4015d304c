//! The domain's port for listings, answered by this vendor.

use async_trait::async_trait;
use indexmap::IndexMap;
use tokio::time::Instant;

use crate::domain::listing::model::ListingReceipt;
use crate::domain::listing::model::NewListing;
use crate::domain::listing::model::VehicleOption;
use crate::domain::listing::source::ListingSource;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::scalars::Vin;
use crate::transport::Transport;
use crate::vendors::TransportMonitor;

use super::api::cars;
use super::api::cars::CarDto;
use super::api::options;
use super::error;
use super::map;

/// The listings of one account.
#[derive(Clone, Debug)]
pub struct AutoChatListingSource {
    transport: Transport,
    environment: &'static str,
    lookup: bool,
    dealerships: IndexMap<String, String>,
}

impl AutoChatListingSource {
    pub(super) fn new(
        transport: Transport,
        environment: &'static str,
        lookup: bool,
        dealerships: IndexMap<String, String>,
    ) -> Self {
        Self { transport, environment, lookup, dealerships }
    }

    /// Watches the account's calls; `sandbox` tells whether the sandbox stands in for the vendor.
    #[must_use]
    pub fn monitor(&self, sandbox: bool) -> TransportMonitor {
        TransportMonitor::new(self.transport.clone(), Some(self.environment), sandbox)
    }

    /// The handle of the car that `listing` has made; none when it is not in the stock, or another car has its number.
    async fn look_up(
        &self,
        dealership_id: &str,
        listing: &NewListing,
        context: &CallContext,
    ) -> Result<Option<CarDto>, VendorError> {
        // The creation may have used up the time that there was, and what became of it is worth some more.
        let deadline = context.deadline.max(Instant::now() + cars::LIST.timeout);
        let found = cars::find(&self.transport, dealership_id, &listing.internal_id, deadline).await;
        let found = found.map_err(error::interpret)?;
        let vin = listing.vin.as_ref().map(Vin::as_str);
        Ok(found.filter(|car| match (vin, car.vin.clone().map(String::from)) {
            (Some(vin), Some(found)) => found.eq_ignore_ascii_case(vin),
            _ => true,
        }))
    }
}

#[async_trait]
impl ListingSource for AutoChatListingSource {
    fn environment(&self) -> &'static str {
        self.environment
    }

    fn dealerships(&self) -> Vec<String> {
        self.dealerships.keys().cloned().collect()
    }

    async fn create(
        &self,
        dealership: &str,
        listing: &NewListing,
        context: CallContext,
    ) -> Result<ListingReceipt, VendorError> {
        let Some(dealership_id) = self.dealerships.get(dealership) else {
            return Err(cars::CREATE.error(VendorErrorKind::Rejected, "no dealership of this account has that key"));
        };
        let car = map::map_new_car(dealership_id, listing);
        let created = cars::create(&self.transport, &car, context.deadline).await.map_err(error::interpret);
        if !self.lookup {
            return created.map(|vendor_car_id| ListingReceipt { vendor_car_id });
        }
        match created {
            // Accepted without a handle, which the stock may tell.
            Ok(None) => {
                let found = self.look_up(dealership_id, listing, &context).await.unwrap_or_else(|error| {
                    tracing::warn!(operation = error.operation, context = %error.context, "a listed car's handle is not known");
                    None
                });
                Ok(ListingReceipt { vendor_car_id: found.and_then(|car| car.handle()) })
            }
            Err(error) if !error.nothing_happened() => match self.look_up(dealership_id, listing, &context).await {
                Ok(Some(car)) => Ok(ListingReceipt { vendor_car_id: car.handle() }),
                // Not in the stock yet says nothing of what the vendor is still doing.
                Ok(None) => Err(error),
                Err(failure) => {
                    tracing::warn!(operation = failure.operation, context = %failure.context, "a car whose creation was not answered could not be looked up");
                    Err(error)
                }
            },
            other => other.map(|vendor_car_id| ListingReceipt { vendor_car_id }),
        }
    }

    fn create_operation(&self) -> &'static str {
        cars::CREATE.name
    }

    fn options_operation(&self) -> &'static str {
        options::LIST.name
    }

    async fn options(&self, context: CallContext) -> Result<Vec<VehicleOption>, VendorError> {
        let listed = options::list(&self.transport, context.deadline).await.map_err(error::interpret)?;
        Ok(listed.into_iter().filter_map(map::map_option).collect())
    }
}
