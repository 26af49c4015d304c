//! A log-in as text that can be kept, sealed, and opened again by another process.

use chrono::DateTime;
use chrono::Utc;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde::Deserialize;
use serde::Serialize;

use super::log_in::LogIn;

/// What opens a session again.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The text for [`LogIn::from_kept`]; whoever has it is logged in.
    pub text: SecretString,
    /// From when on it opens nothing any more; none when it does not end by itself.
    pub good_until: Option<DateTime<Utc>>,
}

/// The layout of the text.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Layout {
    ConnectorUuid { uuid: String, pincode: String },
    ConnectorId { id: String, pincode: String },
    Tokens { access: String, id: Option<String>, expires_at: DateTime<Utc> },
}

impl LogIn {
    /// Reads what [`JifelineClient::kept`](super::JifelineClient::kept) gave; none when it is no such text.
    #[must_use]
    pub fn from_kept(text: &SecretString) -> Option<Self> {
        Some(match serde_json::from_str(text.expose_secret()).ok()? {
            Layout::ConnectorUuid { uuid, pincode } => Self::ConnectorUuid { uuid, pincode: pincode.into() },
            Layout::ConnectorId { id, pincode } => Self::ConnectorId { id, pincode: pincode.into() },
            Layout::Tokens { access, id, expires_at } => {
                Self::Tokens { access: access.into(), id: id.map(SecretString::from), expires_at }
            }
        })
    }

    /// The log-in as text; none for a one-time password, which opens nothing a second time.
    pub(super) fn kept(&self) -> Option<Kept> {
        let shown = |secret: &SecretString| secret.expose_secret().to_owned();
        let (layout, good_until) = match self {
            Self::ConnectorUuid { uuid, pincode } => {
                (Layout::ConnectorUuid { uuid: uuid.clone(), pincode: shown(pincode) }, None)
            }
            Self::ConnectorId { id, pincode } => {
                (Layout::ConnectorId { id: id.clone(), pincode: shown(pincode) }, None)
            }
            Self::Tokens { access, id, expires_at } => {
                let layout =
                    Layout::Tokens { access: shown(access), id: id.as_ref().map(shown), expires_at: *expires_at };
                (layout, Some(*expires_at))
            }
            Self::OneTimePassword(_) => return None,
        };
        let text = serde_json::to_string(&layout).expect("text and a time have a JSON form");
        Some(Kept { text: text.into(), good_until })
    }
}
