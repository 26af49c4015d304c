//! The fields of `Chat`, `Channel` and `ChannelAttachment`.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use secrecy::ExposeSecret;
use url::Url;

use crate::auth::Scope;
use crate::domain::source_of::Source;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::ChannelLoader;
use super::model::GarageAttachment;
use super::model::GarageChannel;
use super::model::GarageChat;

/// A chat with the operator of a ticket: what a chat window needs to show it. The messages are not in it.
#[Object(name = "Chat")]
impl GarageChat {
    /// The chat's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Chat", format!("{}/{}", self.account, self.chat.id.0)).into()
    }

    /// The vendor's id of the chat session.
    async fn session_id(&self) -> Option<&str> {
        self.chat.session_id.as_deref()
    }

    /// Version of the chat's form.
    async fn version(&self) -> Option<i32> {
        self.chat.version.and_then(|version| i32::try_from(version).ok())
    }

    /// The vendor's number of the operator.
    async fn operator_number(&self) -> Option<&str> {
        self.chat.operator_id.as_deref()
    }

    /// The vendor's id of the user who takes part for the garage.
    async fn user_id(&self) -> Option<&str> {
        self.chat.user_id.as_deref()
    }

    /// The chat service's id of the application.
    async fn app_id(&self) -> Option<&str> {
        self.chat.app_id.as_deref()
    }

    /// The user's name in the chat.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn user_name(&self) -> Option<&str> {
        self.chat.user_name.as_deref()
    }

    /// The state of the session in the vendor's word, such as `Succeeded`; the vendor does not list the words.
    async fn session_state(&self) -> Option<&str> {
        self.chat.session_state.as_deref()
    }

    /// The vendor's number of the session's state; the vendor does not publish what it means.
    async fn session_state_code(&self) -> Option<i32> {
        self.chat.session_state_code.and_then(|code| i32::try_from(code).ok())
    }

    /// Whether messages are translated.
    async fn translates_messages(&self) -> Option<bool> {
        self.chat.translation
    }

    /// Whether files may be shared.
    async fn shares_files(&self) -> Option<bool> {
        self.chat.file_sharing
    }

    /// The channel that carries its messages; null when the vendor knows none. That it is the session's is inferred.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn channel(&self, ctx: &Context<'_>) -> Sourced<GarageChannel> {
        sourced(async {
            let Some(id) = self.chat.channel_id.clone() else { return Ok(None) };
            let channel = DataLoader::<ChannelLoader>::of(ctx)?.load_one((self.account.clone(), id)).await?;
            Ok(channel.map(|channel| GarageChannel { account: self.account.clone(), channel }))
        })
        .await
    }

    /// Where the chat comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// A channel through which garage and service centre exchange messages.
#[Object(name = "Channel")]
impl GarageChannel {
    /// The channel's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Channel", format!("{}/{}", self.account, self.channel.id.0)).into()
    }

    /// The name of the resource behind it, in the notation of its cloud provider.
    async fn arn(&self) -> Option<&str> {
        self.channel.arn.as_deref()
    }

    /// Its state in the vendor's word; the vendor does not list the words.
    async fn state(&self) -> Option<&str> {
        self.channel.state.as_deref()
    }

    /// Where the channel comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// A file in a channel.
#[Object(name = "ChannelAttachment")]
impl GarageAttachment {
    /// Name of the file.
    async fn file_name(&self) -> Option<&str> {
        self.attachment.file_name.as_deref()
    }

    /// What the vendor calls the file by; `channelAttachment` takes it.
    async fn file_reference(&self) -> Option<&str> {
        self.attachment.file_reference.as_deref()
    }

    /// Where the file can be downloaded for a while, by whoever has the address; null when the vendor does not say, and
    /// for a file that was just created.
    async fn download_url(&self) -> Option<Url> {
        self.address().filter(|_| self.is_downloadable)
    }

    /// Where the file comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

impl GarageAttachment {
    /// The address that the vendor gave with the file.
    pub fn address(&self) -> Option<Url> {
        Url::parse(self.attachment.url.as_ref()?.expose_secret()).ok()
    }
}
