//! What a list of changed rows is read from.
//!
//! In its own order a list meets what has changed among all else; the index of changes knows it at once, but in no order
//! that a page could begin in. So a few rows are looked up and sorted for each page, and many are met on the way.

use sqlx::sqlite::SqliteExecutor;

use crate::store::StoreError;

/// So many rows are few.
const FEW: i64 = 10_000;

/// Asks whether few rows of a table have changed.
macro_rules! few {
    ($table:literal) => {
        concat!(
            "SELECT count(*) <= $3 FROM (SELECT 1 FROM ",
            $table,
            " WHERE tenant = $1 AND change_seq > $2 LIMIT $3 + 1)"
        )
    };
}

/// The tables that have an index of changes.
#[derive(Clone, Copy)]
pub(super) enum Table {
    Inspections,
    Listings,
    Vehicles,
}

impl Table {
    const fn few_sql(self) -> &'static str {
        match self {
            Self::Inspections => few!("inspections"),
            Self::Listings => few!("listings"),
            Self::Vehicles => few!("vehicles"),
        }
    }

    /// Whether a list reads the index of changes; one that asks for no change does not.
    pub(super) async fn is_read_by_change(
        self,
        reader: impl SqliteExecutor<'_>,
        tenant: &str,
        changed_after_seq: Option<i64>,
    ) -> Result<bool, StoreError> {
        let Some(after) = changed_after_seq else { return Ok(false) };
        let few = sqlx::query_scalar(self.few_sql()).bind(tenant).bind(after).bind(FEW).fetch_one(reader).await?;
        Ok(few)
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[tokio::test]
    async fn changes_are_counted_in_their_index() {
        for (table, index) in [
            (Table::Inspections, "inspections_by_change"),
            (Table::Listings, "listings_by_change"),
            (Table::Vehicles, "vehicles_by_change"),
        ] {
            let plan = plan(table.few_sql()).await;
            let seek = format!("COVERING INDEX {index} (tenant=? AND change_seq>?)");
            assert!(plan.iter().any(|(_, step)| step.ends_with(&seek)), "{plan:#?}");
        }
    }
}
