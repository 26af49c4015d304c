//! The fields of `Vehicle`: everything that any vendor knows of one car.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use futures_util::future::try_join_all;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::connector::loader::ConnectorListLoader;
use crate::domain::connector::model::Connector;
use crate::domain::inspection::loader::InspectionsOfVehicleLoader;
use crate::domain::inspection::model::Inspection;
use crate::domain::listing::loader::ListingsOfVehicleLoader;
use crate::domain::listing::model::Listing;
use crate::domain::request::caller;
use crate::domain::ticket::loader::ActiveTicketLoader;
use crate::domain::ticket::loader::TicketHistoryLoader;
use crate::domain::ticket::loader::prepared_tickets;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::domain::ticket::model::PreparedOrder;
use crate::domain::timeline::loader::TimelineLoader;
use crate::domain::timeline::loader::TimelinePosition;
use crate::domain::timeline::loader::TimelineStretch;
use crate::domain::timeline::model::TimelineEvent;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::Page;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::store::MergedVehicle;

use super::discrepancy::Discrepancy;
use super::loader::VehicleIndexLoader;
use super::loader::VehicleSpecLoader;
use super::model::Vehicle;
use super::model::VehicleMake;
use super::model::VehicleModel;
use super::model::VehicleModelGroup;
use super::model::VehicleModelVariant;
use super::model::VehicleSpec;
use super::readiness::Readiness;

impl Vehicle {
    async fn spec(&self, ctx: &Context<'_>) -> Result<Option<std::sync::Arc<VehicleSpec>>> {
        Ok(self.catalogued(ctx).await?.map(|(_, spec)| spec))
    }

    /// The catalogue's entry and the account whose catalogue it is.
    pub(super) async fn catalogued(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<(AccountId, std::sync::Arc<VehicleSpec>)>> {
        let caller = caller(ctx)?;
        let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
        let loader = DataLoader::<VehicleSpecLoader>::of(ctx)?;
        let mut failed = None;
        // Every account of a catalogue gives the same answer for a VIN, so the next one is asked only when one fails.
        for account in caller.services.sources.vehicles.required(tenant, accounts, "a vehicle catalogue")? {
            match loader.load_one((account.clone(), self.vin.clone())).await {
                Ok(spec) => return Ok(spec.map(|spec| (account.clone(), spec))),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    async fn indexed(&self, ctx: &Context<'_>) -> Result<Option<std::sync::Arc<MergedVehicle>>> {
        DataLoader::<VehicleIndexLoader>::of(ctx)?.load_one(self.vin.clone()).await
    }

    /// The connectors that report this VIN now, those that are online first.
    async fn connectors(&self, ctx: &Context<'_>) -> Result<Vec<Connector>> {
        let caller = caller(ctx)?;
        let loader = DataLoader::<ConnectorListLoader>::of(ctx)?;
        let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
        let served = caller.services.sources.connectors.required(tenant, accounts, "connectors")?;
        let lists = try_join_all(served.into_iter().map(|account| async move {
            let list = loader.load_one(account.clone()).await?;
            let here = list.iter().flat_map(|list| list.iter()).filter(|report| report.vin.as_ref() == Some(&self.vin));
            Ok::<_, Error>(
                here.map(|report| Connector { account: account.clone(), report: std::sync::Arc::new(report.clone()) })
                    .collect::<Vec<_>>(),
            )
        }));
        let mut connectors: Vec<Connector> = lists.await?.into_iter().flatten().collect();
        connectors.sort_by_key(|connector| connector.report.online != Some(true));
        Ok(connectors)
    }

    pub(super) async fn ticket_history(&self, ctx: &Context<'_>) -> Result<Vec<DiagnosticTicket>> {
        let caller = caller(ctx)?;
        let loader = DataLoader::<TicketHistoryLoader>::of(ctx)?;
        let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
        let served = caller.services.sources.tickets.required(tenant, accounts, "diagnostic tickets")?;
        let histories = try_join_all(served.into_iter().map(|account| async move {
            let history = loader.load_one((account.clone(), self.vin.clone())).await?;
            let tickets = history.iter().flat_map(|history| history.iter()).cloned();
            Ok::<_, Error>(
                tickets.map(|ticket| DiagnosticTicket::new(account, std::sync::Arc::new(ticket))).collect::<Vec<_>>(),
            )
        }));
        let mut tickets: Vec<DiagnosticTicket> = histories.await?.into_iter().flatten().collect();
        tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.ticket.created_at));
        Ok(tickets)
    }

    pub(super) async fn open_ticket(&self, ctx: &Context<'_>) -> Result<Option<DiagnosticTicket>> {
        let loader = DataLoader::<ActiveTicketLoader>::of(ctx)?;
        let tickets = try_join_all(self.connectors(ctx).await?.into_iter().map(|connector| async move {
            let ticket = loader.load_one((connector.account.clone(), connector.report.id.clone())).await?;
            Ok::<_, Error>(ticket.map(|ticket| DiagnosticTicket::open_on(&connector, ticket)))
        }));
        // A connector reports the vehicle it is plugged into now; its ticket may be for the one before.
        Ok(tickets.await?.into_iter().flatten().find(|ticket| ticket.ticket.vin.as_ref() == Some(&self.vin)))
    }
}

/// One vehicle, the hub of the graph: what every vendor knows of it, joined by its VIN.
///
/// A vendor that fails empties the fields it feeds and leaves the others alone.
#[Object]
impl Vehicle {
    /// The vehicle's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Vehicle", self.vin.as_str()).into()
    }

    /// The vehicle identification number.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> &Vin {
        &self.vin
    }

