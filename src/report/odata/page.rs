//! One page of the entities that a query wants.

use std::collections::BTreeMap;
use std::collections::BinaryHeap;
use std::io;

use crate::report::odata::Entity;
use crate::report::odata::Rows;
use crate::report::odata::options::Query;
use crate::report::odata::order::OrderBy;
use crate::report::odata::order::Place;

/// How many entities `$skip` may leave out of an order: the places of all of them are held until the page is known.
pub const MOST_SORTED: u64 = 100_000;

/// Where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The place in the table of the last entity of the page before; 0 for the first page.
    pub after: u64,
    /// How many entities the pages before have had.
    pub given: u64,
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Its entities.
    pub entities: Vec<Entity>,
    /// How many entities there are on all pages, without regard to `$top` and `$skip`; told on the first page only.
    pub count: Option<u64>,
    /// Where the next page begins, if there is one.
    pub next: Option<Start>,
}

/// The page of at most `size` entities that begins at `start`.
///
/// # Errors
/// When the rows cannot be read.
pub fn page(rows: &dyn Rows, query: &Query, start: Start, size: u64) -> io::Result<Page> {
    let left = query.top.map_or(size, |top| top.saturating_sub(start.given));
    let size = size.min(left);
    let is_first = start == Start::default();
    let mut page = match &query.order {
        Some(order) => sorted(rows, query, order, start, size)?,
        None => unsorted(rows, query, start, size)?,
    };
    if !is_first || !query.count {
        page.count = None;
    }
    let had = u64::try_from(page.entities.len()).unwrap_or(u64::MAX);
    let given = start.given.saturating_add(had);
    // There is no next page when `$top` is reached.
    let is_reached = query.top.is_some_and(|top| given >= top);
    page.next = page.next.filter(|_| !is_reached).map(|next| Start { given, ..next });
    Ok(page)
}

/// How many entities meet the condition.
///
/// # Errors
/// When the rows cannot be read.
pub fn count(rows: &dyn Rows, query: &Query) -> io::Result<u64> {
    let mut count: u64 = 0;
    for entity in wanted(rows, query, 0)? {
        entity?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

/// The entity at this place in the table.
///
/// # Errors
/// When the rows cannot be read.
pub fn entity(rows: &dyn Rows, number: u64) -> io::Result<Option<Entity>> {
    let Some(skipped) = number.checked_sub(1) else { return Ok(None) };
    let row = rows.after(skipped)?.next().transpose()?;
    Ok(row.map(|row| Entity { number, row }))
}

/// The entities after the first `skipped` ones that meet the condition, in the order of the table.
fn wanted<'a>(
    rows: &'a dyn Rows,
    query: &'a Query,
    skipped: u64,
) -> io::Result<impl Iterator<Item = io::Result<Entity>> + 'a> {
    let entities = rows.after(skipped)?.zip(skipped.saturating_add(1)..);
    let entities = entities.map(|(row, number)| Ok(Entity { number, row: row? }));
    Ok(entities.filter(move |entity| {
        let (Ok(entity), Some(filter)) = (entity, &query.filter) else { return true };
        filter.holds(entity)
    }))
}

/// Stops as soon as the page is known, unless all are counted.
fn unsorted(rows: &dyn Rows, query: &Query, start: Start, size: u64) -> io::Result<Page> {
    let is_first = start == Start::default();
    let mut skip = if is_first { query.skip } else { 0 };
    let mut page = Page::default();
    let (mut count, mut had) = (0_u64, 0_u64);
    for entity in wanted(rows, query, start.after)? {
        let entity = entity?;
        count = count.saturating_add(1);
        if skip > 0 {
            skip -= 1;
        } else if had < size {
            had += 1;
            page.entities.push(entity);
        } else {
            let after = page.entities.last().map_or(start.after, |last| last.number);
            page.next = Some(Start { after, given: 0 });
            if !(is_first && query.count) {
                break;
            }
        }
    }
    page.count = Some(count);
    Ok(page)
}

/// Goes through the whole table and holds only the places of the page, and of those that are skipped.
fn sorted(rows: &dyn Rows, query: &Query, order: &OrderBy, start: Start, size: u64) -> io::Result<Page> {
    let is_first = start == Start::default();
    let skip = if is_first { query.skip } else { 0 };
    let held = usize::try_from(skip.saturating_add(size)).unwrap_or(usize::MAX);
    let after = if is_first { None } else { entity(rows, start.after)?.map(|entity| order.place(&entity)) };
    let mut places = BinaryHeap::new();
    let mut count: u64 = 0;
    let mut has_more = false;
    for entity in wanted(rows, query, 0)? {
        let place = order.place(&entity?);
        count = count.saturating_add(1);
        if after.as_ref().is_some_and(|after| place <= *after) {
            continue;
        }
        places.push(place);
        if places.len() > held {
            places.pop();
            has_more = true;
        }
    }
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let places: Vec<Place> = places.into_sorted_vec().into_iter().skip(skip).collect();
    let next = places.last().filter(|_| has_more).map(|last| Start { after: last.number, given: 0 });
    Ok(Page { entities: picked(rows, &places)?, count: Some(count), next })
}

/// The entities at these places, in their order.
fn picked(rows: &dyn Rows, places: &[Place]) -> io::Result<Vec<Entity>> {
    let numbers = places.iter().enumerate().map(|(at, place)| (place.number, at)).collect::<BTreeMap<_, _>>();
    let (Some((first, _)), Some((last, _))) = (numbers.first_key_value(), numbers.last_key_value()) else {
        return Ok(Vec::new());
    };
    let mut picked = BTreeMap::new();
    for (row, number) in rows.after(first - 1)?.zip(*first..=*last) {
        if let Some(at) = numbers.get(&number) {
            picked.insert(*at, Entity { number, row: row? });
        }
    }
    Ok(picked.into_values().collect())
}
