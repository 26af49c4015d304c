//! `[sandbox]`: the imitation of the vendors for trying out.

use std::collections::BTreeMap;

use url::Url;

use super::redact::Printout;
use super::section::Section;
use super::vendors::{AutochatAccount, JifelineAccount, OdometerUnit, TchekAccount, TicketState};

/// The imitation of the vendors that stands behind every vendor in mode `sandbox`.
#[derive(Clone, Debug)]
pub struct Sandbox {
    /// How many vehicles the embedded sandbox invents.
    pub vehicles: u32,
    /// A sandbox that runs by itself, to be used instead of the embedded one; `None` for the embedded one.
    pub url: Option<Url>,
    /// Whether the first start plays a dealer's past weeks into the ledger, so that there is something to see.
    pub demo: bool,
}

/// What a vendor in sandbox mode has when the configuration says nothing else.
#[derive(Clone, Debug)]
pub struct SandboxDefaults {
    /// Inspections.
    pub tchek: TchekAccount,
    /// Listings.
    pub autochat: AutochatAccount,
    /// Tickets.
    pub jifeline: JifelineAccount,
    /// The sandbox's numbers for the states of a ticket.
    pub ticket_states: BTreeMap<i64, TicketState>,
    /// The unit in which the sandbox's tickets state odometers.
    pub odometer_unit: OdometerUnit,
}

impl Sandbox {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            vehicles: section.number("vehicles", 1, 1_000_000).unwrap_or(500),
            url: section.url("url"),
            demo: section.boolean("demo").unwrap_or(true),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("sandbox");
        out.number("vehicles", self.vehicles);
        out.optional("url", self.url.as_ref().map(Url::as_str));
        out.boolean("demo", self.demo);
    }
}
