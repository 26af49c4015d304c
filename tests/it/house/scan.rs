//! Reads Rust as far as the rules need: what is code, and which modules it names.

/// One word or sign of the code, with its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

/// A path in the code, resolved from the crate's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// The text with every comment, and the inside of every string unless they are kept, turned into blanks.
pub(super) fn code(text: &str, keep_strings: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside_word = out.chars().last().is_some_and(is_word);
        let (length, keep) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), false)
        } else if rest.starts_with("/*") {
            (block_comment(rest), false)
        } else if let Some(length) = (!inside_word).then(|| string(rest)).flatten() {
            (length, keep_strings)
        } else if let Some(length) = character(rest) {
            (length, keep_strings)
        } else {
            (first.len_utf8(), true)
        };
        let (piece, after) = rest.split_at(length);
        if keep {
            out.push_str(piece);
        } else {
            out.extend(piece.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    out
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// How long the block comment at the start is; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let (_, rest) = text.split_at(at);
        match rest.chars().next() {
            None => return at,
            Some(_) if rest.starts_with("/*") => (depth, at) = (depth + 1, at + 2),
            Some(_) if rest.starts_with("*/") => {
                (depth, at) = (depth.saturating_sub(1), at + 2);
                if depth == 0 {
                    return at;
                }
            }
            Some(letter) => at += letter.len_utf8(),
        }
    }
}

/// How long the string at the start is, whatever its prefix; none when there is no string.
fn string(text: &str) -> Option<usize> {
    let unprefixed = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let Some(raw) = unprefixed.strip_prefix('r') else {
        let inside = unprefixed.strip_prefix('"')?;
        return Some(text.len() - inside.len() + until_quote(inside, '"'));
    };
    let after_hashes = raw.trim_start_matches('#');
    let inside = after_hashes.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(raw.len() - after_hashes.len()));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(text.len() - inside.len() + length)
}

/// How long the character at the start is; none for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut letters = inside.chars();
    let escaped = letters.next()? == '\\';
    (escaped || letters.next()? == '\'').then(|| 1 + until_quote(inside, '\''))
}

/// The length up to and with the first `quote` that no backslash escapes.
fn until_quote(inside: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in inside.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    inside.len()
}

/// The words and signs of `code`; `::` is one sign.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if is_word(first) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (text, after) = rest.split_at(length);
            tokens.push(Token { text, line: line + 1 });
            rest = after.trim_start();
        }
    }
    tokens
}

/// Every path that starts with `crate`, `self` or `super`, in imports and elsewhere, as seen from `module`.
pub(super) fn named(tokens: &[Token<'_>], module: &[&str]) -> Vec<Named> {
    let mut found = Vec::new();
    let mut inline: Vec<(&str, usize)> = Vec::new();
    let (mut depth, mut at) = (0_usize, 0);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    while let Some(token) = tokens.get(at) {
        match token.text {
            "mod" if text(at + 2) == "{" => inline.push((text(at + 1), depth)),
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.pop_if(|(_, opened)| *opened == depth);
            }
            "crate" | "self" | "super" if text(at + 1) == "::" && (at == 0 || text(at - 1) != "::") => {
                let mut leaves = Vec::new();
                tree(tokens, &mut at, &[], &mut leaves);
                let base: Vec<_> = module.iter().copied().chain(inline.iter().map(|(name, _)| *name)).collect();
                found.extend(leaves.into_iter().filter_map(|(line, path)| {
                    let path = resolve(&base, &path)?;
                    Some(Named { line, path })
                }));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads one path at `at`, with all branches of its braces.
fn tree<'a>(tokens: &[Token<'a>], at: &mut usize, prefix: &[&'a str], leaves: &mut Vec<(usize, Vec<&'a str>)>) {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(*at) {
        let is_branching = token.text == "{" && !path.is_empty();
        *at += 1;
        if is_branching {
            while let Some(next) = tokens.get(*at) {
                match next.text {
                    "}" => break,
                    "," => *at += 1,
                    "as" => *at += 2,
                    _ => tree(tokens, at, &path, leaves),
                }
            }
            *at += 1;
            return;
        }
        if token.text == "*" || token.text.starts_with(is_word) {
            path.push(token.text);
        }
        if tokens.get(*at).is_none_or(|next| next.text != "::") {
            leaves.push((token.line, path));
            return;
        }
        *at += 1;
    }
}

/// The path from the crate's root; none when it climbs beyond it.
fn resolve(base: &[&str], path: &[&str]) -> Option<Vec<String>> {
    let mut absolute = base.to_vec();
    for segment in path {
        match *segment {
            "crate" => absolute.clear(),
            "self" => {}
            "super" => {
                absolute.pop()?;
            }
            name => absolute.push(name),
        }
    }
    Some(absolute.into_iter().map(str::to_owned).collect())
}

mod tests {
    use super::*;

    fn paths(text: &str, module: &[&str]) -> Vec<String> {
        let code = code(text, false);
        named(&tokens(&code), module).into_iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let text = "a /* b /* c */ d */ \"e \\\" f\" r#\"g \" h\"# b\"i\" 'j' '\\'' k<'l> // m\nr#type";
        let words: String = code(text, false).split_whitespace().collect();
        assert_eq!(words, "ak<'l>r#type");
        let words: Vec<_> = code(text, true).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), "a \"e \\\" f\" r#\"g \" h\"# b\"i\" 'j' '\\'' k<'l> r#type");
        assert_eq!(code("/* a\nb */ \"c\nd\" e", false).lines().count(), 3);
    }

    #[test]
    fn imports_and_inline_paths_are_found() {
        let text =
            "use crate::cache::{Tag, key::{self, Scope as S}};\npub(in crate::vendors) fn f() -> crate::error::Error;";
        let expected = ["cache::Tag", "cache::key", "cache::key::Scope", "vendors", "error::Error"];
        assert_eq!(paths(text, &["store"]), expected);
        assert!(paths("// use crate::cache;\nlet text = \"crate::cache\";", &["store"]).is_empty());
    }

    #[test]
    fn climbing_paths_are_resolved() {
        assert_eq!(paths("use super::super::vendors::X;", &["domain", "ticket"]), ["vendors::X"]);
        assert_eq!(paths("mod tests { use super::super::key; } use super::key;", &["a", "b"]), ["a::key", "a::key"]);
        assert_eq!(paths("self::super::c::<T>()", &["a", "b"]), ["a::c"]);
        assert!(paths("use super::super::gone;", &["a"]).is_empty());
    }
}
