//! The domain's port for listings, answered by this vendor.

use async_trait::async_trait;
use indexmap::IndexMap;

use crate::domain::listing::model::ListingReceipt;
use crate::domain::listing::model::NewListing;
use crate::domain::listing::model::VehicleOption;
use crate::domain::listing::source::ListingSource;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Transport;

use super::api::cars;
use super::api::options;
use super::error;
use super::map;

/// The listings of one account.
#[derive(Clone, Debug)]
pub struct AutoChatListingSource {
    transport: Transport,
    environment: &'static str,
    dealerships: IndexMap<String, String>,
}

impl AutoChatListingSource {
    pub(super) fn new(transport: Transport, environment: &'static str, dealerships: IndexMap<String, String>) -> Self {
        Self { transport, environment, dealerships }
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
        let vendor_car_id = cars::create(&self.transport, &car, context.deadline).await.map_err(error::interpret)?;
        Ok(ListingReceipt { vendor_car_id })
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
