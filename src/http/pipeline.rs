//! Runs a document that the limits admit: session, loaders and their driver come together here.

use std::sync::Arc;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::Value;
use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::OperationType;

use crate::auth::Session;
use crate::domain::request::attach;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::error::Error;
use crate::graphql::dataloader::Hub;
use crate::graphql::dataloader::drive;
use crate::graphql::guard::withhold;
use crate::graphql::server_error;
use crate::http::graphql::Execute;
use crate::http::graphql::RequestContext;
use crate::schema::Graph;
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
        let outcome = if response.errors.is_empty() { "ok" } else { "errors" };
        metrics::counter!(GRAPHQL_OPERATIONS, "kind" => kind, "outcome" => outcome).increment(1);
        for error in &response.errors {
            let code = error.source::<Error>().map_or("GRAPHQL_VALIDATION_FAILED", |error| error.code.as_str());
            metrics::counter!(GRAPHQL_ERRORS, "code" => code).increment(1);
        }
        response
    }
}

impl Pipeline {
    async fn run(&self, mut request: Request, mut admitted: Admitted, context: RequestContext) -> Response {
        let Some(session) = context.extensions.get::<Arc<Session>>().map(Arc::clone) else {
            let error = Error::internal("the layer that authenticates does not stand in front of the graph");
            return Response::from_errors(vec![server_error(error)]);
        };
        let masked = match withhold(&mut admitted.document, &self.graph.outline, &session) {
            Ok(masked) => masked,
            Err(error) => return Response::from_errors(vec![server_error(error)]),
        };
        request.set_parsed_query(admitted.document);
        let caller = match Caller::new(&self.services, session, context.deadline).await {
            Ok(caller) => caller,
            Err(error) => return Response::from_errors(vec![server_error(error)]),
        };
        let hub = Hub::new();
        let request = attach(request, &caller, &hub);
        let mut response = drive(hub, self.graph.schema.execute(request)).await;
        if !masked.is_empty() {
            let masked = masked.into_iter().map(Value::String).collect();
            response.extensions.insert("masked".to_owned(), Value::List(masked));
        }
        response
    }
}
