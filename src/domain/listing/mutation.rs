//! Creating listings.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;
use serde_json::json;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::creation::CreationOutcome;
use crate::domain::creation::Ending;
use crate::domain::creation::Order;
use crate::domain::creation::Sent;
use crate::domain::creation::create_once;
use crate::domain::creation::idempotency_key;
use crate::domain::read::shared_context;
use crate::domain::refusal::LISTINGS;
use crate::domain::request::caller;
use crate::domain::rules::plate_key;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::domain::timeline::model::LISTING_PUSHED;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;
use crate::store::AccountKey;
use crate::store::Creation;
use crate::store::ListingRow;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::input::CreateListingInput;
use super::input::check;
use super::input::check_options;
use super::loader::ListingLoader;
use super::model::Listing;
use super::model::NewListing;
use super::source::ListingSource;

const MUTATION: &str = "createListing";

/// Creates listings.
#[derive(Debug, Default)]
pub struct ListingMutation;

#[Object]
impl ListingMutation {
    /// Lists a car for sale.
    ///
    /// It is done once per `idempotencyKey`: asking again with the same key and input gives the same answer and never
    /// lists the car a second time. When the vendor's answer never arrives, the outcome is `UNKNOWN`. The vendor documents
    /// no way to change or remove a listing.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsWrite]))]
    async fn create_listing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The car to list.")] input: CreateListingInput,
    ) -> Sourced<CreateListingPayload> {
        sourced(async { create(caller(ctx)?, input).await.map(Some) }).await
    }
}

/// What came of `createListing`.
pub struct CreateListingPayload {
    ending: Ending,
    key: Option<String>,
    /// The listing that uses the stock number already, when that is why it was refused.
    existing: Option<Uuid>,
}

/// What came of `createListing`.
#[Object]
impl CreateListingPayload {
    /// The listing; null when it was not created. With `ALREADY_LISTED`, the one that the ledger has under the stock
    /// number, or null when it did not pass through the gateway. An error here tells what failed on the way.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead, Scope::ListingsWrite]))]
    async fn listing(&self, ctx: &Context<'_>) -> Sourced<Listing> {
        sourced(async {
            let loader = DataLoader::<ListingLoader>::of(ctx)?;
            match (&self.ending, &self.existing) {
                (Ending::Created(id), _) | (Ending::Refused(_), Some(id)) => loader.load_one(*id).await,
                (Ending::Refused(_), None) | (Ending::Made(_), _) => Ok(None),
                (Ending::Failed(error) | Ending::Unknown(error), _) => Err(error.clone()),
            }
        })
        .await
    }

    /// Whether it was created.
    async fn outcome(&self) -> CreationOutcome {
        self.ending.outcome()
    }

    /// The key under which this creation is done once: the one that was given, or the one that the gateway drew.
    async fn idempotency_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        self.ending.faults()
    }
}

impl CreateListingPayload {
    fn refused(faults: Vec<UserError>) -> Self {
        Self { ending: Ending::Refused(faults), key: None, existing: None }
    }
}

async fn create(caller: &Caller, input: CreateListingInput) -> Result<CreateListingPayload> {
    let sources = &caller.services.sources.listings;
    let account = choose(&caller.session, sources, input.account.as_deref());
    let source = account.as_ref().ok().and_then(|account| sources.get(&caller.session.tenant, account));
    let dealership = source.as_ref().map(|source| dealership(source.as_ref(), input.dealership.as_deref())).transpose();
    let checked = check(&input);
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let (account, source, dealership, listing, key) = match (account, source, dealership, checked, key) {
        (Ok(account), Some(source), Ok(Some(dealership)), Ok(listing), Ok(key)) => {
            (account, source, dealership, listing, key)
        }
        (account, _, dealership, checked, key) => {
            let single = account.err().into_iter().chain(dealership.err()).chain(key.err());
            return Ok(CreateListingPayload::refused(single.chain(checked.err().unwrap_or_default()).collect()));
        }
    };
    let order = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &dealership, &listing))?;
    let (number, place) = (listing.internal_id.clone(), dealership.clone());
    let by = By {
        tenant: caller.session.tenant.as_ref().to_owned(),
        client: caller.session.client.as_ref().to_owned(),
        account: account.clone(),
        dealership,
    };
    let services = Arc::clone(&caller.services);
    let of = Arc::clone(&source);
    let send = move || async move { send(&services, &by, of.as_ref(), listing).await };
    let ending = create_once(&caller.services, order, caller.deadline, send).await;
    let is_listed = ending.faults().iter().any(|fault| fault.code == UserErrorCode::AlreadyListed);
    let existing = if is_listed { listed(caller, &account, source.environment(), &place, number).await? } else { None };
    Ok(CreateListingPayload { ending, key: Some(key), existing })
}

