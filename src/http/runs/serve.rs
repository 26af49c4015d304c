//! Sends a file of a run, or what the client still needs of it.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::time::Duration;
use std::time::SystemTime;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use headers::AcceptRanges;
use headers::ContentLength;
use headers::ContentRange;
use headers::HeaderMapExt;
use headers::LastModified;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use http::request::Parts;

use super::FORECOURT_RUN;
use super::conditions::Part;
use super::conditions::part;
use super::conditions::tag;
use crate::error::Code;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::http::tables::describe;
use crate::http::tables::told;
use crate::report::ending::Ending;
use crate::report::format::Format;
use crate::report::run::Run;
use crate::report::run::Stored;
use crate::shutdown::Shutdown;

/// How much of a file is read at a time.
const PIECE: u64 = 64 << 10;

/// A run in one format.
pub(super) struct Table<'a> {
    pub(super) run: &'a Run,
    pub(super) ending: Ending,
    pub(super) format: Format,
    pub(super) stored: Stored,
    pub(super) file: File,
    /// For how long the client may use it unasked.
    pub(super) cache: HeaderValue,
}

/// The answer with what the request of `parts` gets of `table`.
pub(super) fn serve(table: Table<'_>, parts: &Parts, shutdown: &Shutdown) -> Result<Response, Problem> {
    let Table { run, ending, format, stored, file, cache } = table;
    let length = stored.bytes;
    let tag = tag(&stored).ok_or_else(|| Problem::from(Error::internal("a digest makes no tag")))?;
    // The header tells whole seconds only.
    let seconds = run.finished_at().and_then(|at| u64::try_from(at.timestamp()).ok()).unwrap_or_default();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let wanted = part(&parts.method, &parts.headers, &tag, modified, length);
    let (status, first, count) = match wanted {
        Part::Whole => (StatusCode::OK, 0, length),
        Part::Piece(first, last) => (StatusCode::PARTIAL_CONTENT, first, last.saturating_sub(first).saturating_add(1)),
        Part::NotModified => (StatusCode::NOT_MODIFIED, 0, 0),
        Part::Failed => {
            let detail = "the file is another one than `If-Match` or `If-Unmodified-Since` asks for";
            let problem = Problem::new(Code::Conflict, detail).with_status(StatusCode::PRECONDITION_FAILED);
            return Err(problem);
        }
        Part::Unsatisfiable => {
            let detail = format!("the file has {length} bytes, and the range begins behind them");
            let problem = Problem::new(Code::BadInput, detail).with_status(StatusCode::RANGE_NOT_SATISFIABLE);
            let range = HeaderValue::from_str(&format!("bytes */{length}")).map_err(Error::internal)?;
            return Err(problem.with_header(header::CONTENT_RANGE, range));
        }
    };
    let has_body = status != StatusCode::NOT_MODIFIED;
    let body = if has_body { Body::from_stream(pieces(file, first, count, shutdown.clone())) } else { Body::empty() };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if has_body {
        describe(headers, &run.report(), format);
        headers.typed_insert(ContentLength(count));
        headers.typed_insert(AcceptRanges::bytes());
    }
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = ContentRange::bytes(first..first.saturating_add(count), length)
    {
        headers.typed_insert(range);
    }
    headers.typed_insert(tag);
    headers.typed_insert(LastModified::from(modified));
    headers.extend(told(&ending));
    headers.extend(about(run));
    let columns = stored.columns.map(|columns| format!("?columns={}", columns.join(","))).unwrap_or_default();
    let location = format!("{}.{}{columns}", address(run), format.extension());
    headers.insert(header::CONTENT_LOCATION, HeaderValue::from_str(&location).map_err(Error::internal)?);
    headers.insert(header::CACHE_CONTROL, cache);
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Forecourt-Session"));
    Ok(response)
}

/// Which run an answer tells of, and where its manifest is.
pub(in crate::http) fn about(run: &Run) -> Vec<(HeaderName, HeaderValue)> {
    let texts: [(HeaderName, String); 2] =
        [(FORECOURT_RUN, run.id().to_string()), (header::LINK, format!("<{}>; rel=\"describedby\"", address(run)))];
    texts.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::from_str(&text).ok()?))).collect()
}

fn address(run: &Run) -> String {
    format!("/reports/{}/runs/{}", run.report(), run.id())
}

/// `count` bytes of the file from `first` on, piece by piece.
fn pieces(file: File, first: u64, count: u64, shutdown: Shutdown) -> impl Stream<Item = io::Result<Bytes>> + Send {
    try_unfold((file, first, count, shutdown), |(mut file, first, count, shutdown)| async move {
        if count == 0 {
            return Ok(None);
        }
        let reading = shutdown.spawn_blocking(move || {
            let mut piece = Vec::new();
            file.seek(SeekFrom::Start(first))?;
            let length = file.by_ref().take(count.min(PIECE)).read_to_end(&mut piece)?;
            io::Result::Ok((piece, u64::try_from(length).unwrap_or(u64::MAX), file))
        });
        let (piece, length, file) = reading.await??;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let left = (file, first.saturating_add(length), count.saturating_sub(length), shutdown);
        Ok(Some((Bytes::from(piece), left)))
    })
}
