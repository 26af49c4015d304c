//! Makes the answer with a table.

use std::path::Path;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;

use super::flow;
use super::spool;
use super::wish::Partial;
use super::wish::Wish;
use crate::error::Code;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::fault::Fault;
use crate::report::format::Format;
use crate::report::project::Projection;
use crate::report::seats::Seat;
use crate::report::walk::Extract;
use crate::report::walk::Step;
use crate::report::walk::walk;
use crate::shutdown::Shutdown;

pub(in crate::http) const FORECOURT_OUTCOME: HeaderName = HeaderName::from_static("forecourt-outcome");
pub(in crate::http) const FORECOURT_ROWS: HeaderName = HeaderName::from_static("forecourt-rows");
pub(in crate::http) const FORECOURT_FAULTS: HeaderName = HeaderName::from_static("forecourt-faults");
pub(in crate::http) const FORECOURT_MASKED: HeaderName = HeaderName::from_static("forecourt-masked");

/// How long the list of faults may be: proxies refuse an answer whose headers are larger than a page of memory.
const FAULTS_BYTES: usize = 2_000;

/// A table to be read and sent.
pub(in crate::http) struct Table {
    pub(in crate::http) extract: Extract,
    /// Its columns that are sent.
    pub(in crate::http) projection: Projection,
    /// The name of the file, without its ending.
    pub(in crate::http) name: String,
    pub(in crate::http) seat: Seat,
}

/// Reads `table` and sends it as `wish` has it; what is not sent row by row stands in `folder` meanwhile.
///
/// # Errors
/// When nothing could be read, or not everything where the client wants no part; and when the table cannot be written.
pub(in crate::http) async fn send(
    table: Table,
    wish: Wish,
    folder: &Path,
    shutdown: &Shutdown,
) -> Result<Response, Problem> {
    let Table { extract, projection, name, seat } = table;
    if wish.is_head {
        // Without a length: it is not known before the table is read, which a look at the headers is not worth.
        let mut response = Response::new(Body::from_stream(futures_util::stream::empty::<std::io::Result<Bytes>>()));
        describe(response.headers_mut(), &name, wish.format);
        return Ok(response);
    }
    let columns = projection.columns().to_vec();
    let mut steps = walk(extract).map(move |step| projection.step(step));
    let first = steps.next().await.ok_or_else(|| Problem::from(Error::internal("a walk without an end")))?;
    if let Step::End(ending) = &first
        && ending.has_nothing()
    {
        return Err(failed(ending));
    }
    let steps = futures_util::stream::once(std::future::ready(first)).chain(steps).boxed();
    let mut response = if wish.format.streams() && wish.partial != Partial::Fail {
        let body = flow::flow(steps, &columns, wish, seat).map_err(unwritten)?;
        let mut response = Response::new(body);
        if wish.takes_trailers {
            let names =
                HeaderValue::from_static("forecourt-outcome, forecourt-rows, forecourt-faults, forecourt-masked");
            response.headers_mut().insert(header::TRAILER, names);
        }
        response
    } else {
        let spooled = spool::spool(steps, &columns, wish, (folder, shutdown)).await.map_err(unwritten)?;
        if wish.partial == Partial::Fail && !wish.is_met_by(&spooled.ending) {
            return Err(not_whole(&spooled.ending));
        }
        let told = told(&spooled.ending);
        let length = HeaderValue::from(spooled.length);
        let mut response = Response::new(Body::from_stream(spooled.read(seat, shutdown.clone())));
        response.headers_mut().extend(told);
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        response
    };
    describe(response.headers_mut(), &name, wish.format);
    Ok(response)
}

/// Sets what holds for every table.
pub(in crate::http) fn describe(headers: &mut HeaderMap, name: &str, format: Format) {
    let kind = format.media_type();
    let kind =
        if kind.starts_with("text/") { format!("{kind}; charset=utf-8; header=present") } else { kind.to_owned() };
    let safe: String = name.chars().filter(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-')).collect();
    let file = format!("inline; filename=\"{safe}.{}\"", format.extension());
    let texts = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, file)];
    headers.extend(texts.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?))));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Forecourt-Session, Accept, Accept-Encoding"));
}

/// How a table ended, in headers or trailers.
pub(in crate::http) fn told(ending: &Ending) -> HeaderMap {
    let outcome = HeaderValue::from_static(ending.outcome.as_str());
    let faults = (!ending.faults.is_empty()).then(|| HeaderValue::from_str(&listed(&ending.faults)).ok()).flatten();
    let masked = (!ending.masked.is_empty()).then(|| HeaderValue::from_str(&ending.masked.join(", ")).ok()).flatten();
    let told = [(FORECOURT_OUTCOME, outcome), (FORECOURT_ROWS, ending.rows.into())].into_iter();
    let told = told.chain(faults.map(|faults| (FORECOURT_FAULTS, faults)));
    told.chain(masked.map(|masked| (FORECOURT_MASKED, masked))).collect()
}

