//! What can happen to a vehicle.

use async_graphql::Interface;
use async_graphql::SimpleObject;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::source_of::Source;
use crate::domain::ticket::model::TicketState;
use crate::graphql::Result;
use crate::graphql::connection::encode_cursor;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Decimal;
use crate::store::TimelineRow;

use super::loader::TimelinePosition;

/// An inspection was created through the gateway.
pub const INSPECTION_CREATED: &str = "INSPECTION_CREATED";
/// The status of an inspection changed.
pub const INSPECTION_STATUS_CHANGED: &str = "INSPECTION_STATUS_CHANGED";
/// A report of an inspection arrived that says something new.
pub const INSPECTION_REPORT_RECEIVED: &str = "INSPECTION_REPORT_RECEIVED";
/// A listing was pushed through the gateway.
pub const LISTING_PUSHED: &str = "LISTING_PUSHED";
/// A diagnostic ticket was created through the gateway.
pub const TICKET_CREATED: &str = "TICKET_CREATED";
/// A diagnostic ticket that was created through the gateway was seen in another state, in which it is not finished.
pub const TICKET_CHANGED: &str = "TICKET_CHANGED";
/// A diagnostic ticket that was created through the gateway was closed or cancelled.
pub const TICKET_CLOSED: &str = "TICKET_CLOSED";
/// A diagnostic ticket that was created through the gateway was rated through it.
pub const TICKET_RATED: &str = "TICKET_RATED";
/// The state of a diagnostic ticket that was not created through the gateway changed.
pub const TICKET_STATE_CHANGED: &str = "TICKET_STATE_CHANGED";

/// Something that happened to a vehicle.
#[derive(Interface)]
#[graphql(
    field(
        name = "cursor",
        ty = "&String",
        desc = "Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`."
    ),
    field(name = "at", ty = "&DateTime", desc = "When it happened."),
    field(name = "source", ty = "&Source", desc = "Where it happened.")
)]
pub enum TimelineEvent {
    /// An inspection was created.
    InspectionCreated(InspectionCreated),
    /// The status of an inspection changed.
    InspectionStatusChanged(InspectionStatusChanged),
    /// A report arrived.
    InspectionReportReceived(InspectionReportReceived),
    /// A listing was pushed.
    ListingPushed(ListingPushed),
    /// A ticket was created.
    TicketCreated(TicketCreated),
    /// A ticket went on.
    TicketChanged(TicketChanged),
    /// A ticket was closed or cancelled.
    TicketClosed(TicketClosed),
    /// A ticket was rated.
    TicketRated(TicketRated),
    /// The state of a watched ticket changed.
    TicketStateChanged(TicketStateChanged),
    /// Something else.
    UnknownEvent(UnknownEvent),
}

/// An inspection of the vehicle was created through the gateway.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InspectionCreated {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    #[graphql(skip)]
    pub(super) inspection_id: Option<Uuid>,
}

/// The status of an inspection of the vehicle changed.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InspectionStatusChanged {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the status before.
    pub from_code: Option<i32>,
    /// The vendor's number of the status since.
    pub to_code: Option<i32>,
    #[graphql(skip)]
    pub(super) inspection_id: Option<Uuid>,
}

/// A report of an inspection of the vehicle arrived: the first one, or one that says something new.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct InspectionReportReceived {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    #[graphql(skip)]
    pub(super) inspection_id: Option<Uuid>,
}

/// The vehicle was listed for sale through the gateway.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ListingPushed {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The dealer's own number of the car.
    pub internal_id: Option<String>,
    /// The dealership, by its name in the configuration.
    pub dealership: Option<String>,
    #[graphql(skip)]
    pub(super) listing_id: Option<Uuid>,
}

/// A diagnostic ticket for the vehicle was created through the gateway.
#[derive(SimpleObject)]
pub struct TicketCreated {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the ticket.
    pub ticket_number: Option<String>,
    /// The garage's own reference.
    pub reference: Option<String>,
}

/// A diagnostic ticket that was created through the gateway went on, as a question about it showed; what nobody asked for
/// between two questions is not told.
#[derive(SimpleObject)]
pub struct TicketChanged {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When the gateway saw it.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the ticket.
    pub ticket_number: Option<String>,
    /// Where it stood before; null when nobody had said it.
    pub from: Option<TicketState>,
    /// The vendor's number of the state before.
    pub from_code: Option<i32>,
    /// Where it stands since.
    pub to: Option<TicketState>,
    /// The vendor's number of the state since.
    pub to_code: Option<i32>,
}

