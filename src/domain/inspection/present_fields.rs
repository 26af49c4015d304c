//! The fields of `PresentInspectionReport`.

use std::sync::Arc;

use async_graphql::Object;

use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;

use super::present::PresentDamage;
use super::present::PresentImage;
use super::present::PresentReport;
use super::report::DamageKind;

/// A present report as the graph shows it.
pub struct PresentInspectionReport(pub Arc<PresentReport>);

/// A report as it stands at the vendor now.
#[Object]
impl PresentInspectionReport {
    /// The vendor's id of the inspection.
    async fn inspection_id(&self) -> Option<&str> {
        self.0.vendor_inspection_id.as_deref()
    }

    /// Family name of the customer.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn customer_last_name(&self) -> Option<&str> {
        self.0.customer_last_name.as_deref()
    }

    /// The damages, also those that were dismissed.
    async fn damages(&self) -> &[PresentDamage] {
        &self.0.damages
    }

    /// The photos.
    async fn images(&self) -> &[PresentImage] {
        &self.0.images
    }
}

/// One damage of a report as it stands.
#[Object]
impl PresentDamage {
    /// The vendor's id of the damage.
    async fn damage_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The vendor's code of the part. That it is the code of `Damage.part` is inferred.
    async fn part(&self) -> Option<&str> {
        self.part.as_deref()
    }

    /// The part in English; null for a code whose meaning is not known.
    async fn part_name(&self) -> Option<&str> {
        self.part_name.as_deref()
    }

    /// The vendor's code of the place on its drawing of a vehicle.
    async fn drawing_part(&self) -> Option<&str> {
        self.drawing_part.as_deref()
    }

    /// What kind of damage it is; null when the vendor does not say.
    async fn kind(&self) -> Option<DamageKind> {
        self.kind
    }

    /// The kind as the vendor spells it.
    async fn kind_raw(&self) -> Option<&str> {
        self.kind_raw.as_deref()
    }

    /// How severe it is, a higher number being worse.
    async fn severity(&self) -> Option<i32> {
        self.severity
    }

    /// The severity as the vendor spells it, such as `SEV4`.
    async fn severity_raw(&self) -> Option<&str> {
        self.severity_raw.as_deref()
    }

    /// Whether the detection found it; false when a person added it.
    async fn found_automatically(&self) -> Option<bool> {
        self.found_automatically
    }

    /// Whether somebody dismissed it; null when the vendor does not say.
    async fn dismissed(&self) -> Option<bool> {
        self.dismissed
    }

    /// The vendor's ids of the photos that show it.
    async fn image_ids(&self) -> &[String] {
        &self.image_ids
    }
}

/// A photo of a report as it stands.
#[Object]
impl PresentImage {
    /// The vendor's id of the photo.
    async fn image_id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Link to the photo.
    async fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}
