//! Tables of the vendor's codes.

use crate::domain::inspection::report::DamageKind;
use crate::graphql::scalars::CurrencyCode;

/// Part codes whose meaning is known. Inferred: the codes are abbreviations of French words; the list is open.
const PARTS: [(&str, &str); 11] = [
    ("AILAVD", "Front right wing"),
    ("BDCD", "Right sill"),
    ("JNAARD", "Rear right rim"),
    ("JNAARG", "Rear left rim"),
    ("JNAAVD", "Front right rim"),
    ("PHRAVD", "Front right headlight"),
    ("PRCAR", "Rear bumper"),
    ("PRCAV", "Front bumper"),
    ("PRTAVG", "Front left door"),
    ("ROUAVD", "Front right wheel"),
    ("RTRG", "Left mirror"),
];

/// Currency symbols that stand for one currency. The vendor sends symbols; only `€` was seen. That `$` means the
/// dollar of the United States is inferred, and symbols that several countries share without a leader (`kr`) are left out.
const CURRENCIES: [(&str, &str); 6] =
    [("€", "EUR"), ("£", "GBP"), ("$", "USD"), ("zł", "PLN"), ("Kč", "CZK"), ("₺", "TRY")];

/// The part in English; none for a code whose meaning is not known.
pub(super) fn part_name(code: &str) -> Option<String> {
    PARTS.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned())
}

/// The currency of a symbol or of an ISO code; none for any other text.
pub(super) fn currency(symbol: &str) -> Option<CurrencyCode> {
    let symbol = symbol.trim();
    let code = CURRENCIES.iter().find(|(known, _)| *known == symbol).map_or(symbol, |(_, code)| *code);
    CurrencyCode::parse(code)
}

/// The kind of a damage.
pub(super) fn damage_kind(word: &str) -> DamageKind {
    match word {
        "scratch" => DamageKind::Scratch,
        "scratch_chip" => DamageKind::ScratchChip,
        "scratch_rim" => DamageKind::ScratchRim,
        "dent" => DamageKind::Dent,
        _ => DamageKind::Unknown,
    }
}

/// The number in `SEV4`; none when there is none.
pub(super) fn severity(word: &str) -> Option<i32> {
    word.strip_prefix("SEV")?.parse().ok()
}
