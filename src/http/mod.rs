//! What clients meet: GraphQL over HTTP, tables, reports, GraphiQL, webhooks, health, and the rules that hold for every request.

mod access;
pub mod graphiql;
pub mod graphql;
pub mod health;
mod live;
pub mod observe;
mod odata;
pub mod origin;
pub mod pipeline;
pub mod problem;
mod reports;
pub mod request_id;
mod router;
mod runs;
mod tables;
mod webhooks;

pub use router::Front;
pub use router::router;