/// As many of `faults` as a header may hold, as JSON in ASCII, with the number of those that it does not hold.
fn listed(faults: &[Fault]) -> String {
    let mut shown = String::new();
    let mut left = faults.iter();
    while let Some(fault) = left.as_slice().first() {
        let fault = ascii(&serde_json::to_string(fault).unwrap_or_default());
        if shown.len().saturating_add(fault.len()) > FAULTS_BYTES {
            break;
        }
        shown.extend([if shown.is_empty() { "" } else { "," }, fault.as_str()]);
        left.next();
    }
    format!("{{\"faults\":[{shown}],\"more\":{}}}", left.len())
}

/// JSON text with every other character escaped.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut units = [0; 2];
    for char in json.chars() {
        if char.is_ascii() && !char.is_ascii_control() {
            text.push(char);
        } else {
            text.extend(char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

/// The refusal of a part by who wants all or nothing: a vendor is to blame for what is missing, and none for a bound.
pub(in crate::http) fn not_whole(ending: &Ending) -> Problem {
    let problem = failed(ending);
    match ending.outcome {
        Outcome::Capped => problem,
        Outcome::Complete | Outcome::Incomplete => problem.with_status(StatusCode::BAD_GATEWAY),
    }
}

/// The refusal of a table that is not whole; a fault of the request keeps its status.
pub(in crate::http) fn failed(ending: &Ending) -> Problem {
    if ending.outcome == Outcome::Capped {
        let detail = format!("the table has more than {} rows, which are all that it may have", ending.rows);
        return Problem::new(Code::QueryTooCostly, detail);
    }
    let fault = ending.faults.iter().find(|fault| fault.loses_rows).or(ending.faults.first());
    let code = fault.and_then(|fault| Code::from_name(&fault.code)).unwrap_or(Code::VendorProtocol);
    let text = fault.map_or_else(String::new, |fault| match &*fault.path {
        "" => fault.message.clone(),
        path => format!("`{path}`: {}", fault.message),
    });
    let problem = Problem::new(code, format!("the table is not whole: {text}")).with_faults(&ending.faults);
    if code.http_status() < 500 { problem } else { problem.with_status(StatusCode::BAD_GATEWAY) }
}

/// The refusal of a table that cannot be written.
pub(in crate::http) fn unwritten(error: std::io::Error) -> Problem {
    if matches!(error.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::Unsupported) {
        return Problem::new(Code::Unsupported, format!("the table cannot be written in this format: {error}"));
    }
    Problem::from(Error::internal(error))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::FAULTS_BYTES;
    use super::told;
    use crate::report::ending::Ending;
    use crate::report::ending::Outcome;
    use crate::report::fault::Fault;

    fn fault(path: &str) -> Fault {
        Fault {
            path: path.to_owned(),
            code: "VENDOR_UNAVAILABLE".to_owned(),
            message: "„Größe\u{7f}😀“ is missing".to_owned(),
            vendor: Some("jifeline".to_owned()),
            loses_rows: false,
            count: 3,
        }
    }

    /// What the header of these faults says; none where it is not there.
    fn said(faults: Vec<Fault>) -> Option<Value> {
        let headers = told(&Ending {
            outcome: Outcome::Incomplete,
            rows: 2,
            faults,
            masked: Vec::new(),
            read_from: BTreeMap::new(),
        });
        let text = headers.get("forecourt-faults")?.to_str().unwrap().to_owned();
        assert!(text.len() < FAULTS_BYTES + 100, "{text}");
        Some(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn faults_are_named_as_far_as_a_header_may_hold_them() {
        assert_eq!(said(Vec::new()), None);
        let one = said(vec![fault("vehicles.make")]).unwrap();
        assert_eq!(one["more"], 0);
        assert_eq!(serde_json::from_value::<Vec<Fault>>(one["faults"].clone()).unwrap(), [fault("vehicles.make")]);
        let many = said((0..50).map(|at| fault(&format!("vehicles.part{at}"))).collect()).unwrap();
        let shown = many["faults"].as_array().unwrap().len() as u64;
        assert!(shown > 5 && many["more"] == 50 - shown, "{many}");
        assert_eq!(said(vec![fault(&"a".repeat(FAULTS_BYTES))]).unwrap()["more"], 1);
    }
}
