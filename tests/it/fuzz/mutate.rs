//! Bodies that a vendor might send on a bad day: members dropped, nulled, retyped, nested, huge, and texts broken off.

use serde_json::Value;
use serde_json::json;

/// Stands for a number that no value type of ours can hold; it is put into the text at the end.
const HUGE: [(&str, &str); 3] =
    [("\u{e000}", "1e400"), ("\u{e001}", "123456789012345678901234567890.5"), ("\u{e002}", "-9223372036854775809")];

/// Random numbers that are the same in every run.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: &str) -> Self {
        Self(
            seed.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// The places in `value` that may change: all but the whole, and but those of `outline`, a member's name each.
pub(super) fn places(value: &Value, outline: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", outline, &mut found);
    found
}

fn collect(value: &Value, at: &str, outline: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                if !outline.contains(&name.as_str()) {
                    found.push(place.clone());
                }
                collect(value, &place, outline, found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let place = format!("{at}/{index}");
                collect(value, &place, outline, found);
                found.push(place);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `body` with one to four changes at `places`.
pub(super) fn mutated(body: &Value, places: &[String], dice: &mut Dice) -> String {
    let mut body = body.clone();
    for _ in 0..=dice.below(4) {
        if let Some(place) = places.get(dice.below(places.len())) {
            change(&mut body, place, dice);
        }
    }
    HUGE.iter().fold(body.to_string(), |text, (mark, number)| text.replace(&format!("\"{mark}\""), number))
}

fn change(body: &mut Value, place: &str, dice: &mut Dice) {
    let kind = dice.below(16);
    if kind == 0 {
        return drop_at(body, place);
    }
    // An earlier change may have taken the place away.
    let Some(value) = body.pointer_mut(place) else { return };
    let old = value.take();
    *value = match kind {
        1 => Value::Null,
        2 => retyped(&old),
        3 => json!([old]),
        4 => json!({ "value": old }),
        5 => json!(HUGE[dice.below(HUGE.len())].0),
        6 => json!(""),
        7 => json!({}),
        8 => json!([]),
        9 => json!("ü\u{0}\"\\ ".repeat(500)),
        10 => (0..200).fold(json!(1), |inner, _| json!([inner])),
        11 => json!(dice.below(2) == 0),
        12 => json!(-1),
        13 => json!(0.1),
        14 => json!([old.clone(), null, old, "x"]),
        _ => {
            let mut more = old;
            if let Value::Object(members) = &mut more {
                members.insert("aMemberNobodyKnows".to_owned(), json!({"a": [1]}));
            }
            more
        }
    };
}

fn drop_at(body: &mut Value, place: &str) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            // An earlier change may have put a list where an object was.
            if let Some(index) = name.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn retyped(old: &Value) -> Value {
    match old {
        Value::String(text) => text.parse::<i64>().map_or_else(|_| json!(7), |number| json!(number)),
        Value::Number(number) => json!(number.to_string()),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item.clone())).collect()
        }
        Value::Object(members) => members.values().cloned().collect(),
        Value::Null => json!("null"),
    }
}
