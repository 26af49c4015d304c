//! Chats, channels, attachments and translations.

use std::sync::Arc;

use async_graphql::SimpleObject;
use secrecy::SecretString;

use crate::auth::AccountId;

/// The vendor's id of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(pub String);

/// The vendor's id of a chat; opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(pub String);

/// A text in another language.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Translation {
    /// The text that was given.
    pub original: Option<String>,
    /// The text in the language asked for.
    pub translated: Option<String>,
    /// The language that the vendor took the text for.
    pub source_language: Option<String>,
    /// The language asked for.
    pub target_language: Option<String>,
}

/// A channel through which garage and service centre exchange messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id, as asked for.
    pub id: ChannelId,
    /// The name of the resource behind it.
    pub arn: Option<String>,
    /// Its state, in the vendor's word.
    pub state: Option<String>,
}

/// A channel of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageChannel {
    /// The account whose channel it is.
    pub account: AccountId,
    /// The channel.
    pub channel: Arc<Channel>,
}

/// A file that is or will be attached to a channel.
#[derive(Clone, Debug)]
pub struct ChannelAttachment {
    /// Name of the file.
    pub file_name: Option<String>,
    /// What the vendor calls the file by.
    pub file_reference: Option<String>,
    /// Where to upload a new file, or to download an existing one, for a while and without another credential; none when
    /// the vendor does not say.
    pub url: Option<SecretString>,
}

/// A file in a channel of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageAttachment {
    /// The account whose channel it is in.
    pub account: AccountId,
    /// What the vendor says of the file.
    pub attachment: Arc<ChannelAttachment>,
    /// Whether the address in it is one to download from; that of a new file is one to upload to.
    pub is_downloadable: bool,
}

/// A chat of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct GarageChat {
    /// The account whose chat it is.
    pub account: AccountId,
    /// The chat.
    pub chat: Arc<Chat>,
}

/// What a chat window needs to show a chat.
#[derive(Clone, Debug)]
pub struct Chat {
    /// The chat's id, as asked for.
    pub id: ChatId,
    /// The channel that carries its messages.
    pub channel_id: Option<ChannelId>,
    /// Id of the session.
    pub session_id: Option<String>,
    /// Version of the chat's form.
    pub version: Option<i64>,
    /// The vendor's number of the operator.
    pub operator_id: Option<String>,
    /// The vendor's id of the user.
    pub user_id: Option<String>,
    /// The chat service's id of the application.
    pub app_id: Option<String>,
    /// The user's name in the chat.
    pub user_name: Option<String>,
    /// What proves to the chat service that the operator may take part.
    pub operator_signature: Option<SecretString>,
    /// The vendor's number of the session's state.
    pub session_state_code: Option<i64>,
    /// The session's state, in the vendor's word.
    pub session_state: Option<String>,
    /// Whether messages are translated.
    pub translation: Option<bool>,
    /// Whether files may be shared.
    pub file_sharing: Option<bool>,
}
