//! Diagnostic tickets: what a garage ordered for a vehicle and what came of it.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::auth::AccountId;
use crate::domain::catalogue::model::Fitment;
use crate::domain::connector::model::Connector;
use crate::domain::connector::model::ConnectorId;
use crate::domain::mileage::Mileage;
use crate::domain::money::Discount;
use crate::domain::money::Money;
use crate::domain::money::PriceBreakdown;
use crate::domain::product::model::PrerequisiteId;
use crate::domain::product::model::ProductId;
use crate::graphql::scalars::Vin;

/// The vendor's number of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TicketId(pub String);

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TicketState {
    /// Prepared by the service provider; the garage has yet to confirm it.
    Prepared,
    /// Just created; it waits for an operator or a script.
    Pending,
    /// An operator or a script works on the vehicle.
    InProgress,
    /// Handed on to another service provider.
    Outsourced,
    /// Finished successfully.
    Closed,
    /// Cancelled before it was finished.
    Cancelled,
    /// A state whose number has no configured meaning; see `stateCode`.
    Unknown,
}

impl TicketState {
    /// Whether work is still to come; none when the state is not known.
    pub fn is_open(self) -> Option<bool> {
        match self {
            Self::Prepared | Self::Pending | Self::InProgress | Self::Outsourced => Some(true),
            Self::Closed | Self::Cancelled => Some(false),
            Self::Unknown => None,
        }
    }
}

/// A diagnostic ticket, open or historical. Fields that the vendor shows only for one of the two are null for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The vendor's number.
    pub id: TicketId,
    /// The vendor's UUID; only open tickets have one.
    pub uuid: Option<String>,
    /// The connector that the vehicle was plugged into.
    pub connector_id: Option<ConnectorId>,
    /// Where it stands, by the configured table.
    pub state: Option<TicketState>,
    /// The vendor's number of the state.
    pub state_code: Option<i32>,
    /// The vehicle, in whatever form the vendor has its VIN.
    pub vin: Option<Vin>,
    /// The odometer's reading when the ticket was made.
    pub odometer: Option<Mileage>,
    /// The garage's own reference.
    pub reference: Option<String>,
    /// The voucher that was redeemed.
    pub voucher: Option<String>,
    /// The catalogue's number of the model.
    pub model_id: Option<String>,
    /// The catalogue's number of the variant.
    pub variant_id: Option<String>,
    /// Numbers of the ordered products; for a historical ticket the lines tell more.
    pub product_ids: Vec<String>,
    /// Key of the chat with the operator.
    pub chat_id: Option<String>,
    /// What was ordered; none for an open ticket.
    pub lines: Option<Vec<ProductLine>>,
    /// Sum of the lines.
    pub sub_total: Option<PriceBreakdown>,
    /// Fees that manufacturers charge.
    pub original_equipment_service_fee: Option<PriceBreakdown>,
    /// What is to be paid.
    pub total: Option<PriceBreakdown>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was closed or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

/// One ordered product with its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct ProductLine {
    /// The vendor's number of the product.
    pub product_id: Option<String>,
    /// What was ordered.
    pub description: Option<String>,
    /// How many.
    pub quantity: Option<i32>,
    /// The price before discounts.
    pub gross: Option<Money>,
    /// The price after discounts.
    pub net: Option<Money>,
    /// What was taken off in all.
    pub discount: Option<Discount>,
    /// The fee that the manufacturer charges; null when none applies.
    pub original_equipment_service_fee: Option<Money>,
    /// The single discounts that make up `discount`.
    pub discounts: Vec<LineDiscount>,
}

/// One discount on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct LineDiscount {
    /// The vendor's number of the product that the discount is for.
    pub product_id: Option<String>,
    /// Why it was given.
    pub description: Option<String>,
    /// The discount.
    pub discount: Option<Discount>,
}

