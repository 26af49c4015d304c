//! The kinds of values that a key can hold, each with its notation.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::notation;
use super::section::{PLACEHOLDER, Section, listed};
use super::tree::Value;

impl Section<'_> {
    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.value(key, "a text", |value| match value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.clone()),
            Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::List(_) | Value::Other(_) => None,
        })
    }

    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        self.value(key, "`true` or `false`", |value| match value {
            Value::Boolean(on) => Some(*on),
            Value::Text(text) => text.parse().ok(),
            Value::Integer(_) | Value::List(_) | Value::Other(_) => None,
        })
    }

    /// A whole number of at least `least` and at most `most`.
    pub(super) fn number(&mut self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        self.value(key, &format!("a whole number from {least} to {most}"), |value| {
            let number = match value {
                Value::Integer(number) => u32::try_from(*number).ok(),
                Value::Text(text) => text.parse().ok(),
                Value::Boolean(_) | Value::List(_) | Value::Other(_) => None,
            };
            number.filter(|number| (least..=most).contains(number))
        })
    }

    pub(super) fn span(&mut self, key: &'static str) -> Option<Duration> {
        self.value(key, "a span with its unit (ms, s, m, h, d), such as `30s`", |value| {
            as_text(value).and_then(notation::parse_span)
        })
    }

    /// A span that is not zero.
    pub(super) fn positive_span(&mut self, key: &'static str) -> Option<Duration> {
        self.value(key, "a span above zero with its unit (ms, s, m, h, d), such as `30s`", |value| {
            as_text(value).and_then(notation::parse_span).filter(|span| !span.is_zero())
        })
    }

    /// A size in bytes of at least `least`.
    pub(super) fn size(&mut self, key: &'static str, least: u64) -> Option<u64> {
        let wanted = format!("a size with its unit (B, KiB, MiB, GiB) of at least {}", notation::write_size(least));
        self.value(key, &wanted, |value| as_text(value).and_then(notation::parse_size).filter(|size| *size >= least))
    }

    pub(super) fn address(&mut self, key: &'static str) -> Option<SocketAddr> {
        self.value(key, "an IP address with a port, such as `127.0.0.1:8080`", |value| as_text(value)?.parse().ok())
    }

    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let wanted = format!("one of {}", listed(choices.iter().map(|(word, _)| *word)));
        self.value(key, &wanted, |value| {
            let text = as_text(value)?;
            choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice)
        })
    }

    /// An address of HTTP without credentials, query or fragment. Its text is never shown: it may hold a password.
    pub(super) fn url(&mut self, key: &'static str) -> Option<Url> {
        self.bare_url(key, "an `http` or `https` address", ["http", "https"])
    }

    /// As [`Section::url`], of a socket.
    pub(super) fn socket_url(&mut self, key: &'static str) -> Option<Url> {
        self.bare_url(key, "a `ws` or `wss` address", ["ws", "wss"])
    }

    fn bare_url(&mut self, key: &'static str, wanted: &str, schemes: [&str; 2]) -> Option<Url> {
        let wanted = format!("{wanted} without user, password, query and fragment");
        self.hidden(key, &wanted, |value| {
            let url = Url::parse(as_text(value)?).ok()?;
            let open = url.username().is_empty() && url.password().is_none();
            let bare = url.query().is_none() && url.fragment().is_none() && url.has_host();
            (open && bare && schemes.contains(&url.scheme())).then_some(url)
        })
    }

    /// A list of texts; a variable holds it with commas.
    pub(super) fn list(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.value(
            key,
            "a list of texts, such as `[\"one\", \"two\"]`; in a variable: `one,two`",
            |value| match value {
                Value::List(items) => items.iter().map(|item| as_text(item).map(str::to_owned)).collect(),
                Value::Text(text) => Some(text.split(',').map(|item| item.trim().to_owned()).collect()),
                Value::Integer(_) | Value::Boolean(_) | Value::Other(_) => None,
            },
        )
    }

    /// A secret: the text itself, or with `_file` after the key the file that holds it (its last line end is cut).
    pub(super) fn secret(&mut self, key: &'static str, key_of_file: &'static str) -> Option<SecretString> {
        let origin = self.origin(key_of_file);
        let from_file = self.holds(key_of_file);
        if from_file && self.holds(key) && !self.outranked(key, key_of_file) {
            let mend = format!("keep either `{key}` or `{key_of_file}`");
            self.fault(key_of_file, format!("`{key}` is given as well"), mend);
        }
        let wanted = format!("the secret in quotes (`{PLACEHOLDER}` only stands for it in print), or name its file");
        let direct = self.hidden(key, &wanted, |value| match value {
            Value::Text(text) if is_secret(text) => Some(SecretString::from(text.as_str())),
            Value::Text(_) | Value::Integer(_) | Value::Boolean(_) | Value::List(_) | Value::Other(_) => None,
        });
        let Some(file) = self.path(key_of_file) else { return direct };
        let (reason, mend) = match std::fs::read_to_string(&file) {
            Ok(text) => {
                let cut = text.strip_suffix('\n').map_or(text.as_str(), |cut| cut.strip_suffix('\r').unwrap_or(cut));
                if is_secret(cut) {
                    return Some(SecretString::from(cut));
                }
                (format!("the file `{}` holds no secret", file.display()), "write the secret into it, on one line")
            }
            Err(error) => {
                let reason = format!("the file `{}` cannot be read: {error}", file.display());
                (reason, "name a file that this process may read")
            }
        };
        self.fault_from(key_of_file, &origin, reason, mend);
        None
    }
}

fn is_secret(text: &str) -> bool {
    !text.trim().is_empty() && text != PLACEHOLDER && !text.contains(|c: char| c.is_control())
}

pub(super) fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text.trim()),
        Value::Integer(_) | Value::Boolean(_) | Value::List(_) | Value::Other(_) => None,
    }
}
