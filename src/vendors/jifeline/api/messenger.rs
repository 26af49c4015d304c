//! Translations.

use std::time::Duration;

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

/// Translates a text. It answers 201, so each call may make something at the vendor, and it is sent once.
///
/// Source: Customer API reference, tag Messenger, "Translate".
pub(in crate::vendors::jifeline) const TRANSLATE: Operation = Operation {
    name: "jifeline.messenger.translate",
    method: Method::Post,
    path: "/v1/translate",
    idempotency: Idempotency::Once,
    timeout: Duration::from_secs(20),
    success: &[200, 201],
    provenance: Provenance::Published,
    asks: true,
    ..READ
};

/// The body of [`TRANSLATE`].
#[derive(Serialize)]
struct TextDto<'a> {
    message: OriginalDto<'a>,
    target_language: &'a str,
}

#[derive(Serialize)]
struct OriginalDto<'a> {
    original: &'a str,
}

dto! {
    /// A translation.
    pub(in crate::vendors::jifeline) struct TranslationDto {
        message: MessageDto,
        target_language: String,
        source_language: String,
    }
}

dto! {
    /// A text before and after.
    pub(in crate::vendors::jifeline) struct MessageDto {
        original: String,
        translated: String,
    }
}

/// Translates `original` into `target_language`.
pub(in crate::vendors::jifeline) async fn translate(
    transport: &Transport,
    original: &str,
    target_language: &str,
    deadline: Instant,
) -> Result<TranslationDto, VendorError> {
    let body = TextDto { message: OriginalDto { original }, target_language };
    let reply = super::send(transport, Call::new(&TRANSLATE, deadline).json(&body)?).await?;
    decode::json(&TRANSLATE, &reply)
}
