//! The port through which inspections are created and asked for.

use async_trait::async_trait;
use url::Url;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::InspectionLocale;
use super::model::NewInspection;
use super::model::TokenState;
use super::model::TokenUid;

/// Something that runs inspections.
#[async_trait]
pub trait InspectionSource: Send + Sync + std::fmt::Debug {
    /// The environment that this account works on, such as `production`; tokens of one do not work on another.
    fn environment(&self) -> &'static str;

    /// Whether the vendor has installed message templates, so that it can mail and text links.
    fn can_deliver_links(&self) -> bool;

    /// Creates a token. Sent once: every call makes a new token and may send a message.
    async fn create(&self, inspection: &NewInspection, context: CallContext) -> Result<TokenState, VendorError>;

    /// The name of the operation behind [`InspectionSource::create`].
    fn create_operation(&self) -> &'static str;

    /// The name of the operation behind [`InspectionSource::status`].
    fn status_operation(&self) -> &'static str;

    /// The present state of each token; `None` for a token that the vendor does not know.
    async fn status(&self, uids: Vec<TokenUid>, context: CallContext) -> Answers<TokenUid, TokenState>;

    /// The customer's link to the inspection page in one language.
    fn link(&self, uid: &TokenUid, locale: InspectionLocale) -> Option<Url>;
}
