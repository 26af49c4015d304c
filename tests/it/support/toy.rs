//! A gateway with a toy schema, on a socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use async_graphql::EmptySubscription;
use async_graphql::Object;
use async_graphql::Schema;
use async_graphql::SimpleObject;
use async_graphql::async_trait::async_trait;
use axum::middleware::from_fn_with_state;
use forecourt::clock::Clock;
use forecourt::error::Code;
use forecourt::error::Error;
use forecourt::graphql::Result;
use forecourt::graphql::connection::Connection;
use forecourt::graphql::connection::slice;
use forecourt::graphql::outline::Outline;
use forecourt::graphql::scalars::Vin;
use forecourt::graphql::server_error;
use forecourt::graphql::sourced::Sourced;
use forecourt::http::graphql::Endpoint;
use forecourt::http::graphql::Execute;
use forecourt::http::graphql::RequestContext;
use forecourt::http::graphql::Timeouts;
use forecourt::http::origin::OriginRule;
use forecourt::http::origin::check_origin;
use forecourt::http::request_id::RequestIds;
use forecourt::http::request_id::request_id;
use forecourt::ids::Ids;
use forecourt::schema::limits::Admitted;
use forecourt::schema::limits::Limits;
use forecourt::shutdown::Shutdown;
use futures_util::future::pending;
use futures_util::future::ready;
use futures_util::stream::BoxStream;
use http::HeaderName;
use http::Method;

/// Wishes for the answer of today's clients.
pub(crate) const GRAPHQL_RESPONSE: (&str, &str) = ("accept", "application/graphql-response+json");
/// Wishes for the answer of older clients.
pub(crate) const LEGACY: (&str, &str) = ("accept", "application/json");
/// Says that the body is JSON.
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");

/// The root of the toy schema.
pub(crate) struct Query;

/// A thing with things of its own.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Thing {
    name: String,
}

#[async_graphql::ComplexObject]
impl Thing {
    async fn parts(&self, first: Option<i32>, after: Option<String>) -> Sourced<Connection<Thing>> {
        Some(slice(vec![self.clone()], first, after))
    }

    async fn photos(&self) -> Vec<Thing> {
        vec![self.clone()]
    }

    async fn same(&self) -> &Thing {
        self
    }
}

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.as_deref().unwrap_or("world"))
    }

    async fn echo(&self, vin: Vin) -> Vin {
        vin
    }

    async fn thing(&self) -> Thing {
        Thing { name: "a".to_owned() }
    }

    async fn things(&self, first: Option<i32>, after: Option<String>) -> Sourced<Connection<Thing>> {
        Some(slice(vec![Thing { name: "a".to_owned() }], first, after))
    }

    async fn nodes(&self, ids: Vec<i32>) -> Vec<Thing> {
        ids.iter().map(|id| Thing { name: id.to_string() }).collect()
    }

    async fn failing(&self) -> Sourced<i32> {
        Some(Err(Error::internal("the password is secret")))
    }

    async fn firm(&self) -> Result<i32> {
        ready(()).await;
        Err(Error::bad_input("never"))
    }

    async fn foreign(&self) -> async_graphql::Result<i32> {
        ready(()).await;
        Ok("password".parse::<i32>()?)
    }

    async fn forever(&self) -> i32 {
        pending().await
    }

    async fn broken(&self) -> i32 {
        Vec::new().pop().unwrap()
    }
}

/// Counts the changes that were made.
#[derive(Clone, Default)]
pub(crate) struct Mutation(Arc<AtomicUsize>);

#[Object]
impl Mutation {
    async fn name(&self, vin: Vin) -> Option<Vin> {
        Some(vin)
    }

