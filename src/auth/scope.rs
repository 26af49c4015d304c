//! What a client may do.

use std::fmt;

/// One permission. A missing one nulls the field with `FORBIDDEN` and never starts a vendor call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read vehicles and the index of them.
    VehiclesRead,
    /// Read inspections and their reports.
    InspectionsRead,
    /// Create inspections.
    InspectionsWrite,
    /// Read stock listings.
    ListingsRead,
    /// Create stock listings.
    ListingsWrite,
    /// Read diagnostic tickets and connectors.
    TicketsRead,
    /// Create and rate diagnostic tickets.
    TicketsWrite,
    /// Read reference data: makes, models, products, options.
    CatalogRead,
    /// Read account data.
    AccountRead,
    /// Change account data.
    AccountWrite,
    /// Read names, addresses, e-mail and phone of people.
    PersonalDataRead,
    /// Pull reports.
    ReportsRead,
    /// See how the gateway and its vendors fare.
    OperationsRead,
}

impl Scope {
    /// Every scope, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::VehiclesRead,
        Self::InspectionsRead,
        Self::InspectionsWrite,
        Self::ListingsRead,
        Self::ListingsWrite,
        Self::TicketsRead,
        Self::TicketsWrite,
        Self::CatalogRead,
        Self::AccountRead,
        Self::AccountWrite,
        Self::PersonalDataRead,
        Self::ReportsRead,
        Self::OperationsRead,
    ];

    /// The scope as it stands in keys, tokens and the schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VehiclesRead => "vehicles:read",
            Self::InspectionsRead => "inspections:read",
            Self::InspectionsWrite => "inspections:write",
            Self::ListingsRead => "listings:read",
            Self::ListingsWrite => "listings:write",
            Self::TicketsRead => "tickets:read",
            Self::TicketsWrite => "tickets:write",
            Self::CatalogRead => "catalog:read",
            Self::AccountRead => "account:read",
            Self::AccountWrite => "account:write",
            Self::PersonalDataRead => "personal-data:read",
            Self::ReportsRead => "reports:read",
            Self::OperationsRead => "operations:read",
        }
    }

    /// The scope with exactly this name; none for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// Whether the scope only reads.
    pub fn is_read(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
