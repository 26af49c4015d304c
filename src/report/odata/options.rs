//! The query options of an address.

use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::column::Column;
use crate::report::odata::filter::Expr;
use crate::report::odata::filter::Parser;
use crate::report::odata::filter::unknown;
use crate::report::odata::name::Property;
use crate::report::odata::order::OrderBy;
use crate::report::odata::page::MOST_SORTED;

/// What the protocol has and this feed does not.
const UNSUPPORTED: [&str; 9] =
    ["$apply", "$compute", "$deltatoken", "$expand", "$id", "$index", "$levels", "$schemaversion", "$search"];

/// The options of entity sets, as they stand in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    filter: Option<String>,
    order: Option<String>,
    select: Option<String>,
    top: Option<u64>,
    skip: Option<u64>,
    count: Option<bool>,
    /// `$format`.
    pub format: Option<String>,
    /// `$skiptoken`.
    pub token: Option<String>,
    /// All that is no option of the protocol: parameters of the report.
    pub others: Vec<(String, String)>,
}

/// Which entities are wanted, and what of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The condition that they meet.
    pub filter: Option<Expr>,
    /// Their order, if not that of the table.
    pub order: Option<OrderBy>,
    /// The properties that are selected.
    pub select: Vec<Property>,
    /// Whether the request has selected them.
    pub is_selected: bool,
    /// How many at most.
    pub top: Option<u64>,
    /// How many are left out first.
    pub skip: u64,
    /// Whether all that meet the condition are counted.
    pub count: bool,
}

impl Options {
    /// Sorts out the pairs of an address.
    ///
    /// # Errors
    /// For options that are unknown or unsupported, given twice, or no numbers where they must be.
    pub fn read(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut options = Self::default();
        for (name, value) in pairs {
            let is_new = match name.as_str() {
                "$filter" => options.filter.replace(value).is_none(),
                "$orderby" => options.order.replace(value).is_none(),
                "$select" => options.select.replace(value).is_none(),
                "$format" => options.format.replace(value).is_none(),
                "$skiptoken" => options.token.replace(value).is_none(),
                "$top" => options.top.replace(number(&name, &value)?).is_none(),
                "$skip" => options.skip.replace(number(&name, &value)?).is_none(),
                "$count" => options.count.replace(truth(&name, &value)?).is_none(),
                _ if UNSUPPORTED.contains(&name.as_str()) => {
                    return Err(Error::new(Code::Unsupported, format!("this feed does not support `{name}`")));
                }
                _ if name.starts_with('$') => {
                    return Err(wrong(format!("OData 4.0 has no query option `{name}`")));
                }
                _ if name.starts_with('@') => {
                    let message = format!("this feed does not support the parameter alias `{name}`");
                    return Err(Error::new(Code::Unsupported, message));
                }
                _ => {
                    options.others.push((name, value));
                    continue;
                }
            };
            if !is_new {
                return Err(wrong(format!("the query option `{name}` is given twice")));
            }
        }
        Ok(options)
    }

    /// Refuses the options that `of` is not asked with; `$format` goes with everything.
    ///
    /// # Errors
    /// When one of `names` is given.
    pub fn refuse(&self, names: &[&str], of: &str) -> Result<()> {
        let given = [
            ("$filter", self.filter.is_some()),
            ("$orderby", self.order.is_some()),
            ("$select", self.select.is_some()),
            ("$top", self.top.is_some()),
            ("$skip", self.skip.is_some()),
            ("$count", self.count.is_some()),
            ("$skiptoken", self.token.is_some()),
        ];
        let refused = given.into_iter().find(|(name, is_given)| *is_given && names.contains(name));
        refused.map_or(Ok(()), |(name, _)| Err(wrong(format!("{of} cannot be asked with `{name}`"))))
    }

    /// What is asked of a table with these columns.
    ///
    /// # Errors
    /// When an expression is wrong, or names what is not there.
    pub fn query(&self, columns: &[Column]) -> Result<Query> {
        let filter = self.filter.as_deref().map(|text| Parser::new(text, columns)?.condition());
        let order = self.order.as_deref().map(|text| OrderBy::new(text, columns));
        let select = self.select.as_deref().map(|text| selected(text, columns)).transpose()?.flatten();
        let skip = self.skip.unwrap_or(0);
        if order.is_some() && skip > MOST_SORTED {
            let message = format!("with `$orderby`, no more than {MOST_SORTED} entities can be left out by `$skip`");
            return Err(Error::new(Code::Unsupported, message));
        }
        Ok(Query {
            filter: filter.transpose()?,
            order: order.transpose()?,
            is_selected: select.is_some(),
            select: select.unwrap_or_else(|| Property::all(columns).collect()),
            top: self.top,
            skip,
            count: self.count.unwrap_or(false),
        })
    }
}

/// The properties that `text` selects; none when it selects all.
fn selected(text: &str, columns: &[Column]) -> Result<Option<Vec<Property>>> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    if names.contains(&"*") {
        return Ok(None);
    }
    let found = names.into_iter().map(|name| Property::find(name, columns).ok_or_else(|| unknown(name, columns)));
    let found = found.collect::<Result<Vec<_>>>()?;
    Ok(Some(Property::all(columns).filter(|property| found.contains(property)).collect()))
}

fn number(name: &str, value: &str) -> Result<u64> {
    value.parse().map_err(|_| wrong(format!("`{name}` must be a whole number from 0 up, not `{value}`")))
}

fn truth(name: &str, value: &str) -> Result<bool> {
    value.parse().map_err(|_| wrong(format!("`{name}` must be `true` or `false`, not `{value}`")))
}

fn wrong(message: String) -> Error {
    Error::new(Code::BadInput, message)
}
