//! Which connector of which account an id means.

use async_graphql::ID;

use crate::auth::AccountId;
use crate::domain::connector::model::ConnectorId;
use crate::graphql::node::NodeId;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

/// The account and connector that a global id in the field `connectorId` means.
pub fn place(accounts: &[AccountId], id: Option<&ID>) -> std::result::Result<(AccountId, ConnectorId), UserError> {
    let Some(id) = id else {
        let message = "`connectorId` is required: give the `id` of a connector";
        return Err(UserError::at("connectorId", UserErrorCode::Required, message));
    };
    let key = NodeId::decode_as(id, "Connector").ok();
    key.and_then(|key| named(accounts, &key)).ok_or_else(unknown)
}

/// The fault of an id in the field `connectorId` that names no connector of the caller.
pub fn unknown() -> UserError {
    let message = "no connector that you may see has this id: `connectors` lists them";
    UserError::at("connectorId", UserErrorCode::UnknownConnector, message)
}

/// Takes a global id's key apart into account and number; none when no such account is visible.
pub fn named(accounts: &[AccountId], key: &str) -> Option<(AccountId, ConnectorId)> {
    let (account, number) = key.rsplit_once('/')?;
    let account = accounts.iter().find(|known| known.to_string() == account)?;
    Some((account.clone(), ConnectorId(number.to_owned())))
}
