//! Pseudonyms: the same value always gets the same one, and nobody can tell the value from it.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::Digest;
use sha2::Sha256;

const VIN_LETTERS: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
/// The part of a VIN that names the maker, which is no secret and tells a decoder's fault apart.
const MAKER: usize = 3;

/// What a member holds, and so what its pseudonym looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A token, a key, a signature.
    Secret,
    /// A secret with an ending of the vendor's own, which stays.
    SecretBefore(&'static str),
    /// A mail address.
    Email,
    /// A phone number.
    Phone,
    /// A name of a person or a company, or a part of an address.
    Name,
    /// Words of a person.
    Text,
    /// A licence plate; separators and the places of letters and digits stay.
    Plate,
    /// A VIN; its length and its maker's code stay.
    Vin,
}

/// The source of one recording's pseudonyms. Its key lives as long as the process and is never written.
#[derive(Clone)]
pub struct Pseudonyms(Arc<[u8; 32]>);

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms")
    }
}

impl Pseudonyms {
    /// Pseudonyms made with `key`, which must be drawn anew for each recording.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(Arc::new(key))
    }

    /// The pseudonym of `value`; an empty value has nothing to hide.
    #[must_use]
    pub fn of(&self, class: Class, value: &str) -> String {
        if value.trim().is_empty() {
            return value.to_owned();
        }
        match class {
            Class::Secret => format!("secret-{}", self.mark("secret", value)),
            Class::SecretBefore(ending) => match value.strip_suffix(ending) {
                Some(secret) => self.of(Class::Secret, secret) + ending,
                None => self.of(Class::Secret, value),
            },
            Class::Email => format!("person-{}@example.com", self.mark("email", &value.to_lowercase())),
            Class::Name => format!("Name {}", self.mark("name", value)),
            Class::Text => format!("{} characters of text {}", value.chars().count(), self.mark("text", value)),
            Class::Phone => self.digits(value),
            Class::Plate => self.shaped("plate", value, 0, LETTERS),
            Class::Vin => self.shaped("vin", value, MAKER, VIN_LETTERS),
        }
    }

    /// The pseudonym of a number with a class: other digits, as many, and still a number.
    #[must_use]
    pub fn number(&self, value: &str) -> String {
        let digest = self.digest("number", value);
        let mut drawn = digest.iter().cycle();
        let mut is_first = true;
        let other = |letter: char| {
            if !letter.is_ascii_digit() {
                return letter;
            }
            // A number that began with a zero would be none.
            let digits = if std::mem::take(&mut is_first) { DIGITS.get(1..).unwrap_or(DIGITS) } else { DIGITS };
            drawn.next().map_or('1', |byte| one_of(digits, *byte))
        };
        value.chars().map(other).collect()
    }

    fn mark(&self, class: &str, value: &str) -> String {
        hex(self.digest(class, value).iter().take(4))
    }

    fn digest(&self, class: &str, value: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(*self.0);
        hash.update(class.as_bytes());
        hash.update([0]);
        hash.update(value.as_bytes());
        hash.finalize().into()
    }

    /// Other digits in the places of digits; the first four stay, since they tell the country and how it is written.
    fn digits(&self, value: &str) -> String {
        let bare: String = value.chars().filter(char::is_ascii_digit).collect();
        let digest = self.digest("phone", bare.trim_start_matches('0'));
        let mut drawn = digest.iter().cycle();
        let mut seen = 0;
        let other = |letter: char| {
            if !letter.is_ascii_digit() {
                return letter;
            }
            seen += 1;
            if seen <= 4 { letter } else { drawn.next().map_or('0', |byte| one_of(DIGITS, *byte)) }
        };
        value.chars().map(other).collect()
    }

    /// Other letters in the places of letters and other digits in those of digits, from the place `keep` on.
    ///
    /// Whatever people write differently (case, separators) changes nothing about which letter comes where.
    fn shaped(&self, class: &str, value: &str, keep: usize, letters: &[u8]) -> String {
        let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        let digest = self.digest(class, &bare.to_ascii_uppercase());
        let mut drawn = digest.iter().cycle();
        let mut place = 0;
        let other = |letter: char| {
            if !letter.is_ascii_alphanumeric() {
                return letter;
            }
            place += 1;
            let byte = drawn.next().copied().unwrap_or_default();
            match letter {
                _ if place <= keep => letter.to_ascii_uppercase(),
                '0'..='9' => one_of(DIGITS, byte),
                _ => one_of(letters, byte),
            }
        };
        value.chars().map(other).collect()
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex<'a>(bytes: impl Iterator<Item = &'a u8>) -> String {
    bytes.fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn one_of(letters: &[u8], byte: u8) -> char {
    let at = usize::from(byte).checked_rem(letters.len()).unwrap_or_default();
    letters.get(at).copied().map_or('0', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_pseudonym_of_its_own_shape() {
        let pseudonyms = Pseudonyms::new([7; 32]);
        let of = |class, value: &str| pseudonyms.of(class, value);
        let plate = of(Class::Plate, "AB-123-CD");
        assert_eq!(plate.replace('-', ""), of(Class::Plate, "ab123cd"));
        assert!(plate != "AB-123-CD" && plate.len() == 9 && plate.chars().nth(2) == Some('-'), "{plate}");
        let vin = of(Class::Vin, "YV1ZWA8UDL1234507");
        assert!(vin.starts_with("YV1") && vin.len() == 17 && vin != "YV1ZWA8UDL1234507", "{vin}");
        let phone = of(Class::Phone, "0031 6 12345678");
        assert!(phone.starts_with("0031 ") && phone.len() == 15 && !phone.contains("12345678"), "{phone}");
        assert_eq!(of(Class::Email, "Ada@Example.com"), of(Class::Email, "ada@example.com"));
        assert_ne!(of(Class::Name, "Ada"), Pseudonyms::new([8; 32]).of(Class::Name, "Ada"));
        assert_eq!(of(Class::Name, " "), " ");
        assert_eq!(of(Class::SecretBefore("-pwa"), "T0A1B2C-pwa"), of(Class::Secret, "T0A1B2C") + "-pwa");
    }
}
