//! Where results go.

use std::time::Duration;

use axum::http::HeaderValue;
use serde::Deserialize;
use serde::Serialize;
use url::Url;

/// Where results go.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receiver {
    /// The address.
    pub(super) url: Url,
    /// What each delivery carries in `x-api-key`.
    #[serde(with = "header_text")]
    pub(super) header_key: Option<HeaderValue>,
    /// How long to wait before each further attempt.
    pub(super) retries: Vec<Duration>,
    /// Only what was subscribed to is sent; otherwise every result is, too.
    #[serde(default)]
    pub(super) only_subscribed: bool,
}

/// A header's value as text.
mod header_text {
    use axum::http::HeaderValue;
    use serde::Deserialize;
    use serde::Deserializer;
    use serde::Serialize;
    use serde::Serializer;
    use serde::de;
    use serde::ser;

    #[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
    pub(super) fn serialize<S: Serializer>(value: &Option<HeaderValue>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(HeaderValue::to_str).transpose().map_err(ser::Error::custom)?.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<HeaderValue>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.as_deref().map(HeaderValue::from_str).transpose().map_err(de::Error::custom)
    }
}
