//! The reason inside an error body, whatever its form.
//!
//! Vendors answer with problem objects (`detail`, `title`), lists of violations, gateway messages (`message`), OAuth
//! errors (`error`, `error_description`), plain text, and HTML from whatever stands in front of them.

use serde_json::Map;
use serde_json::Value;

use super::super::call::Reply;
use super::mask;
use super::mask::Mask;

/// How many violations are kept.
const MAX_VIOLATIONS: usize = 50;
/// How much of a body that is not JSON is looked at.
const EXCERPT: usize = 4096;
/// Where a reason may stand, best first.
const MEMBERS: [&str; 8] =
    ["detail", "hydra:description", "description", "error_description", "message", "error", "hydra:title", "title"];

/// What an error body says.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    /// The reason, masked and cut; none when the body gives none. Faults that name no field are told here.
    pub(super) text: Option<String>,
    /// Faults of single fields as (field path, message), masked and cut.
    pub(super) violations: Vec<(String, String)>,
}

pub(super) fn read(reply: &Reply, mask: &Mask) -> Refusal {
    match serde_json::from_slice::<Value>(&reply.body) {
        Ok(Value::Object(members)) => {
            let (unplaced, violations) =
                violations_of(&members, mask).into_iter().partition(|(path, _)| path.is_empty());
            Refusal { text: with_unplaced(text_of(&members).and_then(|text| mask.safe(&text)), unplaced), violations }
        }
        Ok(Value::String(text)) => Refusal { text: mask.safe(&text), violations: Vec::new() },
        Ok(_) => Refusal::default(),
        Err(_) => Refusal { text: not_json(&reply.body, mask), violations: Vec::new() },
    }
}

/// The reason, unless faults without a field say more than it does: a title such as "An error occurred" helps nobody.
fn with_unplaced(text: Option<String>, unplaced: Vec<(String, String)>) -> Option<String> {
    let says = |message: &str| text.as_deref().is_some_and(|text| text.contains(message));
    let messages: Vec<String> = unplaced.into_iter().map(|(_, message)| message).collect();
    if messages.iter().all(|message| says(message)) { text } else { Some(mask::cut(&messages.join("; "))) }
}

/// The first member that gives a reason; an object inside one is looked into once.
fn text_of(members: &Map<String, Value>) -> Option<String> {
    MEMBERS.iter().find_map(|name| match members.get(*name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Object(inner) => {
            MEMBERS.iter().find_map(|name| inner.get(*name).and_then(Value::as_str).map(str::to_owned))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
    })
}

fn violations_of(members: &Map<String, Value>, mask: &Mask) -> Vec<(String, String)> {
    let Some(Value::Array(violations)) = members.get("violations") else { return Vec::new() };
    violations
        .iter()
        .filter_map(|violation| {
            let path = violation.get("propertyPath").and_then(Value::as_str).unwrap_or_default();
            let message = violation.get("message").or_else(|| violation.get("title")).and_then(Value::as_str)?;
            Some((field_path(path, mask), mask.safe(message)?))
        })
        .take(MAX_VIOLATIONS)
        .collect()
}

/// A path such as `options[2].name`, free of anything else; empty when it is none or holds what was sent.
fn field_path(path: &str, mask: &Mask) -> String {
    if mask.covers(path) {
        return String::new();
    }
    path.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '-')).take(80).collect()
}

/// The reason in plain text or HTML: the title of a page, else its words.
fn not_json(body: &[u8], mask: &Mask) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..EXCERPT).unwrap_or(body));
    if !text.trim_start().starts_with('<') {
        return mask.safe(&text);
    }
    let lower = text.to_ascii_lowercase();
    let title = lower
        .split_once("<title")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split_once("</title"));
    match title {
        Some((title, _)) => mask.safe(title),
        None => mask.safe(&text),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn reason(body: &str) -> Refusal {
        let body = Bytes::copy_from_slice(body.as_bytes());
        read(&Reply { status: 400, headers: http::HeaderMap::new(), body }, &Mask::default())
    }

    #[test]
    fn every_known_form_gives_its_reason() {
        let cases = [
            (
                r#"{"status":400,"type":"about:blank","title":"Bad Request","detail":"vehicle_model_id is required"}"#,
                "vehicle_model_id is required",
            ),
            (r#"{"message":"Endpoint request timed out"}"#, "Endpoint request timed out"),
            (r#"{"error":"access_denied","error_description":"Unauthorized"}"#, "Unauthorized"),
            (r#"{"error":{"message":"no such locale"}}"#, "no such locale"),
            (r#"{"hydra:title":"An error occurred","hydra:description":"images: missing"}"#, "images: missing"),
            (r#""plain text in JSON""#, "plain text in JSON"),
            ("<html><head><title>502 Bad Gateway</title></head><body>x</body></html>", "502 bad gateway"),
            ("<h1>It\u{7} broke</h1>", "It broke"),
            ("just\r\ntext", "just text"),
        ];
        for (body, expected) in cases {
            assert_eq!(reason(body).text.as_deref(), Some(expected), "{body}");
        }
        assert_eq!(reason("").text, None);
        assert_eq!(reason("[1]").text, None);
    }

    #[test]
    fn violations_keep_their_field_and_those_without_one_become_the_reason() {
        let body = |detail: &str| {
            let violations = r#"[{"propertyPath":"images","message":"must be there"},{"propertyPath":"","message":"Car jan@example.com is odd"},{"message":"and old"},7]"#;
            format!(r#"{{"detail":"{detail}","violations":{violations}}}"#)
        };
        for (detail, text) in [
            ("An error occurred", "Car [email] is odd; and old"),
            (
                "images: must be there Car jan@example.com is odd and old",
                "images: must be there Car [email] is odd and old",
            ),
        ] {
            let refusal = reason(&body(detail));
            assert_eq!(refusal.text.as_deref(), Some(text));
            assert_eq!(refusal.violations, [("images".to_owned(), "must be there".to_owned())]);
        }
    }
}
