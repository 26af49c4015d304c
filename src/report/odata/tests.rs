//! Pages of a table that stands in memory.

use std::io;

use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prelude::prop;
use proptest::proptest;

use super::Rows;
use super::options::Options;
use super::page::Start;
use super::page::page;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;

/// A column of each type, named by it, and two more for what is empty.
pub(super) fn columns() -> Vec<Column> {
    let column = |name: &str, ty| Column { name: name.to_owned(), ty, is_nullable: true, description: String::new() };
    let types = [
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Float,
        ColumnType::Decimal,
        ColumnType::Date,
        ColumnType::Timestamp,
        ColumnType::Json,
    ];
    let more = [column("null_text", ColumnType::Text), column("null_boolean", ColumnType::Boolean)];
    types.into_iter().map(|ty| column(ty.as_str(), ty)).chain(more).collect()
}

struct InMemory(Vec<Row>);

impl Rows for InMemory {
    fn after(&self, skipped: u64) -> io::Result<Box<dyn Iterator<Item = io::Result<Row>> + '_>> {
        Ok(Box::new(self.0.iter().skip(usize::try_from(skipped).unwrap()).cloned().map(Ok)))
    }
}

/// Rows with a text and a number, either of which can be empty.
fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::option::of("[ab]"), prop::option::of(0_i64..4)).prop_map(|(text, integer)| {
        let (text, integer) = (text.map_or(Cell::Null, Cell::Text), integer.map_or(Cell::Null, Cell::Integer));
        vec![text, Cell::Null, integer]
    });
    prop::collection::vec(row, 0..40)
}

/// The numbers of the entities of every page, and the count.
fn pages(rows: &InMemory, options: &[(&str, &str)], size: u64) -> (Vec<u64>, Option<u64>) {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let query = Options::read(options).unwrap().query(&columns()).unwrap();
    let (mut numbers, mut count, mut start) = (Vec::new(), None, Start::default());
    loop {
        let page = page(rows, &query, start, size).unwrap();
        assert!(page.entities.len() <= usize::try_from(size).unwrap());
        assert!(start == Start::default() || page.count.is_none(), "only the first page has the count");
        count = count.or(page.count);
        numbers.extend(page.entities.iter().map(|entity| entity.number));
        let Some(next) = page.next else { return (numbers, count) };
        assert!(!page.entities.is_empty(), "every page leads on");
        start = next;
    }
}

proptest! {
    #[test]
    fn pages_together_are_what_one_page_would_be(
        rows in rows(),
        size in 1_u64..12,
        skip in 0_usize..10,
        top in prop::option::of(0_usize..30),
        is_sorted in any::<bool>(),
    ) {
        let mut expected: Vec<(usize, &Row)> = rows.iter().enumerate().collect();
        expected.retain(|(_, row)| row[0] != Cell::Text("b".to_owned()));
        let count = u64::try_from(expected.len()).unwrap();
        let number = |row: &Row| if let Cell::Integer(number) = row[2] { Some(number) } else { None };
        let text = |row: &Row| if let Cell::Text(text) = &row[0] { Some(text.clone()) } else { None };
        if is_sorted {
            // Without a value comes last where the order goes down, and first where it goes up.
            expected.sort_by(|(_, left), (_, right)| {
                number(right).cmp(&number(left)).then_with(|| text(left).cmp(&text(right)))
            });
        }
        let expected = expected.into_iter().skip(skip).take(top.unwrap_or(usize::MAX));
        let expected: Vec<u64> = expected.map(|(at, _)| u64::try_from(at).unwrap() + 1).collect();
        let (skip, top) = (skip.to_string(), top.map(|top| top.to_string()));
        let mut options = vec![("$filter", "text ne 'b'"), ("$skip", skip.as_str()), ("$count", "true")];
        options.extend(top.as_deref().map(|top| ("$top", top)));
        if is_sorted {
            options.push(("$orderby", "integer desc, text"));
        }
        assert_eq!(pages(&InMemory(rows.clone()), &options, size), (expected, Some(count)));
    }
}

#[test]
fn options_are_refused_by_name() {
    let refused = |pairs: &[(&str, &str)]| {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let read = Options::read(pairs).and_then(|options| options.query(&columns()));
        let error = read.expect_err("refused");
        format!("{} {}", error.code.as_str(), error.message)
    };
    assert_eq!(refused(&[("$apply", "aggregate($count as n)")]), "UNSUPPORTED this feed does not support `$apply`");
    assert_eq!(refused(&[("$limit", "1")]), "BAD_INPUT OData 4.0 has no query option `$limit`");
    assert_eq!(refused(&[("$top", "1"), ("$top", "2")]), "BAD_INPUT the query option `$top` is given twice");
    assert_eq!(refused(&[("$top", "-1")]), "BAD_INPUT `$top` must be a whole number from 0 up, not `-1`");
    assert_eq!(refused(&[("$count", "yes")]), "BAD_INPUT `$count` must be `true` or `false`, not `yes`");
    assert!(refused(&[("$select", "text,nothing")]).contains("there is no property `nothing`"));
    assert!(refused(&[("$orderby", "text upwards")]).contains("`asc`, `desc`, a comma or the end"));
    assert!(refused(&[("$orderby", "text"), ("$skip", "100001")]).starts_with("UNSUPPORTED"));
}
