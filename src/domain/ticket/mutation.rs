//! Creating and rating tickets.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use serde_json::json;
use uuid::Uuid;

use crate::auth::Scope;
use crate::cache::Tag;
use crate::domain::connector::model::ConnectorId;
use crate::domain::creation::CreationOutcome;
use crate::domain::creation::Ending;
use crate::domain::read::not_served;
use crate::domain::read::shared_context;
use crate::domain::refusal::DIAGNOSTICS;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::domain::timeline::model::TICKET_RATED;
use crate::domain::write::to_the_end;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;
use crate::store::AccountKey;

use super::create::create;
use super::input::CreateTicketInput;
use super::input::RateTicketInput;
use super::input::check_rating;
use super::kept::entry;
use super::loader::Named;
use super::loader::find;
use super::loader::parts;
use super::model::DiagnosticTicket;
use super::model::TicketId;
use super::model::TicketRating;

/// Creates and rates tickets.
#[derive(Debug, Default)]
pub struct TicketMutation;

#[Object]
impl TicketMutation {
    /// Orders diagnostic work on a vehicle.
    ///
    /// It is done once per `idempotencyKey`: asking again with the same key and input gives the same answer and never
    /// orders a second time. When the vendor's answer never arrives, the gateway looks for the ticket for ten minutes;
    /// until it is found the outcome is `UNKNOWN`. It is found by vehicle, connector, products and reference together, and
    /// the vendor tells the reference of a ticket only once that is closed or cancelled.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn create_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ticket to create.")] input: CreateTicketInput,
    ) -> Sourced<CreateTicketPayload> {
        sourced(async {
            let (ending, key) = create(caller(ctx)?, input).await?;
            Ok(Some(CreateTicketPayload { ending, key }))
        })
        .await
    }

    /// Says how content the garage is with a closed ticket; a later rating replaces an earlier one.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn rate_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The rating.")] input: RateTicketInput,
    ) -> Sourced<RateTicketPayload> {
        sourced(async { rate(caller(ctx)?, input).await.map(Some) }).await
    }
}

/// What came of `createTicket`.
pub struct CreateTicketPayload {
    ending: Ending,
    key: Option<String>,
}

/// What came of `createTicket`.
#[Object]
impl CreateTicketPayload {
    /// The ticket; null when it was not created. An error here tells what failed on the way.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead, Scope::TicketsWrite]))]
    async fn ticket(&self, ctx: &Context<'_>) -> Sourced<DiagnosticTicket> {
        sourced(async {
            match &self.ending {
                Ending::Created(id) => created(ctx, *id).await,
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

/// The ticket of a row of the ledger, as the vendor has it now.
async fn created(ctx: &Context<'_>, id: Uuid) -> Result<Option<DiagnosticTicket>> {
    let caller = caller(ctx)?;
    let rows = caller.services.store.tickets_by_id(&caller.session.tenant, &[id]).await?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let is_its = |account: &&crate::auth::AccountId| account.vendor == row.vendor && *account.name == *row.account;
    let Some(account) = caller.session.accounts.iter().find(is_its) else { return Ok(None) };
    let connector = Some(ConnectorId(row.connector_id.clone()));
    find(ctx, Named { account: account.clone(), number: TicketId(row.ticket_id), connector }).await
}

/// What came of `rateTicket`.
pub struct RateTicketPayload {
    rated: Option<Named>,
    faults: Vec<UserError>,
}

/// What came of `rateTicket`.
#[Object]
impl RateTicketPayload {
    /// The ticket that was rated; null when it was not.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead, Scope::TicketsWrite]))]
    async fn ticket(&self, ctx: &Context<'_>) -> Sourced<DiagnosticTicket> {
        sourced(async {
            let Some(named) = self.rated.clone() else { return Ok(None) };
            find(ctx, named).await
        })
        .await
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        &self.faults
    }
}

async fn rate(caller: &Caller, input: RateTicketInput) -> Result<RateTicketPayload> {
    let named = ticket_of(caller, input.ticket_id.as_ref());
    let (named, rating) = match (named, check_rating(&input)) {
        (Ok(named), Ok(rating)) => (named, rating),
        (named, rating) => {
            let faults = named.err().into_iter().chain(rating.err().unwrap_or_default()).collect();
            return Ok(RateTicketPayload { rated: None, faults });
        }
    };
    let (services, tenant) = (Arc::clone(&caller.services), Arc::clone(&caller.session.tenant));
    let source = services.sources.orders.get(&tenant, &named.account);
    let source = source.ok_or_else(|| not_served(&named.account, "ratings of tickets"))?;
    to_the_end(caller, async move {
        let payload = |faults| RateTicketPayload { rated: None, faults };
        match source.rate(&named.number, &rating, shared_context()).await {
            Ok(()) => {
                let tags = [Tag::ticket(named.number.0.as_str())];
                services.invalidate(&tenant, &named.account, &tags);
                note_rating(&services, &tenant, &named, &rating).await;
                Ok(RateTicketPayload { rated: Some(named), faults: Vec::new() })
            }
            Err(error) if error.kind == VendorErrorKind::NotFound => Ok(payload(vec![unknown_ticket()])),
            Err(error) => DIAGNOSTICS.refusal(&error).map(payload).ok_or_else(|| error.into()),
        }
    })
    .await
}

/// Writes a rating into the timeline. The vendor has it, so a ledger that fails makes it no failure.
async fn note_rating(services: &Services, tenant: &Arc<str>, named: &Named, rating: &TicketRating) {
    let account = AccountKey::new(named.account.vendor, named.account.name.as_ref());
    let note = async {
        let rows = services.store.tickets_by_number(tenant, &account, std::slice::from_ref(&named.number.0)).await?;
        let now = services.clock.now();
        let entries = rows.iter().map(|row| {
            let id = services.ids.uuid(now);
            let about = json!({ "ticketId": row.ticket_id, "score": rating.score.to_string() });
            entry(id, row, TICKET_RATED, &format!("rated:{id}"), now, about)
        });
        services.store.append(entries.collect(), now).await
    };
    if let Err(error) = note.await {
        tracing::error!(%error, "the vendor has a rating that the ledger did not take");
    }
}

/// The ticket that a global id means.
fn ticket_of(caller: &Caller, id: Option<&ID>) -> std::result::Result<Named, UserError> {
    let Some(id) = id else {
        let message = "`ticketId` is required: give the `id` of a ticket";
        return Err(UserError::at("ticketId", UserErrorCode::Required, message));
    };
    let key = NodeId::decode_as(id, "DiagnosticTicket").ok();
    key.and_then(|key| parts(&caller.session.accounts, &key)).ok_or_else(unknown_ticket)
}

fn unknown_ticket() -> UserError {
    let message = "no ticket that you may see has this id; use an `id` as the graph returned it";
    UserError::at("ticketId", UserErrorCode::UnknownTicket, message)
}
