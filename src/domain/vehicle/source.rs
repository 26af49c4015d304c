//! The port through which vehicles are asked for.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;

use super::model::ServicedPage;
use super::model::VehicleSpec;

/// A catalogue that knows vehicles by their VIN, and the list of those it has serviced.
#[async_trait]
pub trait VehicleSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`VehicleSource::find`].
    fn find_operation(&self) -> &'static str;

    /// Finds the catalogue entry of each VIN; `None` for a VIN that the catalogue does not know.
    async fn find(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, VehicleSpec>;

    /// Reads one page of the vehicles serviced so far, newest first, starting at `offset`.
    async fn serviced_page(&self, offset: u64, context: CallContext) -> Result<ServicedPage, VendorError>;
}
