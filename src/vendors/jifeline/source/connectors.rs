//! Connectors.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::domain::connector::model::ConnectorId;
use crate::domain::connector::model::ConnectorReport;
use crate::domain::connector::source::ConnectorSource;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::connectors;
use super::super::error;
use super::super::map;
use super::distinct;

/// Up to how many connectors are read one by one; the list of all of them usually takes a single call.
const HANDFUL: usize = 4;

/// The connectors of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineConnectorSource {
    client: JifelineClient,
}

impl JifelineConnectorSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl ConnectorSource for JifelineConnectorSource {
    fn list_operation(&self) -> &'static str {
        connectors::LIST.name
    }

    async fn list(&self, context: CallContext) -> Result<Vec<ConnectorReport>, VendorError> {
        let listed = connectors::list(&self.client.transport, context.deadline).await?;
        Ok(distinct(listed.into_iter().filter_map(map::map_connector), |connector| connector.id.clone()))
    }

    fn by_id_operation(&self) -> &'static str {
        connectors::GET.name
    }

    async fn by_id(&self, ids: Vec<ConnectorId>, context: CallContext) -> Answers<ConnectorId, ConnectorReport> {
        if ids.len() <= HANDFUL {
            return fan_out::each(ids, api::PARALLEL, |id: ConnectorId| async move {
                let read = connectors::get(&self.client.transport, &id.0, context.deadline).await;
                Ok(error::not_found_is_none(read)?.and_then(map::map_connector))
            })
            .await;
        }
        match self.list(context).await {
            Ok(listed) => {
                let mut by_id: HashMap<_, _> =
                    listed.into_iter().map(|connector| (connector.id.clone(), connector)).collect();
                ids.into_iter()
                    .map(|id| {
                        let found = by_id.remove(&id);
                        (id, Ok(found))
                    })
                    .collect()
            }
            Err(error) => fan_out::failed(ids, &error),
        }
    }

    fn by_uuid_operation(&self) -> &'static str {
        connectors::GET_BY_UUID.name
    }

    async fn by_uuid(&self, uuids: Vec<String>, context: CallContext) -> Answers<String, ConnectorReport> {
        fan_out::each(uuids, api::PARALLEL, |uuid: String| async move {
            let read = connectors::get_by_uuid(&self.client.transport, &uuid, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_connector))
        })
        .await
    }
    fn dismiss_attention_operation(&self) -> &'static str {
        connectors::DISMISS_ATTENTION.name
    }

    async fn dismiss_attention(&self, uuid: &str, context: CallContext) -> Result<(), VendorError> {
        connectors::dismiss_attention(&self.client.transport, uuid, context.deadline).await
    }
}
