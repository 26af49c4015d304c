//! Tickets.

use std::cmp::Reverse;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::domain::connector::model::ConnectorId;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::model::TicketId;
use crate::domain::ticket::source::TicketSource;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::tickets;
use super::super::api::tickets::HistoryOf;
use super::super::error;
use super::super::map;

/// The tickets of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineTicketSource {
    client: JifelineClient,
}

impl JifelineTicketSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }

    async fn history_of(&self, of: HistoryOf<'_>, deadline: Instant) -> Result<Vec<Ticket>, VendorError> {
        let listed = tickets::list_historical(&self.client.transport, of, deadline).await;
        let listed = error::not_found_is_none(listed.map(Some))?.unwrap_or_default();
        let mut mapped: Vec<Ticket> =
            listed.into_iter().filter_map(|ticket| map::map_ticket(ticket, &self.client.reading)).collect();
        // The vendor does not say in which order it lists them.
        mapped.sort_by_key(|ticket| Reverse(ticket.created_at));
        Ok(mapped)
    }
}

#[async_trait]
impl TicketSource for JifelineTicketSource {
    fn history_operation(&self) -> &'static str {
        tickets::LIST_HISTORICAL.name
    }

    async fn history(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, Vec<Ticket>> {
        fan_out::each(vins, api::PARALLEL, |vin: Vin| async move {
            self.history_of(HistoryOf::Vehicle(vin.as_str()), context.deadline).await.map(Some)
        })
        .await
    }

    async fn history_of_connectors(
        &self,
        connectors: Vec<ConnectorId>,
        context: CallContext,
    ) -> Answers<ConnectorId, Vec<Ticket>> {
        fan_out::each(connectors, api::PARALLEL, |id: ConnectorId| async move {
            self.history_of(HistoryOf::Connector(&id.0), context.deadline).await.map(Some)
        })
        .await
    }

    fn historical_operation(&self) -> &'static str {
        tickets::GET_HISTORICAL.name
    }

    async fn historical(&self, ids: Vec<TicketId>, context: CallContext) -> Answers<TicketId, Ticket> {
        fan_out::each(ids, api::PARALLEL, |id: TicketId| async move {
            let read = tickets::get_historical(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(|ticket| map::map_ticket(ticket, &self.client.reading)))
        })
        .await
    }

    fn active_operation(&self) -> &'static str {
        tickets::GET_ACTIVE.name
    }

    async fn active(&self, connectors: Vec<ConnectorId>, context: CallContext) -> Answers<ConnectorId, Ticket> {
        fan_out::each(connectors, api::PARALLEL, |id: ConnectorId| async move {
            let read = tickets::get_active(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(|ticket| map::map_ticket(ticket, &self.client.reading)))
        })
        .await
    }
}
