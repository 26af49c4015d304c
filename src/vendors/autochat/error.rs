//! What this vendor's refusals mean.

use crate::error::VendorError;
use crate::error::VendorErrorKind as Kind;
use crate::transport::RefusalRule;

use super::api::tokens;

/// What this vendor's refusals mean; all but the 401 is inferred.
///
/// A 403 is about the dealership (another one's, or its stock integration is switched off), not about our credentials,
/// which are refused with 401. Whoever asks for a token shows nothing but credentials, so any refusal of that is about
/// them.
pub(super) const REFUSALS: &[RefusalRule] = &[
    RefusalRule::new(400..=404, Kind::Auth).of(&[tokens::CREATE.name]),
    RefusalRule::new(410..=410, Kind::Auth).of(&[tokens::CREATE.name]),
    RefusalRule::new(422..=422, Kind::Auth).of(&[tokens::CREATE.name]),
    RefusalRule::new(401..=401, Kind::Auth),
    RefusalRule::new(404..=404, Kind::NotFound),
    RefusalRule::new(408..=408, Kind::Unavailable),
    RefusalRule::new(409..=409, Kind::Conflict),
    RefusalRule::new(410..=410, Kind::NotFound),
    RefusalRule::new(429..=429, Kind::RateLimited),
    RefusalRule::new(400..=499, Kind::Rejected),
    RefusalRule::new(500..=599, Kind::Unavailable),
];

/// The vendor's names of members beside ours; a name that is not here is the same on both sides.
const FIELDS: [(&str, &str); 9] = [
    ("dealershipId", "dealership"),
    ("brand", "make"),
    ("engineDisplacement", "engineDisplacementCcm"),
    ("engineEmission", "co2EmissionGramsPerKm"),
    ("engineKw", "powerKw"),
    ("numberOfDoors", "doors"),
    ("dateOfFirstRegistration", "firstRegistration"),
    ("yearOfConstruction", "constructionYear"),
    ("isTaxDeductible", "vatDeductible"),
];

/// Gives faults of single fields our names.
pub(super) fn interpret(mut error: VendorError) -> VendorError {
    for (path, _) in &mut error.violations {
        *path = our_path(path);
    }
    error
}

/// `options[2]` as `options.2`, `brand` as `make`.
fn our_path(path: &str) -> String {
    if path == "mileageUnit" {
        return "mileage.unit".to_owned();
    }
    let dotted = path.replace('[', ".").replace(']', "");
    let (head, tail) = dotted.split_once('.').map_or((dotted.as_str(), None), |(head, tail)| (head, Some(tail)));
    let ours = FIELDS.iter().find(|(theirs, _)| *theirs == head).map_or(head, |(_, ours)| *ours);
    match tail {
        Some(tail) => format!("{ours}.{tail}"),
        None => ours.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::our_path;

    #[test]
    fn fields_get_our_names() {
        for (theirs, ours) in [
            ("brand", "make"),
            ("options[2]", "options.2"),
            ("images", "images"),
            ("mileageUnit", "mileage.unit"),
            ("engineKw", "powerKw"),
            ("", ""),
        ] {
            assert_eq!(our_path(theirs), ours);
        }
    }
}