/// A diagnostic ticket that was created through the gateway was closed or cancelled, as a question about it showed.
#[derive(SimpleObject)]
pub struct TicketClosed {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When the vendor says that it ended; when the gateway saw it, if the vendor does not say.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the ticket.
    pub ticket_number: Option<String>,
    /// How it ended: `CLOSED` or `CANCELLED`.
    pub state: Option<TicketState>,
    /// The vendor's number of that state.
    pub state_code: Option<i32>,
}

/// A diagnostic ticket that was created through the gateway was rated through it.
#[derive(SimpleObject)]
pub struct TicketRated {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the ticket.
    pub ticket_number: Option<String>,
    /// From -1, the worst, to 1, the best.
    pub score: Option<Decimal>,
}

/// The state of a diagnostic ticket for the vehicle changed while somebody watched it. Only of tickets that were not created
/// through the gateway: those have `TicketChanged` and `TicketClosed`.
#[derive(SimpleObject)]
pub struct TicketStateChanged {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// The vendor's number of the ticket.
    pub ticket_number: Option<String>,
    /// The vendor's number of the state before.
    pub from_code: Option<i32>,
    /// The vendor's number of the state since.
    pub to_code: Option<i32>,
    /// The state since; null when its number has no configured meaning.
    pub to: Option<TicketState>,
}

/// Something that another version of the gateway wrote down and this one has no type for.
#[derive(SimpleObject)]
pub struct UnknownEvent {
    /// Its place in the timeline: `vehicleActivity(after:)` goes on from here, as does `Vehicle.timeline(after:)`.
    pub cursor: String,
    /// When it happened.
    pub at: DateTime,
    /// Where it happened.
    pub source: Source,
    /// What happened, in the ledger's word.
    pub kind_raw: String,
}

/// The content of an entry, as far as any kind has it; what cannot be read is none.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Content {
    from: Option<i32>,
    to: Option<i32>,
    internal_id: Option<String>,
    dealership: Option<String>,
    ticket_id: Option<String>,
    reference: Option<String>,
    before: Option<TicketState>,
    since: Option<TicketState>,
    score: Option<Decimal>,
    state: Option<TicketState>,
}

impl TimelineEvent {
    /// The entry as the graph shows it.
    ///
    /// # Errors
    /// `INTERNAL` when its place has no cursor.
    pub fn of(row: TimelineRow) -> Result<Self> {
        let cursor = encode_cursor(&TimelinePosition::of(&row))?;
        let at = DateTime(row.at);
        let source = Source { vendor: row.vendor, account: row.account };
        let subject = Uuid::parse_str(&row.subject).ok();
        let content: Content = serde_json::from_value(row.data).unwrap_or_default();
        let event = match row.kind.as_str() {
            INSPECTION_CREATED => {
                Self::InspectionCreated(InspectionCreated { cursor, at, source, inspection_id: subject })
            }
            INSPECTION_STATUS_CHANGED => Self::InspectionStatusChanged(InspectionStatusChanged {
                cursor,
                at,
                source,
                from_code: content.from,
                to_code: content.to,
                inspection_id: subject,
            }),
            INSPECTION_REPORT_RECEIVED => {
                Self::InspectionReportReceived(InspectionReportReceived { cursor, at, source, inspection_id: subject })
            }
            LISTING_PUSHED => Self::ListingPushed(ListingPushed {
                cursor,
                at,
                source,
                internal_id: content.internal_id,
                dealership: content.dealership,
                listing_id: subject,
            }),
            TICKET_CREATED => Self::TicketCreated(TicketCreated {
                cursor,
                at,
                source,
                ticket_number: content.ticket_id,
                reference: content.reference,
            }),
            TICKET_CHANGED => Self::TicketChanged(TicketChanged {
                cursor,
                at,
                source,
                ticket_number: content.ticket_id,
                from: content.before,
                from_code: content.from,
                to: content.since,
                to_code: content.to,
            }),
            TICKET_CLOSED => Self::TicketClosed(TicketClosed {
                cursor,
                at,
                source,
                ticket_number: content.ticket_id,
                state: content.since,
                state_code: content.to,
            }),
            TICKET_RATED => Self::TicketRated(TicketRated {
                cursor,
                at,
                source,
                ticket_number: content.ticket_id,
                score: content.score,
            }),
            TICKET_STATE_CHANGED => Self::TicketStateChanged(TicketStateChanged {
                cursor,
                at,
                source,
                ticket_number: content.ticket_id,
                from_code: content.from,
                to_code: content.to,
                to: content.state,
            }),
            _ => Self::UnknownEvent(UnknownEvent { cursor, at, source, kind_raw: row.kind }),
        };
        Ok(event)
    }
}
