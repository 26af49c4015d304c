//! `[server]`: the listener and who may reach it.

use std::net::SocketAddr;
use std::time::Duration;

use url::{Host, Url};

use super::redact::Printout;
use super::section::Section;

/// The listener and who may reach it.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// The address at which clients and vendors reach the gateway from outside; `None` when it is only used locally.
    pub public_url: Option<Url>,
    /// Names that the `Host` header may hold, each with a port when it is not the usual one, in lower case.
    /// The loopback names and the host of `public_url` are allowed besides.
    pub hosts: Vec<String>,
    /// Web origins other than the gateway's own that may send requests, such as `https://dealer.example`.
    pub origins: Vec<String>,
    /// Whether anyone may ask without a key although the gateway is reachable from other machines.
    pub open: bool,
    /// Whether the schema may be read through the API.
    pub introspection: bool,
    /// How long a request may take when it does not say so itself.
    pub request_timeout: Duration,
    /// The longest time that a request may ask for.
    pub max_request_timeout: Duration,
    /// How long a stop waits for what runs.
    pub drain: Duration,
    /// The largest request body, in bytes.
    pub body_limit: u64,
}

impl Server {
    /// Where the gateway listens unless it is told otherwise.
    pub const LISTEN: &'static str = "127.0.0.1:8080";

    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            listen: section.address("listen").unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: section.url("public_url"),
            hosts: read_all(
                section,
                "hosts",
                "a host name such as `graph.example.com`, with `:PORT` where it is not the usual one",
                host,
            ),
            origins: read_all(section, "origins", "an origin such as `https://dealer.example`, without a path", origin),
            open: section.boolean("open").unwrap_or(false),
            introspection: section.boolean("introspection").unwrap_or(true),
            request_timeout: section.positive_span("request_timeout").unwrap_or(Duration::from_secs(30)),
            max_request_timeout: section.positive_span("max_request_timeout").unwrap_or(Duration::from_mins(1)),
            drain: section.span("drain").unwrap_or(Duration::from_secs(20)),
            body_limit: section.size("body_limit", 1024).unwrap_or(1 << 20),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("server");
        out.text("listen", &self.listen.to_string());
        out.optional("public_url", self.public_url.as_ref().map(Url::as_str));
        out.list("hosts", &self.hosts);
        out.list("origins", &self.origins);
        out.boolean("open", self.open);
        out.boolean("introspection", self.introspection);
        out.span("request_timeout", self.request_timeout);
        out.span("max_request_timeout", self.max_request_timeout);
        out.span("drain", self.drain);
        out.size("body_limit", self.body_limit);
    }

    /// Whether other machines can reach the gateway, directly or through a proxy that it is told of.
    #[must_use]
    pub fn reachable_from_outside(&self) -> bool {
        let outside = |name: &str| !is_loopback_host(name);
        !self.listen.ip().is_loopback()
            || self.public_url.as_ref().and_then(Url::host_str).is_some_and(outside)
            || self.hosts.iter().any(|host| outside(without_port(host)))
    }
}

/// Whether `name` (without a port) means this machine.
pub(super) fn is_loopback_host(name: &str) -> bool {
    match Host::parse(name) {
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => ip.is_loopback(),
        Err(_) => false,
    }
}

fn read_all(
    section: &mut Section<'_>,
    key: &'static str,
    wanted: &str,
    read: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let given = section.origin(key);
    let mut all = Vec::new();
    for text in section.list(key).unwrap_or_default() {
        match read(&text) {
            Some(item) => all.push(item),
            None => section.fault_from(key, &given, format!("`{text}` does not fit"), format!("write {wanted}")),
        }
    }
    all
}

fn host(text: &str) -> Option<String> {
    let url = Url::parse(&format!("wss://{text}")).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (bare && url.has_host() && !text.ends_with('/') && !text.contains('*')).then(|| text.to_ascii_lowercase())
}

fn without_port(host: &str) -> &str {
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(name, _)| name)
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let origin = url.origin();
    let bare = text.trim_end_matches('/').eq_ignore_ascii_case(&origin.ascii_serialization());
    (bare && matches!(url.scheme(), "http" | "https")).then(|| origin.ascii_serialization())
}
