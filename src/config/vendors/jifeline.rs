//! `[tenants.NAME.vendors.jifeline]`: diagnostic tickets, connectors and vehicles.

use std::collections::BTreeMap;

use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::super::Known;
use super::super::name::Name;
use super::super::reading::as_text;
use super::super::redact::Printout;
use super::super::section::{Section, VALUE};
use super::{Mode, Outbound, read_accounts, read_live_url, read_mode};

const BASE_URL: &str = "https://customer-api-001.prd.jifeline.cloud";

/// The vendor of diagnostic tickets, connectors and vehicles.
#[derive(Clone, Debug)]
pub struct Jifeline {
    /// Whether the vendor is used.
    pub mode: Mode,
    /// Where the vendor's API answers; the number in its name is the cluster of the customer. `None` unless the
    /// vendor is live.
    pub base_url: Option<Url>,
    /// The unit in which tickets state the odometer; the vendor does not say.
    pub odometer_unit: OdometerUnit,
    /// What the vendor's numbers for the state of a ticket mean. The vendor documents 1 and 7 only.
    pub ticket_states: BTreeMap<i64, TicketState>,
    /// How the vendor is called.
    pub outbound: Outbound,
    /// The accounts at the vendor by name, one per garage.
    pub accounts: BTreeMap<Name, JifelineAccount>,
}

/// The unit in which tickets state the odometer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OdometerUnit {
    /// Nobody has said.
    Unknown,
    /// Kilometres.
    Kilometre,
    /// Miles.
    Mile,
}

impl OdometerUnit {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("unknown", Self::Unknown), ("kilometre", Self::Kilometre), ("mile", Self::Mile)];
}

/// A state in the life of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// Made ready, not sent yet.
    Prepared,
    /// Sent, waits for an operator.
    Pending,
    /// An operator works on it.
    InProgress,
    /// Handed to somebody else.
    Outsourced,
    /// Finished.
    Closed,
    /// Given up.
    Cancelled,
}

impl TicketState {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("PREPARED", Self::Prepared),
        ("PENDING", Self::Pending),
        ("IN_PROGRESS", Self::InProgress),
        ("OUTSOURCED", Self::Outsourced),
        ("CLOSED", Self::Closed),
        ("CANCELLED", Self::Cancelled),
    ];

    /// The word in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        super::notation::word(Self::CHOICES, &self)
    }
}

/// An account at the diagnostics vendor: a garage, reached through one of its connectors.
#[derive(Clone, Debug)]
pub struct JifelineAccount {
    /// The connector whose customer the account is.
    pub connector_uuid: Uuid,
    /// The connector's pincode, digits with leading zeros.
    pub pincode: SecretString,
}

impl Jifeline {
    pub(super) fn read(section: &mut Section<'_>, known: &Known, absent: Mode) -> Self {
        let mode = read_mode(section, absent);
        let sandbox = mode == Mode::Sandbox;
        let mut ticket_states = if sandbox {
            known.sandbox.ticket_states.clone()
        } else {
            BTreeMap::from([(1, TicketState::Pending), (7, TicketState::Closed)])
        };
        ticket_states.extend(section.leaves("ticket_states", read_ticket_state));
        let odometer_unit = if sandbox { known.sandbox.odometer_unit } else { OdometerUnit::Unknown };
        Self {
            mode,
            base_url: read_live_url(section, "base_url", mode, BASE_URL),
            odometer_unit: section.choice("odometer_unit", OdometerUnit::CHOICES).unwrap_or(odometer_unit),
            ticket_states,
            outbound: Outbound::read(section, 4),
            accounts: read_accounts(section, mode, &known.sandbox.jifeline, JifelineAccount::read),
        }
    }

    pub(super) fn write(&self, out: &mut Printout, path: &str, known: &Known) {
        out.table(path);
        out.choice("mode", Mode::CHOICES, &self.mode);
        out.optional("base_url", self.base_url.as_ref().map(Url::as_str));
        out.choice("odometer_unit", OdometerUnit::CHOICES, &self.odometer_unit);
        self.outbound.write(out);
        out.table(&format!("{path}.ticket_states"));
        let write_state =
            |(code, state): (&i64, &TicketState)| out.choice(&code.to_string(), TicketState::CHOICES, state);
        self.ticket_states.iter().for_each(write_state);
        let usual = (self.mode == Mode::Sandbox).then_some(&known.sandbox.jifeline);
        for (name, account) in &self.accounts {
            out.table(&format!("{path}.accounts.{name}"));
            out.text("connector_uuid", &account.connector_uuid.to_string());
            out.secret("pincode", Some(&account.pincode), usual.map(|usual| &usual.pincode));
        }
    }
}

impl JifelineAccount {
    fn read(section: &mut Section<'_>, sandbox: Option<&Self>) -> Option<Self> {
        let uuid = |section: &mut Section<'_>| {
            let wanted = "the UUID of a connector, such as `0f8fad5b-d9cb-469f-a165-70867728950e`";
            section.value("connector_uuid", wanted, |value| as_text(value)?.parse().ok())
        };
        let pincode = |section: &mut Section<'_>| section.secret("pincode", "pincode_file");
        if let Some(usual) = sandbox {
            // A connector opens with its own pincode only: the sandbox's usual one is no help for another connector.
            let given = section.holds("connector_uuid");
            let connector_uuid = uuid(section).or_else(|| (!given).then_some(usual.connector_uuid))?;
            if connector_uuid == usual.connector_uuid {
                let pincode = pincode(section).unwrap_or_else(|| usual.pincode.clone());
                return Some(Self { connector_uuid, pincode });
            }
            return Some(Self { connector_uuid, pincode: section.required("pincode", pincode)? });
        }
        let uuid = section.required("connector_uuid", uuid);
        let pincode = section.required("pincode", pincode);
        Some(Self { connector_uuid: uuid?, pincode: pincode? })
    }
}

fn read_ticket_state(code: &str, leaf: &mut Section<'_>) -> Option<(i64, TicketState)> {
    let number = code.parse().ok();
    if number.is_none() {
        leaf.fault(
            VALUE,
            format!("`{code}` is no state of a ticket"),
            "use the vendor's number as the key, such as `\"7\"`",
        );
    }
    let state = leaf.choice(VALUE, TicketState::CHOICES);
    Some((number?, state?))
}
