use chrono::DateTime;

use super::about;
use super::about::Notes;
use super::cells::Change;
use super::cells::Shown;
use super::cells::shown;
use crate::report::cell::Cell;
use crate::report::encode::Options;
use crate::report::encode::samples::columns;
use crate::report::encode::samples::complete;
use crate::report::encode::samples::incomplete;
use crate::report::encode::samples::rows;
use crate::report::encode::samples::written;
use crate::report::format::Format;

fn text_of(cell: &Cell) -> (String, Option<Change>) {
    let Shown::Text(text, change) = shown(cell) else { panic!("{cell:?} is not text") };
    (text, change)
}

#[test]
fn numbers_are_numbers_as_long_as_a_spreadsheet_keeps_their_digits() {
    assert_eq!(shown(&Cell::Integer(999_999_999_999_999)), Shown::Number(999_999_999_999_999.0));
    assert_eq!(shown(&Cell::Integer(0)), Shown::Number(0.0));
    assert_eq!(shown(&Cell::Decimal("-12345.670".parse().unwrap())), Shown::Number(-12345.67));
    assert_eq!(shown(&Cell::Decimal("0.000000000000000".parse().unwrap())), Shown::Number(0.0));
    let as_text = |text: &str| (text.to_owned(), Some(Change::AsText));
    assert_eq!(text_of(&Cell::Integer(i64::MIN)), as_text("-9223372036854775808"));
    assert_eq!(text_of(&Cell::Decimal("1234567890.123456".parse().unwrap())), as_text("1234567890.123456"));
}

#[test]
fn days_out_of_the_calendar_of_spreadsheets_are_text() {
    let day = |text: &str| shown(&Cell::Date(text.parse().unwrap()));
    assert_eq!(day("1900-03-01"), Shown::Date("1900-03-01".parse().unwrap()));
    assert_eq!(day("9999-12-31"), Shown::Date("9999-12-31".parse().unwrap()));
    assert_eq!(day("1900-02-28"), Shown::Text("1900-02-28".to_owned(), Some(Change::AsText)));
    assert_eq!(day("+10000-01-01"), Shown::Text("+10000-01-01".to_owned(), Some(Change::AsText)));
    let early = Cell::Timestamp(DateTime::from_timestamp(-2_208_988_801, 0).unwrap());
    assert_eq!(text_of(&early), ("1899-12-31T23:59:59.000000Z".to_owned(), Some(Change::AsText)));
}

#[test]
fn long_text_is_cut_between_characters_and_that_is_told() {
    let whole = "ä".repeat(32_767);
    assert_eq!(text_of(&Cell::Text(whole.clone())), (whole, None));
    let (cut, change) = text_of(&Cell::Text("😀".repeat(20_000)));
    assert_eq!((cut.encode_utf16().count(), change), (32_767, Some(Change::Cut)));
    assert!(cut.ends_with("😀…"));
    let mut notes = Notes::new(&columns());
    notes.count(1, Change::Cut);
    notes.count(1, Change::Cut);
    notes.count(3, Change::AsText);
    let lines: Vec<_> = notes.lines().collect();
    assert!(lines[0].starts_with("text: 2 texts were cut"), "{lines:?}");
    assert!(lines[1].starts_with("integer: 1 values are text"), "{lines:?}");
}

#[test]
fn the_other_sheet_tells_how_the_table_ended() {
    let mut notes = Notes::new(&columns());
    notes.count(1, Change::Cut);
    let lines = about::lines(&incomplete(), &notes);
    let shown =
        |name: &str| lines.iter().filter(|(of, _)| *of == name).map(|(_, text)| text.as_str()).collect::<Vec<_>>();
    assert_eq!([shown("outcome"), shown("rows"), shown("time zone")], [["INCOMPLETE"], ["5"], ["UTC"]]);
    let missing = "rows at vehicles.inspections of tchek, 3 times: tchek did not answer (UPSTREAM_UNAVAILABLE)";
    assert_eq!([shown("missing"), shown("withheld")], [[missing], ["Person.email"]]);
    assert_eq!(shown("read from"), ["jifeline: 1970-01-01T00:00:00Z"]);
    assert!(matches!(shown("changed")[..], [cut] if cut.starts_with("text: 1 texts were cut")), "{lines:?}");
}

#[test]
fn formulas_are_text() {
    assert_eq!(text_of(&Cell::Text("=1+1".to_owned())), ("=1+1".to_owned(), None));
}

#[test]
fn a_workbook_is_a_zip_archive_even_without_rows() {
    for (rows, ending) in [(rows(), incomplete()), (Vec::new(), complete())] {
        let bytes = written(Format::Xlsx, &columns(), Options::default(), &rows, &ending);
        assert!(bytes.starts_with(b"PK\x03\x04"));
        let end = bytes.windows(4).filter(|window| window == b"PK\x05\x06").count();
        assert_eq!(end, 1, "the archive has its directory");
    }
}
