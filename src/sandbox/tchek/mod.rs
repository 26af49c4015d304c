//! Tchek as the sandbox plays it: self-inspection tokens, the inspection page, results and their deliveries.
//!
//! Two environments on one listener: production under `/tchek`, pre-production under `/tchek-preprod`. Paths below
//! each are the vendor's own: `/apiV1/…` is the API, `/webapp/…` is the web app that customers open, `/images/…`
//! serves the photos. Keys, tokens and links of one environment are unknown to the other.
//!
//! What the vendor does not publish (error statuses, delivery method, retries) is assumed; [`operations::OPERATIONS`] says for
//! each operation where its path comes from.

pub(crate) mod control;
mod deliveries;
mod desk;
mod draw;
mod error;
mod events;
mod html;
mod images;
mod inspections;
mod operations;
mod page;
mod parts;
mod pdf;
mod receiver;
mod report;
mod result;
mod state;
mod summary;
mod tokens;
mod validate;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use serde::Deserialize;
use serde::Serialize;

pub(crate) use desk::Desk;
pub(crate) use state::Tchek;

/// The vendor's two environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Environment {
    /// The one that customers use.
    Production,
    /// The one for trials.
    PreProduction,
}

impl Environment {
    const ALL: [Self; 2] = [Self::Production, Self::PreProduction];

    /// The path that all addresses of this environment start with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Production => "/tchek",
            Self::PreProduction => "/tchek-preprod",
        }
    }

    /// The word for it in answers.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::PreProduction => "preproduction",
        }
    }
}

/// What a handler works on: the vendor's state and the environment that the request came in by.
#[derive(Clone)]
struct Place {
    tchek: Arc<Tchek>,
    environment: Environment,
}

/// Serves both environments at their full paths, prefix included: merge it, do not nest it.
pub(crate) fn router(tchek: &Arc<Tchek>) -> Router {
    Environment::ALL.into_iter().fold(Router::new(), |router, environment| {
        let prefix = environment.prefix();
        let at = |path: &str| format!("{prefix}{path}");
        let pages = Router::new()
            .route(&at("/webapp/{lang}/services/{uid}"), get(page::show).post(page::act))
            .route(&at("/webapp/{lang}/report"), get(summary::show))
            .route(&at("/webapp/{lang}/report.pdf"), get(summary::document))
            .route(&at("/images/{file}"), get(images::show));
        let served = operations::OPERATIONS
            .iter()
            .fold(pages, |router, operation| operation.mount(router, tchek.core(), prefix));
        router.merge(served.with_state(Place { tchek: Arc::clone(tchek), environment }))
    })
}
