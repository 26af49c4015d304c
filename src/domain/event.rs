//! What a vendor tells us unasked, in words of the trade.

use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::report::ReportContent;

/// Something that happened at a vendor, decoded from a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An inspection has a result: detection has finished, or a report was made or changed; the delivery does not say which.
    InspectionReported {
        /// The token that led to the inspection; none when the inspection was made without one.
        token: Option<TokenUid>,
        /// The vendor's id of the inspection.
        inspection: Option<String>,
        /// The vendor's id of the vehicle.
        vehicle: Option<String>,
        /// Hash of the content without what changes at every delivery (signatures, durations).
        content_hash: String,
        /// The content.
        content: Box<ReportContent>,
    },
    /// An inspection was begun.
    InspectionStarted {
        /// The vendor's id of the inspection.
        inspection: Option<String>,
        /// The vendor's id of the vehicle.
        vehicle: Option<String>,
    },
    /// An inspection was deleted.
    InspectionDeleted {
        /// The vendor's id of the inspection.
        inspection: Option<String>,
    },
    /// A token was created.
    TokenCreated {
        /// The token as the vendor describes it.
        token: Box<TokenState>,
    },
}

/// Why a delivery cannot be understood; a safe text that never repeats the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Turns the body of a delivery into an event. Pure: no call, no clock.
pub trait EventDecoder: Send + Sync + std::fmt::Debug {
    /// Decodes one delivery.
    fn decode(&self, body: &[u8]) -> Result<Event, Unreadable>;
}