/// A ticket to be made; every rule has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The vehicle.
    pub vin: Vin,
    /// Its build.
    pub fitment: Fitment,
    /// The connector that is plugged into it.
    pub connector_id: ConnectorId,
    /// What is ordered.
    pub product_ids: Vec<ProductId>,
    /// Answers to the prerequisites of the products.
    pub prerequisites: Vec<PrerequisiteAnswer>,
    /// A voucher to redeem.
    pub voucher: Option<String>,
    /// UUID of the prepared ticket that is confirmed.
    pub prepared_ticket_id: Option<String>,
    /// The garage's own reference.
    pub reference: Option<String>,
    /// Whether the garage agrees that scripts work without an operator.
    pub unattended_service_confirmed: bool,
    /// The language of whoever orders, such as `nl-NL`.
    pub locale: Option<String>,
    /// Whether the VIN was read from the vehicle rather than typed.
    pub vin_read_from_vehicle: bool,
}

/// The answer to one prerequisite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrerequisiteAnswer {
    /// The prerequisite.
    pub prerequisite_id: PrerequisiteId,
    /// The answer; yes and no are `true` and `false`.
    pub value: String,
}

/// A note that the operator left on a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketNote {
    /// The vendor's UUID.
    pub id: String,
    /// The ticket.
    pub ticket_id: Option<TicketId>,
    /// What it says.
    pub text: Option<String>,
    /// When it was written.
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// Files that come with it. Inferred: the vendor promises them and does not show them.
    pub attachments: Vec<NoteAttachment>,
}

/// A file that comes with a note.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "TicketNoteAttachment")]
pub struct NoteAttachment {
    /// Its name.
    pub file_name: Option<String>,
    /// The vendor's reference of it.
    pub file_reference: Option<String>,
}

/// An order that the service provider has prepared and the garage can confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedTicket {
    /// The vendor's UUID.
    pub id: String,
    /// The vehicle, in whatever form the vendor has its VIN.
    pub vin: Option<Vin>,
    /// The catalogue's number of the model.
    pub model_id: Option<String>,
    /// The catalogue's number of the variant.
    pub variant_id: Option<String>,
    /// What would be ordered.
    pub lines: Vec<PreparedLine>,
}

/// One product of a prepared ticket.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "PreparedTicketLine")]
pub struct PreparedLine {
    /// The vendor's number of the product.
    pub product_id: Option<ProductId>,
    /// Its name.
    pub name: Option<String>,
}

/// A prepared ticket of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct PreparedOrder {
    /// The account that can confirm it.
    pub account: AccountId,
    /// What was prepared.
    pub ticket: PreparedTicket,
}

/// How content the garage is with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRating {
    /// From -1, the worst, to 1, the best.
    pub score: Decimal,
    /// What the garage has to say.
    pub comment: Option<String>,
}

/// A ticket of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct DiagnosticTicket {
    /// The account whose ticket it is.
    pub account: AccountId,
    /// The ticket.
    pub ticket: Arc<Ticket>,
    /// The connector on which it was found open, as it was read on the way there.
    pub on: Option<Connector>,
}

impl DiagnosticTicket {
    /// A ticket that was found by itself or in a history.
    pub fn new(account: &AccountId, ticket: Arc<Ticket>) -> Self {
        Self { account: account.clone(), ticket, on: None }
    }

    /// A ticket that was found open on `connector`.
    pub fn open_on(connector: &Connector, ticket: Arc<Ticket>) -> Self {
        Self { account: connector.account.clone(), ticket, on: Some(connector.clone()) }
    }

    /// What the global id holds: account and number, and for an open ticket the connector, on which alone it is found.
    pub fn key(&self) -> String {
        let is_open = self.ticket.finished_at.is_none() && self.ticket.lines.is_none();
        let connector = self.ticket.connector_id.as_ref().filter(|_| is_open);
        let on = connector.map(|connector| format!("@{}", connector.0)).unwrap_or_default();
        format!("{}/{}{on}", self.account, self.ticket.id.0)
    }
}
