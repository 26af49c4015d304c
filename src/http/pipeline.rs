//! Runs a document that the limits admit: session, loaders and their driver come together here.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::Value;
use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::BoxStream;
use futures_util::stream::once;
use tokio::time::Instant;

use crate::auth::Session;
use crate::domain::request::attach;
use crate::domain::request::attach_events;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Hub;
use crate::graphql::dataloader::drive;
use crate::graphql::guard::withhold;
use crate::graphql::server_error;
use crate::graphql::subscribed::check_subscribed;
use crate::http::graphql::Execute;
use crate::http::graphql::RequestContext;
use crate::schema::Graph;
use crate::schema::defaults;
use crate::schema::limits::Admitted;
use crate::telemetry::metrics::GRAPHQL_ERRORS;
use crate::telemetry::metrics::GRAPHQL_OPERATIONS;

/// Executes admitted documents for their session.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// The executable graph.
    pub graph: Graph,
    /// What outlives a request.
    pub services: Arc<Services>,
}

#[async_trait]
impl Execute for Pipeline {
    async fn execute(&self, request: Request, admitted: Admitted, context: RequestContext) -> Response {
        let kind = match admitted.operation {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        let response = self.run(request, admitted, context).await;
        count_errors(&response);
        let outcome = if response.errors.is_empty() { "ok" } else { "errors" };
        metrics::counter!(GRAPHQL_OPERATIONS, "kind" => kind, "outcome" => outcome).increment(1);
        response
    }

    fn subscribe(&self, request: Request, admitted: Admitted, context: RequestContext) -> BoxStream<'static, Response> {
        let pipeline = self.clone();
        let starting = async move {
            let started = pipeline.start(request, admitted, &context).await;
            let outcome = if started.is_ok() { "ok" } else { "errors" };
            metrics::counter!(GRAPHQL_OPERATIONS, "kind" => "subscription", "outcome" => outcome).increment(1);
            started.unwrap_or_else(|error| {
                let refusal = Response::from_errors(vec![server_error(error)]);
                once(ready(refusal)).boxed()
            })
        };
        once(starting).flatten().inspect(count_errors).boxed()
    }
}

fn count_errors(response: &Response) {
    for error in &response.errors {
        let code = error.source::<Error>().map_or("GRAPHQL_VALIDATION_FAILED", |error| error.code.as_str());
        metrics::counter!(GRAPHQL_ERRORS, "code" => code).increment(1);
    }
}

/// The session that the layers in front have found.
fn session(context: &RequestContext) -> Result<Arc<Session>> {
    let session = context.extensions.get::<Arc<Session>>().map(Arc::clone);
    session.ok_or_else(|| Error::internal("the layer that authenticates does not stand in front of the graph"))
}

/// Says in the answer which personal data it leaves out.
fn tell_masked(response: &mut Response, masked: &BTreeSet<String>) {
    if !masked.is_empty() {
        let masked = masked.iter().cloned().map(Value::String).collect();
        response.extensions.insert("masked".to_owned(), Value::List(masked));
    }
}

impl Pipeline {
    async fn run(&self, mut request: Request, mut admitted: Admitted, context: RequestContext) -> Response {
        let prepared = session(&context)
            .and_then(|session| Ok((withhold(&mut admitted.document, &self.graph.outline, &session)?, session)));
        let (masked, session) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return Response::from_errors(vec![server_error(error)]),
        };
        defaults::fill(&mut request, &admitted.document);
        request.set_parsed_query(admitted.document);
        let caller = match Caller::new(&self.services, session, context.deadline).await {
            Ok(caller) => caller,
            Err(error) => return Response::from_errors(vec![server_error(error)]),
        };
        let hub = Hub::new();
        let request = attach(request, &caller, &hub);
        let mut response = drive(hub, self.graph.schema.execute(request)).await;
        tell_masked(&mut response, &masked);
        response
    }

    async fn start(
        &self,
        mut request: Request,
        mut admitted: Admitted,
        context: &RequestContext,
    ) -> Result<BoxStream<'static, Response>> {
        let session = session(context)?;
        let masked = withhold(&mut admitted.document, &self.graph.outline, &session)?;
        check_subscribed(&admitted.document, request.operation_name.as_deref())?;
        defaults::fill(&mut request, &admitted.document);
        request.set_parsed_query(admitted.document);
        let caller = Caller::new(&self.services, session, context.deadline).await?;
        let time = context.deadline.saturating_duration_since(Instant::now());
        let request = attach_events(request, &caller, time);
        let events = self.graph.schema.execute_stream(request);
        Ok(events
            .map(move |mut response| {
                tell_masked(&mut response, &masked);
                response
            })
            .boxed())
    }
}
