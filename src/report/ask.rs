//! The graph as reports ask it.

use std::sync::Arc;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::async_trait::async_trait;
use tokio::time::Instant;

use crate::auth::Session;
use crate::cache::ReadFrom;

/// An answer of the graph, and how old what vendors have said in it is.
#[derive(Debug)]
pub struct Answer {
    /// What any client would get.
    pub response: Response,
    /// When the oldest of each vendor's answers in it was asked for.
    pub read_from: ReadFrom,
}

/// Runs one query of a report: limits, scopes and masking hold as for any query, and reads of people go first.
#[async_trait]
pub trait Ask: Send + Sync {
    /// The answer to `request`, whatever it holds, by `deadline`.
    async fn ask(&self, request: Request, session: Arc<Session>, deadline: Instant) -> Answer;
}