    /// The licence plate that was last given for it with an inspection or a listing; null when none was.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn license_plate(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(self.indexed(ctx).await?.and_then(|vehicle| vehicle.license_plate.clone())) }).await
    }

    /// The make; null when the catalogue does not know the VIN.
    async fn make(&self, ctx: &Context<'_>) -> Sourced<VehicleMake> {
        sourced(async { Ok(self.spec(ctx).await?.and_then(|spec| spec.make.clone())) }).await
    }

    /// The model group; null when the catalogue does not know the VIN.
    async fn model_group(&self, ctx: &Context<'_>) -> Sourced<VehicleModelGroup> {
        sourced(async { Ok(self.spec(ctx).await?.and_then(|spec| spec.model_group.clone())) }).await
    }

    /// The model; null when the catalogue does not know the VIN.
    async fn model(&self, ctx: &Context<'_>) -> Sourced<VehicleModel> {
        sourced(async { Ok(self.spec(ctx).await?.and_then(|spec| spec.model.clone())) }).await
    }

    /// The variant; null when the catalogue does not know the VIN.
    async fn variant(&self, ctx: &Context<'_>) -> Sourced<VehicleModelVariant> {
        sourced(async { Ok(self.spec(ctx).await?.and_then(|spec| spec.variant.clone())) }).await
    }

    /// Whether diagnosing it needs a connector that speaks DoIP (diagnostics over the car's Ethernet); null when the
    /// catalogue does not say.
    async fn requires_doip(&self, ctx: &Context<'_>) -> Sourced<bool> {
        sourced(async {
            let spec = self.spec(ctx).await?;
            let of_variant = |spec: &VehicleSpec| spec.variant.as_ref().and_then(|variant| variant.requires_doip);
            let of_model = |spec: &VehicleSpec| spec.model.as_ref().and_then(|model| model.requires_doip);
            Ok(spec.and_then(|spec| of_variant(&spec).or_else(|| of_model(&spec))))
        })
        .await
    }

    /// When it was last serviced, as the index knows it from the list of serviced vehicles; null when it never was.
    async fn last_serviced_at(&self, ctx: &Context<'_>) -> Sourced<DateTime> {
        sourced(async { Ok(self.indexed(ctx).await?.and_then(|vehicle| vehicle.last_serviced_at).map(DateTime)) }).await
    }

    /// When anything last happened to it, at any vendor, as far as the gateway has seen; null when nothing did.
    async fn last_activity_at(&self, ctx: &Context<'_>) -> Sourced<DateTime> {
        sourced(async {
            let at = self.indexed(ctx).await?.map(|vehicle| vehicle.last_activity_at);
            // The index keeps 1970 for a vehicle of which no time is known.
            Ok(at.filter(|at| *at > chrono::DateTime::UNIX_EPOCH).map(DateTime))
        })
        .await
    }

    /// Its inspections that have passed through the gateway, newest first: those with its VIN, and those without a VIN
    /// whose licence plate this vehicle alone has; `identity` says which. Only the former count for `readiness` and
    /// `discrepancies`.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<Inspection>> {
        sourced(async {
            let loaded = DataLoader::<InspectionsOfVehicleLoader>::of(ctx)?.load_one(self.vin.clone()).await?;
            slice(loaded.map(|all| all.to_vec()).unwrap_or_default(), Some(first), after).map(Some)
        })
        .await
    }

    /// Its listings that were pushed through the gateway, newest first.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead]))]
    async fn listings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<Listing>> {
        sourced(async {
            let loaded = DataLoader::<ListingsOfVehicleLoader>::of(ctx)?.load_one(self.vin.clone()).await?;
            slice(loaded.map(|all| all.to_vec()).unwrap_or_default(), Some(first), after).map(Some)
        })
        .await
    }

    /// Its historical diagnostic tickets, newest first; the open one is `activeTicket`.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<DiagnosticTicket>> {
        sourced(async { slice(self.ticket_history(ctx).await?, Some(first), after).map(Some) }).await
    }

    /// The open diagnostic ticket for it, on one of the connectors that report its VIN now; null when there is none.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn active_ticket(&self, ctx: &Context<'_>) -> Sourced<DiagnosticTicket> {
        sourced(self.open_ticket(ctx)).await
    }

    /// The orders that were prepared for it and wait for the garage.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn prepared_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<PreparedOrder>> {
        sourced(async { slice(prepared_tickets(ctx, &self.vin).await?, Some(first), after).map(Some) }).await
    }

    /// The connector that reports its VIN now; null when none does.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connector(&self, ctx: &Context<'_>) -> Sourced<Connector> {
        sourced(async { Ok(self.connectors(ctx).await?.into_iter().next()) }).await
    }

    /// What happened to it, newest first, across all vendors, as far as the gateway has seen it.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead, Scope::ListingsRead, Scope::TicketsRead]))]
    async fn timeline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<TimelineEvent>> {
        sourced(async {
            let page = Page::new(Some(first), after)?;
            let limit = page.first.saturating_add(1);
            let stretch = TimelineStretch { vin: self.vin.clone(), after: page.after::<TimelinePosition>()?, limit };
            let rows = DataLoader::<TimelineLoader>::of(ctx)?.load_one(stretch).await?;
            let rows = rows.map(|rows| rows.to_vec()).unwrap_or_default();
            let connection = Connection::from_ahead(rows, &page, TimelinePosition::of)?;
            connection.try_map(TimelineEvent::of).map(Some)
        })
        .await
    }

    /// Where vendors contradict each other about it; null with an error when one of them could not be read, empty when
    /// they agree.
    ///
    /// Mileages (odometers in tickets, listings) contradict when a later reading is lower than an earlier one, or higher
    /// than the vehicle can have driven since, by the operator's limit for a day. Plates contradict when those of the
    /// newest inspection (given, and read on the photos) and of the newest listing of each account are not all the same,
    /// whatever their spaces, hyphens and case. Make and model contradict when neither the catalogue's name nor the newest
    /// listing's has all the words of the other.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead, Scope::ListingsRead, Scope::TicketsRead]))]
    async fn discrepancies(&self, ctx: &Context<'_>) -> Sourced<Vec<Discrepancy>> {
        sourced(async { self.contradictions(ctx).await.map(Some) }).await
    }

    /// How far it is on its way to being sold: inspected, diagnosed, listed.
    async fn readiness(&self) -> Readiness {
        Readiness(self.clone())
    }
}
