//! Countries and currencies.

use crate::domain::reference::model::Country;
use crate::domain::reference::model::Currency;

use super::super::api::system::CodedDto;
use super::customers::map_currency;
use super::filled;

/// A country; none without a code.
pub(in crate::vendors::jifeline) fn map_country(dto: CodedDto) -> Option<Country> {
    Some(Country { code: filled(dto.code)?, name: filled(dto.name) })
}

/// A currency; none without a code of three letters.
pub(in crate::vendors::jifeline) fn map_listed_currency(dto: CodedDto) -> Option<Currency> {
    Some(Currency { code: map_currency(dto.code)?, name: filled(dto.name) })
}
