//! The photos of an inspection and the parts of a car that damages are found on.

/// A photo that the customer is asked for.
pub(super) struct Photo {
    /// Where the camera stands; `None` for the interior and for documents.
    pub(super) angle: Option<u8>,
    /// The file's name without its ending.
    pub(super) name: &'static str,
    /// What it shows, for people.
    pub(super) label: &'static str,
}

const fn photo(angle: Option<u8>, name: &'static str, label: &'static str) -> Photo {
    Photo { angle, name, label }
}

/// The photos in the order in which they are taken. Angles as in a published result.
pub(super) const PHOTOS: [Photo; 14] = [
    photo(Some(0), "front", "Front"),
    photo(Some(2), "front-driver", "Front, driver's corner"),
    photo(Some(4), "side-driver", "Driver's side"),
    photo(Some(5), "side-driver-front", "Driver's side, front part"),
    photo(Some(6), "side-driver-rear", "Driver's side, rear part"),
    photo(Some(7), "rear-driver", "Rear, driver's corner"),
    photo(Some(9), "rear", "Rear"),
    photo(Some(11), "rear-passenger", "Rear, passenger's corner"),
    photo(Some(13), "side-passenger", "Passenger's side"),
    photo(Some(14), "side-passenger-rear", "Passenger's side, rear part"),
    photo(Some(15), "side-passenger-front", "Passenger's side, front part"),
    photo(Some(16), "front-passenger", "Front, passenger's corner"),
    photo(None, "dashboard", "Dashboard"),
    photo(None, "interior", "Interior"),
];

/// A part of the car.
#[derive(Debug)]
pub(super) struct Part {
    /// The vendor's code.
    pub(super) code: &'static str,
    /// What it is, for people; our reading of the code.
    pub(super) name: &'static str,
    /// The damages that occur on it.
    pub(super) damages: &'static [&'static str],
    /// The angles from which it is seen.
    pub(super) angles: &'static [u8],
}

const BODY: &[&str] = &["scratch", "dent", "scratch_chip"];
const SMOOTH: &[&str] = &["scratch", "scratch_chip"];
const WHEEL: &[&str] = &["scratch_rim"];

const fn part(code: &'static str, name: &'static str, damages: &'static [&'static str], angles: &'static [u8]) -> Part {
    Part { code, name, damages, angles }
}

/// The parts whose codes are known.
pub(super) const PARTS: [Part; 11] = [
    part("PRCAV", "front bumper", BODY, &[0, 2, 16]),
    part("PRCAR", "rear bumper", BODY, &[9, 7, 11]),
    part("PRTAVG", "front left door", BODY, &[4, 5]),
    part("JNAARD", "rear right rim", WHEEL, &[14, 13]),
    part("JNAARG", "rear left rim", WHEEL, &[6, 4]),
    part("JNAAVD", "front right rim", WHEEL, &[15, 13]),
    part("BDCD", "right sill", BODY, &[13, 14]),
    part("RTRG", "left mirror", SMOOTH, &[5, 2]),
    part("PHRAVD", "front right headlight", SMOOTH, &[16, 0]),
    part("ROUAVD", "front right wheel", WHEEL, &[15]),
    part("AILAVD", "front right wing", BODY, &[15, 16]),
];

/// What a damage is called, for people.
pub(super) fn damage_name(kind: &str) -> &'static str {
    match kind {
        "dent" => "dent",
        "scratch_chip" => "stone chip",
        "scratch_rim" => "scratched rim",
        _ => "scratch",
    }
}
