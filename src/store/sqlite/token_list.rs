//! The texts of lists of inspections.

use crate::store::InspectionQuery;

/// The condition of a list, from the tenant as `$1` to whether there is a vehicle as `$8`.
///
/// What is asked of the VIN is a part of the text, so that a list of one VIN walks the index of VINs.
macro_rules! list {
    ($select:literal, $vin:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM inspections WHERE tenant = $1 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             AND ",
            $vin,
            " AND ($4 IS NULL OR status_code = $4) AND ($5 IS NULL OR expired = $5) \
             AND ($6 IS NULL OR change_seq > $6) AND ($7 IS NULL OR plate_key = $7) \
             AND ($8 IS NULL OR $8 = (vin IS NOT NULL OR 1 = ( \
             SELECT count(DISTINCT v.vin) FROM vehicles v \
             WHERE v.tenant = $1 AND v.plate_key = inspections.plate_key AND (+v.vendor, +v.account) IN \
             (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2))))) ",
            $rest
        )
    };
}

/// The text of a page, with the cursor as `$9` and `$10` and the limit as `$11`.
pub(super) const fn page_sql(query: &InspectionQuery) -> &'static str {
    match query.vin {
        None => {
            list!("*", "$3 IS NULL", "AND (created_at, id) < ($9, $10) ORDER BY created_at DESC, id DESC LIMIT $11")
        }
        Some(_) => {
            list!("*", "vin = $3", "AND (created_at, id) < ($9, $10) ORDER BY created_at DESC, id DESC LIMIT $11")
        }
    }
}

/// The text of the count.
pub(super) const fn count_sql(query: &InspectionQuery) -> &'static str {
    match query.vin {
        None => list!("count(*)", "$3 IS NULL", ""),
        Some(_) => list!("count(*)", "vin = $3", ""),
    }
}
