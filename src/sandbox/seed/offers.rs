//! What is offered around the products: groups, bundles, questions before an order, vouchers, prepared orders.

use std::sync::LazyLock;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use serde::Deserialize;
use uuid::Uuid;

/// All of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offers {
    /// The top layer of the products' grouping.
    pub(crate) groups: Vec<Group>,
    /// Products that go together.
    pub(crate) bundles: Vec<Bundle>,
    /// What is asked before an order.
    pub(crate) prerequisites: Vec<Prerequisite>,
    /// What lowers a price.
    pub(crate) vouchers: Vec<Voucher>,
    /// Orders that the service provider has prepared for a garage.
    pub(crate) prepared: Vec<Prepared>,
}

/// A product group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The localised name.
    pub(crate) name: String,
}

/// Products that go together.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bundle {
    /// Jifeline's id.
    pub(crate) id: Uuid,
    /// The group it is found in.
    pub(crate) product_group_id: i64,
    /// The localised name.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) description: String,
    /// Jifeline's other id.
    pub(crate) reference: Uuid,
    /// Its parts.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a bundle.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// Whether the bundle makes sense without it.
    pub(crate) optional: bool,
    /// The products.
    pub(crate) product_ids: Vec<i64>,
}

/// A question that the garage answers with its order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prerequisite {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The products it is asked for.
    pub(crate) product_ids: Vec<i64>,
    /// The localised name.
    pub(crate) name: String,
    /// Why it is asked.
    pub(crate) description: String,
    /// The question.
    pub(crate) question: String,
    /// Whether there is no order without an answer.
    pub(crate) required: bool,
    /// The form of the answer.
    #[serde(rename = "type")]
    pub(crate) kind: AnswerKind,
    /// The answers of a choice.
    pub(crate) options: Vec<AnswerOption>,
}

/// The form of an answer. Inferred: the vendor's sample just says "string".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerKind {
    /// Any words.
    Text,
    /// `true` or `false`.
    Boolean,
    /// The value of one of the options.
    Choice,
}

impl AnswerKind {
    /// The word for it on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
        }
    }
}

/// One answer of a choice.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnswerOption {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The answer.
    pub(crate) value: String,
}

/// A voucher: it takes a share or an amount off what the products cost.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Voucher {
    /// What the garage types in.
    pub(crate) code: String,
    /// The share in percent, when it is one.
    pub(crate) percent: Option<i32>,
    /// The amount in euro cents, when it is one.
    cents: Option<i32>,
    /// The first day on which it counts no more.
    ends_on: Option<NaiveDate>,
}

impl Voucher {
    /// What it takes off `net`, never more than that.
    pub(crate) fn off(&self, net: i32) -> i32 {
        let share = self.percent.map_or(0, |percent| net * percent / 100);
        (share + self.cents.unwrap_or(0)).min(net)
    }

    /// Whether it counts at `now`.
    pub(crate) fn counts(&self, now: DateTime<Utc>) -> bool {
        self.ends_on.is_none_or(|end| now.date_naive() < end)
    }
}

/// An order that the service provider has prepared.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prepared {
    /// Jifeline's id.
    pub(crate) id: Uuid,
    /// The garage it is for.
    pub(crate) garage: u8,
    /// Index of the car it is for.
    pub(crate) car: usize,
    /// What would be ordered.
    pub(crate) product_ids: Vec<i64>,
}

/// The offers embedded in the program.
pub(crate) static OFFERS: LazyLock<Offers> = LazyLock::new(|| {
    serde_json::from_str(include_str!("offers.json"))
        .expect("the embedded offers are valid, as every test with a sandbox shows")
});

/// The voucher with this code.
pub(crate) fn voucher(code: &str) -> Option<&'static Voucher> {
    OFFERS.vouchers.iter().find(|voucher| voucher.code == code)
}
