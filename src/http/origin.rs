//! Which web pages may reach the gateway: the rule on `Host` and `Origin`.
//!
//! A gateway that runs open on loopback is within reach of every page in the visitor's browser. A page that lets
//! its own name point at loopback is stopped by `Host`; one that posts to us from elsewhere is stopped by `Origin`.

use std::sync::Arc;

use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderMap;
use http::HeaderName;
use http::Method;
use http::header;
use url::Url;

use super::problem::Problem;
use super::request_id::RequestId;
use crate::error::Code;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which a machine reaches itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Which names the gateway answers to, and which foreign pages may send to it.
#[derive(Clone, Debug)]
pub struct OriginRule(Arc<Names>);

#[derive(Debug)]
struct Names {
    /// Lower-case names, with a port where only that port counts.
    hosts: Vec<String>,
    /// Lower-case origins, such as `https://dealer.example`.
    origins: Vec<String>,
}

impl OriginRule {
    /// Answers to `hosts` and, on the listening `port`, to the loopback names; takes pages of `origins` as friends.
    ///
    /// A host without a port stands for all its ports; an origin is scheme, name and port as browsers send it.
    pub fn new<S: AsRef<str>>(
        hosts: impl IntoIterator<Item = S>,
        origins: impl IntoIterator<Item = S>,
        port: u16,
    ) -> Self {
        let own = LOOPBACK.iter().map(|name| format!("{name}:{port}"));
        let given = hosts.into_iter().map(|host| host.as_ref().trim().to_ascii_lowercase());
        let origins = origins.into_iter().map(|one| one.as_ref().trim().trim_end_matches('/').to_ascii_lowercase());
        Self(Arc::new(Names { hosts: own.chain(given).collect(), origins: origins.collect() }))
    }

    /// Checks one request.
    ///
    /// # Errors
    /// `FORBIDDEN`, saying which setting allows the request.
    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        let headers = request.headers();
        let host = authority(request).map(str::to_ascii_lowercase);
        let host = host.ok_or_else(|| Problem::new(Code::Forbidden, "the request has no `Host`"))?;
        if !self.answers_to(&host) {
            let detail = format!("the host `{}` is not one of this gateway; `server.hosts` has them", shown(&host));
            return Err(Problem::new(Code::Forbidden, detail));
        }
        if may_act(request) { self.check_origin(&host, headers) } else { Ok(()) }
    }

    fn answers_to(&self, host: &str) -> bool {
        let name = without_port(host);
        // Clients leave the usual port of their scheme out.
        let usual = [format!("{host}:80"), format!("{host}:443")];
        self.0.hosts.iter().any(|known| known == host || known == name || usual.contains(known))
    }

    fn check_origin(&self, host: &str, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(origin) = headers.get(header::ORIGIN) else {
            // Old browsers send neither; a client that is no browser needs neither.
            return match headers.get(SEC_FETCH_SITE).map(http::HeaderValue::as_bytes) {
                None | Some(b"same-origin" | b"none") => Ok(()),
                Some(_) => Err(Problem::new(
                    Code::Forbidden,
                    "the request comes from a page of another origin and does not name it",
                )),
            };
        };
        let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        if self.0.origins.contains(&origin) || is_same(&origin, host) {
            return Ok(());
        }
        let detail = format!(
            "pages of the origin `{}` may not send to this gateway; add it to `server.origins` to allow it",
            shown(&origin)
        );
        Err(Problem::new(Code::Forbidden, detail))
    }
}

/// Middleware: refuses requests with a foreign `Host`, and foreign pages that post, or open a socket or a stream.
pub async fn check_origin(State(rule): State<OriginRule>, request: Request, next: Next) -> Response {
    match rule.check(&request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.with_request_id(request.extensions().get::<RequestId>()).into_response(),
    }
}

/// The name and port that the request is addressed to.
fn authority(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return None;
    }
    // HTTP/2 has it in the address.
    let in_address = request.uri().authority().map(http::uri::Authority::as_str);
    host.map_or(in_address, |host| host.to_str().ok()).filter(|host| !host.is_empty())
}

/// Whether the request may change something or opens a channel that stays: other requests a page cannot make use of.
fn may_act(request: &Request) -> bool {
    let streams =
        request.headers().get_all(header::ACCEPT).iter().any(|accept| {
            accept.to_str().is_ok_and(|accept| accept.to_ascii_lowercase().contains("text/event-stream"))
        });
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    !is_read || streams || request.headers().contains_key(header::UPGRADE)
}

/// Whether a page of `origin` was served by `host`. The scheme is not compared: a proxy in front may have ended TLS.
fn is_same(origin: &str, host: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    let scheme = origin.scheme();
    if !matches!(scheme, "http" | "https") {
        return false;
    }
    let Ok(host) = Url::parse(&format!("{scheme}://{host}")) else {
        return false;
    };
    origin.host().is_some()
        && origin.host() == host.host()
        && origin.port_or_known_default() == host.port_or_known_default()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

/// The first characters of what a client sent, fit for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}
