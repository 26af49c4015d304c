//! The texts of lists of inspections.

use crate::store::InspectionQuery;

/// The condition of a list, from the tenant as `$1` to whether deleted ones are in it as `$9`.
///
/// What is asked of the VIN is a part of the text, so that a list of one VIN walks the index of VINs.
macro_rules! list {
    ($select:literal, $from:literal, $vin:literal, $changed:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM ",
            $from,
            " WHERE tenant = $1 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2)) \
             AND ",
            $vin,
            " AND ($4 IS NULL OR status_code = $4) AND ($5 IS NULL OR expired = $5) AND ",
            $changed,
            " AND ($7 IS NULL OR plate_key = $7) \
             AND ($8 IS NULL OR $8 = (vin IS NOT NULL OR 1 = ( \
             SELECT count(DISTINCT v.vin) FROM vehicles v \
             WHERE v.tenant = $1 AND v.plate_key = inspections.plate_key AND (+v.vendor, +v.account) IN \
             (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($2))))) AND ($9 OR deleted_at IS NULL) ",
            $rest
        )
    };
    (all, $select:literal, $rest:literal) => {
        list!($select, "inspections", "$3 IS NULL", "($6 IS NULL OR change_seq > $6)", $rest)
    };
    (of_vin, $select:literal, $rest:literal) => {
        list!($select, "inspections", "vin = $3", "($6 IS NULL OR change_seq > $6)", $rest)
    };
    (changed, $select:literal, $rest:literal) => {
        list!($select, "inspections INDEXED BY inspections_by_change", "$3 IS NULL", "change_seq > $6", $rest)
    };
}

/// A page, with the cursor as `$10` and `$11` and the limit as `$12`.
macro_rules! page {
    ($rows:ident) => {
        list!($rows, "*", "AND (created_at, id) < ($10, $11) ORDER BY created_at DESC, id DESC LIMIT $12")
    };
}

/// The text of a page.
pub(super) const fn page_sql(query: &InspectionQuery, by_change: bool) -> &'static str {
    match (&query.vin, by_change) {
        (Some(_), _) => page!(of_vin),
        (None, true) => page!(changed),
        (None, false) => page!(all),
    }
}

/// The text of the count.
pub(super) const fn count_sql(query: &InspectionQuery, by_change: bool) -> &'static str {
    match (&query.vin, by_change) {
        (Some(_), _) => list!(of_vin, "count(*)", ""),
        (None, true) => list!(changed, "count(*)", ""),
        (None, false) => list!(all, "count(*)", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[tokio::test]
    async fn a_list_reads_the_index_of_what_it_asks_for() {
        let all = InspectionQuery::default();
        let of_vin = InspectionQuery { vin: Some("YV1ZWA8UDL1234507".to_owned()), ..InspectionQuery::default() };
        for (query, by_change, seek) in [
            (&all, false, "inspections_by_age (tenant=? AND (created_at,id)<(?,?))"),
            (&all, true, "inspections_by_change (tenant=? AND change_seq>?)"),
            (&of_vin, true, "inspections_by_vin (tenant=? AND vin=? AND (created_at,id)<(?,?))"),
        ] {
            let plan = plan(page_sql(query, by_change)).await;
            assert!(plan.iter().any(|(_, step)| step.ends_with(seek)), "{plan:#?}");
        }
        let plan = plan(count_sql(&all, true)).await;
        assert!(plan.iter().any(|(_, step)| step.ends_with("(tenant=? AND change_seq>?)")), "{plan:#?}");
    }
}
