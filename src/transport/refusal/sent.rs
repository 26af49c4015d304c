//! What a call sent, recognised when the vendor's words repeat it.

use serde_json::Value;

use super::super::call::Call;

/// How many letters and digits a value has at least to be looked for: shorter ones are part of too many words.
const SHORTEST: usize = 4;
/// What stands in the place of a value.
const VALUE: &str = "[value]";

/// The values that a call sent, each as its letters and digits in lower case, the longest first.
///
/// Vendors write what they were sent in their own way: a plate in capitals, or without its hyphens. Hence only letters
/// and digits count, and what stands between them does not.
#[derive(Default)]
pub(super) struct Sent(Vec<Vec<char>>);

/// Shows the number only: the values name people and cars.
impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sent").field(&self.0.len()).finish()
    }
}

impl Sent {
    /// The strings in path, query and body of `call`; a word that the body also uses as a name of a member is no value.
    pub(super) fn of(call: &Call) -> Self {
        let body = call.body().and_then(|body| serde_json::from_slice::<Value>(&body).ok()).unwrap_or_default();
        let (mut values, mut names) = (Vec::new(), Vec::new());
        collect(&body, &mut values, &mut names);
        for argument in call.arguments() {
            values.push(core(argument));
            // An argument can be an id with an addition of ours.
            let parts = argument.split(|c: char| !c.is_alphanumeric());
            values.extend(parts.filter(|part| part.contains(|c: char| c.is_ascii_digit())).map(core));
        }
        values.retain(|value| value.len() >= SHORTEST && !names.contains(value));
        values.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        values.dedup();
        Self(values)
    }

    /// `text` with every value in it replaced.
    pub(super) fn masked(&self, text: &str) -> String {
        if self.0.is_empty() {
            return text.to_owned();
        }
        let original: Vec<char> = text.chars().collect();
        // The letters and digits, each with its place in the text; one capital can have several small letters.
        let letters: Vec<(usize, char)> = (0..)
            .zip(&original)
            .filter(|(_, c)| c.is_alphanumeric())
            .flat_map(|(place, c)| c.to_lowercase().map(move |small| (place, small)))
            .collect();
        let mut masked = String::with_capacity(text.len());
        let (mut rest, mut copied) = (letters.as_slice(), 0);
        while let Some((&(from, _), behind)) = rest.split_first() {
            let found = self.0.iter().find(|value| begins(rest, value) && stands_alone(&original, rest, value));
            let Some(to) = found.and_then(|value| rest.get(value.len() - 1)).map(|(place, _)| *place) else {
                rest = behind;
                continue;
            };
            masked.extend(original.iter().take(from).skip(copied));
            masked.push_str(VALUE);
            copied = to + 1;
            rest =
                rest.iter().position(|(place, _)| *place >= copied).and_then(|at| rest.get(at..)).unwrap_or_default();
        }
        masked.extend(original.iter().skip(copied));
        masked
    }
}

/// Whether `value` stands at the beginning of `letters`.
fn begins(letters: &[(usize, char)], value: &[char]) -> bool {
    letters.len() >= value.len() && letters.iter().zip(value).all(|((_, letter), expected)| letter == expected)
}

/// Whether the `value` at the beginning of `letters` is no part of a longer word. A value with digits is none of the
/// language, so it need not stand alone.
fn stands_alone(text: &[char], letters: &[(usize, char)], value: &[char]) -> bool {
    if value.iter().any(char::is_ascii_digit) {
        return true;
    }
    let first = letters.first().map_or(0, |(place, _)| *place);
    let last = letters.get(value.len() - 1).map_or(first, |(place, _)| *place);
    let is_word = |place: Option<usize>| place.and_then(|place| text.get(place)).is_some_and(|c| c.is_alphanumeric());
    !is_word(first.checked_sub(1)) && !is_word(last.checked_add(1))
}

/// The letters and digits of `text` in lower case.
fn core(text: &str) -> Vec<char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn collect(body: &Value, values: &mut Vec<Vec<char>>, names: &mut Vec<Vec<char>>) {
    match body {
        Value::String(text) => values.push(core(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, values, names)),
        Value::Object(members) => {
            for (name, value) in members {
                names.push(core(name));
                collect(value, values, names);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use tokio::time::Instant;

    use super::super::super::call::Idempotency;
    use super::super::super::call::Method;
    use super::super::super::call::Operation;
    use super::super::super::call::Provenance;
    use super::*;

    const CREATE: Operation = Operation {
        name: "vendor.things.create",
        vendor: "vendor",
        method: Method::Post,
        path: "/things/{id}",
        idempotency: Idempotency::Once,
        timeout: Duration::from_secs(1),
        success: &[200],
        asks: false,
        provenance: Provenance::Inferred,
    };

    #[test]
    fn what_was_sent_is_replaced_however_it_is_written() {
        let body = json!({
            "customer": {"clientType": "customer", "lastname": "de Vriës", "firstname": "Rich"},
            "tradeIn": {"immat": "AB-123-CD", "vin": null},
            "tags": ["Ada", "AB-123-CD-9"],
        });
        let call = Call::new(&CREATE, Instant::now()).segment("T0A1B2C-pwa").query("vin", "YV1ZWA8UDL1234507");
        let sent = Sent::of(&call.json(&body).unwrap());
        let cases = [
            ("immat AB-123-CD is taken", "immat [value] is taken"),
            ("immat ab123cd, is taken", "immat [value], is taken"),
            ("plateAB 123 CDX", "plate[value]X"),
            ("AB-123-CD-9 and AB-123-CD", "[value] and [value]"),
            ("DE VRIËS, RICH was enriched", "[value], [value] was enriched"),
            ("customer.phone of Ada is 06-1", "customer.phone of Ada is 06-1"),
            ("no token T0A1B2C or t0a1b2c-pwa", "no token [value] or [value]"),
            ("vin=YV1ZWA8UDL1234507", "vin=[value]"),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(sent.masked(text), expected, "{text}");
        }
        assert_eq!(format!("{sent:?}"), "Sent(7)");
    }
}
