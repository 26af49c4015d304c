//! The domain's port for inspections, answered by this vendor.

use async_trait::async_trait;
use url::Url;

use crate::domain::inspection::model::InspectionLocale;
use crate::domain::inspection::model::NewInspection;
use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::present::FoundInspection;
use crate::domain::inspection::present::InspectionSearch;
use crate::domain::inspection::present::PresentReport;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Transport;
use crate::vendors::fan_out;

use super::super::TchekConfig;
use super::super::api;
use super::super::api::inspections;
use super::super::api::tokens;
use super::super::error;
use super::super::map;

/// How many pages a search may have before we take it for endless.
const MAX_PAGES: usize = 100;

/// The inspections of one account.
#[derive(Clone, Debug)]
pub struct TchekInspectionSource {
    transport: Transport,
    web: Url,
    environment: &'static str,
    message_templates: bool,
    dutch_segment: String,
}

impl TchekInspectionSource {
    pub(in crate::vendors::tchek) fn environment_name(&self) -> &'static str {
        self.environment
    }

    pub(in crate::vendors::tchek) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(in crate::vendors::tchek) fn new(transport: Transport, config: TchekConfig) -> Self {
        Self {
            transport,
            web: config.web,
            environment: config.environment,
            message_templates: config.message_templates,
            dutch_segment: config.dutch_segment,
        }
    }
}

#[async_trait]
impl InspectionSource for TchekInspectionSource {
    fn environment(&self) -> &'static str {
        self.environment
    }

    fn can_deliver_links(&self) -> bool {
        self.message_templates
    }

    async fn create(&self, inspection: &NewInspection, context: CallContext) -> Result<TokenState, VendorError> {
        let token = tokens::create(&self.transport, &map::map_new_token(inspection), context.deadline).await;
        map::map_token(token.map_err(error::interpret)?)
            .ok_or_else(|| tokens::CREATE.error(VendorErrorKind::Protocol, "the answer holds no token"))
    }

    fn create_operation(&self) -> &'static str {
        tokens::CREATE.name
    }

    fn status_operation(&self) -> &'static str {
        tokens::STATUS.name
    }

    async fn status(&self, uids: Vec<TokenUid>, context: CallContext) -> Answers<TokenUid, TokenState> {
        fan_out::each(uids, api::PARALLEL, |uid: TokenUid| async move {
            let read = tokens::status(&self.transport, &uid.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_token))
        })
        .await
    }

    async fn reports(&self, uids: Vec<TokenUid>, context: CallContext) -> Answers<TokenUid, PresentReport> {
        fan_out::each(uids, api::PARALLEL, |uid: TokenUid| async move {
            let read = inspections::report(&self.transport, &uid.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.map(map::map_present_report))
        })
        .await
    }

    fn reports_operation(&self) -> &'static str {
        inspections::GET_REPORT.name
    }

    async fn search(
        &self,
        search: &InspectionSearch,
        context: CallContext,
    ) -> Result<Vec<FoundInspection>, VendorError> {
        let (plate, agent) = (search.license_plate.as_deref(), search.agent.as_deref());
        let mut found = Vec::new();
        for page in 1..=MAX_PAGES {
            let listed = inspections::search(&self.transport, plate, agent, page, context.deadline).await;
            let listed = listed.map_err(error::interpret)?;
            // The vendor tells no total: a page that is not full is the last one.
            let is_last = listed.len() < inspections::PAGE_SIZE;
            found.extend(listed.into_iter().filter_map(map::map_found));
            if is_last {
                return Ok(found);
            }
        }
        Err(inspections::SEARCH.error(VendorErrorKind::Protocol, "the list does not end"))
    }

    fn search_operation(&self) -> &'static str {
        inspections::SEARCH.name
    }

    fn link(&self, uid: &TokenUid, locale: InspectionLocale) -> Option<Url> {
        let language = match locale {
            InspectionLocale::NlBe => &self.dutch_segment,
            InspectionLocale::En
            | InspectionLocale::Fr
            | InspectionLocale::De
            | InspectionLocale::It
            | InspectionLocale::Es
            | InspectionLocale::Sv
            | InspectionLocale::No => locale.code(),
        };
        let mut link = self.web.clone();
        link.path_segments_mut().ok()?.pop_if_empty().extend([language, "services", &uid.0]);
        Some(link)
    }
}
