//! Countries and currencies.

use async_trait::async_trait;

use crate::domain::reference::model::Country;
use crate::domain::reference::model::Currency;
use crate::domain::reference::source::ReferenceSource;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::super::JifelineClient;
use super::super::api::system;
use super::super::map;
use super::distinct;

/// The reference lists as one customer account sees them.
#[derive(Clone, Debug)]
pub struct JifelineReferenceSource {
    client: JifelineClient,
}

impl JifelineReferenceSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl ReferenceSource for JifelineReferenceSource {
    fn countries_operation(&self) -> &'static str {
        system::LIST_COUNTRIES.name
    }

    async fn countries(&self, context: CallContext) -> Result<Vec<Country>, VendorError> {
        let listed = system::list_countries(&self.client.transport, context.deadline).await?;
        Ok(distinct(listed.into_iter().filter_map(map::map_country), |country| country.code.clone()))
    }

    fn currencies_operation(&self) -> &'static str {
        system::LIST_CURRENCIES.name
    }

    async fn currencies(&self, context: CallContext) -> Result<Vec<Currency>, VendorError> {
        let listed = system::list_currencies(&self.client.transport, context.deadline).await?;
        let mapped = listed.into_iter().filter_map(map::map_listed_currency);
        Ok(distinct(mapped, |currency| currency.code.as_str().to_owned()))
    }
}
