//! What the vendor tells of, and what it says then.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::state::Tchek;
use super::state::Token;
use super::tokens::created_fields;

/// What happened to an inspection, under the vendor's name for it.
///
/// A delivered result does not say which event it tells: its form is the same for three of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Event {
    /// The inspection was created: its first photo exists.
    NewTchek,
    /// The detection has finished.
    DetectionFinished,
    /// An agent or the customer has created the report.
    CreateReport,
    /// An agent has shared the report again after a change.
    ShareUpdatedReport,
    /// The inspection was deleted.
    DeleteTchek,
    /// A token was created.
    TradeinVehicle,
    /// A damage was added. It can be subscribed to, but the vendor never delivers it.
    NewDamage,
}

impl Event {
    /// Whether it is told by the inspection's result.
    pub(super) const fn brings_result(self) -> bool {
        matches!(self, Self::DetectionFinished | Self::CreateReport | Self::ShareUpdatedReport)
    }

    /// The revision of the result that this event of `token` tells.
    pub(super) fn revision(self, token: &Token) -> u32 {
        match self {
            Self::CreateReport => 2,
            Self::ShareUpdatedReport => token.revision.max(2).saturating_add(1),
            Self::NewTchek | Self::DetectionFinished | Self::DeleteTchek | Self::TradeinVehicle | Self::NewDamage => 1,
        }
    }
}

impl Tchek {
    /// The body of a delivery. Those without a result are in no text of the vendor; their form is assumed.
    pub(super) fn told(&self, token: &Token, event: Event, revision: u32) -> Value {
        match event {
            Event::DetectionFinished | Event::CreateReport | Event::ShareUpdatedReport => self.result(token, revision),
            Event::NewTchek | Event::DeleteTchek | Event::NewDamage => {
                json!({"eventName": event, "tchekId": token.inspection, "vehicleId": token.vehicle_id})
            }
            Event::TradeinVehicle => {
                json!({"eventName": event, "token": created_fields(token, self.core().clock.now())})
            }
        }
    }
}
