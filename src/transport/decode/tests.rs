use std::time::Duration;

use bytes::Bytes;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::call::Idempotency;
use super::super::call::Method;
use super::super::call::Operation;
use super::super::call::Provenance;
use super::*;

const READ: Operation = Operation {
    name: "vendor.things.read",
    vendor: "vendor",
    method: Method::Get,
    path: "/things",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(1),
    success: &[200],
    asks: false,
    provenance: Provenance::Inferred,
};

dto! {
    struct ThingDto {
        id: Id,
        name: String,
        enabled: bool,
        count: i32,
        price: Decimal,
        at: chrono::DateTime<chrono::Utc>,
        inner: Box<ThingDto>,
        list: Flat<Id>,
        by_name: IndexMap<String, Vec<ThingDto>>,
    }
}

impl FromWire for Box<ThingDto> {
    fn from_wire(text: &str) -> Option<Self> {
        dto_from_wire(text)
    }
}

#[derive(Deserialize)]
struct PageDto {
    result: Vec<ThingDto>,
}

fn page(body: &str) -> Result<PageDto, crate::error::VendorError> {
    json(&READ, &Reply { status: 200, headers: http::HeaderMap::new(), body: Bytes::copy_from_slice(body.as_bytes()) })
}

#[test]
fn members_are_read_in_every_form_that_vendors_use() {
    let read = page(
        r#"{"result": [{"id": 910000001, "name": "Tow bar", "enabled": 1, "count": "3", "price": 0.1, "at": "2024-05-01T10:00:00+0200",
            "inner": {"id": " x ", "price": "12.340"}, "list": [[1, "2"], 3], "by_name": {"A": [{"id": 1}, 7], "B": null}}]}"#,
    )
    .unwrap();
    let thing = &read.result[0];
    assert_eq!(thing.id, Some(Id("910000001".to_owned())));
    assert_eq!(thing.name.as_deref(), Some("Tow bar"));
    assert_eq!((thing.enabled, thing.count), (Some(true), Some(3)));
    assert_eq!(thing.price.map(|price| price.to_string()).as_deref(), Some("0.1"));
    assert_eq!(thing.at.map(|at| at.to_rfc3339()).as_deref(), Some("2024-05-01T08:00:00+00:00"));
    let inner = thing.inner.as_ref().unwrap();
    assert_eq!(inner.id, Some(Id("x".to_owned())));
    assert_eq!(inner.price.map(|price| price.to_string()).as_deref(), Some("12.340"));
    assert_eq!(thing.list.as_ref().map(|list| list.0.len()), Some(3));
    assert_eq!(thing.by_name.as_ref().map(|map| map["A"].len()), Some(1));
    assert_eq!(thing.by_name.as_ref().map(IndexMap::len), Some(1));
}

#[test]
fn what_cannot_be_read_becomes_none_and_is_counted() {
    let body = r#"{"result": [{"id": {}, "name": true, "enabled": "maybe", "count": 1.5, "price": "a", "at": "soon", "inner": 3, "list": {}, "by_name": null}]}"#;
    let (read, unread) = soft::counting(|| serde_json::from_str::<PageDto>(body).unwrap());
    assert_eq!(unread, 8);
    let thing = &read.result[0];
    assert!(thing.id.is_none() && thing.name.is_none() && thing.enabled.is_none() && thing.count.is_none());
    assert!(thing.price.is_none() && thing.at.is_none() && thing.inner.is_none() && thing.list.is_none());
}

#[test]
fn a_list_is_flattened_so_far_and_no_further() {
    let body = |depth: usize| {
        let nested = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"result": [{{"list": [2, {nested}]}}]}}"#)
    };
    for (depth, items, left_out) in [(0, 2, 0), (3, 2, 0), (4, 1, 1), (1_000_000, 1, 1)] {
        let (read, unread) = soft::counting(|| serde_json::from_str::<PageDto>(&body(depth)).unwrap());
        assert_eq!((read.result[0].list.as_ref().unwrap().0.len(), unread), (items, left_out), "{depth}");
    }
}

#[test]
fn a_wrong_outline_fails_with_its_place_and_no_value() {
    let cases = [
        (r#"{"result": [{}, "jan@example.com"]}"#, "`result[1]` is not what it was expected to be"),
        (r#"{"result": [[1]]}"#, "`result[0]` is not what it was expected to be"),
        (r#"{"result": {"jan": 1}}"#, "`result` is not what it was expected to be"),
        ("{}", "the answer is not what it was expected to be"),
        ("<html>", "the answer is not JSON"),
        (r#"{"result": []} x"#, "the answer goes on after its end"),
        (r#"{"result": ["#, "`result` ends too early"),
        ("", "the answer ends too early"),
    ];
    for (body, context) in cases {
        let error = page(body).err().unwrap();
        assert_eq!(error.context, context, "{body}");
        assert_eq!(error.kind, VendorErrorKind::Protocol);
        assert!(error.source.is_none());
    }
}

#[test]
fn every_notation_of_time_is_read() {
    let cases = [
        ("2024-05-01T10:00:00+00:00", "2024-05-01T10:00:00Z"),
        ("2024-05-01T10:00:00+0200", "2024-05-01T08:00:00Z"),
        ("2024-05-01T10:00:00.123Z", "2024-05-01T10:00:00.123Z"),
        ("2024-05-01T10:00:00", "2024-05-01T10:00:00Z"),
        ("2024-05-01 10:00:00", "2024-05-01T10:00:00Z"),
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("12 May 2022 at 10:10:00 UTC", "2022-05-12T10:10:00Z"),
    ];
    for (text, expected) in cases {
        let read = parse_time(text).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        assert_eq!(read.as_deref(), Some(expected), "{text}");
    }
    assert_eq!(parse_time("yesterday"), None);
    assert_eq!(parse_date("2024-05-01T23:30:00-05:00").map(|day| day.to_string()).as_deref(), Some("2024-05-01"));
}

#[test]
fn decimals_are_written_as_they_are_spelled() {
    let price: Decimal = "27950.10".parse().unwrap();
    let body = serde_json::to_string(&std::collections::BTreeMap::from([("price", ExactDecimal(price))])).unwrap();
    assert_eq!(body, r#"{"price":27950.10}"#);
    assert_eq!(Decimal::from_wire("1e3").map(|number| number.to_string()).as_deref(), Some("1000"));
    assert_eq!(Decimal::from_wire("123456789012345.67").map(|n| n.to_string()).as_deref(), Some("123456789012345.67"));
}
