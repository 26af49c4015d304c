//! Where one account orders tickets: what the vendor has to be asked before an order, all of it as it stands now.

use std::hash::Hash;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::domain::cart::model::PriceQuote;
use crate::domain::cart::model::QuoteRequest;
use crate::domain::cart::source::CartSource;
use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Model;
use crate::domain::catalogue::source::CatalogueSource;
use crate::domain::connector::model::ConnectorId;
use crate::domain::connector::model::ConnectorReport;
use crate::domain::connector::source::ConnectorSource;
use crate::domain::garage::source::GarageSource;
use crate::domain::product::model::Prerequisite;
use crate::domain::product::model::PrerequisiteQuery;
use crate::domain::product::source::ProductSource;
use crate::domain::read::not_served;
use crate::domain::read::shared_context;
use crate::domain::registry::Answers;
use crate::domain::services::Sources;
use crate::domain::ticket::model::NewTicket;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::ordering::TicketOrdering;
use crate::domain::ticket::source::TicketSource;
use crate::domain::vehicle::model::VehicleSpec;
use crate::domain::vehicle::source::VehicleSource;
use crate::error::VendorError;
use crate::graphql::Result;
use crate::graphql::scalars::Vin;

type Asked<T> = std::result::Result<T, VendorError>;

/// Every source of one account that has a say in an order. Nothing that it answers was cached.
#[derive(Clone, Debug)]
pub struct TicketDesk {
    connectors: Arc<dyn ConnectorSource>,
    tickets: Arc<dyn TicketSource>,
    orders: Arc<dyn TicketOrdering>,
    vehicles: Arc<dyn VehicleSource>,
    catalogues: Arc<dyn CatalogueSource>,
    products: Arc<dyn ProductSource>,
    carts: Arc<dyn CartSource>,
    garages: Arc<dyn GarageSource>,
}

impl TicketDesk {
    /// The desk of `account`.
    ///
    /// # Errors
    /// `UNSUPPORTED` when the account's vendor takes no orders for tickets.
    pub fn of(sources: &Sources, tenant: &Arc<str>, account: &AccountId) -> Result<Self> {
        let desk = || {
            Some(Self {
                connectors: sources.connectors.get(tenant, account)?,
                tickets: sources.tickets.get(tenant, account)?,
                orders: sources.orders.get(tenant, account)?,
                vehicles: sources.vehicles.get(tenant, account)?,
                catalogues: sources.catalogues.get(tenant, account)?,
                products: sources.products.get(tenant, account)?,
                carts: sources.carts.get(tenant, account)?,
                garages: sources.garages.get(tenant, account)?,
            })
        };
        desk().ok_or_else(|| not_served(account, "orders for diagnostic tickets"))
    }

    /// The connector; none when the account has no such one.
    pub async fn connector(&self, id: &ConnectorId) -> Asked<Option<ConnectorReport>> {
        one(self.connectors.by_id(vec![id.clone()], shared_context()).await, id)
    }

    /// The ticket that is open on a connector.
    pub async fn active(&self, connector: &ConnectorId) -> Asked<Option<Ticket>> {
        one(self.tickets.active(vec![connector.clone()], shared_context()).await, connector)
    }

    /// The historical tickets of a vehicle.
    pub async fn history(&self, vin: &Vin) -> Asked<Vec<Ticket>> {
        Ok(one(self.tickets.history(vec![vin.clone()], shared_context()).await, vin)?.unwrap_or_default())
    }

    /// What the catalogue says of a VIN.
    pub async fn spec(&self, vin: &Vin) -> Asked<Option<VehicleSpec>> {
        one(self.vehicles.find(vec![vin.clone()], shared_context()).await, vin)
    }

    /// The catalogue's entry of a model.
    pub async fn model(&self, id: &CatalogueId) -> Asked<Option<Model>> {
        one(self.catalogues.models(vec![id.clone()], shared_context()).await, id)
    }

    /// What has to be answered before products can be ordered.
    pub async fn prerequisites(&self, query: &PrerequisiteQuery) -> Asked<Option<Vec<Prerequisite>>> {
        one(self.products.prerequisites(vec![query.clone()], shared_context()).await, query)
    }

    /// What an order would cost, and whether it needs a confirmation.
    pub async fn quote(&self, request: &QuoteRequest) -> Asked<PriceQuote> {
        self.carts.quote(request, shared_context()).await
    }

    /// Whether the garage may order a ticket without products; none when the vendor does not say.
    pub async fn may_order_nothing(&self) -> Asked<Option<bool>> {
        let user = self.garages.user(shared_context()).await?;
        Ok(user.client.and_then(|client| client.allow_tickets_without_product))
    }

    /// Makes the ticket. Sent once.
    pub async fn create(&self, ticket: &NewTicket) -> Asked<Ticket> {
        self.orders.create(ticket, shared_context()).await
    }
}

fn one<K: Hash + Eq, V>(mut answers: Answers<K, V>, key: &K) -> Asked<Option<V>> {
    answers.remove(key).unwrap_or(Ok(None))
}
