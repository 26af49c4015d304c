//! Questions about chats, channels and the files in channels.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::request::caller;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::AttachmentLoader;
use super::loader::ChannelLoader;
use super::loader::ChatLoader;
use super::loader::parts;
use super::model::ChannelId;
use super::model::ChatId;
use super::model::GarageAttachment;
use super::model::GarageChannel;
use super::model::GarageChat;

/// Questions about chats, channels and the files in channels.
#[derive(Debug, Default)]
pub struct MessengerQuery;

#[Object]
impl MessengerQuery {
    /// A channel by its global id; null when there is no such channel.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel's global id.")] id: ID,
    ) -> Sourced<GarageChannel> {
        sourced(async { channel(ctx, &NodeId::decode_as(&id, "Channel")?).await }).await
    }

    /// A chat by its global id; null when there is no such chat.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn chat(&self, ctx: &Context<'_>, #[graphql(desc = "The chat's global id.")] id: ID) -> Sourced<GarageChat> {
        sourced(async { chat(ctx, &NodeId::decode_as(&id, "Chat")?).await }).await
    }

    /// A file in a channel; null when there is no such file.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn channel_attachment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel's global id.")] channel_id: ID,
        #[graphql(desc = "What the vendor calls the file by.")] file_reference: String,
    ) -> Sourced<GarageAttachment> {
        sourced(async {
            let key = NodeId::decode_as(&channel_id, "Channel")?;
            let Some((account, id)) = parts(&caller(ctx)?.session.accounts, &key) else { return Ok(None) };
            attachment(ctx, account, ChannelId(id), file_reference).await
        })
        .await
    }
}

/// The file of a channel with this reference.
pub async fn attachment(
    ctx: &Context<'_>,
    account: AccountId,
    channel: ChannelId,
    file_reference: String,
) -> Result<Option<GarageAttachment>> {
    let key = (account.clone(), (channel, file_reference));
    let file = DataLoader::<AttachmentLoader>::of(ctx)?.load_one(key).await?;
    Ok(file.map(|attachment| GarageAttachment { account, attachment, is_downloadable: true }))
}

/// The channel that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn channel(ctx: &Context<'_>, key: &str) -> Result<Option<GarageChannel>> {
    let Some((account, id)) = parts(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    let channel = DataLoader::<ChannelLoader>::of(ctx)?.load_one((account.clone(), ChannelId(id))).await?;
    Ok(channel.map(|channel| GarageChannel { account, channel }))
}

/// The chat that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn chat(ctx: &Context<'_>, key: &str) -> Result<Option<GarageChat>> {
    let Some((account, id)) = parts(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    let chat = DataLoader::<ChatLoader>::of(ctx)?.load_one((account.clone(), ChatId(id))).await?;
    Ok(chat.map(|chat| GarageChat { account, chat }))
}
