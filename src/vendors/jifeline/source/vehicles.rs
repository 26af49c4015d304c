//! Vehicles.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::vehicle::model::ServicedPage;
use crate::domain::vehicle::model::VehicleSpec;
use crate::domain::vehicle::source::VehicleSource;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::vehicles;
use super::super::error;
use super::super::map;

/// The vehicles of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineVehicleSource {
    client: JifelineClient,
}

impl JifelineVehicleSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl VehicleSource for JifelineVehicleSource {
    fn find_operation(&self) -> &'static str {
        vehicles::FIND.name
    }

    async fn find(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, VehicleSpec> {
        fan_out::each(vins, api::PARALLEL, |vin: Vin| async move {
            let found = vehicles::find(&self.client.transport, vin.as_str(), context.deadline).await;
            Ok(error::not_found_is_none(found)?.and_then(map::map_found))
        })
        .await
    }

    async fn serviced_page(&self, offset: u64, context: CallContext) -> Result<ServicedPage, VendorError> {
        let page = vehicles::list_serviced(&self.client.transport, offset, context.deadline).await?;
        let next_offset = page.next(offset);
        Ok(ServicedPage {
            vehicles: page.result.items.into_iter().filter_map(map::map_serviced).collect(),
            next_offset,
        })
    }
}
