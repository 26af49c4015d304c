//! Makes a vendor's words fit to be shown and logged: one line, short, and free of anything about a person or a car.

use super::sent::Sent;

/// The longest line, in characters.
const LONGEST: usize = 200;
/// How much of a text is looked at, in characters.
const EXCERPT: usize = 4096;
/// How many characters without a gap make a secret or an id rather than a word.
const TOKEN: usize = 20;

/// Masks the vendor's words about one call.
#[derive(Debug, Default)]
pub(super) struct Mask {
    sent: Sent,
}

impl Mask {
    /// A mask that also knows what the call sent.
    pub(super) fn new(sent: Sent) -> Self {
        Self { sent }
    }

    /// One safe line, or none when nothing is left to say.
    ///
    /// What was sent comes back as `[value]`: plates and names have no form of their own. Tags and control characters go;
    /// e-mail addresses, web addresses, VINs, telephone numbers and anything that looks like a token are replaced by
    /// their kind in brackets.
    pub(super) fn safe(&self, text: &str) -> Option<String> {
        let excerpt: String = text.chars().take(EXCERPT).collect();
        let flat = numbers(&without_tags(&self.sent.masked(&excerpt)));
        let mut line = String::new();
        for word in flat.split_whitespace() {
            if !line.is_empty() {
                line.push(' ');
            }
            mask_word(word, &mut line);
        }
        (!line.is_empty()).then(|| cut(&line))
    }

    /// Whether `text` holds something that was sent.
    pub(super) fn covers(&self, text: &str) -> bool {
        self.sent.masked(text) != text
    }
}

/// The line, cut to the longest that is shown.
pub(super) fn cut(line: &str) -> String {
    if line.chars().count() > LONGEST {
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        plain.push_str(before);
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        match after.split_once('>').filter(|_| is_tag) {
            Some((_, behind)) => {
                plain.push(' ');
                rest = behind;
            }
            None if is_tag => rest = "",
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Replaces runs that a telephone number could be: 9 digits or more with the marks people write between them, or 7
/// behind a `+`. Runs inside a word are left to [`mask_word`].
fn numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut run = String::new();
    let mut behind_word = false;
    for c in text.chars().chain(['\0']) {
        let starts = c.is_ascii_digit() || c == '+';
        let goes_on = starts || matches!(c, ' ' | '(' | ')' | '-' | '.' | '/');
        if (run.is_empty() && starts && !behind_word) || (!run.is_empty() && goes_on) {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            let kept = run.trim_end_matches(|c: char| !c.is_ascii_digit());
            let digits = kept.chars().filter(char::is_ascii_digit).count();
            let tail = run.strip_prefix(kept).unwrap_or_default();
            let ends_in_word = tail.is_empty() && c.is_alphanumeric();
            if (digits >= 9 || (digits >= 7 && kept.starts_with('+'))) && !ends_in_word {
                masked.push_str("[number]");
                masked.push_str(tail);
            } else {
                masked.push_str(&run);
            }
            run.clear();
        }
        if c != '\0' {
            masked.push(c);
        }
        behind_word = c.is_alphanumeric();
    }
    masked
}

/// Writes `word` to `line`, its telling parts replaced.
fn mask_word(word: &str, line: &mut String) {
    if word.contains("://") {
        line.push_str("[link]");
        return;
    }
    for part in word.split_inclusive(|c: char| {
        matches!(c, '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | ',' | ';' | ':' | '=' | '|' | '`' | '/')
    }) {
        let core = part.trim_matches(|c: char| !c.is_alphanumeric());
        match kind(core) {
            Some(kind) => line.push_str(&part.replacen(core, kind, 1)),
            None => line.push_str(part),
        }
    }
}

/// What a part of a word gives away.
fn kind(core: &str) -> Option<&'static str> {
    let digits = core.chars().filter(char::is_ascii_digit).count();
    let letters = core.chars().filter(char::is_ascii_alphabetic).count();
    let plain = core.chars().all(|c| c.is_ascii_alphanumeric());
    if core.contains('@') {
        return Some("[email]");
    }
    if plain && (16..=17).contains(&core.len()) && digits > 0 && letters > 0 {
        return Some("[vin]");
    }
    let dense = core.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '~'));
    let mixed = digits > 0 && letters > 0;
    if dense && core.len() >= TOKEN && (mixed || plain && core.len() >= 2 * TOKEN) {
        return Some("[token]");
    }
    let labels: Vec<&str> = core.split('.').collect();
    let is_host = labels.len() >= 3
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    is_host.then_some("[host]")
}

#[cfg(test)]
mod tests {
    use super::Mask;

    fn safe(text: &str) -> Option<String> {
        Mask::default().safe(text)
    }

    #[test]
    fn what_tells_on_people_cars_and_secrets_is_replaced() {
        let cases = [
            ("customer jan.jansen+x@example.com exists", "customer [email] exists"),
            ("vin=WVWZZZ1JZXW000001 is sold", "vin=[vin] is sold"),
            ("\"vin\":\"wvwzzz1jzxw00000\"", "\"vin\":\"[vin]\""),
            ("call +33 6 12 34 56 78 now", "call [number] now"),
            ("phone 0033612345678.", "phone [number]."),
            ("Bearer eyJhbGciOi.eyJleHAiOjE3.c2ln", "Bearer [token]"),
            ("id 0f8fad5b-d9cb-469f-a165-70867728950e", "id [token]"),
            ("see https://intern.example.com/x?key=1", "see [link]"),
            ("upstream db1.intern.example failed", "upstream [host] failed"),
            ("ticket 7014045 is closed", "ticket 7014045 is closed"),
            ("tradeIn.vin: 17 characters", "tradeIn.vin: 17 characters"),
            ("a < b and c > d", "a < b and c > d"),
            ("constraint_violation_list", "constraint_violation_list"),
        ];
        for (text, expected) in cases {
            assert_eq!(safe(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(safe(" \u{0}<br>\n"), None);
        assert_eq!(safe(&"word ".repeat(100)).map(|line| line.chars().count()), Some(200));
    }
}
