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
use super::{Mode, Outbound, read_accounts, read_live_socket_url, read_live_url, read_mode};

const BASE_URL: &str = "https://customer-api-001.prd.jifeline.cloud";

/// The vendor of diagnostic tickets, connectors and vehicles.
#[derive(Clone, Debug)]
pub struct Jifeline {
    /// Whether the vendor is used.
    pub mode: Mode,
    /// Where the vendor's API answers; the number in its name is the cluster of the customer. `None` unless the
    /// vendor is live.
    pub base_url: Option<Url>,
    /// Where the vendor's socket answers. `None` unless the vendor is live.
    pub socket_url: Option<Url>,
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
    pub connector: JifelineConnector,
    /// The connector's pincode, digits with leading zeros.
    pub pincode: SecretString,
}

/// How an account names its connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JifelineConnector {
    /// By its UUID.
    Uuid(Uuid),
    /// By the number printed on it; the vendor has deprecated logging in with it.
    Id(String),
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
        let base_url = read_live_url(section, "base_url", mode, BASE_URL);
        let socket_url = read_live_socket_url(section, "socket_url", mode, || socket_url_of(base_url.as_ref()?));
        let odometer_unit = if sandbox { known.sandbox.odometer_unit } else { OdometerUnit::Unknown };
        Self {
            mode,
            base_url,
            socket_url,
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
        out.optional("socket_url", self.socket_url.as_ref().map(Url::as_str));
        out.choice("odometer_unit", OdometerUnit::CHOICES, &self.odometer_unit);
        self.outbound.write(out);
        out.table(&format!("{path}.ticket_states"));
        let write_state =
            |(code, state): (&i64, &TicketState)| out.choice(&code.to_string(), TicketState::CHOICES, state);
        self.ticket_states.iter().for_each(write_state);
        let usual = (self.mode == Mode::Sandbox).then_some(&known.sandbox.jifeline);
        for (name, account) in &self.accounts {
            out.table(&format!("{path}.accounts.{name}"));
            match &account.connector {
                JifelineConnector::Uuid(uuid) => out.text("connector_uuid", &uuid.to_string()),
                JifelineConnector::Id(id) => out.text("connector_id", id),
            }
            out.secret("pincode", Some(&account.pincode), usual.map(|usual| &usual.pincode));
        }
    }
}

impl JifelineAccount {
    fn read(section: &mut Section<'_>, sandbox: Option<&Self>) -> Option<Self> {
        let pincode = |section: &mut Section<'_>| section.secret("pincode", "pincode_file");
        let given = section.holds("connector_uuid") || section.holds("connector_id");
        let Some(usual) = sandbox else {
            let connector = section.required("connector_uuid", JifelineConnector::read);
            let pincode = section.required("pincode", pincode);
            return Some(Self { connector: connector?, pincode: pincode? });
        };
        // A connector opens with its own pincode only: the sandbox's usual one is no help for another connector.
        let connector = JifelineConnector::read(section).or_else(|| (!given).then(|| usual.connector.clone()))?;
        let pincode = if connector == usual.connector {
            pincode(section).unwrap_or_else(|| usual.pincode.clone())
        } else {
            section.required("pincode", pincode)?
        };
        Some(Self { connector, pincode })
    }
}

impl JifelineConnector {
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let both = section.holds("connector_uuid") && section.holds("connector_id");
        if both && !section.outranked("connector_uuid", "connector_id") {
            section.fault("connector_id", "`connector_uuid` is given as well", "keep `connector_uuid`");
        }
        let wanted = "the UUID of a connector, such as `0f8fad5b-d9cb-469f-a165-70867728950e`";
        let uuid = section.value("connector_uuid", wanted, |value| as_text(value)?.parse().ok());
        let wanted = "the number printed on a connector in quotes, such as `\"910000001\"`";
        let id =
            section.value("connector_id", wanted, |value| as_text(value).filter(|id| is_number(id)).map(str::to_owned));
        uuid.map(Self::Uuid).or(id.map(Self::Id))
    }
}

/// Where the socket belongs to an API at `base`: at the vendor's it has a host of its own beside it, anywhere else it is
/// below it, so that credentials meant for one place go to no other.
///
/// Inferred: the vendor's customers have read no such address; partners have, and it is built like this.
#[must_use]
pub fn socket_url_of(base: &Url) -> Option<Url> {
    let mut url = base.clone();
    url.set_scheme(if base.scheme() == "https" { "wss" } else { "ws" }).ok()?;
    let cluster = base.host_str().and_then(|host| host.strip_prefix("customer-api-"));
    if let Some(cluster) = cluster.filter(|cluster| cluster.ends_with(".jifeline.cloud")) {
        url.set_host(Some(&format!("customer-api-ws-{cluster}"))).ok()?;
        url.set_path("/wssprd");
    } else {
        url.path_segments_mut().ok()?.pop_if_empty().push("wss");
    }
    Some(url)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit())
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
