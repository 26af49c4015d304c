//! Runs the queries of a table: the same way as one that came by HTTP, behind those that somebody waits for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::OperationType;
use http::Extensions;
use http::HeaderMap;
use tokio::time::Instant;

use super::Endpoint;
use super::RequestContext;
use super::refusal::Refusal;
use super::respond;
use super::run_once;
use crate::auth::Session;
use crate::cache::observed;
use crate::error::Code;
use crate::http::request_id::RequestId;
use crate::lane::Lane;
use crate::report::ask::Answer;
use crate::report::ask::Ask;

/// Asks the graph for one table.
#[derive(Clone)]
pub struct Asker {
    endpoint: Arc<Endpoint>,
    request_id: RequestId,
    timeout: Duration,
}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker").field("request_id", &self.request_id).finish_non_exhaustive()
    }
}

impl Asker {
    /// Asks `endpoint` on behalf of the request or run `request_id`; each query may take `timeout`.
    pub fn new(endpoint: Arc<Endpoint>, request_id: RequestId, timeout: Duration) -> Self {
        Self { endpoint, request_id, timeout }
    }

    async fn answer(&self, request: Request, session: Arc<Session>, deadline: Instant) -> Result<Response, Refusal> {
        let admitted = self.endpoint.limits.admit(&self.endpoint.outline, &request)?;
        if admitted.operation != OperationType::Query {
            return Err(Refusal::new(Code::BadInput, "a table is made of a query; this is another operation"));
        }
        let mut extensions = Extensions::new();
        extensions.insert(session);
        let deadline = deadline.min(Instant::now() + self.timeout);
        let request_id = self.request_id.clone();
        let context = RequestContext { request_id, deadline, headers: HeaderMap::new(), extensions };
        run_once(Arc::clone(&self.endpoint.execute), request, admitted, context).await
    }
}

#[async_trait]
impl Ask for Asker {
    async fn ask(&self, request: Request, session: Arc<Session>, deadline: Instant) -> Answer {
        let (answer, read_from) = Lane::Background.scope(observed(self.answer(request, session, deadline))).await;
        let mut response = answer.unwrap_or_else(|refusal| Response::from_errors(vec![*refusal.error]));
        response.errors = respond::finish(std::mem::take(&mut response.errors), &self.request_id);
        Answer { response, read_from }
    }
}
