//! What a client presents to prove who it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest;
use sha2::Sha256;

/// The hash of a presented key; the key itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct KeyHash(pub(super) [u8; 32]);

impl std::fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyHash")
    }
}

/// What the request's `Authorization` header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presented {
    /// A key, as `Bearer KEY` or as the password of `Basic`.
    Key(KeyHash),
    /// Something else.
    Unreadable,
}

impl Presented {
    /// Reads what the header says, or what stands for it elsewhere.
    pub(super) fn parse(text: &str) -> Self {
        let Some((scheme, rest)) = text.trim().split_once(' ') else { return Self::Unreadable };
        let key = match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(rest.trim().to_owned()),
            "basic" => password(rest.trim()),
            _ => None,
        };
        match key.filter(|key| !key.is_empty()) {
            Some(key) => Self::Key(KeyHash(Sha256::digest(key.as_bytes()).into())),
            None => Self::Unreadable,
        }
    }
}

/// Spreadsheets can send no bearer, so the password of `Basic` is the key; the user name is not looked at.
fn password(encoded: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_a_key() {
        let key = |text: &str| match Presented::parse(text) {
            Presented::Key(hash) => Some(hash),
            Presented::Unreadable => None,
        };
        let basic = format!("basic {}", STANDARD.encode("excel:fc_1"));
        assert_eq!(key("Bearer fc_1"), key(&basic));
        assert!(key("Bearer fc_1").is_some());
        for wrong in ["Bearer", "Bearer  ", "Digest x", "Basic !", "Basic eA=="] {
            assert_eq!(key(wrong), None, "{wrong}");
        }
    }
}
