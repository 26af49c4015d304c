//! Which of two results is the newer one. Deliveries bear no time and may overtake each other, so when two that differ
//! come close together the vendor is asked what the report holds at present.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::present::PresentReport;
use crate::domain::inspection::report::ReportContent;
use crate::domain::read::shared_context;
use crate::store::DeliveryRow;
use crate::store::ReportRow;
use crate::store::StoreError;

use super::deliveries::End;
use super::lane::Lane;
use super::matching::Found;

/// Results that come further apart than this cannot have overtaken each other.
const CLOSE: TimeDelta = TimeDelta::seconds(60);
/// After so many tries without the vendor's word the order of arrival has to do: no word may hide a result for long.
const MOST_TRIES: i64 = 3;

/// Which result is the newer one.
pub(super) enum Newer {
    /// The delivered one.
    This,
    /// The current revision, by its id.
    Current(Uuid),
    /// The vendor does not say at present.
    Unanswered(End),
}

impl Lane {
    /// Whether a delivered result is newer than the current revision of its inspection.
    pub(super) async fn newer(
        &self,
        delivery: &DeliveryRow,
        found: &Found,
        content_hash: &str,
        content: &ReportContent,
    ) -> Result<Newer, StoreError> {
        let rows = self.services.store.current_reports(&delivery.tenant, &[found.row.id]).await?;
        let Some(current) = rows.into_iter().next().filter(|current| is_close(current, delivery, content_hash)) else {
            return Ok(Newer::This);
        };
        let Ok(current_content) = serde_json::from_value::<ReportContent>(current.data.clone()) else {
            return Ok(Newer::This);
        };
        match self.present(delivery, found).await {
            // Where it agrees with both it cannot tell them apart, and where with none something newer is on its way.
            Ok(Some(present)) if present.agrees_with(&current_content) && !present.agrees_with(content) => {
                Ok(Newer::Current(current.id))
            }
            Ok(_) => Ok(Newer::This),
            Err(end) => Ok(Newer::Unanswered(end)),
        }
    }

    /// The report at the vendor; none when the vendor has none, or has not answered often enough to be waited for.
    async fn present(&self, delivery: &DeliveryRow, found: &Found) -> Result<Option<PresentReport>, End> {
        let accounts = self.accounts(std::slice::from_ref(&found.row.account));
        let Some((_, source)) = accounts.into_iter().find(|(account, _)| *account == found.account) else {
            return Ok(None);
        };
        let uid = TokenUid(found.row.token_uid.clone());
        let wait = match source.reports(vec![uid.clone()], shared_context()).await.remove(&uid) {
            Some(Ok(present)) => return Ok(present),
            Some(Err(error)) => error.retry_after,
            None => None,
        };
        if delivery.attempts >= MOST_TRIES {
            tracing::warn!(tenant = %delivery.tenant, delivery = %delivery.id, "the vendor does not say which of two results holds; the later one is taken");
            return Ok(None);
        }
        let note = format!(
            "another result came within a minute, and `{}`, which is to say which one holds, fails at present",
            source.reports_operation()
        );
        Err(End::Later { note, wait, last: None })
    }
}

/// Whether the vendor is to be asked: the two differ, and one may have overtaken the other.
fn is_close(current: &ReportRow, delivery: &DeliveryRow, content_hash: &str) -> bool {
    current.content_hash != content_hash
        && (delivery.received_at - current.received_at).abs() <= CLOSE
        && current.delivery_id.is_some_and(|id| id != delivery.id)
}
