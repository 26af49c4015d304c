//! Which media type the response has.

use http::HeaderMap;
use http::HeaderValue;
use http::header;

use crate::report::format::Format;

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
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::GraphqlResponse);
        }
        let ranges = Range::all(headers);
        let (modern, _) = weight(&ranges, MODERN);
        let (legacy, _) = weight(&ranges, LEGACY);
        match (modern, legacy) {
            (0, 0) => None,
            (modern, legacy) if modern >= legacy => Some(Self::GraphqlResponse),
            _ => Some(Self::LegacyJson),
        }
    }
}

const MODERN: &str = "application/graphql-response+json";
const LEGACY: &str = "application/json";

/// The format of a table that the `Accept` headers prefer to the two types of GraphQL; none when it is one of these.
///
/// A table counts only where its type stands in full: what takes everything gets JSON, unless a table is named beside it.
pub(in crate::http) fn table_format(headers: &HeaderMap) -> Option<Format> {
    let ranges = Range::all(headers);
    let graph = weight(&ranges, MODERN).max(weight(&ranges, LEGACY));
    let offered = Format::ALL.into_iter().filter(|format| *format != Format::Json && format.is_available());
    let wanted = offered.map(|format| (weight(&ranges, format.media_type()), format));
    let wanted = wanted.filter(|((quality, closeness), _)| *quality > 0 && *closeness == NAMED);
    // Of equals the first, where `max_by_key` gives the last.
    let ((quality, closeness), format) = wanted.rev().max_by_key(|(weight, _)| *weight)?;
    ((quality, closeness) > graph).then_some(format)
}

/// How close a range is that names the type in full.
const NAMED: u8 = 3;

/// One media range of an `Accept` header.
struct Range<'a> {
    main: &'a str,
    sub: &'a str,
    /// Its weight in thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    fn all(headers: &'a HeaderMap) -> Vec<Self> {
        let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        accepts.flat_map(|value| value.split(',')).filter_map(Range::parse).collect()
    }

    /// Reads a range; one that cannot be read, or wants another character set than UTF-8 or a table without the line of
    /// names, does not count.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (main, sub) = parts.next()?.split_once('/')?;
        let mut quality = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=')?;
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(value)?;
                continue;
            }
            let has_other_charset = name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8");
            let has_no_header = name.eq_ignore_ascii_case("header") && value.eq_ignore_ascii_case("absent");
            if has_other_charset || has_no_header {
                return None;
            }
        }
        Some(Self { main: main.trim(), sub: sub.trim(), quality })
    }

    /// How closely it names the type `media`: 0 not at all, [`NAMED`] in full.
    fn closeness(&self, media: &str) -> u8 {
        let (main, sub) = media.split_once('/').unwrap_or((media, ""));
        let is_main = self.main.eq_ignore_ascii_case(main);
        match (self.main, self.sub) {
            _ if is_main && self.sub.eq_ignore_ascii_case(sub) => NAMED,
            (_, "*") if is_main => 2,
            ("*", "*") => 1,
            _ => 0,
        }
    }
}

/// The weight that the closest of `ranges` gives the type `media`, and how close it is.
fn weight(ranges: &[Range<'_>], media: &str) -> (u16, u8) {
    let weights = ranges.iter().map(|range| (range.closeness(media), range.quality));
    let closest = weights.filter(|(closeness, _)| *closeness > 0).max();
    closest.map_or((0, 0), |(closeness, quality)| (quality, closeness))
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
    use super::table_format;
    use crate::report::format::Format;

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

    #[test]
    fn a_table_is_wanted_by_its_own_name() {
        for (accept, expected) in [
            ("text/csv", Some(Format::Csv)),
            ("text/csv; charset=utf-8; header=present", Some(Format::Csv)),
            ("application/X-NDJSON, */*", Some(Format::NdJson)),
            ("application/json;q=0.9, text/csv", Some(Format::Csv)),
            ("application/x-ndjson;q=0.5, text/csv;q=0.6", Some(Format::Csv)),
            ("application/x-ndjson, text/csv", Some(Format::Csv)),
            (
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/json;q=0.1",
                Some(Format::Xlsx),
            ),
            ("application/json, text/csv", None),
            ("text/csv;q=0.9, application/json", None),
            ("text/csv;q=0.9, */*", None),
            ("text/csv;q=0", None),
            ("text/csv; charset=latin1", None),
            ("text/csv; header=absent", None),
            ("text/*", None),
            ("*/*", None),
            ("text/html", None),
        ] {
            let headers = [(header::ACCEPT, HeaderValue::from_static(accept))].into_iter().collect();
            assert_eq!(table_format(&headers), expected, "{accept}");
        }
    }
}
