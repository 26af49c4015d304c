//! What the configuration has to know of the vendors: their operations, and the sandbox's credentials.

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::config::AutochatAccount;
use crate::config::JifelineAccount;
use crate::config::JifelineConnector;
use crate::config::Known;
use crate::config::Name;
use crate::config::OdometerUnit;
use crate::config::SandboxDefaults;
use crate::config::TchekAccount;
use crate::config::TicketState;
use crate::vendors;

/// What the configuration has to know of the vendors.
pub fn known() -> Known {
    Known {
        operations: vendors::operations().map(|operation| operation.name).collect(),
        sandbox: sandbox_defaults(),
        embedded_sandbox: cfg!(feature = "sandbox"),
    }
}

/// The credentials that the sandbox takes, and what its numbers mean.
fn sandbox_defaults() -> SandboxDefaults {
    let dealerships = Name::parse("main").map(|name| (name, "dealer-0001".to_owned()));
    SandboxDefaults {
        tchek: TchekAccount {
            api_key: SecretString::from("sandbox-tchek-key"),
            webhook_secret: Some(SecretString::from("sandbox-webhook-secret")),
        },
        autochat: AutochatAccount {
            client_id: "sandbox-client".to_owned(),
            client_secret: SecretString::from("sandbox-secret"),
            dealerships: dealerships.into_iter().collect(),
        },
        jifeline: JifelineAccount {
            connector: JifelineConnector::Uuid(uuid::uuid!("0f8fad5b-d9cb-469f-a165-70867728950e")),
            pincode: SecretString::from("01234"),
        },
        ticket_states: BTreeMap::from([
            (0, TicketState::Prepared),
            (1, TicketState::Pending),
            (2, TicketState::InProgress),
            (3, TicketState::Outsourced),
            (7, TicketState::Closed),
            (8, TicketState::Cancelled),
        ]),
        odometer_unit: OdometerUnit::Kilometre,
    }
}