/// The dealership that `key` means; without a key, the only one.
fn dealership(source: &dyn ListingSource, key: Option<&str>) -> std::result::Result<String, UserError> {
    let known = source.dealerships();
    let names = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let fault = |code, message: String| UserError::at("dealership", code, message);
    match (key, known.as_slice()) {
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            Err(fault(UserErrorCode::Required, format!("the account has several dealerships: name one of {names}")))
        }
        (Some(key), _) if known.iter().any(|name| name == key) => Ok(key.to_owned()),
        (Some(_), _) => {
            Err(fault(UserErrorCode::UnknownDealership, format!("no such dealership: name one of {names}")))
        }
    }
}

async fn listed(
    caller: &Caller,
    account: &AccountId,
    environment: &str,
    dealership: &str,
    number: String,
) -> Result<Option<Uuid>> {
    let account = AccountKey::new(account.vendor, account.name.as_ref());
    let store = &caller.services.store;
    let rows =
        store.listings_by_internal_id(&caller.session.tenant, &account, Some(environment), dealership, &[number]).await;
    Ok(rows.map_err(Error::from)?.first().map(|row| row.id))
}

/// In whose name, and for whom, a car is listed.
struct By {
    tenant: String,
    client: String,
    account: AccountId,
    dealership: String,
}

async fn send(services: &Services, by: &By, source: &dyn ListingSource, listing: NewListing) -> Sent {
    if !listing.options.is_empty() {
        // A check before a write reads nothing that was cached.
        match source.options(shared_context()).await {
            Ok(known) => {
                let faults = check_options(&listing, &known);
                if !faults.is_empty() {
                    return Sent::Refused(faults);
                }
            }
            Err(error) => return Sent::Failed(error.into()),
        }
    }
    match source.create(&by.dealership, &listing, shared_context()).await {
        Ok(receipt) => {
            let id = services.ids.uuid(services.clock.now());
            match creation(services, by, source.environment(), id, &listing, receipt.vendor_car_id) {
                Ok(creation) => Sent::Created(id, Box::new(creation)),
                Err(error) => Sent::Unknown(error),
            }
        }
        Err(error) if error.nothing_happened() => match refusal(&error) {
            Some(faults) => Sent::Refused(faults),
            None => Sent::Failed(error.into()),
        },
        Err(error) => Sent::Unknown(error.into()),
    }
}

/// What the caller can mend of a refusal; the only thing of a car that another one can have already is the stock number.
fn refusal(error: &VendorError) -> Option<Vec<UserError>> {
    if error.kind == VendorErrorKind::Conflict {
        let message = "the dealership has a listing with this stock number; use another number for another car";
        return Some(vec![UserError::at("internalId", UserErrorCode::AlreadyListed, message)]);
    }
    LISTINGS.refusal(error)
}

fn creation(
    services: &Services,
    by: &By,
    environment: &str,
    id: Uuid,
    listing: &NewListing,
    vendor_car_id: Option<String>,
) -> Result<Creation> {
    let now = services.clock.now();
    let vin = listing.vin.as_ref().map(|vin| vin.as_str().to_owned());
    let row = ListingRow {
        id,
        tenant: by.tenant.clone(),
        vendor: by.account.vendor.to_owned(),
        account: by.account.name.as_ref().to_owned(),
        environment: environment.to_owned(),
        vendor_car_id,
        dealership: by.dealership.clone(),
        internal_id: listing.internal_id.clone(),
        vin: vin.clone(),
        license_plate: listing.license_plate.clone(),
        car: serde_json::to_value(listing).map_err(Error::internal)?,
        pushed_at: now,
        created_by: by.client.clone(),
        change_seq: 0,
    };
    let entry = TimelineRow {
        id: services.ids.uuid(now),
        tenant: by.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin: vin.clone(),
        subject: id.to_string(),
        kind: LISTING_PUSHED.to_owned(),
        at: now,
        data: json!({ "internalId": row.internal_id, "dealership": row.dealership }),
        dedupe_key: format!("listing:{id}:pushed"),
        change_seq: 0,
    };
    let vehicle = vin.map(|vin| VehicleTouch {
        tenant: by.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin,
        plate_key: row.license_plate.as_deref().and_then(plate_key),
        license_plate: row.license_plate.clone(),
        make: Some(listing.make.clone()),
        model: Some(listing.model.clone()),
        listed: Some(true),
        last_activity_at: Some(now),
        ..VehicleTouch::default()
    });
    let trail = Trail { timeline: vec![entry], vehicles: vehicle.into_iter().collect() };
    Ok(Creation { listing: Some(row), trail, ..Creation::default() })
}
