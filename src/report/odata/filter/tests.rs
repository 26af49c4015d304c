//! Conditions over one entity, whose columns are named by their types.

use super::Parser;
use crate::error::Code;
use crate::report::cell::Cell;
use crate::report::odata::Entity;
use crate::report::odata::tests::columns;

fn entity() -> Entity {
    let row = vec![
        Cell::Text("O'Hara Ü".to_owned()),
        Cell::Boolean(true),
        Cell::Integer(7),
        Cell::Float(0.5),
        Cell::Decimal("19.90".parse().unwrap()),
        Cell::Date("2026-03-31".parse().unwrap()),
        Cell::Timestamp("2026-03-31T22:15:30.5Z".parse().unwrap()),
        Cell::Json("[\"a\"]".to_owned()),
        Cell::Null,
        Cell::Null,
    ];
    Entity { number: 3, row }
}

fn holds(text: &str) -> bool {
    let columns = columns();
    let parsed = Parser::new(text, &columns).and_then(Parser::condition);
    parsed.unwrap_or_else(|error| panic!("{text}: {}", error.message)).holds(&entity())
}

fn refused(text: &str) -> (Code, String) {
    let columns = columns();
    let error = Parser::new(text, &columns).and_then(Parser::condition).expect_err(text);
    (error.code, error.message)
}

#[test]
fn conditions_that_hold() {
    for text in [
        "text eq 'O''Hara Ü'",
        "boolean",
        "boolean eq true and not (integer lt 7)",
        "not contains(text,'x')",
        "integer eq 7.0 and 7 eq integer and integer gt -1",
        "float eq 0.5 and float lt 1 and float gt 1e-3",
        "decimal eq 19.9 and decimal gt 19.89999",
        "date eq 2026-03-31 and date gt 2025-12-31",
        "timestamp gt 2026-03-31T22:15Z and timestamp le 2026-04-01T00:15:30.5+02:00",
        "year(date) eq 2026 and month(timestamp) eq 3 and day(date) eq 31",
        "hour(timestamp) eq 22 and minute(timestamp) eq 15 and second(timestamp) eq 30",
        "date(timestamp) eq date",
        "contains(json,'\"a\"') and startswith(text,'O') and endswith(text,'Ü')",
        "tolower(text) eq 'o''hara ü' and toupper('a') eq 'A' and length(text) eq 8 and trim(' a ') eq 'a'",
        "_row eq 3",
        "null_text eq null and null_text ne 'a' and null_boolean ne true",
        "null_text ge null and null le null",
        "null_boolean or boolean",
        // `and` binds tighter than `or`.
        "boolean or boolean and false",
        "(false and null_boolean) eq false",
        // `gt` binds tighter than `eq`.
        "integer gt 6 eq true",
        "  ( ( integer ) eq 7 )  ",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn conditions_that_do_not_hold() {
    for text in [
        "text eq 'o''hara ü'",
        "null_text eq 'a'",
        "null_text lt 'a' or null_text ge 'a' or null_text gt null",
        "null_boolean",
        "not null_boolean",
        "null_boolean and boolean",
        "contains(null_text,'a') or not contains(null_text,'a')",
        "(boolean or boolean) and false",
        "null",
    ] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn what_the_protocol_has_and_the_feed_does_not_is_unsupported() {
    for text in [
        "integer add 1 eq 8",
        "-integer eq 7",
        "text in ('a','b')",
        "concat(text,'a') eq 'b'",
        "json/any(it:it eq 'a')",
        "text/length eq 1",
        "$it/text eq 'a'",
        "text eq @name",
        "float eq NaN",
        "integer eq duration'PT1H'",
    ] {
        assert_eq!(refused(text).0, Code::Unsupported, "{text}");
    }
}

#[test]
fn wrong_conditions_say_what_is_wrong() {
    for (text, part) in [
        ("", "the expression ends where"),
        ("text", "`$filter` takes conditions, not a text"),
        ("texts eq 'a'", "there is no property `texts`; there are `_row`, `text`"),
        ("integer eq 'a'", "`eq` cannot hold the column `integer`, which is a number, against a text"),
        ("date eq 'a'", "the column `date`, which is a day,"),
        ("date lt timestamp", "the column `date`, which is a day, against the column `timestamp`, which is a moment,"),
        ("text eq 'a", "the text that begins at character 9 has no end"),
        ("text = 'a'", "`=` at character 6 means nothing there"),
        ("integer eq 2026-13-01", "`2026-13-01` at character 12"),
        ("integer eq 7 integer", "at character 14 of the expression"),
        ("(boolean", "the expression ends where `)` was expected"),
        ("contains(text)", "`contains` takes 2 arguments, not 1"),
        ("contains(text,integer)", "`contains` takes a text, not the column `integer`, which is a number,"),
        ("contain(text,'a')", "there is no function `contain`; there are `contains`"),
        ("not integer eq 7", "`not`, which binds tighter than comparisons, takes conditions, not a number"),
        ("integer and boolean", "`and` takes conditions, not a number"),
    ] {
        let (code, message) = refused(text);
        assert!(code == Code::BadInput && message.contains(part), "{text}: {message}");
    }
    let deep = format!("{}boolean{}", "(".repeat(200), ")".repeat(200));
    assert!(refused(&deep).1.contains("nested more than 64 levels deep"));
    let deep = format!("{}boolean", "not ".repeat(200));
    assert!(refused(&deep).1.contains("nested more than 64 levels deep"));
    let long = vec!["boolean"; 1_500].join(" and ");
    assert!(refused(&long).1.contains("more than 2000 parts"));
}
