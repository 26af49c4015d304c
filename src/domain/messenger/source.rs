//! The port through which the service centre is talked with.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::Channel;
use super::model::ChannelAttachment;
use super::model::ChannelId;
use super::model::Chat;
use super::model::ChatId;
use super::model::Translation;

/// A vendor who carries messages between garage and service centre.
#[async_trait]
pub trait MessengerSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`MessengerSource::translate`].
    fn translate_operation(&self) -> &'static str;

    /// Translates `text` into `language`.
    async fn translate(&self, text: &str, language: &str, context: CallContext) -> Result<Translation, VendorError>;

    /// The name of the operation behind [`MessengerSource::channels`].
    fn channel_operation(&self) -> &'static str;

    /// Channels by their ids.
    async fn channels(&self, ids: Vec<ChannelId>, context: CallContext) -> Answers<ChannelId, Channel>;

    /// The name of the operation behind [`MessengerSource::ping`].
    fn ping_operation(&self) -> &'static str;

    /// Sends a ping to everybody who listens to the channel. Sent once.
    async fn ping(&self, id: &ChannelId, context: CallContext) -> Result<(), VendorError>;

    /// The name of the operation behind [`MessengerSource::create_attachment`].
    fn create_attachment_operation(&self) -> &'static str;

    /// Prepares a file of this name to be uploaded to the channel. Sent once.
    async fn create_attachment(
        &self,
        id: &ChannelId,
        file_name: &str,
        context: CallContext,
    ) -> Result<ChannelAttachment, VendorError>;

    /// The name of the operation behind [`MessengerSource::attachment`].
    fn attachment_operation(&self) -> &'static str;

    /// A file of the channel by its reference; none when the vendor knows none.
    async fn attachment(
        &self,
        id: &ChannelId,
        file_reference: &str,
        context: CallContext,
    ) -> Result<Option<ChannelAttachment>, VendorError>;

    /// The name of the operation behind [`MessengerSource::chats`].
    fn chat_operation(&self) -> &'static str;

    /// Chats by their ids.
    async fn chats(&self, ids: Vec<ChatId>, context: CallContext) -> Answers<ChatId, Chat>;
}
