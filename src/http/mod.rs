//! What clients meet: GraphQL over HTTP, GraphiQL, webhooks, health, and the rules that hold for every request.

mod access;
pub mod graphiql;
pub mod graphql;
pub mod health;
mod live;
pub mod observe;
pub mod origin;
pub mod pipeline;
pub mod problem;
pub mod request_id;
mod router;
mod webhooks;

pub use router::Front;
pub use router::router;
