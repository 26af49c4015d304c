//! The port through which tickets are asked for.

use async_trait::async_trait;

use crate::domain::connector::model::ConnectorId;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::graphql::scalars::Vin;

use super::model::Ticket;
use super::model::TicketId;

/// Something that keeps diagnostic tickets.
#[async_trait]
pub trait TicketSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`TicketSource::history`] and [`TicketSource::history_of_connectors`].
    fn history_operation(&self) -> &'static str;

    /// The historical tickets of each vehicle, newest first; an empty list for a vehicle without any.
    async fn history(&self, vins: Vec<Vin>, context: CallContext) -> Answers<Vin, Vec<Ticket>>;

    /// The historical tickets on each connector, newest first; an empty list for a connector without any.
    async fn history_of_connectors(
        &self,
        connectors: Vec<ConnectorId>,
        context: CallContext,
    ) -> Answers<ConnectorId, Vec<Ticket>>;

    /// The name of the operation behind [`TicketSource::historical`].
    fn historical_operation(&self) -> &'static str;

    /// Historical tickets by their numbers; `None` for a number that is not known.
    async fn historical(&self, ids: Vec<TicketId>, context: CallContext) -> Answers<TicketId, Ticket>;

    /// The name of the operation behind [`TicketSource::active`].
    fn active_operation(&self) -> &'static str;

    /// The open ticket on each connector; `None` for a connector without one.
    async fn active(&self, connectors: Vec<ConnectorId>, context: CallContext) -> Answers<ConnectorId, Ticket>;
}
