//! Which media type the response has.

use http::HeaderMap;
use http::HeaderValue;
use http::header;

/// The two media types of GraphQL over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status tells of request errors.
    GraphqlResponse,
    /// `application/json`, for older clients: request errors of a well-formed request come with 200.
    LegacyJson,
}

impl MediaType {
    /// The `Content-Type` of the response.
    pub fn content_type(self) -> HeaderValue {
        match self {
            Self::GraphqlResponse => HeaderValue::from_static("application/graphql-response+json; charset=utf-8"),
            Self::LegacyJson => HeaderValue::from_static("application/json; charset=utf-8"),
        }
    }

    /// The type that the `Accept` headers prefer; none when they exclude both.
    ///
    /// Without `Accept`, and where both are equally welcome, it is `application/graphql-response+json`, as the
    /// specification has it for the time after its watershed of January 2025.
    pub fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut accepts = headers.get_all(header::ACCEPT).iter().peekable();
        if accepts.peek().is_none() {
            return Some(Self::GraphqlResponse);
        }
        let accepts: Vec<&str> = accepts.filter_map(|value| value.to_str().ok()).collect();
        let ranges: Vec<Range<'_>> =
            accepts.iter().flat_map(|value| value.split(',')).filter_map(Range::parse).collect();
        let modern = quality(&ranges, "graphql-response+json");
        let legacy = quality(&ranges, "json");
        match (modern, legacy) {
            (0, 0) => None,
            (modern, legacy) if modern >= legacy => Some(Self::GraphqlResponse),
            _ => Some(Self::LegacyJson),
        }
    }
}

/// One media range of an `Accept` header.
struct Range<'a> {
    main: &'a str,
    sub: &'a str,
    /// Its weight in thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    /// Reads a range; one that cannot be read, or wants another character set than UTF-8, does not count.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=')?;
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(value)?;
            } else if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
                return None;
            }
        }
        Some(Self { main: main.trim(), sub: sub.trim(), quality })
    }

    /// How closely it names `application/sub`: 0 not at all, 3 exactly.
    fn closeness(&self, sub: &str) -> u8 {
        let is_application = self.main.eq_ignore_ascii_case("application");
        match (self.main, self.sub) {
            _ if is_application && self.sub.eq_ignore_ascii_case(sub) => 3,
            (_, "*") if is_application => 2,
            ("*", "*") => 1,
            _ => 0,
        }
    }
}

/// The weight that the closest of `ranges` gives `application/sub`.
fn quality(ranges: &[Range<'_>], sub: &str) -> u16 {
    let named = ranges.iter().filter(|range| range.closeness(sub) > 0);
    named.max_by_key(|range| (range.closeness(sub), range.quality)).map_or(0, |range| range.quality)
}

/// A weight from 0 to 1 with at most three decimals, in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok()?;
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    let sum = whole.checked_mul(1000)?.checked_add(decimals)?;
    (sum <= 1000).then_some(sum)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::HeaderValue;
    use http::header;

    use super::MediaType;

    fn negotiate(accept: &[&'static str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        MediaType::negotiate(&headers)
    }

    #[test]
    fn the_closest_range_decides() {
        let modern = Some(MediaType::GraphqlResponse);
        let legacy = Some(MediaType::LegacyJson);
        for (accept, expected) in [
            (&[][..], modern),
            (&["*/*"], modern),
            (&["application/*"], modern),
            (&["application/json"], legacy),
            (&["APPLICATION/JSON; charset=UTF-8"], legacy),
            (&["application/json, application/graphql-response+json"], modern),
            (&["application/json", "application/graphql-response+json;q=0.9"], legacy),
            (&["application/json, */*;q=0.1"], legacy),
            (&["application/graphql-response+json;q=0, */*"], legacy),
            (&["application/json;q=0, application/*"], modern),
            (&["text/html, application/xhtml+xml"], None),
            (&["application/json;charset=latin1"], None),
            (&["application/json;q=0"], None),
            (&["application/json;q=2"], None),
            (&[""], None),
        ] {
            assert_eq!(negotiate(accept), expected, "{accept:?}");
        }
    }
}
