//! Replaces what is secret or personal in JSON, and leaves every other byte as the vendor sent it.
//!
//! The text is rewritten and not parsed into values: a recording is there to show a vendor's oddities, and a number that
//! was read and written again would not be the vendor's number any more.

use std::ops::Range;

use serde::de::IgnoredAny;

use super::pseudonym::Class;
use super::pseudonym::Pseudonyms;

/// A member, or an argument of a call, that a recording must not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Private {
    /// Its name on the wire.
    pub member: &'static str,
    /// The beginning of the names of the operations that have it; empty: all of the vendor's.
    pub operations: &'static str,
    /// What it holds.
    pub class: Class,
}

impl Private {
    /// A member of every operation.
    #[must_use]
    pub const fn new(member: &'static str, class: Class) -> Self {
        Self { member, operations: "", class }
    }

    /// The same in these operations only.
    #[must_use]
    pub const fn of(self, operations: &'static str) -> Self {
        Self { operations, ..self }
    }
}

/// Redacts what one vendor sends and is sent.
#[derive(Clone, Debug)]
pub(super) struct Redactor {
    pub(super) private: &'static [Private],
    pub(super) pseudonyms: Pseudonyms,
}

impl Redactor {
    /// The value of an argument as a recording has it.
    pub(super) fn argument(&self, operation: &str, name: &str, value: &str) -> String {
        self.text(self.class(operation, name), value)
    }

    /// `body` as a recording has it; none when it is no JSON.
    pub(super) fn json(&self, operation: &str, body: &str) -> Option<String> {
        serde_json::from_str::<IgnoredAny>(body).ok()?;
        let mut written = String::with_capacity(body.len());
        // The class of the values inside each open list or object: a list of phone numbers holds phone numbers.
        let mut open: Vec<Option<Class>> = Vec::new();
        let mut member = None;
        let mut at = 0;
        while let Some(token) = next(body, at) {
            let text = body.get(token.clone())?;
            written.push_str(body.get(at..token.start)?);
            at = token.end;
            let is_name = text.starts_with('"') && body.get(at..)?.trim_start().starts_with(':');
            let inherited = open.last().copied().flatten();
            match text.as_bytes().first() {
                Some(b'{' | b'[') => {
                    open.push(member.take().unwrap_or(inherited));
                    written.push_str(text);
                }
                Some(b'}' | b']') => {
                    open.pop();
                    member = None;
                    written.push_str(text);
                }
                Some(b'"') if is_name => {
                    let name: String = serde_json::from_str(text).ok()?;
                    // A member without a class of its own has that of what it stands in.
                    member = Some(self.class(operation, &name).or(inherited));
                    written.push_str(text);
                }
                Some(b'"') => {
                    let value: String = serde_json::from_str(text).ok()?;
                    let class = member.take().unwrap_or(inherited);
                    let redacted = self.text(class, &value);
                    if redacted == value {
                        written.push_str(text);
                    } else {
                        written.push_str(&serde_json::to_string(&redacted).ok()?);
                    }
                }
                Some(b'0'..=b'9' | b'-') => {
                    let class = member.take().unwrap_or(inherited);
                    written.push_str(&class.map_or_else(|| text.to_owned(), |_| self.pseudonyms.number(text)));
                }
                Some(b't' | b'f' | b'n') => {
                    member = None;
                    written.push_str(text);
                }
                _ => written.push_str(text),
            }
        }
        written.push_str(body.get(at..)?);
        Some(written)
    }

    fn class(&self, operation: &str, name: &str) -> Option<Class> {
        let fits = |private: &&Private| private.member == name && operation.starts_with(private.operations);
        self.private.iter().find(fits).map(|private| private.class)
    }

