//! The states of a ticket and which may follow which.

use serde::Deserialize;
use serde::Serialize;

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Ordered; nobody works on it.
    Pending,
    /// An operator or a script works on it.
    InProgress,
    /// Handed to another service provider.
    Outsourced,
    /// Completed.
    Closed,
    /// Ended without being completed.
    Cancelled,
}

impl State {
    /// The number on the wire. Inferred, except 1 and 7: the vendor shows no others.
    pub(super) const fn number(self) -> i32 {
        match self {
            Self::Pending => 1,
            Self::InProgress => 2,
            Self::Outsourced => 3,
            Self::Closed => 7,
            Self::Cancelled => 8,
        }
    }

    /// The state with this number.
    pub(super) fn numbered(number: i32) -> Option<Self> {
        let all = [Self::Pending, Self::InProgress, Self::Outsourced, Self::Closed, Self::Cancelled];
        all.into_iter().find(|state| state.number() == number)
    }

    /// Whether the ticket still occupies its connector.
    pub(super) const fn is_open(self) -> bool {
        match self {
            Self::Pending | Self::InProgress | Self::Outsourced => true,
            Self::Closed | Self::Cancelled => false,
        }
    }

    /// Whether `to` may follow.
    pub(super) const fn may_become(self, to: Self) -> bool {
        match self {
            Self::Pending => matches!(to, Self::InProgress | Self::Outsourced | Self::Cancelled),
            Self::Outsourced => matches!(to, Self::InProgress | Self::Cancelled),
            Self::InProgress => matches!(to, Self::Closed | Self::Cancelled),
            Self::Closed | Self::Cancelled => false,
        }
    }
}
