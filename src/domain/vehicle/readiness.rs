//! How far a vehicle is on its way to being sold.

use async_graphql::Context;
use async_graphql::Enum;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::auth::Scope;
use crate::domain::inspection::loader::ReportLoader;
use crate::domain::inspection::loader::TokenStateLoader;
use crate::domain::inspection::model::Inspection;
use crate::domain::inspection::model::InspectionStatus;
use crate::domain::ticket::model::TicketState;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::DateTime;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::model::Vehicle;

/// Whether a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ReadinessState {
    /// It is done.
    Met,
    /// It is not done.
    NotMet,
    /// It cannot be told now; the reasons say why.
    Unknown,
}

/// Why a step counts as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ReadinessReason {
    /// An inspection is completed and its report is there.
    InspectionCompleted,
    /// No inspection of the vehicle has passed through the gateway.
    NoInspection,
    /// No inspection of the vehicle has a report yet.
    NoReport,
    /// There is a report, but the vendor does not call the inspection completed.
    InspectionNotCompleted,
    /// The vendor does not say the status of an inspection, or its number has no known meaning.
    InspectionStatusUnknown,
    /// A diagnostic ticket was closed.
    TicketClosed,
    /// No diagnostic ticket was closed.
    NoClosedTicket,
    /// A diagnostic ticket is open.
    TicketOpen,
    /// The state of a diagnostic ticket has no known meaning.
    TicketStateUnknown,
    /// The vendor accepted a listing; it documents no way to ask whether the car is still listed.
    ListingAccepted,
    /// No listing of the vehicle was pushed through the gateway.
    NotListed,
    /// A vendor did not answer, or no longer knows what it was asked for.
    VendorDidNotAnswer,
    /// None of the client's accounts can tell.
    NoAccount,
}

/// Whether one step is done, and why.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct ReadinessCheck {
    /// Whether the step is done.
    pub state: ReadinessState,
    /// Why.
    pub reasons: Vec<ReadinessReason>,
    /// When the step was done, as far as it is known; null when it is not.
    pub at: Option<DateTime>,
}

impl ReadinessCheck {
    fn new(state: ReadinessState, reasons: impl IntoIterator<Item = ReadinessReason>) -> Self {
        Self { state, reasons: reasons.into_iter().collect(), at: None }
    }

    fn met(reason: ReadinessReason, at: Option<chrono::DateTime<chrono::Utc>>) -> Self {
        Self { at: at.map(DateTime), ..Self::new(ReadinessState::Met, [reason]) }
    }
}

/// How far a vehicle is on its way to being sold: one check for each step.
pub struct Readiness(pub(super) Vehicle);

/// How far a vehicle is on its way to being sold. A vendor that does not answer makes its step `UNKNOWN`.
#[Object]
impl Readiness {
    /// Inspected: an inspection has a report, and the vendor calls it completed.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspected(&self, ctx: &Context<'_>) -> Sourced<ReadinessCheck> {
        sourced(async { told(inspected(ctx, &self.0).await) }).await
    }

    /// Diagnosed: at least one diagnostic ticket was closed, and none is open on a connector that reports the VIN now.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn diagnosed(&self, ctx: &Context<'_>) -> Sourced<ReadinessCheck> {
        sourced(async { told(diagnosed(ctx, &self.0).await) }).await
    }

    /// Listed: the vendor accepted a listing, at `at`. Whether it still shows the car cannot be asked.
    #[graphql(directive = RequiresScopes::apply([Scope::ListingsRead]))]
    async fn listed(&self, ctx: &Context<'_>) -> Sourced<ReadinessCheck> {
        sourced(async {
            told(self.0.pushed(ctx).await.map(|listings| match listings.first() {
                Some(newest) => ReadinessCheck::met(ReadinessReason::ListingAccepted, Some(newest.row.pushed_at)),
                None => ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::NotListed]),
            }))
        })
        .await
    }
}

