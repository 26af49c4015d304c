//! Which account is asked.

use async_graphql::Context;

use crate::auth::AccountId;
use crate::auth::Session;
use crate::domain::read::AccountKeyed;
use crate::domain::registry::Registry;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result as GraphResult;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::dataloader::Loader;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

/// The account that `name` means among those that the session sees and `sources` serve; without a name, the only one.
///
/// # Errors
/// A fault of the input's `account` that names the accounts to choose from.
pub fn choose<S: ?Sized>(session: &Session, sources: &Registry<S>, name: Option<&str>) -> Result<AccountId, UserError> {
    let served: Vec<&AccountId> = sources.served(&session.tenant, &session.accounts).collect();
    let known = served.iter().map(|account| format!("`{}`", account.name)).collect::<Vec<_>>().join(", ");
    let fault = |code, message: String| UserError::at("account", code, message);
    match (name, served.as_slice()) {
        (_, []) => Err(fault(
            UserErrorCode::InvalidValue,
            "no account that you may see can do this; ask an operator".to_owned(),
        )),
        (None, [only]) => Ok((*only).clone()),
        (None, _) => Err(fault(UserErrorCode::Required, format!("several accounts can do this: name one of {known}"))),
        (Some(name), _) => served
            .iter()
            .find(|account| *account.name == *name)
            .map(|account| (*account).clone())
            .ok_or_else(|| fault(UserErrorCode::InvalidValue, format!("no such account: name one of {known}"))),
    }
}

/// The account that a read is for: the one with the name `name`, or the only one that `sources` serve.
///
/// # Errors
/// `UNSUPPORTED` when no account has `what`, `BAD_INPUT` when the name is wrong or missing.
pub fn named<S: ?Sized>(
    ctx: &Context<'_>,
    sources: &Registry<S>,
    name: Option<&str>,
    what: &str,
) -> GraphResult<AccountId> {
    let session = &caller(ctx)?.session;
    sources.required(&session.tenant, &session.accounts, what)?;
    choose(session, sources, name).map_err(|fault| Error::bad_input(fault.message))
}

/// What the first of `accounts` that can be asked says about `key`; for things of which every account says the same.
///
/// # Errors
/// What the first account met, when all of them failed.
pub async fn any<L, K>(ctx: &Context<'_>, accounts: Vec<&AccountId>, key: K) -> GraphResult<Option<L::Value>>
where
    L: Loader<Key = AccountKeyed<K>>,
    K: Clone,
{
    let loader = DataLoader::<L>::of(ctx)?;
    let mut failed = None;
    for account in accounts {
        match loader.load_one((account.clone(), key.clone())).await {
            Ok(answer) => return Ok(answer),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(None), Err)
}