    async fn change(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

struct Toy(Schema<Query, Mutation, EmptySubscription>);

#[async_trait]
impl Execute for Toy {
    async fn execute(
        &self,
        mut request: async_graphql::Request,
        admitted: Admitted,
        context: RequestContext,
    ) -> async_graphql::Response {
        if context.headers.get("authorization").is_some_and(|value| value == "wrong") {
            let error = Error::new(Code::Unauthenticated, "the key is not known");
            return async_graphql::Response::from_errors(vec![server_error(error)]);
        }
        request.set_parsed_query(admitted.document);
        self.0.execute(request).await
    }

    fn subscribe(
        &self,
        mut request: async_graphql::Request,
        admitted: Admitted,
        _: RequestContext,
    ) -> BoxStream<'static, async_graphql::Response> {
        request.set_parsed_query(admitted.document);
        self.0.execute_stream(request)
    }
}

/// The gateway's routes, as if it listened on `port`.
pub(crate) fn app(limits: Limits, changes: &Mutation, port: u16) -> axum::Router {
    let schema = Schema::new(Query, changes.clone(), EmptySubscription);
    let outline = Arc::new(Outline::from_sdl(&schema.sdl()).unwrap());
    let endpoint =
        Endpoint { execute: Arc::new(Toy(schema)), outline, limits, max_body: 4096, timeouts: Timeouts::default() };
    let made = RequestIds { ids: Ids::seeded(1), clock: Clock::settable(chrono::DateTime::UNIX_EPOCH) };
    let rule = OriginRule::new(["Gateway.example", "other.example:8443"], ["https://dealer.example"], port);
    endpoint
        .router("/graphql")
        .layer(from_fn_with_state(rule, check_origin))
        .layer(from_fn_with_state(made, request_id))
}

/// A gateway with a toy schema on a socket.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    pub(crate) client: reqwest::Client,
    changes: Mutation,
    shutdown: Shutdown,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shutdown.begin();
    }
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shutdown, changes) = (Shutdown::new(), Mutation::default());
        let app = app(limits, &changes, address.port());
        let stop = shutdown.draining();
        drop(shutdown.spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stop).await }));
        Self { address, client: reqwest::Client::builder().no_proxy().build().unwrap(), changes, shutdown }
    }

    /// How many changes were made.
    pub(crate) fn changes(&self) -> usize {
        self.changes.0.load(Ordering::SeqCst)
    }

    /// Sends a request; the answer as text: status, content type, `Allow`, body.
    #[expect(clippy::disallowed_methods, reason = "the test is a client of its own gateway")]
    pub(crate) async fn send(
        &self,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> String {
        let url = format!("http://{}/graphql{query}", self.address);
        let mut request = self.client.request(method, url).body(body).header("x-request-id", "r1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        show(request.send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, body: &str, headers: &[(&str, &str)]) -> String {
        self.send(Method::POST, "", headers, body.to_owned()).await
    }

    /// Runs a document, and shows the answer without its head when it is 200.
    pub(crate) async fn ask(&self, document: &str) -> String {
        let body = serde_json::json!({ "query": document }).to_string();
        self.post(&body, &[JSON, GRAPHQL_RESPONSE]).await
    }
}

async fn show(response: reqwest::Response) -> String {
    let header = |name: HeaderName| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let content_type = header(http::header::CONTENT_TYPE).unwrap_or_default();
    let allow = header(http::header::ALLOW).map(|methods| format!(" allow={methods}")).unwrap_or_default();
    let status = response.status().as_u16();
    let body = response.text().await.unwrap();
    format!("{status} {}{allow} {body}", content_type.replace("; charset=utf-8", ""))
}

/// The code of the first error.
pub(crate) fn code(answer: &str) -> &str {
    answer.split("\"code\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none")
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> &str {
    answer.split(' ').next().unwrap()
}

/// Checks a document without a socket.
pub(crate) fn admit(
    limits: &Limits,
    document: &str,
    variables: serde_json::Value,
) -> std::result::Result<Admitted, String> {
    let sdl = Schema::new(Query, Mutation::default(), EmptySubscription).sdl();
    let outline = Outline::from_sdl(&sdl).unwrap();
    let request = async_graphql::Request::new(document).variables(async_graphql::Variables::from_json(variables));
    limits.admit(&outline, &request).map_err(|error| serde_json::to_string(&error).unwrap())
}
