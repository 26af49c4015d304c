//! Inspections as they go on.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Subscription;
use futures_util::FutureExt;
use futures_util::Stream;
use futures_util::future::BoxFuture;
use futures_util::stream::unfold;
use tokio::time::Instant;
use uuid::Uuid;

use crate::auth::Scope;
use crate::domain::read::shared_context;
use crate::domain::request::caller;
use crate::domain::services::Caller;
use crate::domain::watch::Thing;
use crate::domain::watch::Topic;
use crate::domain::watch::Watcher;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;
use crate::graphql::event::Event;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::store::AccountKey;

use super::loader::TokenStateLoader;
use super::loader::visible;
use super::model::Inspection;
use super::model::TokenState;

/// Inspections as they go on.
#[derive(Debug, Default)]
pub struct InspectionSubscription;

#[Subscription]
impl InspectionSubscription {
    /// An inspection as it stands now, and again each time that its status changes.
    ///
    /// Changes that follow each other faster than they can be sent come as one: the latest. It does not end by itself.
    #[graphql(directive = RequiresScopes::apply([Scope::InspectionsRead]))]
    async fn inspection_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The inspection's global id.")] id: ID,
    ) -> Result<impl Stream<Item = Event<Sourced<Inspection>>>> {
        let key = NodeId::decode_as(&id, "Inspection")?;
        let id = Uuid::parse_str(&key).map_err(|_| Error::bad_input("the id names no inspection of this graph"))?;
        let caller = caller(ctx)?.clone();
        let inspection = find(&caller, id).await?.ok_or_else(|| Error::new(Code::NotFound, "no such inspection"))?;
        Ok(states(Following::new(caller, inspection)))
    }
}

async fn find(caller: &Caller, id: Uuid) -> Result<Option<Inspection>> {
    let rows = caller.services.store.inspections_by_id(&caller.session.tenant, &[id]).await?;
    Ok(rows.into_iter().next().and_then(|row| visible(caller, row)))
}

/// What a status consists of, to tell a change from a mere reading.
type Status = (i64, Option<chrono::DateTime<chrono::Utc>>, bool);

fn status(inspection: &Inspection) -> Status {
    (inspection.row.status_code, inspection.row.status_changed_at, inspection.row.expired)
}

/// Somebody who follows an inspection.
struct Following {
    caller: Caller,
    id: Uuid,
    watcher: Watcher<u64>,
    token: Inspection,
    shown: Option<Status>,
    has_failed: bool,
}

impl Following {
    fn new(caller: Caller, inspection: Inspection) -> Self {
        let topic = Topic {
            tenant: Arc::clone(&caller.session.tenant),
            account: AccountKey::new(inspection.account.vendor, inspection.account.name.as_ref()),
            thing: Thing::Inspection(inspection.row.id),
        };
        let watcher = caller.services.watched.watch_fed(topic, || look_again(caller.clone(), inspection.clone()));
        Self { caller, id: inspection.row.id, watcher, token: inspection, shown: None, has_failed: false }
    }

    /// The inspection when its status differs from the one that was shown last.
    async fn next(&mut self) -> Result<Inspection> {
        loop {
            // A vendor that does not answer is told where the field is asked for; the ledger has what was known before.
            drop(read(&self.caller, &self.token).await);
            let gone = || Error::new(Code::NotFound, "the inspection is no longer there");
            let inspection = find(&self.caller, self.id).await?.ok_or_else(gone)?;
            let status = status(&inspection);
            if self.shown.replace(status) != Some(status) {
                return Ok(inspection);
            }
            self.watcher.changed().await;
        }
    }
}

fn states(following: Following) -> impl Stream<Item = Event<Sourced<Inspection>>> {
    unfold(following, |mut following| async move {
        if following.has_failed {
            return None;
        }
        let next = following.next().await;
        following.has_failed = next.is_err();
        Some((Event(Some(next)), following))
    })
}

/// What the vendor says, through the cache; what is new is in the ledger afterwards.
async fn read(caller: &Caller, inspection: &Inspection) -> Option<Arc<TokenState>> {
    let caller = Caller { deadline: shared_context().deadline, ..caller.clone() };
    let key = (inspection.account.clone(), inspection.uid());
    let mut answers = TokenStateLoader(caller).load(vec![key.clone()]).await;
    answers.remove(&key)?.ok()
}

/// Reads the status again and again, as long as it can change: the vendor may have nobody to deliver changes to.
fn look_again(caller: Caller, inspection: Inspection) -> BoxFuture<'static, ()> {
    async move {
        loop {
            tokio::time::sleep_until(Instant::now() + caller.services.look_again).await;
            if read(&caller, &inspection).await.is_some_and(|state| state.is_final()) {
                return;
            }
        }
    }
    .boxed()
}
