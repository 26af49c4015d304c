//! The generator of cars: what each car is, and who knows it.

use chrono::Datelike;
use chrono::Days;
use chrono::NaiveDate;

use super::TODAY;
use super::catalogue::LINES;
use super::catalogue::Line;
use super::draw::Purpose;
use super::draw::draw;
use super::draw::pick;

/// The characters of a VIN: no I, O and Q.
const VIN_ALPHABET: [char; 33] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
];

/// The VIN's letter of the model year, from 2010.
const YEARS: [char; 21] =
    ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'S', 'T', 'V', 'W', 'X', 'Y'];

/// The letters of a licence plate: no vowels, so that no word arises.
const PLATE_ALPHABET: [char; 16] = ['B', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'N', 'P', 'R', 'S', 'T', 'V', 'X', 'Z'];

const COLORS: [&str; 9] = ["white", "black", "grey", "silver", "blue", "red", "green", "brown", "orange"];

/// What the vendors disagree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contradiction {
    /// The listing's mileage is lower than an older ticket's odometer.
    Mileage,
    /// The plate that the inspection reads is another one.
    Plate,
    /// The listing names another model.
    Model,
}

impl Contradiction {
    /// The word for it on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Mileage => "mileage",
            Self::Plate => "plate",
            Self::Model => "model",
        }
    }
}

/// One seeded car.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "who knows a car is independent for each vendor and garage")]
pub(crate) struct SeedCar {
    /// The place in the fleet, from 0.
    pub(crate) index: usize,
    /// 17 characters, unique in the fleet.
    pub(crate) vin: String,
    /// The licence plate with its hyphens; now and then two cars bear the same.
    pub(crate) plate: String,
    /// Where the car stands in the catalogue, with ids and technical facts.
    pub(crate) line: Line,
    /// The make's name.
    pub(crate) make: &'static str,
    /// The model group's name.
    pub(crate) model_group: &'static str,
    /// The model's name.
    pub(crate) model: &'static str,
    /// The variant's name.
    pub(crate) variant: &'static str,
    /// The year of construction.
    pub(crate) construction_year: i32,
    /// The day of the first registration.
    pub(crate) first_registration: NaiveDate,
    /// The paint.
    pub(crate) body_color: &'static str,
    /// Kilometres at the end of the seeded past.
    pub(crate) odometer_km: i64,
    /// Kilometres per thousand days.
    pub(crate) pace: i64,
    /// The plate that the inspection reads in the photos, without hyphens.
    pub(crate) plate_in_photos: String,
    /// How many damages the inspection finds, 0 to 5.
    pub(crate) damages: u8,
    /// The status to which the story leads the car's inspection; none without an inspection.
    pub(crate) inspected_to: Option<u8>,
    /// Whether that inspection runs out unfinished.
    pub(crate) inspection_expires: bool,
    /// Whether the story lists the car for sale.
    pub(crate) listed: bool,
    /// Whether Jifeline finds the VIN.
    pub(crate) jifeline: bool,
    /// Whether the first garage has had the car serviced through Jifeline.
    pub(crate) serviced: bool,
    /// Whether the second garage has.
    pub(crate) serviced_by_ring: bool,
    /// How many historical tickets the first garage has for the car, 0 to 4.
    pub(crate) tickets: u8,
    /// What the vendors disagree on, if anything.
    pub(crate) contradiction: Option<Contradiction>,
}

impl SeedCar {
    /// The car at `index`, the same in every fleet.
    pub(crate) fn new(index: usize) -> Self {
        let line = line(index);
        let construction_year = construction_year(index, line);
        let first_registration = first_registration(index, line, construction_year);
        let pace = 22_000 + whole(draw(index, Purpose::Mileage, 0, 54_000));
        let age = TODAY.date_naive().signed_duration_since(first_registration).num_days();
        let plate = plate(index);
        let known = Known::new(index);
        let plate_in_photos = match known.contradiction {
            Some(Contradiction::Plate) => misread(&plate),
            Some(Contradiction::Mileage | Contradiction::Model) | None => bare(&plate),
        };
        Self {
            index,
            vin: vin(index, line, construction_year),
            plate,
            line,
            make: &line.make.name,
            model_group: &line.group.name,
            model: &line.model.name,
            variant: &line.variant.name,
            construction_year,
            first_registration,
            body_color: if index == 0 {
                "white"
            } else {
                pick(index, Purpose::Color, 0, &COLORS).copied().unwrap_or("white")
            },
            odometer_km: age * pace / 1_000,
            pace,
            plate_in_photos,
            damages: if index == 0 { 3 } else { u8::try_from(draw(index, Purpose::Photos, 0, 6)).unwrap_or(0) },
            inspected_to: known.inspected_to,
            inspection_expires: known.inspection_expires,
            listed: known.listed,
            jifeline: known.jifeline,
            serviced: known.serviced,
            serviced_by_ring: known.serviced_by_ring,
            tickets: known.tickets,
            contradiction: known.contradiction,
        }
    }
}

/// Who knows a car. Shares hold exactly in every hundred cars, since each spread visits every place once.
#[expect(clippy::struct_excessive_bools, reason = "who knows a car is independent for each vendor and garage")]
struct Known {
    jifeline: bool,
    serviced: bool,
    serviced_by_ring: bool,
    tickets: u8,
    inspected_to: Option<u8>,
    inspection_expires: bool,
    listed: bool,
    contradiction: Option<Contradiction>,
}

