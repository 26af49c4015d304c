//! Reports: those that have a name, where their runs are kept, and those that are read by the clock.

use std::sync::Arc;

use anyhow::Context;
use anyhow::anyhow;

use crate::auth::Authenticator;
use crate::config::Config;
use crate::config::Name;
use crate::domain::services::Services;
use crate::http::graphql::Asker;
use crate::http::graphql::Endpoint;
use crate::http::request_id::RequestId;
use crate::intake::serviced::Filling;
use crate::report::ask::Ask;
use crate::report::run;
use crate::report::run::Runs;
use crate::report::saved::SavedReports;
use crate::report::schedule;
use crate::report::seats::Seats;
use crate::schema::Graph;

/// What tables that clients ask for share with those that are read by the clock.
#[derive(Clone)]
pub(super) struct Reports {
    pub(super) saved: SavedReports,
    pub(super) runs: Runs,
    pub(super) seats: Seats,
}

impl Reports {
    /// The reports that have a name in the schema of `graph`, and the runs that the last process has left, looked after.
    pub(super) async fn open(config: &Config, services: &Services, graph: &Graph) -> anyhow::Result<Self> {
        let saved = SavedReports::open(config.reports.folder.as_deref(), graph).await;
        let saved = saved.map_err(|error| anyhow!(error.message))?;
        let folder = config.data_dir.join("reports");
        let Services { store, clock, ids, shutdown, .. } = services;
        let (store, clock, ids, shutdown) = (Arc::clone(store), clock.clone(), ids.clone(), shutdown.clone());
        let parts = run::Parts { store, clock, ids, shutdown };
        let runs = Runs::open(&folder, config.reports.clone(), parts)
            .with_context(|| format!("cannot keep runs of reports in `{}`", folder.display()))?;
        drop(services.shutdown.spawn(runs.clone().keep_up()));
        Ok(Self { saved, runs, seats: Seats::new(config.reports.tables_at_once) })
    }

    /// Starts what is to be read by the clock; `filling` tells when the index has what the vendors list.
    pub(super) async fn follow_schedule(
        &self,
        config: &Config,
        services: &Services,
        endpoint: &Arc<Endpoint>,
        (authenticator, filling): (&Arc<Authenticator>, &Filling),
    ) -> anyhow::Result<()> {
        let (ids, clock, endpoint) = (services.ids.clone(), services.clock.clone(), Arc::clone(endpoint));
        let ask = move || {
            // Each extract has an id of its own, under which the log has its queries.
            let (id, timeout) = (RequestId::make(&ids, &clock), endpoint.timeouts.longest);
            let asker: Arc<dyn Ask> = Arc::new(Asker::new(Arc::clone(&endpoint), id, timeout));
            asker
        };
        let filling = filling.clone();
        let parts = schedule::Parts {
            saved: self.saved.clone(),
            authenticator: Arc::clone(authenticator),
            runs: self.runs.clone(),
            seats: self.seats.clone(),
            ask: Arc::new(ask),
            is_filled: Arc::new(move || filling.unread() == 0),
            clock: services.clock.clone(),
            shutdown: services.shutdown.clone(),
        };
        let only_tenant = config.tenants.keys().next().map(Name::as_str).unwrap_or_default();
        let started = schedule::start(&config.reports, only_tenant, &parts).await;
        started.map_err(|error| anyhow!(error.message))
    }
}
