//! Chats.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Reads what a chat window needs to show a chat.
///
/// Source: Customer API reference, tag Chats, "Get chat".
pub(in crate::vendors::jifeline) const GET: Operation =
    Operation { name: "jifeline.chats.get", path: "/v1/chats/{chatId}", provenance: Provenance::Published, ..READ };

dto! {
    /// A chat.
    pub(in crate::vendors::jifeline) struct ChatDto {
        session_id: Id,
        chat_version: i64,
        operator_id: Id,
        user_id: Id,
        app_id: Id,
        chat_user_name: String,
        /// Secret: it lets its bearer speak as the operator.
        operator_signature: String,
        chat_session_state: i64,
        chat_session_state_as_string: String,
        talkjs_translation: bool,
        talkjs_filesharing: bool,
    }
}

/// Reads the chat `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<ChatDto>, VendorError> {
    let reply = super::send(transport, Call::new(&GET, deadline).segment(id)).await?;
    Ok(decode::json_or_none::<Option<ChatDto>>(&GET, &reply)?.flatten())
}
