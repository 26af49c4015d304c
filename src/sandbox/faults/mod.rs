//! Faults on demand: slow, wrong, hanging and broken answers, by rule or by a header of the call itself.

mod latency;
mod rule;
mod spoil;

use std::future::Future;
use std::sync::Mutex;

use axum::response::Response;
use http::HeaderMap;
use tokio::sync::watch;

use crate::ids::Ids;
use crate::sandbox::core::Core;
use crate::sandbox::core::lock;

use latency::fraction;
use rule::Moment;
use spoil::broken;

pub(crate) use rule::Rule;

/// The header that asks for a fault of this one call, such as `status=503; retryAfter=2`, `reset=after` or `spoil=half`.
const HEADER: &str = "x-sandbox-fault";

/// What became of a call.
pub(crate) enum Outcome {
    /// It was answered.
    Answered(Response),
    /// The connection is to be dropped; the response only carries that out.
    Dropped(Response),
}

/// A rule that has struck a call.
pub(crate) struct Fault {
    rule: Rule,
    /// Tells of the next change of the rules.
    changes: watch::Receiver<()>,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<Rule>>,
    changed: watch::Sender<()>,
}

impl Faults {
    /// Puts `rules` in the place of those in force; the first that fits a call counts.
    ///
    /// # Errors
    /// A sentence that names the first rule that cannot be carried out; then nothing changes.
    pub(crate) fn set(&self, rules: Vec<Rule>) -> Result<(), String> {
        rules.iter().try_for_each(Rule::check)?;
        self.replace(rules);
        Ok(())
    }

    /// Drops every rule.
    pub(crate) fn clear(&self) {
        self.replace(Vec::new());
    }

    fn replace(&self, by: Vec<Rule>) {
        let mut rules = lock(&self.rules);
        *rules = by;
        self.changed.send_replace(());
    }

    /// The rules in force, with what is left of their `times`.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        lock(&self.rules).clone()
    }

    /// The fault for a call of `operation`, if any, counted off its rule.
    ///
    /// # Errors
    /// A sentence about a fault header that cannot be read.
    pub(crate) fn take(&self, operation: &str, headers: &HeaderMap, ids: &Ids) -> Result<Option<Fault>, String> {
        let mut rules = lock(&self.rules);
        // Seen under the lock, so that no change after the rule was found is missed.
        let changes = self.changed.subscribe();
        if let Some(value) = headers.get(HEADER) {
            return Rule::from_header(value).map(|rule| Some(Fault { rule, changes }));
        }
        let strikes = |rule: &Rule| rule.percent.is_none_or(|percent| fraction(ids) * 100.0 < f64::from(percent));
        let Some(rule) = rules.iter_mut().find(|rule| rule.times != Some(0) && rule.fits(operation) && strikes(rule))
        else {
            return Ok(None);
        };
        rule.times = rule.times.map(|left| left.saturating_sub(1));
        Ok(Some(Fault { rule: rule.clone(), changes }))
    }
}

impl Fault {
    /// Carries this fault out around `act`, the vendor's own work, which most faults never start.
    pub(crate) async fn apply(mut self, core: &Core, act: impl Future<Output = Response>) -> Outcome {
        if let Some(latency) = &self.rule.latency_ms {
            tokio::time::sleep(latency.draw(&core.ids)).await;
        }
        if self.rule.hang {
            core.shutdown.draining().await;
            return Outcome::Dropped(broken());
        }
        self.hold(Moment::Before, core).await;
        if self.rule.reset == Some(Moment::Before) {
            return Outcome::Dropped(broken());
        }
        let acted = if self.rule.acts() { Some(act.await) } else { None };
        let response = acted.filter(|_| !self.rule.speaks()).unwrap_or_else(|| self.rule.answer());
        self.hold(Moment::After, core).await;
        match self.rule.reset {
            Some(_) => Outcome::Dropped(broken()),
            None => Outcome::Answered(match self.rule.spoil {
                Some(spoil) => spoil.spoil(response).await,
                None => response,
            }),
        }
    }

    /// Waits at `moment` if the rule says so; the end of the sandbox lets every call go on.
    async fn hold(&mut self, moment: Moment, core: &Core) {
        if self.rule.hold == Some(moment) {
            tokio::select! {
                // The sender lives as long as the sandbox, whose end the other branch sees.
                _ = self.changes.changed() => {}
                () = core.shutdown.draining() => {}
            }
        }
    }
}
