//! The question how the vendors are doing.

use async_graphql::Context;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::request::caller;
use crate::domain::services::partition;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::fields::VendorStatus;

/// The question how the vendors are doing.
#[derive(Debug, Default)]
pub struct OperationsQuery;

#[Object]
impl OperationsQuery {
    /// How the gateway's calls of each of the tenant's accounts are going, in the order of vendors and accounts.
    #[graphql(directive = RequiresScopes::apply([Scope::OperationsRead]))]
    async fn vendors(&self, ctx: &Context<'_>) -> Sourced<Vec<VendorStatus>> {
        sourced(async {
            let caller = caller(ctx)?;
            let (services, session) = (&caller.services, &caller.session);
            let mut statuses = Vec::new();
            for account in session.accounts.iter() {
                let Some(monitor) = services.sources.monitors.get(&session.tenant, account) else { continue };
                let tally = services.cache.tally(&partition(&session.tenant, account));
                let state = monitor.state().await;
                statuses.push(VendorStatus { account: account.clone(), state, tally, now: services.clock.now() });
            }
            Ok(Some(statuses))
        })
        .await
    }
}
