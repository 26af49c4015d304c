//! Rules of business that several inputs share; each fault becomes a `userError`, and all of them come back together.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::error::Error;
use crate::graphql::Result as GraphResult;
use crate::graphql::scalars::Vin;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

/// Gathers the faults of one input.
#[derive(Debug, Default)]
pub struct Faults(Vec<UserError>);

impl Faults {
    /// Notes a fault of the field at `path` below `input`.
    pub fn add(&mut self, code: UserErrorCode, path: &[&str], message: impl Into<String>) {
        let field = path.iter().copied().map(str::to_owned).collect();
        self.0.push(UserError { message: message.into(), code, field: Some(field) });
    }

    /// Notes faults that were found elsewhere.
    pub fn extend(&mut self, faults: Vec<UserError>) {
        self.0.extend(faults);
    }

    /// The input as `value` when no fault was noted.
    pub fn none_or<T>(self, value: Option<T>) -> Result<T, Vec<UserError>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }

    /// Whether no fault was noted so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A text that must be given and not blank.
    pub fn required(&mut self, path: &[&str], value: Option<&str>) -> Option<String> {
        let text = value.map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            self.add(
                UserErrorCode::Required,
                path,
                format!("`{}` is required: give a text that is not blank", dotted(path)),
            );
        }
        text.map(str::to_owned)
    }

    /// A VIN of exactly 17 letters or digits, if one is given; no check digit, since European VINs have none.
    pub fn vin(&mut self, path: &[&str], value: Option<&str>) -> Option<Vin> {
        let text = value.map(str::trim).filter(|text| !text.is_empty())?;
        let vin = Vin::parse(text);
        if vin.is_none() {
            let length = text.chars().count();
            self.add(
                UserErrorCode::InvalidVin,
                path,
                format!("a VIN has 17 letters or digits; this one has {length} characters: check it against the vehicle's papers"),
            );
        }
        vin
    }

    /// A phone number with country code: `+` or `00`, then 8 to 15 digits. Spaces, dots, hyphens and brackets are dropped.
    pub fn phone(&mut self, path: &[&str], value: Option<&str>) -> Option<String> {
        let text = self.required(path, value)?;
        let compact: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '(' | ')')).collect();
        let digits = compact.strip_prefix('+').or_else(|| compact.strip_prefix("00"));
        let valid = digits
            .is_some_and(|digits| (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !valid {
            self.add(
                UserErrorCode::InvalidPhone,
                path,
                "a phone number starts with its country code, such as `+33612345678` or `0033612345678`",
            );
        }
        valid.then_some(compact)
    }

    /// An e-mail address: one `@` with something on both sides and a dot in the domain.
    pub fn email(&mut self, path: &[&str], value: Option<&str>) -> Option<String> {
        let text = self.required(path, value)?;
        let valid = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && !domain.contains('@')
                    && domain.split('.').count() > 1
                    && domain.split('.').all(|label| !label.is_empty())
            });
        if !valid {
            self.add(UserErrorCode::InvalidEmail, path, "an e-mail address looks like `name@example.com`");
        }
        valid.then_some(text)
    }

    /// A whole number within `range`, if one is given.
    pub fn within(&mut self, path: &[&str], value: Option<i32>, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        let number = value?;
        if range.contains(&number) {
            return Some(number);
        }
        let message = format!("`{}` must be from {} to {}", dotted(path), range.start(), range.end());
        self.add(UserErrorCode::OutOfRange, path, message);
        None
    }

    /// An amount that is not negative and has at most two decimals, if one is given.
    pub fn price(&mut self, path: &[&str], value: Option<Decimal>) -> Option<Decimal> {
        let amount = value?;
        if amount.is_sign_negative() && !amount.is_zero() {
            self.add(UserErrorCode::OutOfRange, path, format!("`{}` must not be negative", dotted(path)));
            return None;
        }
        if amount.normalize().scale() > 2 {
            self.add(UserErrorCode::InvalidValue, path, format!("`{}` has at most two decimals", dotted(path)));
            return None;
        }
        Some(amount)
    }

    /// A day as `YYYY-MM-DD`, if one is given.
    pub fn date(&mut self, path: &[&str], value: Option<&str>) -> Option<NaiveDate> {
        let text = value.map(str::trim).filter(|text| !text.is_empty())?;
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        if date.is_none() {
            self.add(UserErrorCode::InvalidValue, path, format!("`{}` is a day as `YYYY-MM-DD`", dotted(path)));
        }
        date
    }
}

/// A text without surrounding blanks; none when nothing is left.
pub fn filled(value: Option<String>) -> Option<String> {
    value.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The plate of a filter or an argument as it is compared.
///
/// # Errors
/// `BAD_INPUT` when nothing of it is left.
pub fn key_of_plate(plate: &str) -> GraphResult<String> {
    plate_key(plate).ok_or_else(|| Error::bad_input("`licensePlate` is blank; give the plate's letters and digits"))
}

/// A licence plate as it is compared: upper case, without spaces and hyphens; none when nothing is left.
pub fn plate_key(plate: &str) -> Option<String> {
    let key: String = plate
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '.' | '·'))
        .flat_map(char::to_uppercase)
        .collect();
    (!key.is_empty()).then_some(key)
}

fn dotted(path: &[&str]) -> String {
    path.join(".")
}