    /// A text of this class; one that bears no class may still be a link with a signature, a token, or name a person.
    fn text(&self, class: Option<Class>, value: &str) -> String {
        if let Some(class) = class {
            return self.pseudonyms.of(class, value);
        }
        if let Some((link, _)) = value.split_once(['?', '#']).filter(|(link, _)| link.contains("://")) {
            return link.to_owned();
        }
        if value.starts_with("eyJ") && value.contains('.') {
            return self.pseudonyms.of(Class::Secret, value);
        }
        let is_address = value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        match (is_address, value.contains(char::is_whitespace)) {
            (true, false) => self.pseudonyms.of(Class::Email, value),
            (true, true) => self.pseudonyms.of(Class::Text, value),
            (false, _) => value.to_owned(),
        }
    }
}

/// The next token of valid JSON from `at` on: a string, a number, a word or a sign.
fn next(body: &str, at: usize) -> Option<Range<usize>> {
    let rest = body.get(at..)?;
    let start = at + rest.find(|c: char| !c.is_ascii_whitespace())?;
    let text = body.get(start..)?;
    let length = match text.as_bytes().first()? {
        b'"' => string(text)?,
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        _ => text.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(text.len()),
    };
    Some(start..start + length)
}

/// The length of the string at the start of `text`, both quotes included.
fn string(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIVATE: &[Private] = &[
        Private::new("vin", Class::Vin),
        Private::new("phone", Class::Phone),
        Private::new("customer", Class::Name),
        Private::new("name", Class::Name).of("v.customers."),
    ];

    fn redact(operation: &str, body: &str) -> Option<String> {
        Redactor { private: PRIVATE, pseudonyms: Pseudonyms::new([7; 32]) }.json(operation, body)
    }

    #[test]
    fn nothing_but_what_is_private_changes() {
        let plain = "{ \"a\" : [1.10, -0, 1e400, 123456789012345678901234567890, \"\\u00e9 \\\"\\\\\"],\n\t\"vin\":null, \"b\":{\"b\":true,\"b\":[]} }";
        assert_eq!(redact("v.cars.get", plain).as_deref(), Some(plain));
        assert_eq!(redact("v.cars.get", "<html>"), None);
        assert_eq!(redact("v.cars.get", "{\"a\":1} 2"), None);
    }

    #[test]
    fn private_members_are_replaced_wherever_they_stand() {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let body = r#"[{"vin":"YV1ZWA8UDL1234507","phone":[31612345678,"+31612345678"],"customer":{"first":"Ada","n":{"x":["Lovelace"]}}}]"#;
        let redacted = redact("v.cars.get", body).unwrap();
        let value: serde_json::Value = serde_json::from_str(&redacted).unwrap();
        assert_eq!(value[0]["vin"], pseudonyms.of(Class::Vin, "YV1ZWA8UDL1234507"));
        assert!(value[0]["phone"][0].is_u64() && value[0]["phone"][1].as_str().unwrap().starts_with("+3161"));
        for number in ["12", "0", "-7", "9876.5"] {
            let redacted = redact("v.cars.get", &format!("{{\"customer\":{number}}}")).unwrap();
            assert!(
                serde_json::from_str::<serde_json::Value>(&redacted).is_ok() && !redacted.contains(number),
                "{redacted}"
            );
        }
        for word in ["1234507", "12345678", "Ada", "Lovelace"] {
            assert!(!redacted.contains(word), "{word} in {redacted}");
        }
        assert_eq!(redact("v.cars.get", r#"{"name":"Volvo"}"#).as_deref(), Some(r#"{"name":"Volvo"}"#));
        assert!(!redact("v.customers.get", r#"{"name":"Volvo"}"#).unwrap().contains("Volvo"));
    }

    #[test]
    fn links_lose_their_signature_and_addresses_and_tokens_are_known_by_their_looks() {
        let body = r#"["https://images.example.com/a.jpeg?sig=x","ada@example.com","ask ada@example.com","eyJhbGciOi.J9.x","a@b"]"#;
        let redacted = redact("v.cars.get", body).unwrap();
        let values: Vec<String> = serde_json::from_str(&redacted).unwrap();
        assert_eq!(values[0], "https://images.example.com/a.jpeg");
        assert!(values[1].starts_with("person-") && values[2].starts_with("19 characters"), "{values:?}");
        assert!(values[3].starts_with("secret-") && values[4] == "a@b", "{values:?}");
    }
}
