//! One row per vendor operation: its name, where it stands, and how sure we are of that.
//!
//! A vendor's rows form one table in its `mod.rs`, from which its routes are built, so that a correction is one line.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::MethodFilter;
use axum::routing::MethodRouter;
use http::StatusCode;

use crate::sandbox::core::Core;
use crate::sandbox::journal;
use crate::sandbox::switches::Switches;

/// How a fact about an operation's address is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// It stands in the documents this project started from.
    Seed,
    /// It stands in another text that the vendor published.
    Published,
    /// It is our best guess.
    Inferred,
}

/// How an answer looks once the switches are known; a handler leaves it in the extensions of its answer.
#[derive(Clone)]
pub(crate) struct Undecided(Arc<dyn Fn(&Switches) -> Response + Send + Sync>);

impl Undecided {
    /// An answer that `render` makes.
    pub(crate) fn new(render: impl Fn(&Switches) -> Response + Send + Sync + 'static) -> Self {
        Self(Arc::new(render))
    }
}

/// One operation of a vendor, served with the state `S`.
pub(crate) struct Operation<S> {
    /// The canonical name, `vendor.resource.verb`.
    pub(crate) name: &'static str,
    /// The method.
    pub(crate) method: MethodFilter,
    /// The path templates below the vendor's prefix: the primary one, then aliases.
    pub(crate) paths: &'static [&'static str],
    /// The status of a success.
    pub(crate) success: StatusCode,
    /// How method and path are known.
    pub(crate) provenance: Provenance,
    /// Makes the route from the method.
    pub(crate) route: fn(MethodFilter) -> MethodRouter<S>,
}

impl<S> Operation<S> {
    /// The same operation with another status of success.
    pub(crate) const fn answering(self, success: StatusCode) -> Self {
        Self { success, ..self }
    }
}

impl<S: Clone + Send + Sync + 'static> Operation<S> {
    /// Adds this operation to `router` below `prefix`, journaled and with faults on demand.
    ///
    /// A handler's plain 200 leaves with the status of the table; any other status leaves as it is.
    pub(crate) fn mount(&self, router: Router<S>, core: &Arc<Core>, prefix: &str) -> Router<S> {
        tracing::trace!(operation = self.name, provenance = ?self.provenance, prefix, "serving an operation");
        self.paths.iter().fold(router, |mounted, path| {
            let success = self.success;
            let core_of_row = Arc::clone(core);
            let settle = move |mut response: Response| {
                let core = Arc::clone(&core_of_row);
                async move {
                    if let Some(Undecided(render)) = response.extensions_mut().remove() {
                        return render(&core.switches());
                    }
                    if response.status() == StatusCode::OK {
                        *response.status_mut() = success;
                    }
                    response
                }
            };
            let journaled = (self.route)(self.method).layer(axum::middleware::map_response(settle));
            mounted.route(&format!("{prefix}{path}"), journal::named(core, self.name, journaled))
        })
    }
}
