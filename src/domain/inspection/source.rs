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
use super::present::FoundInspection;
use super::present::InspectionSearch;
use super::present::PresentReport;

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

    /// The report of each token as it stands at the vendor; `None` for a token without one.
    async fn reports(&self, uids: Vec<TokenUid>, context: CallContext) -> Answers<TokenUid, PresentReport>;

    /// The name of the operation behind [`InspectionSource::reports`].
    fn reports_operation(&self) -> &'static str;

    /// Every inspection that `search` finds, in the vendor's order.
    async fn search(
        &self,
        search: &InspectionSearch,
        context: CallContext,
    ) -> Result<Vec<FoundInspection>, VendorError>;

    /// The name of the operation behind [`InspectionSource::search`].
    fn search_operation(&self) -> &'static str;

    /// The customer's link to the inspection page in one language.
    fn link(&self, uid: &TokenUid, locale: InspectionLocale) -> Option<Url>;
}
