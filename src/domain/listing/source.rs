//! The port through which cars are listed.

use async_trait::async_trait;

use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::ListingReceipt;
use super::model::NewListing;
use super::model::VehicleOption;

/// A marketplace or chat that shows a dealer's stock.
#[async_trait]
pub trait ListingSource: Send + Sync + std::fmt::Debug {
    /// The environment that this account works on, such as `production`; option lists differ between them.
    fn environment(&self) -> &'static str;

    /// The keys of the dealerships that the account may list for, in the order of the configuration.
    fn dealerships(&self) -> Vec<String>;

    /// Lists a car for the dealership with this key. Sent once.
    ///
    /// A stock number that is already used fails with the kind `Conflict`; faults of single fields stand in `violations`
    /// under the names of [`NewListing`]'s fields in camel case.
    async fn create(
        &self,
        dealership: &str,
        listing: &NewListing,
        context: CallContext,
    ) -> Result<ListingReceipt, VendorError>;

    /// The name of the operation behind [`ListingSource::create`].
    fn create_operation(&self) -> &'static str;

    /// The name of the operation behind [`ListingSource::options`].
    fn options_operation(&self) -> &'static str;

    /// Every option that a listing can name.
    async fn options(&self, context: CallContext) -> Result<Vec<VehicleOption>, VendorError>;
}
