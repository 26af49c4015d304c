//! Which account a write goes to.

use crate::auth::AccountId;
use crate::auth::Session;
use crate::domain::registry::Registry;
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
