//! Where vendors contradict each other about one vehicle.

use async_graphql::Enum;
use async_graphql::SimpleObject;

use crate::domain::mileage::Mileage;
use crate::domain::source_of::Source;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::scalars::DateTime;

/// What vendors say differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DiscrepancyField {
    /// The distance covered: odometers in tickets and mileages in listings.
    Mileage,
    /// The licence plate: read on the photos of an inspection, given with the inspection, or in a listing.
    LicensePlate,
    /// The make: in the catalogue and in a listing.
    Make,
    /// The model: in the catalogue and in a listing.
    Model,
}

/// How much a discrepancy weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub enum DiscrepancySeverity {
    /// It may have a harmless reason, such as a mileage whose unit is not known.
    Info,
    /// Somebody should look at it.
    Warning,
    /// One of the values is wrong, and it matters to a buyer.
    Critical,
}

/// Why values contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DiscrepancyReason {
    /// A later reading is lower than an earlier one.
    LaterIsLower,
    /// A later reading is higher than the vehicle can have driven since; the operator configures how much that is.
    GrowsTooFast,
    /// The values are not the same.
    Differs,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum DiscrepantValueOrigin {
    /// In a diagnostic ticket.
    Ticket,
    /// In a listing.
    Listing,
    /// Given with an inspection.
    Inspection,
    /// Read on the photos of an inspection.
    InspectionPhotos,
    /// In the catalogue.
    Catalogue,
}

/// One of the values that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct DiscrepantValue {
    /// The value as its source has it; a mileage is in `mileage` with its unit.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    pub value: Option<String>,
    /// The mileage; null for everything else.
    pub mileage: Option<Mileage>,
    /// Where it stands.
    pub origin: DiscrepantValueOrigin,
    /// Since when the source says so: a ticket's or an inspection's creation, a report's arrival, a listing's push; null
    /// for the catalogue.
    pub at: Option<DateTime>,
    /// Who says so.
    pub source: Source,
}

/// Something on which vendors contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Discrepancy {
    /// What they say differently.
    pub field: DiscrepancyField,
    /// How much it weighs. A mileage whose unit is not known is at most `INFO`.
    pub severity: DiscrepancySeverity,
    /// Why the values contradict each other; with several reasons the one that weighs most.
    pub reason: DiscrepancyReason,
    /// The values that contradict each other, the oldest first.
    pub values: Vec<DiscrepantValue>,
}