/// Turns a vendor's failure into a check that tells of it; our own failures stay errors.
fn told(check: Result<ReadinessCheck>) -> Result<Option<ReadinessCheck>> {
    match check {
        Ok(check) => Ok(Some(check)),
        Err(error) => reason_of(&error)
            .map_or(Err(error), |reason| Ok(Some(ReadinessCheck::new(ReadinessState::Unknown, [reason])))),
    }
}

fn reason_of(error: &Error) -> Option<ReadinessReason> {
    if error.code == Code::Unsupported {
        return Some(ReadinessReason::NoAccount);
    }
    error.vendor.is_some().then_some(ReadinessReason::VendorDidNotAnswer)
}

async fn inspected(ctx: &Context<'_>, vehicle: &Vehicle) -> Result<ReadinessCheck> {
    let inspections = vehicle.inspected(ctx).await?;
    if inspections.is_empty() {
        return Ok(ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::NoInspection]));
    }
    let reports = DataLoader::<ReportLoader>::of(ctx)?.load_many(inspections.iter().map(|one| one.row.id)).await;
    let mut reported: Vec<Inspection> = Vec::new();
    for inspection in inspections {
        if reports.get(&inspection.row.id).cloned().transpose()?.is_some() {
            reported.push(inspection);
        }
    }
    if reported.is_empty() {
        return Ok(ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::NoReport]));
    }
    let is_completed = |code| InspectionStatus::from_code(code) == InspectionStatus::Completed;
    let met = |at| ReadinessCheck::met(ReadinessReason::InspectionCompleted, at);
    // Completed is final, so the ledger's word is enough; only what was not completed then is asked for.
    if let Some(inspection) = reported.iter().find(|inspection| is_completed(inspection.row.status_code)) {
        return Ok(met(inspection.row.status_changed_at));
    }
    let keys = reported.iter().map(|inspection| (inspection.account.clone(), inspection.uid()));
    let states = DataLoader::<TokenStateLoader>::of(ctx)?.load_many(keys).await;
    let completed = states.values().flatten().find(|state| state.status_code.is_some_and(is_completed));
    if let Some(state) = completed {
        return Ok(met(state.status_changed_at));
    }
    let is_silent = states.len() < reported.len() || states.values().any(std::result::Result::is_err);
    let is_clear = |code| InspectionStatus::from_code(code) != InspectionStatus::Unknown;
    let is_unclear = states.values().flatten().any(|state| !state.status_code.is_some_and(is_clear));
    Ok(if is_silent {
        ReadinessCheck::new(ReadinessState::Unknown, [ReadinessReason::VendorDidNotAnswer])
    } else if is_unclear {
        ReadinessCheck::new(ReadinessState::Unknown, [ReadinessReason::InspectionStatusUnknown])
    } else {
        ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::InspectionNotCompleted])
    })
}

async fn diagnosed(ctx: &Context<'_>, vehicle: &Vehicle) -> Result<ReadinessCheck> {
    let (history, open) = futures_util::future::join(vehicle.ticket_history(ctx), vehicle.open_ticket(ctx)).await;
    let open = open.map(|ticket| ticket.is_some());
    if matches!(open, Ok(true)) {
        return Ok(ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::TicketOpen]));
    }
    let history = history?;
    let closed = history.iter().find(|ticket| ticket.ticket.state == Some(TicketState::Closed));
    let Some(closed) = closed else {
        let is_unclear = history.iter().any(|ticket| ticket.ticket.state.and_then(TicketState::is_open).is_none());
        return Ok(if is_unclear {
            ReadinessCheck::new(ReadinessState::Unknown, [ReadinessReason::TicketStateUnknown])
        } else {
            ReadinessCheck::new(ReadinessState::NotMet, [ReadinessReason::NoClosedTicket])
        });
    };
    open?;
    Ok(ReadinessCheck::met(ReadinessReason::TicketClosed, closed.ticket.finished_at))
}
