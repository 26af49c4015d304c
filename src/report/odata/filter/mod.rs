//! Expressions over the properties of an entity: `$filter`, and what `$orderby` sorts by.

mod eval;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;

pub(super) use eval::order;
pub use parser::Parser;
pub(super) use parser::unknown;

use crate::report::cell::Cell;
use crate::report::column::ColumnType;
use crate::report::odata::name::Property;

/// What an expression gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, which can be held against everything.
    Null,
    /// True or false.
    Boolean,
    /// A number of any kind; all can be held against each other.
    Number,
    /// Text.
    Text,
    /// A day.
    Date,
    /// A moment.
    Moment,
}

impl Kind {
    /// How messages call it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Date => "a day",
            Self::Moment => "a moment",
        }
    }

    /// Whether a value of one can be held against a value of the other.
    fn compares_with(self, other: Self) -> bool {
        self == other || self == Self::Null || other == Self::Null
    }
}

impl From<ColumnType> for Kind {
    fn from(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Text | ColumnType::Json => Self::Text,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Integer | ColumnType::Float | ColumnType::Decimal => Self::Number,
            ColumnType::Date => Self::Date,
            ColumnType::Timestamp => Self::Moment,
        }
    }
}

/// An expression whose types fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    node: Node,
    kind: Kind,
}

impl Expr {
    /// What it gives.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Literal(Cell),
    Property(Property),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Call(Function, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// The names of the functions that conditions may call.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    Function::ALL.into_iter().map(|(name, _)| name)
}

/// A function of the protocol that the feed has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Contains,
    StartsWith,
    EndsWith,
    ToLower,
    ToUpper,
    Trim,
    Length,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Date,
}

impl Function {
    const ALL: [(&'static str, Self); 14] = [
        ("contains", Self::Contains),
        ("startswith", Self::StartsWith),
        ("endswith", Self::EndsWith),
        ("tolower", Self::ToLower),
        ("toupper", Self::ToUpper),
        ("trim", Self::Trim),
        ("length", Self::Length),
        ("year", Self::Year),
        ("month", Self::Month),
        ("day", Self::Day),
        ("hour", Self::Hour),
        ("minute", Self::Minute),
        ("second", Self::Second),
        ("date", Self::Date),
    ];

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, function)| function)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, function)| *function == self).map_or("", |(name, _)| name)
    }

    /// How many arguments it takes, of which of these kinds each, and what it gives.
    fn signature(self) -> (usize, &'static [Kind], Kind) {
        match self {
            Self::Contains | Self::StartsWith | Self::EndsWith => (2, &[Kind::Text], Kind::Boolean),
            Self::ToLower | Self::ToUpper | Self::Trim => (1, &[Kind::Text], Kind::Text),
            Self::Length => (1, &[Kind::Text], Kind::Number),
            Self::Year | Self::Month | Self::Day => (1, &[Kind::Date, Kind::Moment], Kind::Number),
            Self::Hour | Self::Minute | Self::Second => (1, &[Kind::Moment], Kind::Number),
            Self::Date => (1, &[Kind::Date, Kind::Moment], Kind::Date),
        }
    }
}
