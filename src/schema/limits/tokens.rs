//! Counts what stands in the text of a document, without parsing it.

/// What stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Names, numbers, strings and signs.
    pub(super) tokens: u64,
    /// `@` signs outside of strings and comments.
    pub(super) directives: u64,
    /// Brackets of any kind inside each other. The parser climbs down for each of them.
    pub(super) nesting: u64,
}

/// Counts the tokens of `text`; one that is not GraphQL counts somehow, and the parser refuses it.
pub(super) fn count(text: &str) -> Counts {
    let mut counts = Counts::default();
    let mut depth = 0_u64;
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => tail,
            b'#' => skip_while(tail, |byte| byte != b'\n' && byte != b'\r'),
            _ => {
                counts.tokens = counts.tokens.saturating_add(1);
                match first {
                    b'"' => skip_string(rest),
                    b'{' | b'(' | b'[' => {
                        depth = depth.saturating_add(1);
                        counts.nesting = counts.nesting.max(depth);
                        tail
                    }
                    b'}' | b')' | b']' => {
                        depth = depth.saturating_sub(1);
                        tail
                    }
                    b'@' => {
                        counts.directives = counts.directives.saturating_add(1);
                        tail
                    }
                    b'.' => skip_while(tail, |byte| byte == b'.'),
                    byte if is_word(*byte) => skip_while(tail, is_word),
                    _ => tail,
                }
            }
        };
    }
    counts
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

fn skip_while(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
    let length = bytes.iter().take_while(|byte| belongs(**byte)).count();
    bytes.get(length..).unwrap_or_default()
}

/// What follows the string that `bytes` begins with.
fn skip_string(bytes: &[u8]) -> &[u8] {
    if let Some(mut rest) = bytes.strip_prefix(b"\"\"\"") {
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b"\\\"\"\"") {
                rest = after;
            } else if let Some(after) = rest.strip_prefix(b"\"\"\"") {
                return after;
            } else {
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        return rest;
    }
    let mut rest = bytes.get(1..).unwrap_or_default();
    while let Some((first, tail)) = rest.split_first() {
        rest = match first {
            b'"' | b'\n' => return tail,
            b'\\' => tail.get(1..).unwrap_or_default(),
            _ => tail,
        };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::Counts;
    use super::count;

    #[test]
    fn strings_and_comments_hide_what_is_in_them() {
        let text = "query q($a: [Int!]) { # { @\n  x(s: \"{ @ \\\" {\", b: \"\"\"a \\\"\"\" @ {\"\"\") @skip(if: $a) { ...f } }";
        let counts = count(text);
        assert_eq!(counts, Counts { tokens: 34, directives: 1, nesting: 2 });
    }

    #[test]
    fn an_open_string_ends_the_text() {
        assert_eq!(count("{ a(b: \"\"\"never").tokens, 6);
        assert_eq!(count("\"\\").tokens, 1);
    }
}
