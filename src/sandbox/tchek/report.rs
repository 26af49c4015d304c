//! What an inspection finds: damages and repair costs, always the same for the same car.
//!
//! Revision 1 is the detection's own result. Revision 2 is what the report holds after an agent's review: the same
//! for two tokens of three, with one damage dismissed or added for the rest. Each further revision adds one damage.

use std::collections::BTreeMap;

use super::draw::Draw;
use super::parts::PARTS;
use super::parts::PHOTOS;
use super::parts::Part;
use super::state::Token;

/// How many parts of an image's side the numbers of a [`Region`] count.
pub(super) const REGION_SCALE: f64 = 10_000.0;

/// A place on a photo; all numbers in parts of [`REGION_SCALE`] of the photo's width or height.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) id: String,
    /// The number of the photo in [`PHOTOS`].
    pub(super) photo: usize,
    pub(super) center_x: u32,
    pub(super) center_y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A damage.
#[derive(Clone, Debug)]
pub(super) struct Damage {
    /// Unique in one result.
    pub(super) uid: u32,
    /// The id of the same damage in the list of parts.
    pub(super) id: String,
    pub(super) part: &'static Part,
    pub(super) kind: &'static str,
    /// 1 slight to 5 grave.
    pub(super) severity: u8,
    /// Tenths of the vendor's unknown unit.
    pub(super) size: u32,
    /// Hundredths; `None` when a person found it.
    pub(super) confidence: Option<u32>,
    pub(super) regions: Vec<Region>,
}

/// One part with its damages and what the repair costs.
#[derive(Debug)]
pub(super) struct PartRepair<'a> {
    pub(super) part: &'static Part,
    pub(super) damages: Vec<&'a Damage>,
    /// The gravest damage.
    pub(super) severity: u8,
    /// Euros, tax not included.
    pub(super) cost: u32,
    /// Wear that nobody is charged for.
    pub(super) non_billable: bool,
}

/// The damages of one revision.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) damages: Vec<Damage>,
}

impl Report {
    /// What is found on the car of `token`: `found` damages, or any number up to five for an unknown car.
    ///
    /// `car` is what the result depends on: the VIN of a known car, else nothing but the token.
    pub(super) fn new(token: &Token, car: Option<(&str, u8)>, revision: u32) -> Self {
        let mut draw = Draw::new(&["damages", car.map_or(token.uid.as_str(), |(vin, _)| vin)]);
        let count = car.map_or_else(|| draw.below(6), |(_, found)| found.into());
        let mut damages: Vec<Damage> = (0..count).filter_map(|uid| damage(&mut draw, uid, true)).collect();
        let mut review = Draw::new(&["review", &token.uid]);
        if revision >= 2 && review.below(3) == 0 {
            if damages.is_empty() || review.below(2) == 0 {
                damages.extend(damage(&mut review, count, false));
            } else {
                let dismissed = review.below(count);
                damages.retain(|damage| damage.uid != dismissed);
            }
        }
        for further in 3..=revision {
            let mut draw = Draw::new(&["change", &token.uid, &further.to_string()]);
            damages.extend(damage(&mut draw, count.saturating_add(further), false));
        }
        Self { damages }
    }

    /// The damaged parts by code.
    pub(super) fn repairs(&self) -> Vec<PartRepair<'_>> {
        let mut parts: BTreeMap<&str, PartRepair<'_>> = BTreeMap::new();
        for damage in &self.damages {
            let repair = parts.entry(damage.part.code).or_insert_with(|| PartRepair {
                part: damage.part,
                damages: Vec::new(),
                severity: 0,
                cost: 0,
                non_billable: false,
            });
            repair.damages.push(damage);
            repair.severity = repair.severity.max(damage.severity);
            repair.cost = repair.cost.saturating_add(cost(damage));
            repair.non_billable = repair.severity <= 1;
        }
        parts.into_values().collect()
    }

    /// The damages that are seen on the photo of that number.
    pub(super) fn on_photo(&self, photo: usize) -> impl Iterator<Item = (&Damage, &Region)> {
        let regions = self.damages.iter().flat_map(|damage| damage.regions.iter().map(move |region| (damage, region)));
        regions.filter(move |(_, region)| region.photo == photo)
    }
}

fn damage(draw: &mut Draw, uid: u32, auto: bool) -> Option<Damage> {
    let part = draw.pick(&PARTS)?;
    let kind = *draw.pick(part.damages)?;
    let severity = *draw.pick(&[1, 2, 3, 3, 3, 4, 4, 5])?;
    let angles = part.angles.get(..1 + usize::from(draw.below(3) == 0)).unwrap_or(part.angles);
    let shown = PHOTOS.iter().enumerate().filter(|(_, photo)| photo.angle.is_some_and(|angle| angles.contains(&angle)));
    let regions = shown.map(|(photo, _)| region(draw, photo, kind == "scratch_rim")).collect();
    Some(Damage {
        uid,
        id: draw.id(),
        part,
        kind,
        severity,
        size: 20 + draw.below(60) * u32::from(severity),
        confidence: auto.then(|| 60 + draw.below(40)),
        regions,
    })
}

/// A place on the car as the photos draw it: for wheels near one of the two that are seen.
fn region(draw: &mut Draw, photo: usize, wheel: bool) -> Region {
    let (center_x, center_y) = if wheel {
        let hub = if draw.below(2) == 0 { 2_580 } else { 7_810 };
        (hub - 300 + draw.below(600), 7_100 + draw.below(400))
    } else {
        (2_600 + draw.below(4_800), 5_200 + draw.below(1_800))
    };
    Region { id: draw.id(), photo, center_x, center_y, width: 200 + draw.below(1_000), height: 200 + draw.below(800) }
}

fn cost(damage: &Damage) -> u32 {
    let base = match damage.severity {
        0 | 1 => 40,
        2 => 90,
        3 => 180,
        4 => 340,
        _ => 620,
    };
    let metalwork = if damage.kind == "dent" { base / 2 } else { 0 };
    (base + metalwork + damage.size / 20 * 5).next_multiple_of(10)
}
