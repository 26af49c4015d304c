//! `AutoChat` as the sandbox plays it: the token server and the stock of cars.
//!
//! Everything under `/autochat` is production, with the token server for both environments; `/autochat-staging` has
//! a stock and a list of options of its own. A token holds for both.
//!
//! The vendor publishes one sample car and no schema. Types and required fields are read from the sample, refusals
//! follow the habits of the framework that the vendor's addresses look like; the provenance stands in [`STOCK`].

mod cars;
pub(crate) mod control;
mod error;
mod options;
mod stock;
mod tokens;
mod validate;

use std::collections::HashMap;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header;
use axum::routing::MethodFilter;
use axum::routing::on;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use http::StatusCode;
use indexmap::IndexMap;
use serde::Deserialize;
use serde::Serialize;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;
use crate::sandbox::memory::Kind;
use crate::sandbox::memory::Past;
use crate::sandbox::operation::Operation;
use crate::sandbox::operation::Provenance;

use cars::Car;
use error::Refusal;

/// The token server, one for both environments.
const TOKENS: Operation<Place> = Operation {
    name: "autochat.tokens.create",
    method: MethodFilter::POST,
    paths: &["/oauth/token"],
    success: StatusCode::OK,
    provenance: Provenance::Seed,
    route: |method| on(method, tokens::create),
};

/// The operations of each environment; a correction of the vendor's facts is one line here.
const STOCK: &[Operation<Place>] = &[
    Operation {
        name: "autochat.cars.create",
        method: MethodFilter::POST,
        paths: &["/api/cars"],
        // The handler answers 201 by itself: a car that replaces another is answered by a 200 that has to stay.
        success: StatusCode::OK,
        provenance: Provenance::Seed,
        route: |method| on(method, cars::create),
    },
    Operation {
        name: "autochat.cars.list",
        method: MethodFilter::GET,
        paths: &["/api/cars"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, stock::list),
    },
    Operation {
        name: "autochat.options.list",
        method: MethodFilter::GET,
        paths: &["/api/options"],
        success: StatusCode::OK,
        provenance: Provenance::Inferred,
        route: |method| on(method, options::list),
    },
];

/// The vendor's two environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Environment {
    /// The one that customers use.
    Production,
    /// The one for trials.
    Staging,
}

impl Environment {
    const ALL: [Self; 2] = [Self::Production, Self::Staging];

    /// The path that all addresses of this environment start with.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Production => "/autochat",
            Self::Staging => "/autochat-staging",
        }
    }

    /// The word for it in answers.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Staging => "staging",
        }
    }
}

/// The key of a car: environment, dealership, stock number.
type CarKey = (Environment, String, String);

/// Everything that changes.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// Access token → end of its life.
    tokens: HashMap<String, DateTime<Utc>>,
    /// When the client asked for tokens within the last hour.
    requests: VecDeque<DateTime<Utc>>,
    cars: IndexMap<CarKey, Car>,
    /// When each token was used within the last minute.
    uses: HashMap<String, VecDeque<DateTime<Utc>>>,
}

impl Desk {
    /// The stock as the last run left it. Access tokens are not kept: clients ask for new ones.
    ///
    /// # Errors
    /// A line of the memory holds something else.
    pub(crate) fn recall(past: &Past) -> io::Result<Self> {
        Ok(Self { cars: past.recall(Kind::AutochatCar)?, ..Self::default() })
    }
}

/// The vendor's whole state.
pub(crate) struct Autochat {
    core: Arc<Core>,
    desk: Mutex<Desk>,
}

impl Autochat {
    /// Starts with what is on `desk`.
    pub(crate) fn new(core: Arc<Core>, desk: Desk) -> Arc<Self> {
        Arc::new(Self { core, desk: Mutex::new(desk) })
    }

    /// Checks the bearer token of a call to the stock.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = given.and_then(|value| value.split_once(' '));
        let Some(("Bearer" | "bearer", token)) = token else { return Err(Refusal::no_token()) };
        let now = self.core.clock.now();
        let mut desk = lock(&self.desk);
        if desk.tokens.get(token).is_none_or(|ends| now >= *ends) {
            return Err(Refusal::dead_token());
        }
        let most = self.core.switches().autochat_calls_per_minute;
        if most == 0 {
            return Ok(());
        }
        let minute = TimeDelta::minutes(1);
        let Desk { tokens, uses, .. } = &mut *desk;
        uses.retain(|token, _| tokens.contains_key(token));
        let uses = uses.entry(token.to_owned()).or_default();
        uses.retain(|at| now - *at < minute);
        if uses.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            let oldest = uses.front().copied().unwrap_or(now);
            return Err(Refusal::too_many_calls((oldest + minute - now).num_seconds() + 1));
        }
        uses.push_back(now);
        Ok(())
    }
}

/// What a handler works on: the vendor's state and the environment that the request came in by.
#[derive(Clone)]
struct Place {
    autochat: Arc<Autochat>,
    environment: Environment,
}

/// Serves both environments at their full paths, prefix included: merge it, do not nest it.
pub(crate) fn router(autochat: &Arc<Autochat>) -> Router {
    Environment::ALL.into_iter().fold(Router::new(), |router, environment| {
        let (core, prefix) = (&autochat.core, environment.prefix());
        let tokens = match environment {
            Environment::Production => TOKENS.mount(Router::new(), core, prefix),
            Environment::Staging => Router::new(),
        };
        let served = STOCK.iter().fold(tokens, |router, operation| operation.mount(router, core, prefix));
        router.merge(served.with_state(Place { autochat: Arc::clone(autochat), environment }))
    })
}
