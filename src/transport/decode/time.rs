//! The notations of time that vendors use side by side.

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::Utc;

/// Notations that name their offset from UTC; the first is what most vendors send.
const WITH_OFFSET: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"];
/// Notations without an offset, which are taken as UTC.
const WITHOUT_OFFSET: [&str; 4] =
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%d %B %Y at %H:%M:%S UTC"];

/// Reads a moment: RFC 3339, an offset without colon (`+0200`), no offset (taken as UTC), a bare day (its midnight in
/// UTC), or English text such as `12 May 2022 at 10:10:00 UTC`.
pub fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let with_offset = WITH_OFFSET.iter().find_map(|form| DateTime::parse_from_str(text, form).ok());
    let without = || WITHOUT_OFFSET.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    with_offset.map(|time| time.to_utc()).or_else(|| without().or_else(day).map(|time| time.and_utc()))
}

/// Reads a day: `YYYY-MM-DD`, or the day part of a moment as it is written, whatever its offset.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let day = text.split_once(['T', ' ']).map_or(text, |(day, _)| day);
    NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()
}
