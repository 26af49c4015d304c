//! Chats, channels, attachments and translations.

use secrecy::SecretString;

use crate::domain::messenger::model::Channel;
use crate::domain::messenger::model::ChannelAttachment;
use crate::domain::messenger::model::ChannelId;
use crate::domain::messenger::model::Chat;
use crate::domain::messenger::model::ChatId;
use crate::domain::messenger::model::Translation;

use super::super::api::channels::AttachmentDto;
use super::super::api::channels::ChannelDto;
use super::super::api::chats::ChatDto;
use super::super::api::messenger::TranslationDto;
use super::filled;

/// A translation.
pub(in crate::vendors::jifeline) fn map_translation(dto: TranslationDto) -> Translation {
    let (original, translated) = dto.message.map_or((None, None), |message| (message.original, message.translated));
    Translation {
        original,
        translated,
        source_language: filled(dto.source_language),
        target_language: filled(dto.target_language),
    }
}

/// The channel `id`.
pub(in crate::vendors::jifeline) fn map_channel(id: ChannelId, dto: ChannelDto) -> Channel {
    Channel { id, arn: filled(dto.arn), state: filled(dto.state) }
}

/// A file of a channel.
pub(in crate::vendors::jifeline) fn map_attachment(dto: AttachmentDto) -> ChannelAttachment {
    let url = [dto.url, dto.upload_url, dto.download_url, dto.presigned_url].into_iter().find_map(filled);
    ChannelAttachment {
        file_name: filled(dto.file_name),
        file_reference: filled(dto.file_reference),
        url: url.map(SecretString::from),
    }
}

/// The chat `id`.
pub(in crate::vendors::jifeline) fn map_chat(id: ChatId, dto: ChatDto) -> Chat {
    let session_id = dto.session_id.map(String::from);
    Chat {
        id,
        // Inferred: channels are named by UUIDs, and the only one that belongs to the talk itself is its session's.
        channel_id: session_id.clone().map(ChannelId),
        session_id,
        version: dto.chat_version,
        operator_id: dto.operator_id.map(String::from),
        user_id: dto.user_id.map(String::from),
        app_id: dto.app_id.map(String::from),
        user_name: filled(dto.chat_user_name),
        operator_signature: filled(dto.operator_signature).map(SecretString::from),
        session_state_code: dto.chat_session_state,
        session_state: filled(dto.chat_session_state_as_string),
        translation: dto.talkjs_translation,
        file_sharing: dto.talkjs_filesharing,
    }
}
