//! How long the answers of each operation are believed.

use std::collections::BTreeMap;
use std::time::Duration;

/// The lives of one operation's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// For a thing that may change.
    pub fresh: Duration,
    /// For the answer that there is no such thing.
    pub negative: Duration,
    /// For a thing that will hardly change any more.
    pub settled: Duration,
}

impl Freshness {
    /// Nothing is kept; reads at the same time are still shared.
    pub const NEVER: Self = Self::all(Duration::ZERO);

    /// The same life for all answers.
    #[must_use]
    pub const fn all(life: Duration) -> Self {
        Self { fresh: life, negative: life, settled: life }
    }

    /// The lives when a changing thing lives for `fresh` instead: absence lives no longer, a settled thing no shorter.
    ///
    /// Zero turns all of them off.
    #[must_use]
    pub fn with_fresh(self, fresh: Duration) -> Self {
        if fresh.is_zero() {
            return Self::NEVER;
        }
        Self { fresh, negative: self.negative.min(fresh), settled: self.settled.max(fresh) }
    }

    const fn with_negative(self, negative: Duration) -> Self {
        Self { negative, ..self }
    }

    const fn with_settled(self, settled: Duration) -> Self {
        Self { settled, ..self }
    }
}

const DAY: Duration = Duration::from_hours(24);

/// The lives that hold unless the configuration says otherwise. An operation that is not here is never cached.
const BUILT_IN: [(&str, Freshness); 35] = [
    ("autochat.options.list", Freshness::all(DAY)),
    ("jifeline.catalogue.get_model", Freshness::all(DAY)),
    ("jifeline.catalogue.get_model_group", Freshness::all(DAY)),
    ("jifeline.catalogue.get_variant", Freshness::all(DAY)),
    ("jifeline.catalogue.list_makes", Freshness::all(DAY)),
    ("jifeline.catalogue.list_model_groups", Freshness::all(DAY)),
    ("jifeline.catalogue.list_models", Freshness::all(DAY)),
    ("jifeline.catalogue.list_variants", Freshness::all(DAY)),
    ("jifeline.connectors.get", Freshness::all(Duration::from_secs(5))),
    ("jifeline.connectors.get_by_uuid", Freshness::all(Duration::from_secs(5))),
    ("jifeline.connectors.list", Freshness::all(Duration::from_secs(5))),
    ("jifeline.customers.get", Freshness::all(Duration::from_mins(5))),
    ("jifeline.customers.get_branding", Freshness::all(Duration::from_mins(5))),
    ("jifeline.customers.get_wallet", Freshness::all(Duration::from_secs(15))),
    ("jifeline.employees.get", Freshness::all(Duration::from_mins(5))),
    ("jifeline.employees.list", Freshness::all(Duration::from_mins(5))),
    ("jifeline.products.list", Freshness::all(Duration::from_mins(15))),
    ("jifeline.products.list_bundles", Freshness::all(Duration::from_mins(15))),
    ("jifeline.products.list_groups", Freshness::all(Duration::from_mins(15))),
    ("jifeline.products.list_prerequisites", Freshness::all(Duration::from_mins(15))),
    ("jifeline.service_center.get", Freshness::all(Duration::from_mins(5))),
    ("jifeline.service_center.get_status", Freshness::all(Duration::from_secs(15))),
    ("jifeline.system.list_countries", Freshness::all(DAY)),
    ("jifeline.system.list_currencies", Freshness::all(DAY)),
    ("jifeline.tickets.get_active", Freshness::all(Duration::from_secs(5))),
    ("jifeline.tickets.get_historical", Freshness::all(Duration::from_mins(1)).with_settled(DAY)),
    ("jifeline.tickets.list_historical", Freshness::all(Duration::from_mins(1))),
    ("jifeline.tickets.list_notes", Freshness::all(Duration::from_secs(30))),
    ("jifeline.tickets.list_prepared", Freshness::all(Duration::from_mins(1))),
    ("jifeline.users.me", Freshness::all(Duration::from_mins(5))),
    ("jifeline.vehicles.find", Freshness::all(DAY).with_negative(Duration::from_mins(5))),
    ("jifeline.vehicles.list_serviced", Freshness::all(Duration::from_mins(1))),
    ("tchek.inspections.search", Freshness::all(Duration::from_mins(5))),
    ("tchek.reports.get", Freshness::all(Duration::from_mins(5))),
    ("tchek.tokens.status", Freshness::all(Duration::from_secs(30)).with_settled(DAY)),
];

/// The configuration names an operation that is never cached or does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{operation}` is no operation whose answers are kept; those are {}", known.join(", "))]
pub struct UnknownOperation {
    /// The name in the configuration.
    pub operation: String,
    /// The names that it could have been.
    pub known: Vec<&'static str>,
}

/// The lives of all operations.
#[derive(Clone, Debug)]
pub struct Policy(BTreeMap<&'static str, Freshness>);

impl Default for Policy {
    fn default() -> Self {
        Self(BTreeMap::from(BUILT_IN))
    }
}

impl Policy {
    /// The built-in lives, with the configured ones put in the place of [`Freshness::fresh`].
    ///
    /// # Errors
    /// [`UnknownOperation`] for the first name that is not among the built-in ones.
    pub fn with_overrides<N: AsRef<str>>(
        overrides: impl IntoIterator<Item = (N, Duration)>,
    ) -> Result<Self, UnknownOperation> {
        let mut policy = Self::default();
        for (operation, fresh) in overrides {
            let Some(life) = policy.0.get_mut(operation.as_ref()) else {
                let known = policy.0.into_keys().collect();
                return Err(UnknownOperation { operation: operation.as_ref().to_owned(), known });
            };
            *life = life.with_fresh(fresh);
        }
        Ok(policy)
    }

    /// The lives of `operation`; never for one that is not listed.
    #[must_use]
    pub fn freshness(&self, operation: &str) -> Freshness {
        self.0.get(operation).copied().unwrap_or(Freshness::NEVER)
    }

    /// Every listed operation with its lives, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Freshness)> {
        self.0.iter().map(|(operation, freshness)| (*operation, *freshness))
    }
}
