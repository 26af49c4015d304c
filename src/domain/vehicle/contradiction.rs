//! The rules by which values contradict each other. Pure: no call, no clock.

use std::collections::BTreeSet;

use crate::domain::mileage::MileageUnit;
use crate::domain::rules::plate_key;

use super::discrepancy::Discrepancy;
use super::discrepancy::DiscrepancyField;
use super::discrepancy::DiscrepancyReason;
use super::discrepancy::DiscrepancySeverity;
use super::discrepancy::DiscrepantValue;

const MILLIMETRES_PER_KILOMETRE: i64 = 1_000_000;
const MILLIMETRES_PER_MILE: i64 = 1_609_344;
const MILLISECONDS_PER_DAY: i64 = 86_400_000;

/// One reading of a mileage that can be compared.
struct Reading {
    /// When, in milliseconds.
    at: i64,
    /// How far, in millimetres; an unknown unit is taken for kilometres.
    distance: i64,
    is_unit_known: bool,
}

impl Reading {
    fn of(value: &DiscrepantValue) -> Option<Self> {
        let (mileage, at) = (value.mileage?, value.at?);
        let factor = match mileage.unit {
            MileageUnit::Mile => MILLIMETRES_PER_MILE,
            MileageUnit::Kilometre | MileageUnit::Unknown => MILLIMETRES_PER_KILOMETRE,
        };
        Some(Self {
            at: at.0.timestamp_millis(),
            distance: i64::from(mileage.value?).saturating_mul(factor),
            is_unit_known: mileage.unit != MileageUnit::Unknown,
        })
    }

    /// Why this reading contradicts an `earlier` one, if it does.
    fn against(&self, earlier: &Self, kilometres_per_day: u32) -> Option<(DiscrepancySeverity, DiscrepancyReason)> {
        let between = self.at.saturating_sub(earlier.at);
        if between <= 0 {
            return None;
        }
        let days = between.saturating_add(MILLISECONDS_PER_DAY - 1) / MILLISECONDS_PER_DAY;
        let most = i64::from(kilometres_per_day).saturating_mul(MILLIMETRES_PER_KILOMETRE).saturating_mul(days);
        let (severity, reason) = if self.distance < earlier.distance {
            (DiscrepancySeverity::Critical, DiscrepancyReason::LaterIsLower)
        } else if self.distance.saturating_sub(earlier.distance) > most {
            (DiscrepancySeverity::Warning, DiscrepancyReason::GrowsTooFast)
        } else {
            return None;
        };
        let is_certain = self.is_unit_known && earlier.is_unit_known;
        Some((if is_certain { severity } else { DiscrepancySeverity::Info }, reason))
    }
}

/// The mileages that contradict each other.
///
/// A day that has begun counts as a whole one, so that two readings of one day are not measured by the minute.
pub(super) fn of_mileages(values: Vec<DiscrepantValue>, kilometres_per_day: u32) -> Option<Discrepancy> {
    let mut read: Vec<(Reading, DiscrepantValue)> =
        values.into_iter().filter_map(|value| Some((Reading::of(&value)?, value))).collect();
    read.sort_by_key(|(reading, _)| reading.at);
    let mut involved = BTreeSet::new();
    let mut worst: Option<(DiscrepancySeverity, DiscrepancyReason)> = None;
    for (place, (later, _)) in read.iter().enumerate() {
        for (before, (earlier, _)) in read.iter().enumerate().take(place) {
            let Some(found) = later.against(earlier, kilometres_per_day) else { continue };
            involved.extend([before, place]);
            worst = worst.filter(|known| known.0 >= found.0).or(Some(found));
        }
    }
    let (severity, reason) = worst?;
    let told = read.into_iter().enumerate().filter(|(place, _)| involved.contains(place));
    let values = told.map(|(_, (_, value))| value).collect();
    Some(Discrepancy { field: DiscrepancyField::Mileage, severity, reason, values })
}

/// The plates, when they are not all the same; spaces, hyphens and case do not count.
pub(super) fn of_plates(values: Vec<DiscrepantValue>) -> Option<Discrepancy> {
    let keys: BTreeSet<String> =
        values.iter().filter_map(|value| value.value.as_deref()).filter_map(plate_key).collect();
    (keys.len() > 1).then(|| differing(DiscrepancyField::LicensePlate, values))
}

/// The catalogue's name and those of listings that do not go with any of `names`.
pub(super) fn of_names(
    field: DiscrepancyField,
    names: &[&str],
    catalogued: Option<DiscrepantValue>,
    listed: Vec<DiscrepantValue>,
) -> Option<Discrepancy> {
    let agrees = |listed: &str| names.iter().any(|name| agree(name, listed));
    let odd = listed.into_iter().filter(|value| value.value.as_deref().is_some_and(|listed| !agrees(listed)));
    let mut values: Vec<DiscrepantValue> = odd.collect();
    if values.is_empty() {
        return None;
    }
    values.insert(0, catalogued?);
    Some(differing(field, values))
}

fn differing(field: DiscrepancyField, mut values: Vec<DiscrepantValue>) -> Discrepancy {
    values.sort_by_key(|value| value.at);
    Discrepancy { field, severity: DiscrepancySeverity::Warning, reason: DiscrepancyReason::Differs, values }
}

/// Whether two names may mean the same thing: one has all the words of the other, in whatever order.
///
/// Sources differ in how much they say (`V60` and `V60 - II (225, 227)`, `Mercedes` and `Mercedes-Benz`), and in case,
/// accents and separators.
fn agree(one: &str, other: &str) -> bool {
    let (one, other) = (words(one), words(other));
    one.concat() == other.concat() || is_among(&one, &other) || is_among(&other, &one)
}

fn is_among(few: &[String], many: &[String]) -> bool {
    few.iter().all(|word| many.contains(word))
}

fn words(name: &str) -> Vec<String> {
    let folded: String = name.chars().flat_map(char::to_lowercase).map(without_accent).collect();
    folded.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The letter without its accent, as far as names of cars have accents.
fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ä' | 'å' => 'a',
        'č' | 'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' | 'ě' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ó' | 'ô' | 'ö' | 'ø' => 'o',
        'š' => 's',
        'ú' | 'û' | 'ü' => 'u',
        'ž' => 'z',
        other => other,
    }
}
