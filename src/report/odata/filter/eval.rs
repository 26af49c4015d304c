//! The value of an expression for one entity.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::DateTime;
use chrono::Datelike;
use chrono::NaiveDate;
use chrono::Timelike;
use chrono::Utc;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Comparison;
use super::Expr;
use super::Function;
use super::Kind;
use super::Node;
use crate::report::cell::Cell;
use crate::report::odata::Entity;
use crate::report::odata::name::Property;

/// What a cell is.
pub(super) fn kind(cell: &Cell) -> Kind {
    match cell {
        Cell::Null => Kind::Null,
        Cell::Text(_) | Cell::Json(_) => Kind::Text,
        Cell::Boolean(_) => Kind::Boolean,
        Cell::Integer(_) | Cell::Float(_) | Cell::Decimal(_) => Kind::Number,
        Cell::Date(_) => Kind::Date,
        Cell::Timestamp(_) => Kind::Moment,
    }
}

impl Expr {
    /// Whether the condition holds; one that is null does not.
    #[must_use]
    pub fn holds(&self, entity: &Entity) -> bool {
        matches!(*self.value(entity), Cell::Boolean(true))
    }

    /// Its value for `entity`.
    #[must_use]
    pub fn value<'a>(&'a self, entity: &'a Entity) -> Cow<'a, Cell> {
        match &self.node {
            Node::Literal(cell) => Cow::Borrowed(cell),
            Node::Property(Property::Key) => Cow::Owned(i64::try_from(entity.number).map_or(Cell::Null, Cell::Integer)),
            Node::Property(Property::Column(at)) => entity.row.get(*at).map_or(Cow::Owned(Cell::Null), Cow::Borrowed),
            Node::Compare(comparison, left, right) => {
                Cow::Owned(Cell::Boolean(compares(*comparison, &left.value(entity), &right.value(entity))))
            }
            Node::And(left, right) => Cow::Owned(joined(left, right, entity, false)),
            Node::Or(left, right) => Cow::Owned(joined(left, right, entity, true)),
            Node::Not(negated) => {
                Cow::Owned(truth(&negated.value(entity)).map_or(Cell::Null, |value| Cell::Boolean(!value)))
            }
            Node::Call(function, arguments) => {
                let mut values = arguments.iter().map(|argument| argument.value(entity));
                let (first, second) = (values.next(), values.next());
                Cow::Owned(call(*function, first.as_deref(), second.as_deref()).unwrap_or(Cell::Null))
            }
        }
    }
}

/// `and` and `or` with three values: one side that is `decisive` decides whatever the other one is.
fn joined(left: &Expr, right: &Expr, entity: &Entity, decisive: bool) -> Cell {
    let left = truth(&left.value(entity));
    if left == Some(decisive) {
        return Cell::Boolean(decisive);
    }
    let right = truth(&right.value(entity));
    if right == Some(decisive) {
        return Cell::Boolean(decisive);
    }
    if left.is_none() || right.is_none() { Cell::Null } else { Cell::Boolean(!decisive) }
}

fn truth(cell: &Cell) -> Option<bool> {
    if let Cell::Boolean(value) = cell { Some(*value) } else { None }
}

/// Null equals null, and is neither below nor above anything.
fn compares(comparison: Comparison, left: &Cell, right: &Cell) -> bool {
    let nulls = (matches!(left, Cell::Null), matches!(right, Cell::Null));
    let order = match nulls {
        (true, true) => Some(Ordering::Equal),
        (false, false) => order(left, right),
        (true, false) | (false, true) => None,
    };
    match comparison {
        Comparison::Eq => order == Some(Ordering::Equal),
        Comparison::Ne => order != Some(Ordering::Equal),
        Comparison::Gt => order == Some(Ordering::Greater),
        Comparison::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        Comparison::Lt => order == Some(Ordering::Less),
        Comparison::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
    }
}

/// How two values of one kind stand to each other; none where they have no order.
pub(in crate::report::odata) fn order(left: &Cell, right: &Cell) -> Option<Ordering> {
    match (left, right) {
        (Cell::Text(left) | Cell::Json(left), Cell::Text(right) | Cell::Json(right)) => Some(left.cmp(right)),
        (Cell::Boolean(left), Cell::Boolean(right)) => Some(left.cmp(right)),
        (Cell::Integer(left), Cell::Integer(right)) => Some(left.cmp(right)),
        (Cell::Date(left), Cell::Date(right)) => Some(left.cmp(right)),
        (Cell::Timestamp(left), Cell::Timestamp(right)) => Some(left.cmp(right)),
        (Cell::Float(_), _) | (_, Cell::Float(_)) => float(left)?.partial_cmp(&float(right)?),
        _ => Some(decimal(left)?.cmp(&decimal(right)?)),
    }
}

fn float(cell: &Cell) -> Option<f64> {
    if let Cell::Float(value) = cell { Some(*value) } else { decimal(cell)?.to_f64() }
}

fn decimal(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Integer(value) => Some(Decimal::from(*value)),
        Cell::Decimal(value) => Some(*value),
        Cell::Null
        | Cell::Text(_)
        | Cell::Boolean(_)
        | Cell::Float(_)
        | Cell::Date(_)
        | Cell::Timestamp(_)
        | Cell::Json(_) => None,
    }
}

/// The value of a function; none when an argument is null.
fn call(function: Function, first: Option<&Cell>, second: Option<&Cell>) -> Option<Cell> {
    let text = || first.and_then(text);
    let part = || second.and_then(self::text);
    let number = |number: u32| Cell::Integer(number.into());
    Some(match function {
        Function::Contains => Cell::Boolean(text()?.contains(part()?)),
        Function::StartsWith => Cell::Boolean(text()?.starts_with(part()?)),
        Function::EndsWith => Cell::Boolean(text()?.ends_with(part()?)),
        Function::ToLower => Cell::Text(text()?.to_lowercase()),
        Function::ToUpper => Cell::Text(text()?.to_uppercase()),
        Function::Trim => Cell::Text(text()?.trim().to_owned()),
        Function::Length => Cell::Integer(i64::try_from(text()?.chars().count()).ok()?),
        Function::Year => Cell::Integer(day(first?)?.year().into()),
        Function::Month => number(day(first?)?.month()),
        Function::Day => number(day(first?)?.day()),
        Function::Date => Cell::Date(day(first?)?),
        Function::Hour => number(moment(first?)?.hour()),
        Function::Minute => number(moment(first?)?.minute()),
        Function::Second => number(moment(first?)?.second()),
    })
}

fn text(cell: &Cell) -> Option<&str> {
    if let Cell::Text(text) | Cell::Json(text) = cell { Some(text) } else { None }
}

/// The day of a day, or of a moment in UTC.
fn day(cell: &Cell) -> Option<NaiveDate> {
    if let Cell::Date(day) = cell { Some(*day) } else { Some(moment(cell)?.date_naive()) }
}

fn moment(cell: &Cell) -> Option<DateTime<Utc>> {
    if let Cell::Timestamp(at) = cell { Some(*at) } else { None }
}
