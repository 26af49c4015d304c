//! What of a file a request gets, by its conditions (RFC 9110, sections 13 and 14).

use std::time::SystemTime;

use headers::ETag;
use headers::HeaderMapExt;
use headers::IfMatch;
use headers::IfModifiedSince;
use headers::IfNoneMatch;
use headers::IfRange;
use headers::IfUnmodifiedSince;
use headers::LastModified;
use http::HeaderMap;
use http::Method;
use http::header;

use crate::report::run::Stored;

/// What of a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// The bytes from the first to the last, both of them included.
    Piece(u64, u64),
    /// Nothing: the client has it.
    NotModified,
    /// Nothing: the client wants another one.
    Failed,
    /// Nothing: it ends before the piece begins.
    Unsatisfiable,
}

/// The tag of a file: the digest of its bytes.
pub(super) fn tag(stored: &Stored) -> Option<ETag> {
    format!("\"{}\"", stored.sha256).parse().ok()
}

/// What a request gets of the file with this tag, which was written at `modified`.
pub(super) fn part(method: &Method, headers: &HeaderMap, tag: &ETag, modified: SystemTime, length: u64) -> Part {
    let may_have = match headers.typed_get::<IfMatch>() {
        Some(tags) => tags.precondition_passes(tag),
        None => headers.typed_get::<IfUnmodifiedSince>().is_none_or(|since| since.precondition_passes(modified)),
    };
    if !may_have {
        return Part::Failed;
    }
    let needs = match headers.typed_get::<IfNoneMatch>() {
        Some(tags) => tags.precondition_passes(tag),
        None => headers.typed_get::<IfModifiedSince>().is_none_or(|since| since.is_modified(modified)),
    };
    if !needs {
        return Part::NotModified;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).filter(|_| *method == Method::GET);
    let modified = LastModified::from(modified);
    let has_other = headers.typed_get::<IfRange>().is_some_and(|range| range.is_modified(Some(tag), Some(&modified)));
    range.filter(|_| !has_other).map_or(Part::Whole, |range| piece(range, length))
}

/// The piece that `range` names; whatever is no single range of bytes is taken for none, as a server may.
fn piece(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Part::Whole;
    };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let end = length.saturating_sub(1);
    let (first, last) = match (number(first), number(last)) {
        // The last so many bytes; all of them where there are fewer.
        (None, Some(count)) if first.is_empty() => (length.saturating_sub(count), end),
        (Some(first), None) if last.is_empty() => (first, end),
        (Some(first), Some(last)) if first <= last => (first, last.min(end)),
        _ => return Part::Whole,
    };
    if first < length { Part::Piece(first, last) } else { Part::Unsatisfiable }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use super::piece;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        let cases = [
            ("bytes=0-0", Part::Piece(0, 0)),
            ("bytes=2-", Part::Piece(2, 9)),
            ("bytes=2-4", Part::Piece(2, 4)),
            ("bytes=2-99", Part::Piece(2, 9)),
            ("bytes=-3", Part::Piece(7, 9)),
            ("bytes=-99", Part::Piece(0, 9)),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=10-12", Part::Unsatisfiable),
            ("bytes=4-2", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=99999999999999999999-", Part::Whole),
            ("rows=0-1", Part::Whole),
        ];
        for (range, expected) in cases {
            assert_eq!(piece(range, 10), expected, "{range}");
        }
        assert_eq!(piece("bytes=-5", 0), Part::Unsatisfiable);
    }
}
