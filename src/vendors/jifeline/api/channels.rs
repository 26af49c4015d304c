//! Channels and what is attached to them.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

/// Reads a channel.
///
/// Source: Customer API reference, tag Messenger, "Get channel".
pub(in crate::vendors::jifeline) const GET: Operation = Operation {
    name: "jifeline.channels.get",
    path: "/v1/channels/{channelId}",
    provenance: Provenance::Published,
    ..READ
};

/// Sends a ping to the sockets that listen to a channel. Each call sends another one, so it is sent once.
///
/// Source: Customer API reference, tag Messenger, "Send control message"; method and body are inferred.
pub(in crate::vendors::jifeline) const PING: Operation = Operation {
    name: "jifeline.channels.ping",
    method: Method::Post,
    path: "/v1/channels/{channelId}/actions/send-control-message",
    idempotency: Idempotency::Once,
    success: &[200, 201, 202, 204],
    ..READ
};

/// Prepares a file to be uploaded to a channel. Each call makes another one, so it is sent once.
///
/// Source: Customer API reference, tag Messenger, "Create channel attachment"; the method is inferred.
pub(in crate::vendors::jifeline) const CREATE_ATTACHMENT: Operation = Operation {
    name: "jifeline.channels.create_attachment",
    method: Method::Post,
    path: "/v1/channel-attachments",
    idempotency: Idempotency::Once,
    success: &[200, 201],
    ..READ
};

/// Reads a file of a channel.
///
/// Source: Customer API reference, tag Messenger, "Get channel attachment"; the method is inferred.
pub(in crate::vendors::jifeline) const GET_ATTACHMENT: Operation =
    Operation { name: "jifeline.channels.get_attachment", path: "/v1/channel-attachments", ..READ };

/// The body of [`PING`].
#[derive(Serialize)]
struct PingDto<'a> {
    channel_id: &'a str,
}

/// The body of [`CREATE_ATTACHMENT`].
#[derive(Serialize)]
struct NewAttachmentDto<'a> {
    file_name: &'a str,
}

dto! {
    /// A channel.
    pub(in crate::vendors::jifeline) struct ChannelDto {
        arn: String,
        state: String,
    }
}

dto! {
    /// A file. An address is promised in the vendor's text, its name is not: the four names are inferred.
    pub(in crate::vendors::jifeline) struct AttachmentDto {
        file_name: String,
        file_reference: String,
        url: String,
        upload_url: String,
        download_url: String,
        presigned_url: String,
    }
}

/// Reads the channel `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<ChannelDto>, VendorError> {
    let reply = super::send(transport, Call::new(&GET, deadline).segment(id)).await?;
    Ok(decode::json_or_none::<Option<ChannelDto>>(&GET, &reply)?.flatten())
}

/// Sends a ping; what the vendor answers is not documented and not read.
pub(in crate::vendors::jifeline) async fn ping(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<(), VendorError> {
    let call = Call::new(&PING, deadline).segment(id).json(&PingDto { channel_id: id })?;
    super::send(transport, call).await.map(drop)
}

/// Prepares a file of this name.
pub(in crate::vendors::jifeline) async fn create_attachment(
    transport: &Transport,
    id: &str,
    file_name: &str,
    deadline: Instant,
) -> Result<AttachmentDto, VendorError> {
    let call = Call::new(&CREATE_ATTACHMENT, deadline).query("channel_id", id).json(&NewAttachmentDto { file_name })?;
    decode::json(&CREATE_ATTACHMENT, &super::send(transport, call).await?)
}

/// Reads a file; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_attachment(
    transport: &Transport,
    id: &str,
    file_reference: &str,
    deadline: Instant,
) -> Result<Option<AttachmentDto>, VendorError> {
    let call = Call::new(&GET_ATTACHMENT, deadline).query("channel_id", id).query("file_reference", file_reference);
    let reply = super::send(transport, call).await?;
    Ok(decode::json_or_none::<Option<AttachmentDto>>(&GET_ATTACHMENT, &reply)?.flatten())
}
