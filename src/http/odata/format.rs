//! Which form of JSON the client wants.

use http::HeaderMap;
use http::StatusCode;
use http::header;

use crate::error::Code;
use crate::http::problem::Problem;

/// The form of an answer in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonFormat {
    /// Whether control information is left out that a client can do without.
    pub(super) has_no_metadata: bool,
    /// Whether whole and exact numbers are texts.
    pub(super) is_compatible: bool,
}

impl JsonFormat {
    /// The form that `$format` names, or else the one that `Accept` prefers.
    pub(super) fn read(format: Option<&str>, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(format) = format {
            let name = if format == "json" { "application/json" } else { format };
            let found = Self::of_range(name).filter(|_| !name.contains('*')).map(|(form, _)| form);
            return found.ok_or_else(|| {
                let detail = format!("`$format={format}` is nothing that this resource is written in; it is `json`");
                unacceptable(detail)
            });
        }
        if !headers.contains_key(header::ACCEPT) {
            return Ok(Self { has_no_metadata: false, is_compatible: false });
        }
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = values.flat_map(|value| value.split(',')).filter_map(Self::of_range);
        // Of equals the first, where `max_by_key` gives the last.
        let ranges = ranges.filter(|(_, quality)| *quality > 0).collect::<Vec<_>>();
        let best = ranges.into_iter().rev().max_by_key(|(_, quality)| *quality).map(|(form, _)| form);
        best.ok_or_else(|| unacceptable("`Accept` takes no `application/json`, which is all that there is".to_owned()))
    }

    /// The form that a media range names, with its weight in thousandths.
    fn of_range(range: &str) -> Option<(Self, u16)> {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        if !matches!(name.as_str(), "application/json" | "application/*" | "*/*") {
            return None;
        }
        let mut form = Self { has_no_metadata: false, is_compatible: false };
        let mut quality = 1_000;
        for part in parts {
            let (name, value) = part.split_once('=')?;
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => quality = thousandths(&value)?,
                // All that clients need is told at the level `minimal`, so `full` gets it too.
                "odata.metadata" | "metadata" => match value.as_str() {
                    "none" => form.has_no_metadata = true,
                    "minimal" | "full" => form.has_no_metadata = false,
                    _ => return None,
                },
                "ieee754compatible" => form.is_compatible = value == "true",
                "charset" if value != "utf-8" => return None,
                _ => {}
            }
        }
        Some((form, quality))
    }

    /// The `Content-Type` of the answer.
    pub(super) fn content_type(self) -> &'static str {
        match (self.has_no_metadata, self.is_compatible) {
            (false, false) => "application/json;odata.metadata=minimal;charset=utf-8",
            (true, false) => "application/json;odata.metadata=none;charset=utf-8",
            (false, true) => "application/json;odata.metadata=minimal;IEEE754Compatible=true;charset=utf-8",
            (true, true) => "application/json;odata.metadata=none;IEEE754Compatible=true;charset=utf-8",
        }
    }
}

fn thousandths(quality: &str) -> Option<u16> {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let part = part.bytes().all(|digit| digit.is_ascii_digit()).then_some(part)?;
    let part: u16 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" => Some(1_000),
        _ => None,
    }
}

pub(super) fn unacceptable(detail: String) -> Problem {
    Problem::new(Code::BadInput, detail).with_status(StatusCode::NOT_ACCEPTABLE)
}
