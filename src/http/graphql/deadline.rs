//! How long a request may take: `X-Request-Timeout` within the configured bounds.

use std::time::Duration;

use http::HeaderMap;
use http::HeaderName;
use tokio::time::Instant;

use super::refusal::Refusal;
use crate::error::Code;

const X_REQUEST_TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout");

/// How long requests may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a request that does not say.
    pub usual: Duration,
    /// The most that a request gets, whatever it asks for.
    pub longest: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { usual: Duration::from_secs(30), longest: Duration::from_mins(1) }
    }
}

impl Timeouts {
    /// The moment at which a request with these headers must be answered.
    pub(in crate::http) fn deadline(self, headers: &HeaderMap) -> Result<Instant, Refusal> {
        let timeout = match headers.get(X_REQUEST_TIMEOUT) {
            None => self.usual,
            Some(value) => value.to_str().ok().and_then(parse).ok_or_else(|| {
                Refusal::new(Code::BadInput, "`X-Request-Timeout` must be a number of seconds above 0, such as `2.5`")
            })?,
        };
        Ok(Instant::now() + timeout.min(self.longest))
    }
}

/// Reads decimal seconds. Signs, exponents and words that a float parser takes are refused.
fn parse(text: &str) -> Option<Duration> {
    let is_decimal = text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = if is_decimal { text.parse().ok()? } else { return None };
    Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn decimal_seconds_only() {
        assert_eq!(parse("2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(parse("60"), Some(Duration::from_mins(1)));
        for wrong in ["", "0", "0.0", "-1", "1e3", "inf", "NaN", "2s", "1.2.3", "99999999999999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
