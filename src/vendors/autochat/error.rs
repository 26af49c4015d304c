//! What this vendor's refusals mean.

use crate::error::VendorError;
use crate::error::VendorErrorKind;

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

/// Reads a refusal as this vendor means it.
///
/// A 403 is about the dealership (another one's, or its stock integration is switched off), not about our credentials,
/// which are refused with 401; both are inferred. Whoever asks for a token shows nothing but credentials, so any refusal
/// of that is about them. Faults of single fields get our names.
pub(super) fn interpret(mut error: VendorError) -> VendorError {
    let is_of_token = error.operation == super::api::tokens::CREATE.name;
    match error.status {
        Some(400 | 401 | 403 | 404 | 410 | 422) if is_of_token => error.kind = VendorErrorKind::Auth,
        Some(403) => error.kind = VendorErrorKind::Rejected,
        _ => {}
    }
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
