//! The report of an inspection as it stands at the vendor now, and the inspections that a search finds.

use chrono::DateTime;
use chrono::Utc;

use super::report::Damage;
use super::report::DamageKind;
use super::report::ReportContent;

/// What the vendor says a report holds at present. It has less in it than a delivered one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentReport {
    /// The vendor's id of the inspection.
    pub vendor_inspection_id: Option<String>,
    /// Family name of the customer.
    pub customer_last_name: Option<String>,
    /// The damages, also those that were dismissed.
    pub damages: Vec<PresentDamage>,
    /// The photos.
    pub images: Vec<PresentImage>,
    /// The same as far as a delivered report has a place for it, for when none was delivered.
    pub content: ReportContent,
}

/// One damage of a report as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentDamage {
    /// The vendor's id of it.
    pub id: Option<String>,
    /// The vendor's code of the part.
    pub part: Option<String>,
    /// The part in English; none for a code whose meaning is not known.
    pub part_name: Option<String>,
    /// The vendor's code of the place on its drawing of a vehicle.
    pub drawing_part: Option<String>,
    /// Whether somebody dismissed it; none when the vendor does not say.
    pub dismissed: Option<bool>,
    /// The kind; none when the vendor does not say.
    pub kind: Option<DamageKind>,
    /// How severe it is.
    pub severity: Option<i32>,
    /// The kind as the vendor spells it.
    pub kind_raw: Option<String>,
    /// The severity as the vendor spells it.
    pub severity_raw: Option<String>,
    /// Whether the detection found it.
    pub found_automatically: Option<bool>,
    /// The vendor's ids of the photos that show it.
    pub image_ids: Vec<String>,
}

/// A photo of a report as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentImage {
    /// The vendor's id of it.
    pub id: Option<String>,
    /// Link to it.
    pub url: Option<String>,
}

/// An inspection that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundInspection {
    /// The vendor's id of it.
    pub vendor_inspection_id: String,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
    /// When it changed last.
    pub updated_at: Option<DateTime<Utc>>,
    /// Whether the detection has finished.
    pub detection_finished: Option<bool>,
    /// When it did.
    pub detection_finished_at: Option<DateTime<Utc>>,
}

/// What inspections are searched by; at least one is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InspectionSearch {
    /// The licence plate.
    pub license_plate: Option<String>,
    /// The mail address of the agent who issued the link.
    pub agent: Option<String>,
}

type Traits<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

impl PresentReport {
    /// Whether `content` holds the same damages; those that were dismissed do not count.
    ///
    /// Compared is what both tell: the parts, kinds and severities, each one only where the vendor fills it at present.
    pub fn agrees_with(&self, content: &ReportContent) -> bool {
        let held: Vec<_> = self.damages.iter().filter(|damage| damage.dismissed != Some(true)).collect();
        let all = |told: fn(&PresentDamage) -> bool| held.iter().all(|damage| told(damage));
        let parts = all(|damage| damage.part.is_some());
        let kinds = all(|damage| damage.kind_raw.is_some());
        let severities = all(|damage| damage.severity_raw.is_some());
        let kept = |(part, kind, severity): Traits<'_>| {
            let own = |text: Option<&str>, is_told: bool| text.filter(|_| is_told).map(str::to_owned);
            (own(part, parts), own(kind, kinds), own(severity, severities))
        };
        let mut present: Vec<_> = held.iter().map(|damage| damage.traits()).map(kept).collect();
        let mut told: Vec<_> = content.damages.iter().map(traits).map(kept).collect();
        present.sort_unstable();
        told.sort_unstable();
        present == told
    }
}

impl PresentDamage {
    fn traits(&self) -> Traits<'_> {
        (self.part.as_deref(), self.kind_raw.as_deref(), self.severity_raw.as_deref())
    }
}

fn traits(damage: &Damage) -> Traits<'_> {
    (damage.part.as_deref(), damage.kind_raw.as_deref(), damage.severity_raw.as_deref())
}