impl Known {
    fn new(index: usize) -> Self {
        let diagnosed = index * 37 % 100;
        let jifeline = diagnosed < 97;
        let serviced = diagnosed < 92;
        let tickets = match (index, serviced) {
            (0, _) => 3,
            (_, true) => u8::try_from(draw(index, Purpose::Tickets, 0, 5)).unwrap_or(0),
            (_, false) => 0,
        };
        let (mut inspected_to, inspection_expires) = match (index * 61 + 13) % 100 {
            0..30 => (Some(5), false),
            30..35 => (Some(0), false),
            35..40 => (Some(1), false),
            40..45 => (Some(2), false),
            45..49 => (Some(3), false),
            49..53 => (Some(4), false),
            53..57 => (Some(6), false),
            57 => (Some(0), true),
            58 => (Some(1), true),
            59 => (Some(2), true),
            _ => (None, false),
        };
        let shares_plate = matches!(index % 250, 40 | 41);
        let mut listed = index == 0 || shares_plate || (index * 83 + 29) % 100 < 55;
        let contradiction = match (index * 29 + 3) % 100 {
            _ if index == 0 || !jifeline => None,
            0 | 1 | 7 if tickets > 0 => Some(Contradiction::Mileage),
            2 | 4 => Some(Contradiction::Plate),
            5 | 6 => Some(Contradiction::Model),
            _ => None,
        };
        match contradiction {
            Some(Contradiction::Mileage | Contradiction::Model) => listed = true,
            Some(Contradiction::Plate) => inspected_to = Some(5),
            None => {}
        }
        // Of the cars that Jifeline does not know, one part is only listed, one part only inspected, one part both.
        match diagnosed {
            97 => (inspected_to, listed) = (None, true),
            98 => (inspected_to, listed) = (Some(5), false),
            99 => (inspected_to, listed) = (Some(5), true),
            _ => {}
        }
        Self {
            jifeline,
            serviced,
            serviced_by_ring: (94..97).contains(&diagnosed) || index % 25 == 7 && serviced,
            tickets,
            inspection_expires: inspection_expires && matches!(inspected_to, Some(0..=2)),
            inspected_to,
            listed,
            contradiction,
        }
    }
}

fn line(index: usize) -> Line {
    let first = LINES.first().expect("the embedded catalogue has variants");
    if index == 0 {
        return *first;
    }
    pick(index, Purpose::Line, 0, &LINES).copied().unwrap_or(*first)
}

/// A year in which the variant was built, at the latest two years back, so that every car has a past.
fn construction_year(index: usize, line: Line) -> i32 {
    if index == 0 {
        return 2020;
    }
    let from = line.variant.manufactured_from.year().max(2012);
    let to = line.variant.manufactured_to.map_or(2024, |day| day.year().min(2024)).max(from);
    let years = u64::try_from(to - from + 1).unwrap_or(1);
    from + i32::try_from(draw(index, Purpose::Year, 0, years)).unwrap_or(0)
}

fn first_registration(index: usize, line: Line, year: i32) -> NaiveDate {
    let start = NaiveDate::from_yo_opt(year, 1).unwrap_or(line.variant.manufactured_from);
    let day = start + Days::new(draw(index, Purpose::Registration, 0, 365));
    day.max(line.variant.manufactured_from)
}

fn vin(index: usize, line: Line, year: i32) -> String {
    if index == 0 {
        return "YV1ZWA8UDL1234507".to_owned();
    }
    // 7919 and 900000 share no divisor: every serial number comes once before the plant's letter changes.
    let serial = 100_000 + index * 7_919 % 900_000;
    let plant = VIN_ALPHABET.get(index / 900_000 % VIN_ALPHABET.len()).unwrap_or(&'A');
    let year = usize::try_from(year - 2010).ok().and_then(|place| YEARS.get(place)).unwrap_or(&'A');
    let mut vin = line.make.wmi.clone();
    vin.extend((0..6).filter_map(|turn| pick(index, Purpose::Vin, turn, &VIN_ALPHABET)));
    vin.push(*year);
    vin.push(*plant);
    vin.push_str(&serial.to_string());
    vin
}

fn plate(index: usize) -> String {
    if index == 0 {
        return "AB-123-CD".to_owned();
    }
    // A plate handed on from one car to another: both are known under it.
    let index = if index % 250 == 41 { index - 1 } else { index };
    // 1000003 and the count of plates share no divisor: no plate comes twice by chance.
    let number = index.wrapping_mul(1_000_003) % 4_096_000;
    let letter =
        |place: usize| PLATE_ALPHABET.get(number / 1_000 / place % PLATE_ALPHABET.len()).copied().unwrap_or('X');
    let (a, b, c, digits) = (letter(1), letter(16), letter(256), number % 1_000);
    match index % 3 {
        0 => format!("{a}{b}-{digits:03}-{c}"),
        1 => format!("{a}-{digits:03}-{b}{c}"),
        _ => format!("1-{a}{b}{c}-{digits:03}"),
    }
}

fn bare(plate: &str) -> String {
    plate.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The plate with its last digit read wrongly.
fn misread(plate: &str) -> String {
    let mut read: Vec<char> = bare(plate).chars().collect();
    if let Some(digit) = read.iter_mut().rev().find(|character| character.is_ascii_digit()) {
        *digit = if *digit == '8' { '3' } else { '8' };
    }
    read.into_iter().collect()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
