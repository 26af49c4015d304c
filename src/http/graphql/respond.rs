//! Writes the response: status, headers, and errors that all bear a code and the request's id.

use std::collections::BTreeMap;
use std::collections::HashSet;

use async_graphql::PathSegment;
use async_graphql::ServerError;
use async_graphql::Value;
use async_graphql::parser::types::OperationType;
use async_graphql_axum::GraphQLResponse;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderMap;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Serialize;

use super::accept::MediaType;
use super::refusal::Refusal;
use crate::error::Code;
use crate::error::Error;
use crate::http::request_id::RequestId;

/// Writes the outcome of a request that has run, or whose document could not.
pub(super) fn executed(
    response: async_graphql::Response,
    operation: OperationType,
    media: MediaType,
    request_id: &RequestId,
) -> Response {
    let mut response = response;
    response.errors = finish(std::mem::take(&mut response.errors), request_id);
    if has_run(&response, operation) {
        return described(GraphQLResponse::from(response).into_response(), StatusCode::OK, media);
    }
    let status = refused_status(&response.errors, media);
    let body = Wire { errors: &response.errors, extensions: &response.extensions };
    write(status, media, &body, response.http_headers)
}

/// Whether any part of the operation has run, so that the response has `data`, be it null.
pub(in crate::http) fn has_run(response: &async_graphql::Response, operation: OperationType) -> bool {
    response.data != Value::Null || !response.errors.iter().all(|error| is_of_request(error, operation))
}

/// Writes the refusal of a request that has not run.
pub(in crate::http) fn refused(refusal: Refusal, media: MediaType, request_id: &RequestId) -> Response {
    let errors = finish(vec![*refusal.error], request_id);
    let status = refusal.status.unwrap_or_else(|| refused_status(&errors, media));
    let body = Wire { errors: &errors, extensions: &BTreeMap::new() };
    write(status, media, &body, refusal.headers.into_iter().collect())
}

/// Whether an error that left no data is one of the request and not of a field.
///
/// It has no path; or a value did not fit its argument, which the engine tells only where the query runs. A
/// mutation may have changed something before that, so there it stays an error of the field.
fn is_of_request(error: &ServerError, operation: OperationType) -> bool {
    error.path.is_empty() || (operation == OperationType::Query && error.source.is_none())
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// The status of a well-formed request that could not run.
///
/// Older clients take every status but 200 for a fault of the network where only their document was wrong.
fn refused_status(errors: &[ServerError], media: MediaType) -> StatusCode {
    // What has no error of ours as its source is the engine's or the limits' verdict on the document.
    let code = errors.first().and_then(ServerError::source::<Error>).map_or(Code::BadInput, |error| error.code);
    match StatusCode::from_u16(code.http_status()) {
        Ok(StatusCode::BAD_REQUEST) if media == MediaType::LegacyJson => StatusCode::OK,
        Ok(status) => status,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Gives each error its code and the request's id, logs what only the log may know, and drops doubles.
///
/// A field that the document selects twice runs twice, and fails twice.
pub(in crate::http) fn finish(errors: Vec<ServerError>, request_id: &RequestId) -> Vec<ServerError> {
    let mut seen = HashSet::new();
    errors
        .into_iter()
        .map(|error| coded(error, request_id))
        .filter(|error| seen.insert((path_text(&error.path), error.message.clone())))
        .collect()
}

fn coded(mut error: ServerError, request_id: &RequestId) -> ServerError {
    let ours = error.source::<Error>();
    let path = path_text(&error.path);
    if let Some(ours) = ours {
        if ours.code == Code::Internal {
            let source = ours.source.as_ref().map(ToString::to_string).unwrap_or_default();
            tracing::error!(%request_id, path, source, "a field failed by a bug of ours");
        }
    } else if error.source.is_some() {
        // Some type's own text: made for the log, not for clients.
        tracing::error!(%request_id, path, source = error.message, "a field failed with an error that is not ours");
        error.message = Error::internal("an error of another type").message;
        error.extensions = None;
        set(&mut error, "code", Code::Internal.as_str());
    }
    let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
    if !has_code {
        // The engine's own: validation before it runs, values that do not fit an argument after.
        let code = if error.path.is_empty() { Code::GraphqlValidationFailed } else { Code::BadInput };
        set(&mut error, "code", code.as_str());
    }
    let has_retryable = error.extensions.as_ref().is_some_and(|extensions| extensions.get("retryable").is_some());
    if !has_retryable {
        set(&mut error, "retryable", false);
    }
    set(&mut error, "requestId", request_id.as_str());
    error
}

fn set(error: &mut ServerError, name: &str, value: impl Into<Value>) {
    error.extensions.get_or_insert_default().set(name, value);
}

fn path_text(path: &[PathSegment]) -> String {
    let segments = path.iter().map(|segment| match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(place) => place.to_string(),
    });
    segments.collect::<Vec<_>>().join(".")
}

/// Writes a request that has not run: without `data`, which the specification forbids then.
fn write(status: StatusCode, media: MediaType, body: &Wire<'_>, more: HeaderMap) -> Response {
    let body = serde_json::to_vec(body).expect("GraphQL values have a JSON form");
    let mut response = Response::new(Body::from(body));
    response.headers_mut().extend(more);
    described(response, status, media)
}

/// Sets what holds for every answer: its status and type, and that no cache between may keep it.
fn described(mut response: Response, status: StatusCode, media: MediaType) -> Response {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Forecourt-Session, Accept, Accept-Encoding"));
    response
}
