//! Chats, channels, attachments and translations.

use async_trait::async_trait;

use crate::domain::messenger::model::Channel;
use crate::domain::messenger::model::ChannelAttachment;
use crate::domain::messenger::model::ChannelId;
use crate::domain::messenger::model::Chat;
use crate::domain::messenger::model::ChatId;
use crate::domain::messenger::model::Translation;
use crate::domain::messenger::source::MessengerSource;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::channels;
use super::super::api::chats;
use super::super::api::messenger;
use super::super::error;
use super::super::map;

/// The messages of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineMessengerSource {
    client: JifelineClient,
}

impl JifelineMessengerSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl MessengerSource for JifelineMessengerSource {
    fn translate_operation(&self) -> &'static str {
        messenger::TRANSLATE.name
    }

    async fn translate(&self, text: &str, language: &str, context: CallContext) -> Result<Translation, VendorError> {
        let translated = messenger::translate(&self.client.transport, text, language, context.deadline).await;
        translated.map(map::map_translation)
    }

    fn channel_operation(&self) -> &'static str {
        channels::GET.name
    }

    async fn channels(&self, ids: Vec<ChannelId>, context: CallContext) -> Answers<ChannelId, Channel> {
        fan_out::each(ids, api::PARALLEL, |id: ChannelId| async move {
            let read = channels::get(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.map(|channel| map::map_channel(id, channel)))
        })
        .await
    }

    fn ping_operation(&self) -> &'static str {
        channels::PING.name
    }

    async fn ping(&self, id: &ChannelId, context: CallContext) -> Result<(), VendorError> {
        channels::ping(&self.client.transport, &id.0, context.deadline).await
    }

    fn create_attachment_operation(&self) -> &'static str {
        channels::CREATE_ATTACHMENT.name
    }

    async fn create_attachment(
        &self,
        id: &ChannelId,
        file_name: &str,
        context: CallContext,
    ) -> Result<ChannelAttachment, VendorError> {
        let created = channels::create_attachment(&self.client.transport, &id.0, file_name, context.deadline).await;
        created.map(map::map_attachment)
    }

    fn attachment_operation(&self) -> &'static str {
        channels::GET_ATTACHMENT.name
    }

    async fn attachment(
        &self,
        id: &ChannelId,
        file_reference: &str,
        context: CallContext,
    ) -> Result<Option<ChannelAttachment>, VendorError> {
        let read = channels::get_attachment(&self.client.transport, &id.0, file_reference, context.deadline).await;
        Ok(error::not_found_is_none(read)?.map(map::map_attachment))
    }

    fn chat_operation(&self) -> &'static str {
        chats::GET.name
    }

    async fn chats(&self, ids: Vec<ChatId>, context: CallContext) -> Answers<ChatId, Chat> {
        fan_out::each(ids, api::PARALLEL, |id: ChatId| async move {
            let read = chats::get(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.map(|chat| map::map_chat(id, chat)))
        })
        .await
    }
}
