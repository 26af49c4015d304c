//! Questions about vehicles.

use async_graphql::Context;
use async_graphql::Enum;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::OneofObject;
use serde::Deserialize;
use serde::Serialize;

use crate::auth::Scope;
use crate::auth::Session;
use crate::domain::change::changed_after;
use crate::domain::inspection::model::InspectionStatus;
use crate::domain::request::caller;
use crate::domain::rules::key_of_plate;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::Edge;
use crate::graphql::connection::Page;
use crate::graphql::connection::encode_cursor;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::store::VehicleCursor;
use crate::store::VehicleFilter;
use crate::store::VehicleOrder;

use super::loader::VehicleIndexLoader;
use super::loader::VehicleSpecLoader;
use super::model::Vehicle;

/// What names one vehicle: exactly one of the fields.
#[derive(OneofObject)]
pub enum VehicleBy {
    /// Its VIN, 17 letters or digits.
    Vin(Vin),
    /// Its licence plate as an inspection or a listing gave it; spaces, hyphens and case do not count.
    LicensePlate(String),
}

/// Which vehicles a list shows; every field that is given must fit.
#[derive(Clone, Debug, Default, InputObject)]
pub struct VehiclesFilter {
    /// Name of the make; case does not count.
    pub make: Option<String>,
    /// Name of the model; case does not count.
    pub model: Option<String>,
    /// Licence plate; spaces, hyphens and case do not count.
    pub license_plate: Option<String>,
    /// Words that must all occur in VIN, plate, make, model group, model or variant.
    pub text: Option<String>,
    /// Whether a listing was pushed through the gateway. Needs the scope `listings:read`.
    pub listed: Option<bool>,
    /// Status of the latest inspection, as the ledger knows it. Needs the scope `inspections:read`.
    pub inspection_status: Option<InspectionStatus>,
    /// Whether one of its diagnostic tickets is open, as far as the gateway has made or read them: true after one was
    /// made or seen open, false after its end was seen, or when all that were seen have ended. A vehicle of which no
    /// ticket has been seen is in neither list, and a ticket that was made elsewhere counts once it has been read. Needs
    /// the scope `tickets:read`.
    pub has_open_ticket: Option<bool>,
    /// Only vehicles of which something became known at or after this time.
    pub updated_since: Option<DateTime>,
    /// Only vehicles that have changed after this token of `changeToken`; with `updatedSince`, the later of both counts. Rows
    /// that no longer fit another field of the filter are not told of.
    pub changed_after: Option<String>,
}

/// The order of a list of vehicles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum VehiclesOrder {
    /// The latest activity first.
    #[default]
    LastActivity,
    /// VINs from A to Z.
    Vin,
}

/// What a cursor of the list holds.
#[derive(Serialize, Deserialize)]
struct Position {
    at: chrono::DateTime<chrono::Utc>,
    vin: String,
}

/// Questions about vehicles.
#[derive(Debug, Default)]
pub struct VehicleQuery;

#[Object]
impl VehicleQuery {
    /// One vehicle, by VIN or licence plate.
    ///
    /// Null without an error only when the catalogue does not know the VIN and nothing about it has ever passed through
    /// the gateway. When the catalogue cannot be asked, the vehicle comes with its VIN, and the fields that the
    /// catalogue feeds have errors. Several cars with one plate are an error `AMBIGUOUS` that names their VINs.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the vehicle.")] by: VehicleBy,
    ) -> Sourced<Vehicle> {
        sourced(async {
            let vin = match by {
                VehicleBy::Vin(vin) => vin,
                VehicleBy::LicensePlate(plate) => match vin_of_plate(ctx, &plate).await? {
                    Some(vin) => return Ok(Some(Vehicle { vin })),
                    None => return Ok(None),
                },
            };
            Ok(is_known(ctx, &vin).await?.then_some(Vehicle { vin }))
        })
        .await
    }

    /// The vehicles that the gateway knows, page by page.
    ///
    /// No vendor can list all vehicles, so this reads the gateway's own index: vehicles that were serviced, inspected or
    /// listed with the accounts that the client may see. A page deep in the list costs what the first one costs.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before, with the same filter and order.")] after: Option<String>,
        #[graphql(desc = "Which vehicles; all when absent.")] filter: Option<VehiclesFilter>,
        #[graphql(desc = "Their order.", default_with = "VehiclesOrder::LastActivity")] order_by: VehiclesOrder,
    ) -> Sourced<Connection<Vehicle>> {
        sourced(async {
            vehicles(ctx, Page::new(Some(first), after)?, filter.unwrap_or_default(), order_by).await.map(Some)
        })
        .await
    }
}

