//! Timelines as they grow.

use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Subscription;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::auth::Scope;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::domain::watch::Thing;
use crate::domain::watch::Topic;
use crate::domain::watch::Watcher;
use crate::domain::watch::any_changed;
use crate::graphql::Result;
use crate::graphql::connection::decode_cursor;
use crate::graphql::connection::encode_cursor;
use crate::graphql::event::Event;
use crate::graphql::event::Place;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::store::AccountKey;
use crate::store::TimelineRow;

use super::loader::TimelinePosition;
use super::model::TimelineEvent;

/// How many entries are read at once.
const PAGE: usize = 50;

/// Timelines as they grow.
#[derive(Debug, Default)]
pub struct ActivitySubscription;

#[Subscription]
impl ActivitySubscription {
    /// What happens to a vehicle from now on, or has happened since `after`, in the order in which it became known.
    ///
    /// Nothing is left out and nothing comes twice, also after a broken connection, when `after` is the `cursor` of the
    /// last event that arrived. An event stream takes `Last-Event-ID` instead, which browsers send by themselves.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead, Scope::ListingsRead, Scope::TicketsRead]))]
    async fn vehicle_activity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The vehicle's VIN.")] vin: Vin,
        #[graphql(desc = "The `cursor` of the last event that arrived; from now on when absent.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Event<Sourced<TimelineEvent>>>> {
        let caller = caller(ctx)?.clone();
        let place = ctx.data_opt::<Place>().cloned().unwrap_or_default();
        // What arrived last counts more than where the document, which does not change, once began.
        let after = place.read().or(after);
        let after = after.map(|cursor| decode_cursor::<TimelinePosition>(&cursor)).transpose()?;
        let watchers = watch(&caller, &vin);
        let seen = match after {
            Some(position) => position.seq(),
            None => caller.services.store.last_change().await?,
        };
        Ok(entries(Listening { caller, vin, place, watchers, seen, read: VecDeque::new(), has_failed: false }))
    }
}

fn watch(caller: &Caller, vin: &Vin) -> Vec<Watcher<u64>> {
    let accounts = caller.session.accounts.iter();
    accounts
        .map(|account| {
            caller.services.watched.watch(Topic {
                tenant: Arc::clone(&caller.session.tenant),
                account: AccountKey::new(account.vendor, account.name.as_ref()),
                thing: Thing::Vehicle(vin.clone()),
            })
        })
        .collect()
}

/// Somebody who listens to the timeline of a vehicle.
struct Listening {
    caller: Caller,
    vin: Vin,
    place: Place,
    watchers: Vec<Watcher<u64>>,
    /// The number of the last change that was read.
    seen: i64,
    /// Entries that were read and not yet sent, oldest first.
    read: VecDeque<TimelineRow>,
    has_failed: bool,
}

impl Listening {
    async fn next(&mut self) -> Result<TimelineEvent> {
        loop {
            if let Some(row) = self.read.pop_front() {
                self.seen = row.change_seq;
                self.place.note(encode_cursor(&TimelinePosition::of(&row))?);
                return TimelineEvent::of(row);
            }
            let (store, tenant) = (&self.caller.services.store, &self.caller.session.tenant);
            let accounts = self.caller.account_keys();
            let rows = store.timeline_since(tenant, &accounts, self.vin.as_str(), self.seen, PAGE).await?;
            if rows.is_empty() {
                any_changed(&mut self.watchers).await;
            }
            self.read.extend(rows);
        }
    }
}

fn entries(listening: Listening) -> impl Stream<Item = Event<Sourced<TimelineEvent>>> {
    unfold(listening, |mut listening| async move {
        if listening.has_failed {
            return None;
        }
        let next = listening.next().await;
        listening.has_failed = next.is_err();
        Some((Event(Some(next)), listening))
    })
}
