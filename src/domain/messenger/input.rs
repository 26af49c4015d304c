//! The inputs of what is said to the service centre, and the rules that they must meet.

use async_graphql::ID;
use async_graphql::InputObject;

use crate::auth::AccountId;
use crate::domain::services::Caller;
use crate::graphql::node::NodeId;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::loader::parts;
use super::model::ChannelId;

/// What `translateText` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct TranslateTextInput {
    /// Name of the garage's account; needed only when the client sees several.
    pub account: Option<String>,
    /// The text to translate. Required.
    pub text: Option<String>,
    /// The language to translate into, as a code such as `de`. Required.
    pub target_language: Option<String>,
}

/// What `pingChannel` needs.
#[derive(InputObject)]
pub struct PingChannelInput {
    /// The channel's global id. Required.
    pub channel_id: Option<ID>,
}

/// What `createChannelAttachment` needs. Faults come back together as `userErrors`.
#[derive(InputObject)]
pub struct CreateChannelAttachmentInput {
    /// A text of the client's choice, at most 200 characters, that makes the creation happen once: the same key with the
    /// same input gives the same answer for 30 days. Without one the gateway draws a key and tells it in the payload.
    pub idempotency_key: Option<String>,
    /// The channel's global id. Required.
    pub channel_id: Option<ID>,
    /// Name of the file, such as `engine-bay.jpg`. Required.
    pub file_name: Option<String>,
}

/// The channel that `id` means.
pub fn channel(caller: &Caller, id: Option<&ID>) -> Result<(AccountId, ChannelId), UserError> {
    let fault = |code, message: String| UserError::at("channelId", code, message);
    let Some(id) = id.filter(|id| !id.trim().is_empty()) else {
        let message = "`channelId` is required: give the `id` of a channel".to_owned();
        return Err(fault(UserErrorCode::Required, message));
    };
    let key = NodeId::decode_as(id, "Channel").map_err(|error| fault(UserErrorCode::InvalidValue, error.message))?;
    let (account, channel) = parts(&caller.session.accounts, &key).ok_or_else(unknown_channel)?;
    Ok((account, ChannelId(channel)))
}

/// The fault of an input that names a channel that is not there.
pub fn unknown_channel() -> UserError {
    let message = "no garage that you may see has this channel: the `chat` of a ticket leads to it";
    UserError::at("channelId", UserErrorCode::InvalidValue, message)
}
