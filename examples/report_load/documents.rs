//! What is asked.

use anyhow::Result;
use anyhow::ensure;

/// A list that is read to its end.
#[derive(Clone, Copy)]
pub(crate) struct Document {
    /// The name of the list at the root, and of the table.
    pub(crate) name: &'static str,
    /// The query as a table has it: its list has a filter and no place.
    pub(crate) table: &'static str,
}

/// The three tables that no vendor is called for: every field is one of the index or the ledger.
pub(crate) const LEDGER: [Document; 3] =
    [Document { name: "vehicles", table: VEHICLES }, LISTINGS, Document { name: "inspections", table: INSPECTIONS }];

/// The report of that name, of which every field is the ledger's.
pub(crate) const LISTINGS: Document =
    Document { name: "listings", table: include_str!("../../reports/listings.graphql") };

/// The report that calls vendors for each car.
pub(crate) const VEHICLE_360: Document =
    Document { name: "vehicles", table: include_str!("../../reports/vehicle-360.graphql") };

/// A car as somebody at a screen asks for it: all vendors, and none that has to be told of the inspections above.
pub(crate) const ONE_CAR: &str = "query Car($vin: Vin!) { vehicle(by: { vin: $vin }) { \
    id vin licensePlate make { name } model { name } \
    inspections(first: 5) { nodes { id createdAt report { damageCount } } } \
    listings(first: 5) { nodes { id internalId salesPrice { amount currency } } } \
    tickets(first: 5) { nodes { number state } } activeTicket { id state connector { number online } } \
    readiness { inspected { state } diagnosed { state } listed { state } } } }";

/// What the index and the ledger know of a car; the catalogue's names are the vendor's, and not asked.
const VEHICLES: &str = "query Vehicles($since: DateTime, $changedAfter: String) { \
    vehicles(filter: { updatedSince: $since, changedAfter: $changedAfter }, orderBy: VIN) @rows { nodes { \
    id vin licensePlate lastActivityAt lastServicedAt readiness { listed { state at } } \
    inspections { totalCount } listings { totalCount } } } }";

/// The report `inspections` without what the vendor is asked for: `status` and `statusChangedAt`.
const INSPECTIONS: &str = "query Inspections($since: DateTime, $changedAfter: String) { \
    inspections(filter: { updatedSince: $since, changedAfter: $changedAfter }) @rows { nodes { \
    id source { vendor account } environment tokenUid vin licensePlate createdAt lastProgressStatus expired expiresAt \
    report { receivedAt revision damageCount repairCost { amount currency } } } } }";

impl Document {
    /// The query as a client has it that follows the pages by itself: `$after` is the place of a page, and 200 the most
    /// that a page may have.
    pub(crate) fn paged(&self) -> Result<String> {
        let edits = [
            ("($since:", "($after: String, $since:"),
            ("(filter:", "(first: 200, after: $after, filter:"),
            ("nodes {", "pageInfo { hasNextPage endCursor } nodes {"),
        ];
        let mut text = self.table.replacen("@rows ", "", 1);
        for (from, to) in edits {
            ensure!(text.contains(from), "the query of `{}` has no `{from}`", self.name);
            text = text.replacen(from, to, 1);
        }
        Ok(text)
    }
}
