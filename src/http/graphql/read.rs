//! Reads a GraphQL request out of an HTTP request.

use async_graphql::Request;
use async_graphql::Variables;
use axum::body::Body;
use futures_util::StreamExt;
use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;
use http::request::Parts;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use tokio::time::Instant;
use tokio::time::timeout_at;
use url::form_urlencoded;

use super::refusal::Refusal;
use crate::error::Code;

/// The methods that the endpoint takes.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");

/// The parameters of a GraphQL request; others are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub(in crate::http) struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<Map<String, Value>>,
    extensions: Option<Map<String, Value>>,
}

/// Reads the request, at most `limit` bytes of body, which must have come by `deadline`.
pub(in crate::http) async fn read(
    parts: &Parts,
    body: Body,
    limit: usize,
    deadline: Instant,
) -> Result<Request, Refusal> {
    timeout_at(deadline, read_all(parts, body, limit)).await.unwrap_or_else(|_| {
        let refusal = Refusal::new(Code::BadInput, "the body did not arrive within the time of the request");
        let refusal = refusal.with_status(StatusCode::REQUEST_TIMEOUT);
        Err(refusal.with_header(header::CONNECTION, HeaderValue::from_static("close")))
    })
}

async fn read_all(parts: &Parts, body: Body, limit: usize) -> Result<Request, Refusal> {
    let parameters = match parts.method {
        Method::POST => {
            check_content_type(&parts.headers)?;
            parse_body(&read_body(&parts.headers, body, limit).await?)?
        }
        Method::GET => parse_address(parts.uri.query().unwrap_or_default())?,
        _ => {
            let refusal = Refusal::new(Code::BadInput, format!("the method `{}` is not taken here", parts.method));
            return Err(refusal.with_status(StatusCode::METHOD_NOT_ALLOWED).with_header(header::ALLOW, METHODS));
        }
    };
    parameters.into_request()
}

/// Only JSON by name is read: a page of another origin can post every other type without asking first.
fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let unsupported = |found: &str| {
        let message =
            format!("the body must be `application/json` in UTF-8, and its `Content-Type` must say so{found}");
        Refusal::new(Code::BadInput, message).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
    };
    let mut sent = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return Err(unsupported(""));
    };
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(unsupported(", without a `Content-Encoding`"));
    }
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter(|part| !part.is_empty()).all(|part| match part.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        Some(_) => true,
        None => false,
    });
    if is_json && is_utf8 { Ok(()) } else { Err(unsupported("")) }
}

async fn read_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Refusal> {
    let too_large = || {
        let message = format!("the body is larger than {limit} bytes");
        Refusal::new(Code::BadInput, message).with_status(StatusCode::PAYLOAD_TOO_LARGE)
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut read = Vec::with_capacity(announced.unwrap_or_default());
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::new(Code::BadInput, "the body broke off"))?;
        if read.len().saturating_add(chunk.len()) > limit {
            return Err(too_large());
        }
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}

fn parse_body(body: &[u8]) -> Result<Parameters, Refusal> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Refusal::new(Code::BadInput, "the body is a list; send one request at a time, as a JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let parameters = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = error.path().to_string();
        let place = if matches!(&*place, "." | "?") { String::new() } else { format!(" at `{place}`") };
        Refusal::new(Code::BadInput, format!("the body is not a GraphQL request in JSON{place}: {}", error.inner()))
    })?;
    let end = json.end();
    end.map_err(|error| Refusal::new(Code::BadInput, format!("the body goes on after its JSON object: {error}")))?;
    Ok(parameters)
}

fn parse_address(query: &str) -> Result<Parameters, Refusal> {
    let mut parameters = Parameters::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let is_repeated = match &*name {
            "query" => parameters.query.replace(value.into_owned()).is_some(),
            "operationName" => parameters.operation_name.replace(value.into_owned()).is_some(),
            "variables" => set_object(&mut parameters.variables, &name, &value)?,
            "extensions" => set_object(&mut parameters.extensions, &name, &value)?,
            _ => false,
        };
        if is_repeated {
            return Err(Refusal::new(Code::BadInput, format!("the parameter `{name}` stands twice in the address")));
        }
    }
    // An empty name is no name: forms send the field even when nobody has filled it in.
    parameters.operation_name = parameters.operation_name.filter(|name| !name.is_empty());
    Ok(parameters)
}

/// Reads a JSON object, or `null` or nothing for none; tells whether there was one before.
fn set_object(slot: &mut Option<Map<String, Value>>, name: &str, text: &str) -> Result<bool, Refusal> {
    if text.is_empty() {
        return Ok(false);
    }
    let object: Option<Map<String, Value>> = serde_json::from_str(text).map_err(|error| {
        Refusal::new(Code::BadInput, format!("the parameter `{name}` is not a JSON object: {error}"))
    })?;
    let before = std::mem::replace(slot, object);
    Ok(before.is_some())
}

impl Parameters {
    /// The request that they make up.
    pub(in crate::http) fn into_request(self) -> Result<Request, Refusal> {
        let is_persisted = self.extensions.as_ref().is_some_and(|extensions| extensions.contains_key("persistedQuery"));
        let query = match self.query.filter(|query| !query.is_empty()) {
            Some(query) => query,
            None if is_persisted => {
                let message = "persisted queries are not kept here; send the `query` itself";
                return Err(Refusal::new(Code::PersistedQueryNotFound, message).well_formed());
            }
            None => return Err(Refusal::new(Code::BadInput, "the request has no `query`")),
        };
        let mut request = Request::new(query);
        request.operation_name = self.operation_name;
        if let Some(variables) = self.variables {
            request.variables = Variables::from_json(Value::Object(variables));
        }
        Ok(request)
    }
}
