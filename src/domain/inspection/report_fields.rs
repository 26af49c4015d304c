//! The fields of `InspectionReport`.

use async_graphql::Context;
use async_graphql::Object;
use chrono::DateTime as Moment;
use chrono::Utc;
use serde::Deserialize;

use crate::domain::money::Money;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Decimal;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::store::ReportRow;

use super::report::Damage;
use super::report::FormAnswer;
use super::report::Image;
use super::report::PartCondition;
use super::report::PartSeverity;
use super::report::PhotoDetection;
use super::report::ReportContent;

/// One revision of a report, with its content.
pub struct InspectionReport {
    revision: i64,
    received_at: Moment<Utc>,
    content: ReportContent,
}

impl InspectionReport {
    /// Reads what the ledger keeps.
    ///
    /// # Errors
    /// `INTERNAL` when the ledger's content has another shape.
    pub fn read(row: &ReportRow) -> Result<Self> {
        let content = ReportContent::deserialize(&row.data).map_err(Error::internal)?;
        Ok(Self { revision: row.revision, received_at: row.received_at, content })
    }
}

/// What an inspection found. It arrives when the detection has finished, and again when somebody has reviewed it.
#[Object]
impl InspectionReport {
    /// The revision, counted from 1: a result that says something new makes a new one.
    async fn revision(&self) -> Option<i32> {
        i32::try_from(self.revision).ok()
    }

    /// When this revision arrived.
    async fn received_at(&self) -> DateTime {
        DateTime(self.received_at)
    }

    /// How many damages the vendor counts.
    async fn damage_count(&self) -> Option<i32> {
        self.content.damage_count
    }

    /// The damages, part by part.
    async fn damages(&self) -> &[Damage] {
        &self.content.damages
    }

    /// The condition of the parts that need repair, with costs; empty when the vendor gives none.
    async fn parts(&self) -> &[PartCondition] {
        &self.content.parts
    }

    /// The sum of what the billable parts cost; null when a cost or its currency is not known, or they differ.
    async fn repair_cost(&self) -> Option<Money> {
        let mut costs =
            self.content.parts.iter().filter(|part| part.billable != Some(false)).map(|part| &part.repair_cost);
        let first = costs.next()?.clone()?;
        let sum = costs.try_fold(first.amount.0, |sum, cost| {
            let cost = cost.as_ref().filter(|cost| cost.currency == first.currency)?;
            sum.checked_add(cost.amount.0)
        })?;
        Some(Money { amount: Decimal(sum), currency: first.currency, localized: None })
    }

    /// The photos.
    async fn images(&self) -> Vec<InspectionImage<'_>> {
        self.content.images.iter().map(InspectionImage).collect()
    }

    /// The licence plate that was given with the inspection.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn license_plate(&self) -> Option<&str> {
        self.content.license_plate.as_deref()
    }

    /// The licence plate that the photos show; null when none could be read.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn detected_license_plate(&self) -> Option<&str> {
        self.content.detected_license_plate.as_deref()
    }

    /// The vendor's word for a region, which stands beside the plates; the vendor does not say of what.
    async fn region(&self) -> Option<&str> {
        self.content.region.as_deref()
    }

    /// What the detection found photo by photo, before anybody reviewed it; empty for reports kept before it was read.
    async fn detections(&self) -> &[PhotoDetection] {
        &self.content.detections
    }

    /// Severity and repair cost by part in the older form; `parts` says more where the vendor gives it.
    async fn severities(&self) -> &[PartSeverity] {
        &self.content.severities
    }

    /// How long the vendor took for the result, in its unit, which it does not name.
    async fn processing_time(&self) -> Option<Decimal> {
        self.content.processing_time
    }

    /// When the vendor made the inspection; null but for a report that came as an export.
    async fn vendor_created_at(&self) -> Option<DateTime> {
        self.content.vendor_created_at.map(DateTime)
    }

    /// Answers to the questions that were asked during the inspection.
    async fn answers(&self) -> &[FormAnswer] {
        &self.content.answers
    }

    /// Link to the vendor's report page with costs.
    async fn report_url(&self) -> Option<&str> {
        self.content.report_url.as_deref()
    }

    /// Link to the vendor's report page without costs.
    async fn report_url_without_costs(&self) -> Option<&str> {
        self.content.report_url_without_costs.as_deref()
    }

    /// Link to the report as PDF with costs; null for older reports.
    async fn pdf_url(&self) -> Option<&str> {
        self.content.pdf_url.as_deref()
    }

    /// Link to the report as PDF without costs; null for older reports.
    async fn pdf_url_without_costs(&self) -> Option<&str> {
        self.content.pdf_url_without_costs.as_deref()
    }
}

/// A photo of a report.
pub struct InspectionImage<'a>(&'a Image);

/// A photo of the inspection.
#[Object]
impl InspectionImage<'_> {
    /// File name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Signed link to the photo; null once it has expired, two hours after the report arrived.
    async fn url(&self, ctx: &Context<'_>) -> Sourced<&str> {
        sourced(async {
            let now = caller(ctx)?.services.clock.now();
            let works = self.0.url_expires_at.is_none_or(|at| now < at);
            Ok(self.0.url.as_deref().filter(|_| works))
        })
        .await
    }

    /// When `url` ceases to work; null when it does not expire.
    async fn url_expires_at(&self) -> Option<DateTime> {
        self.0.url_expires_at.map(DateTime)
    }

    /// Link without signature, which the vendor may refuse to serve.
    async fn origin_url(&self) -> Option<&str> {
        self.0.origin_url.as_deref()
    }

    /// When the photo was taken.
    async fn shot_at(&self) -> Option<DateTime> {
        self.0.shot_at.map(DateTime)
    }

    /// The vendor's number of the camera angle, 0 being the front; null for photos of the interior and of documents.
    async fn angle(&self) -> Option<i32> {
        self.0.angle
    }
}