/// Whether the catalogue or the index knows the VIN; also when the catalogue cannot be asked.
async fn is_known(ctx: &Context<'_>, vin: &Vin) -> Result<bool> {
    if DataLoader::<VehicleIndexLoader>::of(ctx)?.load_one(vin.clone()).await?.is_some() {
        return Ok(true);
    }
    let caller = caller(ctx)?;
    let mut served = caller.services.sources.vehicles.served(&caller.session.tenant, &caller.session.accounts);
    let Some(account) = served.next() else { return Ok(true) };
    let spec = DataLoader::<VehicleSpecLoader>::of(ctx)?.load_one((account.clone(), vin.clone())).await;
    Ok(!matches!(spec, Ok(None)))
}

async fn vin_of_plate(ctx: &Context<'_>, plate: &str) -> Result<Option<Vin>> {
    let key = key_of_plate(plate)?;
    let caller = caller(ctx)?;
    let mut vins = caller
        .services
        .store
        .vins_by_plate(&caller.session.tenant, &caller.account_keys(), &key)
        .await
        .map_err(Error::from)?;
    if vins.len() > 1 {
        let mut error =
            Error::new(Code::Ambiguous, "several vehicles have this plate; ask for one of `vins` by its VIN");
        error.details.push(("vins", vins));
        return Err(error);
    }
    Ok(vins.pop().map(|vin| Vin::from_source(&vin)))
}

async fn vehicles(
    ctx: &Context<'_>,
    page: Page,
    filter: VehiclesFilter,
    order: VehiclesOrder,
) -> Result<Connection<Vehicle>> {
    let caller = caller(ctx)?;
    may_filter(&caller.session, &filter)?;
    let store = &caller.services.store;
    let changed_after_seq =
        changed_after(store.as_ref(), filter.changed_after.as_deref(), filter.updated_since).await?;
    let after =
        page.after::<Position>()?.map(|position| VehicleCursor { last_activity_at: position.at, vin: position.vin });
    let query = crate::store::VehicleQuery {
        tenant: caller.session.tenant.as_ref().to_owned(),
        accounts: caller.account_keys(),
        filter: VehicleFilter {
            make: filter.make,
            model: filter.model,
            plate_key: filter.license_plate.as_deref().map(key_of_plate).transpose()?,
            text: filter.text,
            listed: filter.listed,
            inspection_status: filter.inspection_status.map(status_code).transpose()?,
            has_open_ticket: filter.has_open_ticket,
            changed_after_seq,
        },
        order: match order {
            VehiclesOrder::LastActivity => VehicleOrder::LastActivity,
            VehiclesOrder::Vin => VehicleOrder::Vin,
        },
        after,
        first: page.first,
    };
    let found = store.vehicle_page(&query).await.map_err(Error::from)?;
    let counted = ctx.look_ahead().field("totalCount").exists();
    let total = if counted { Some(store.vehicle_count(&query).await.map_err(Error::from)?) } else { None };
    let index = DataLoader::<VehicleIndexLoader>::of(ctx)?;
    let edges = found.rows.into_iter().map(|merged| {
        let vin = Vin::from_source(&merged.vin);
        let cursor = encode_cursor(&Position { at: merged.last_activity_at, vin: merged.vin.clone() })?;
        index.prime(vin.clone(), std::sync::Arc::new(merged));
        Ok(Edge { cursor, node: Vehicle { vin } })
    });
    let edges = edges.collect::<Result<Vec<_>>>()?;
    let connection = Connection::new(edges, found.has_next, query.after.is_some());
    Ok(match total {
        Some(total) => connection.with_total(usize::try_from(total).unwrap_or(usize::MAX)),
        None => connection,
    })
}

/// A filter tells of each vehicle in its answer what the fields behind another scope would tell.
fn may_filter(session: &Session, filter: &VehiclesFilter) -> Result<()> {
    let asked = [
        ("listed", filter.listed.is_some(), Scope::ListingsRead),
        ("hasOpenTicket", filter.has_open_ticket.is_some(), Scope::TicketsRead),
        ("inspectionStatus", filter.inspection_status.is_some(), Scope::InspectionsRead),
    ];
    match asked.into_iter().find(|(_, is_asked, scope)| *is_asked && !session.may(*scope)) {
        Some((name, _, scope)) => {
            let message = format!("the filter `{name}` needs the scope `{}`", scope.as_str());
            Err(Error::new(Code::Forbidden, message))
        }
        None => Ok(()),
    }
}

fn status_code(status: InspectionStatus) -> Result<i64> {
    status
        .code()
        .ok_or_else(|| Error::bad_input("`inspectionStatus: UNKNOWN` cannot be searched for; choose a known status"))
}
