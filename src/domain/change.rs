//! Up to which change a caller has seen the ledger and the index, and which lists go on from there.

use async_graphql::Context;
use async_graphql::Object;

use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::scalars::DateTime;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::store::Store;

/// The question how far changes have come.
#[derive(Debug, Default)]
pub struct ChangeQuery;

#[Object]
impl ChangeQuery {
    /// The latest change of the vehicles, inspections and listings that the gateway keeps for this tenant, as
    /// `changedAfter` in the filters of their lists takes it. `0` stands before the first one.
    ///
    /// To keep a copy of a list: ask for this token first and then for the whole list. Next time ask for the token
    /// again, and then for the list with `changedAfter` set to the token of the time before; its rows replace those
    /// with the same id. What changes while a list is read is in it or comes with the next token.
    async fn change_token(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async {
            let caller = caller(ctx)?;
            let last = caller.services.store.last_change_of_lists(&caller.session.tenant).await.map_err(Error::from)?;
            Ok(Some(last.to_string()))
        })
        .await
    }
}

/// The change above which a list shows rows: the later one of what the token and the time name.
pub async fn changed_after(store: &dyn Store, token: Option<&str>, since: Option<DateTime>) -> Result<Option<i64>> {
    let by_token = match token {
        Some(token) => Some(known(store, token).await?),
        None => None,
    };
    let by_time = match since {
        Some(since) => Some(store.seq_at(since.0).await.map_err(Error::from)?),
        None => None,
    };
    Ok(by_token.max(by_time))
}

async fn known(store: &dyn Store, token: &str) -> Result<i64> {
    let is_number = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
    let seq = is_number.then(|| token.parse::<i64>().ok()).flatten();
    let seq =
        seq.ok_or_else(|| Error::bad_input("`changedAfter` is no change token; give one as `changeToken` told it"))?;
    // one number counts for all tenants, so a token of another list or tenant is still one of this ledger
    if seq > store.last_change().await.map_err(Error::from)? {
        let message = "`changedAfter` names a change that this gateway has not made: it is of another ledger, or of one \
                       that was lost; start again from a full extract";
        return Err(Error::bad_input(message));
    }
    Ok(seq)
}
