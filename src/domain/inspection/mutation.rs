//! Creating inspections.

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
use crate::domain::refusal::INSPECTIONS;
use crate::domain::request::caller;
use crate::domain::rules::plate_key;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::domain::timeline::model::INSPECTION_CREATED;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;
use crate::store::Creation;
use crate::store::InspectionRow;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::input::CreateInspectionInput;
use super::input::check;
use super::loader::InspectionLoader;
use super::model::Inspection;
use super::model::NewInspection;
use super::model::TokenState;
use super::progress::is_progress;
use super::source::InspectionSource;

const MUTATION: &str = "createInspection";

/// Creates inspections.
#[derive(Debug, Default)]
pub struct InspectionMutation;

#[Object]
impl InspectionMutation {
    /// Creates an inspection and with it the customer's link.
    ///
    /// It is done once per `idempotencyKey`: asking again with the same key and input gives the same answer and never
    /// creates a second inspection. When the vendor's answer never arrives, the outcome is `UNKNOWN`.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsWrite]))]
    async fn create_inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The inspection to create.")] input: CreateInspectionInput,
    ) -> Sourced<CreateInspectionPayload> {
        sourced(async { create(caller(ctx)?, input).await.map(Some) }).await
    }
}

/// What came of `createInspection`.
pub struct CreateInspectionPayload {
    ending: Ending,
    key: Option<String>,
}

/// What came of `createInspection`.
#[Object]
impl CreateInspectionPayload {
    /// The inspection; null when it was not created. An error here tells what failed on the way.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead, Scope::InspectionsWrite]))]
    async fn inspection(&self, ctx: &Context<'_>) -> Sourced<Inspection> {
        sourced(async {
            match &self.ending {
                Ending::Created(id) => DataLoader::<InspectionLoader>::of(ctx)?.load_one(*id).await,
                Ending::Refused(_) | Ending::Made(_) => Ok(None),
                Ending::Failed(error) | Ending::Unknown(error) => Err(error.clone()),
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

async fn create(caller: &Caller, input: CreateInspectionInput) -> Result<CreateInspectionPayload> {
    let sources = &caller.services.sources.inspections;
    let account = choose(&caller.session, sources, input.account.as_deref());
    let source = account.as_ref().ok().and_then(|account| sources.get(&caller.session.tenant, account));
    let checked = check(&input, source.as_ref().is_none_or(|source| source.can_deliver_links()));
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let (account, source, inspection, key) = match (account, source, checked, key) {
        (Ok(account), Some(source), Ok(inspection), Ok(key)) => (account, source, inspection, key),
        (account, _, checked, key) => {
            let faults = account.err().into_iter().chain(key.err()).chain(checked.err().unwrap_or_default()).collect();
            return Ok(CreateInspectionPayload { ending: Ending::Refused(faults), key: None });
        }
    };
    let order = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &inspection))?;
    let (services, client) = (Arc::clone(&caller.services), caller.session.client.as_ref().to_owned());
    let tenant = caller.session.tenant.as_ref().to_owned();
    let send = move || async move {
        let by = By { tenant, client, account };
        send(&services, &by, source.as_ref(), inspection).await
    };
    let ending = create_once(&caller.services, order, caller.deadline, send).await;
    Ok(CreateInspectionPayload { ending, key: Some(key) })
}

/// In whose name an inspection is created.
struct By {
    tenant: String,
    client: String,
    account: AccountId,
}

async fn send(services: &Services, by: &By, source: &dyn InspectionSource, inspection: NewInspection) -> Sent {
    match source.create(&inspection, shared_context()).await {
        Ok(state) => {
            let id = services.ids.uuid(services.clock.now());
            match creation(services, by, source.environment(), id, &inspection, &state) {
                Ok(creation) => Sent::Created(id, Box::new(creation)),
                Err(error) => Sent::Unknown(error),
            }
        }
        Err(error) if error.nothing_happened() => match INSPECTIONS.refusal(&error) {
            Some(faults) => Sent::Refused(faults),
            None => Sent::Failed(error.into()),
        },
        // No later delivery settles this: nothing of what was sent comes back in a token but the plate, and a token that
        // somebody else made for the same car would be taken for ours.
        Err(error) => Sent::Unknown(error.into()),
    }
}

fn creation(
    services: &Services,
    by: &By,
    environment: &str,
    id: Uuid,
    inspection: &NewInspection,
    state: &TokenState,
) -> Result<Creation> {
    let now = services.clock.now();
    let text = |value: serde_json::Value| value.as_str().map(str::to_owned);
    let status_code = state.status_code.unwrap_or(0);
    let vin = inspection.vin.as_ref().map(|vin| vin.as_str().to_owned());
    let row = InspectionRow {
        id,
        tenant: by.tenant.clone(),
        vendor: by.account.vendor.to_owned(),
        account: by.account.name.as_ref().to_owned(),
        environment: environment.to_owned(),
        token_uid: state.uid.0.clone(),
        vendor_token_id: state.vendor_token_id.clone(),
        vendor_inspection_id: state.vendor_inspection_id.clone(),
        vendor_vehicle_id: state.vendor_vehicle_id.clone(),
        vin: vin.clone(),
        license_plate: inspection.license_plate.clone(),
        locale: Some(inspection.locale.code().to_owned()),
        damage_review: text(json!(inspection.damage_review)),
        delivery: text(json!(inspection.delivery)),
        status_code,
        last_progress_status: is_progress(status_code).then_some(status_code),
        status_changed_at: state.status_changed_at,
        created_at: state.created_at.unwrap_or(now),
        expires_at: state.expires_at,
        expired: state.expired.unwrap_or(false),
        customer: inspection.customer.as_ref().map(serde_json::to_value).transpose().map_err(Error::internal)?,
        agent_id: inspection.agent_id.clone(),
        created_by: Some(by.client.clone()),
        deleted_at: None,
        seen_at: now,
        change_seq: 0,
    };
    let at = row.created_at;
    let entry = TimelineRow {
        id: services.ids.uuid(now),
        tenant: by.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin: vin.clone(),
        subject: id.to_string(),
        kind: INSPECTION_CREATED.to_owned(),
        at,
        data: json!({ "tokenUid": row.token_uid }),
        dedupe_key: format!("inspection:{}:{}:created:{}", row.account, row.environment, row.token_uid),
        change_seq: 0,
    };
    let vehicle = vin.map(|vin| VehicleTouch {
        tenant: by.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin,
        plate_key: row.license_plate.as_deref().and_then(plate_key),
        license_plate: row.license_plate.clone(),
        inspection_status: Some(status_code),
        last_activity_at: Some(at),
        ..VehicleTouch::default()
    });
    let trail = Trail { timeline: vec![entry], vehicles: vehicle.into_iter().collect() };
    Ok(Creation { inspection: Some(row), trail, ..Creation::default() })
}
