//! Goes through the lists of a document, from the outermost to the one that gives the rows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use async_graphql::Name;
use async_graphql::Value;
use chrono::DateTime;
use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use indexmap::IndexMap;
use tokio::sync::mpsc::Sender;

use super::Bookmark;
use super::Extract;
use super::Step;
use super::cells::Page;
use super::cells::at;
use super::cells::cell;
use super::cells::named;
use super::cells::plain;
use super::cells::sets;
use super::cells::taken;
use super::faults;
use super::pages::SIZES;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::ColumnType;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::fault::Fault;
use crate::report::plan::At;
use crate::report::plan::Field;
use crate::report::plan::Hop;
use crate::report::plan::Kind;
use crate::report::plan::Plan;
use crate::report::plan::Selected;
use crate::report::plan::Sizes;
use crate::report::plan::fields;
use crate::report::plan::has_followed;

/// How many rows are handed out together at most.
const BATCH: usize = 1_000;

/// What breaks a list whose pages lead nowhere.
const NO_CURSOR: &str = "the list says that more follows, but not where";

/// Why a walk stops before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The bound on rows is met, and there are more.
    Capped,
    /// A page of the outermost list cannot be read.
    Failed,
    /// Nobody takes the rows.
    Gone,
}

/// One walk under way.
pub(super) struct Walker {
    pub(super) extract: Extract,
    pub(super) faults: Vec<Fault>,
    pub(super) masked: BTreeSet<String>,
    pub(super) read_from: BTreeMap<String, DateTime<Utc>>,
    pub(super) sizes: Sizes,
    rows: u64,
    buffer: Vec<Row>,
    out: Sender<Step>,
}

/// A list on the way to the rows.
struct Listing<'a> {
    fields: Vec<&'a Field>,
    /// The level of its items.
    level: usize,
    /// The way to it, itself not included.
    trail: Vec<Hop>,
    key: &'a str,
    /// The cells that are known from the lists around it.
    cells: Row,
}

impl Walker {
    pub(super) fn new(extract: Extract, out: Sender<Step>) -> Self {
        let Bookmark { rows, faults, masked, read_from, .. } = extract.from.clone();
        let masked = masked.into_iter().collect();
        Self { extract, faults, masked, read_from, sizes: SIZES, rows, buffer: Vec::new(), out }
    }

    pub(super) async fn run(mut self) {
        let mut halt = self.all().await.err();
        if halt != Some(Halt::Gone) {
            halt = self.flush().await.err().or(halt);
        }
        let outcome = match halt {
            Some(Halt::Failed | Halt::Gone) => Outcome::Incomplete,
            // What is missing must not hide behind a bound that the client may have set itself.
            _ if !self.faults.is_empty() => Outcome::Incomplete,
            Some(Halt::Capped) => Outcome::Capped,
            None => Outcome::Complete,
        };
        let masked = mem::take(&mut self.masked).into_iter().collect();
        let (faults, read_from) = (mem::take(&mut self.faults), mem::take(&mut self.read_from));
        let ending = Ending { outcome, rows: self.rows, faults, masked, read_from };
        // Whoever takes no more steps needs no ending.
        self.out.send(Step::End(ending)).await.ok();
    }

    pub(super) fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.extract.plan)
    }

    /// The pages to ask: no more rows than the bound leaves, and one to know whether there are more.
    pub(super) fn sizes(&self) -> Sizes {
        let is_flat = self.extract.plan.levels().len() == 2;
        let left = self.extract.row_cap.filter(|_| is_flat).map(|cap| cap.saturating_sub(self.rows).saturating_add(1));
        let left = left.and_then(|left| u32::try_from(left).ok()).unwrap_or(u32::MAX);
        Sizes { page: self.sizes.page.min(left), nested: self.sizes.nested }
    }

    async fn all(&mut self) -> Result<(), Halt> {
        let plan = self.plan();
        let next = plan.levels().first().and_then(|level| level.next.as_deref()).unwrap_or_default();
        let mut hops = hops(&[], next);
        if let Some(last) = hops.last_mut() {
            last.at = At::Page { after: self.extract.from.after.clone() };
        }
        let data = self.ask_whole(&hops).await;
        if data == Value::Null {
            return Err(Halt::Failed);
        }
        let cells = vec![Cell::Null; plan.columns().len()];
        self.enter(0, vec![plan.tree()], data, Vec::new(), cells).await
    }

    /// Reads the cells that an object of the list of `level` feeds, and goes on to the next list.
    fn enter<'a>(
        &'a mut self,
        level: usize,
        within: Vec<&'a [Selected]>,
        mut value: Value,
        trail: Vec<Hop>,
        mut cells: Row,
    ) -> BoxFuture<'a, Result<(), Halt>> {
        async move {
            let plan = self.plan();
            let Some(this) = plan.levels().get(level) else { return Ok(()) };
            let next = this.next.as_deref().unwrap_or_default();
            for set in within.iter().filter(|set| has_followed(set)) {
                self.fill(&mut value, set, &trail, next).await?;
            }
            for source in &this.cells {
                let ty = plan.columns().get(source.column).map_or(ColumnType::Json, |column| column.ty);
                let found = at(&value, &source.keys);
                let read = if ty == ColumnType::Json {
                    cell(&plain(found, &reach(&within, &source.keys)), ty)
                } else {
                    cell(found, ty)
                };
                if read.is_none() {
                    self.lose_cell(&trail, &source.keys);
                }
                if let Some(cell) = cells.get_mut(source.column) {
                    *cell = read.unwrap_or(Cell::Null);
                }
            }
            let Some((key, _)) = next.split_last() else { return self.push(cells, &trail).await };
            let fields = reach(&within, next);
            let mut way = hops(&trail, next);
            way.pop();
            let list = taken(value, next);
            let listing = Listing { fields, level: level.saturating_add(1), trail: way, key, cells };
            self.list(listing, list).await
        }
        .boxed()
    }

    /// Goes through the items of a list on the way to the rows, page by page.
    async fn list(&mut self, listing: Listing<'_>, value: Value) -> Result<(), Halt> {
        let is_outermost = listing.level == 1;
        let is_plain = listing.fields.iter().any(|field| matches!(field.kind, Kind::List));
        let mut before = if is_outermost { self.extract.from.after.clone() } else { None };
        let mut page = Page::of(value);
        loop {
            let Page { items, has_next, end } = page;
            let page_after = before.clone();
            for (index, (cursor, item)) in items.into_iter().enumerate() {
                let spot = spot(is_plain, index, before.as_ref(), cursor.as_ref());
                before = cursor.or(before);
                if item == Value::Null {
                    continue;
                }
                let trail = with(&listing.trail, listing.key, spot);
                self.enter(listing.level, sets(&listing.fields), item, trail, listing.cells.clone()).await?;
            }
            if !has_next {
                return Ok(());
            }
            let Some(end) = end.filter(|end| Some(end) != page_after.as_ref()) else {
                self.lose(&with(&listing.trail, listing.key, At::Object), "BROKEN_PAGING", NO_CURSOR);
                return Ok(());
            };
            self.flush().await?;
            if is_outermost {
                self.mark(end.clone()).await?;
            }
            let hops = with(&listing.trail, listing.key, At::Page { after: Some(end.clone()) });
            page = match self.ask_page(&hops).await {
                Some(next) => Page::of(next),
                None if is_outermost => return Err(Halt::Failed),
                None => return Ok(()),
            };
            before = Some(end);
        }
    }

    /// Follows the connections in `value` to their end, but for the list at `next`: the walk goes through that itself.
    fn fill<'a>(
        &'a mut self,
        value: &'a mut Value,
        set: &'a [Selected],
        trail: &'a [Hop],
        next: &'a [String],
    ) -> BoxFuture<'a, Result<(), Halt>> {
        async move {
            let Value::Object(object) = value else { return Ok(()) };
            for field in fields(set) {
                let rest = next.split_first().filter(|(key, _)| **key == field.key).map(|(_, rest)| rest);
                let is_next = rest.is_some_and(<[String]>::is_empty);
                let Some(inner) = object.get_mut(field.key.as_str()) else { continue };
                if is_next || !field.is_followed() && !has_followed(&field.set) {
                    continue;
                }
                match (&field.kind, inner) {
                    (Kind::Object, inner) => {
                        let trail = with(trail, &field.key, At::Object);
                        self.fill(inner, &field.set, &trail, rest.unwrap_or_default()).await?;
                    }
                    (Kind::List, Value::List(items)) => {
                        for (index, item) in items.iter_mut().enumerate() {
                            let trail = with(trail, &field.key, At::Index(index));
                            self.fill(item, &field.set, &trail, &[]).await?;
                        }
                    }
                    (Kind::Connection(_), inner) => {
                        if *inner != Value::Null {
                            self.fill_connection(inner, field, trail).await?;
                        }
                    }
                    (Kind::Leaf | Kind::List, _) => {}
                }
            }
            Ok(())
        }
        .boxed()
    }

    /// Follows a connection in a cell to its end; its pages become one.
    async fn fill_connection(&mut self, value: &mut Value, field: &Field, trail: &[Hop]) -> Result<(), Halt> {
        let mut whole = Vec::new();
        let mut before = None;
        let mut page = Page::of(value.clone());
        loop {
            let page_after = before.clone();
            for (cursor, mut item) in page.items {
                let spot = spot(false, 0, before.as_ref(), cursor.as_ref());
                let trail = with(trail, &field.key, spot);
                self.fill(&mut item, &field.set, &trail, &[]).await?;
                before = cursor.clone().or(before);
                whole.push(edge(cursor, item));
            }
            if !page.has_next {
                break;
            }
            let Some(end) = page.end.filter(|end| Some(end) != page_after.as_ref()) else {
                self.lose(&with(trail, &field.key, At::Object), "BROKEN_PAGING", NO_CURSOR);
                break;
            };
            let hops = with(trail, &field.key, At::Page { after: Some(end.clone()) });
            let Some(next) = self.ask_page(&hops).await else { break };
            page = Page::of(next);
            before = Some(end);
        }
        if let Value::Object(connection) = value {
            connection.swap_remove("nodes");
            // A second fragment that selects the same finds it followed already.
            connection.swap_remove("pageInfo");
            connection.insert(Name::new("edges"), Value::List(whole));
        }
        Ok(())
    }

    async fn push(&mut self, cells: Row, trail: &[Hop]) -> Result<(), Halt> {
        if self.extract.row_cap.is_some_and(|cap| self.rows >= cap) {
            return Err(Halt::Capped);
        }
        let plan = self.plan();
        let mut pairs = plan.columns().iter().zip(&cells);
        if let Some((column, _)) = pairs.find(|(column, cell)| !column.is_nullable && **cell == Cell::Null) {
            let message = format!("the column `{}` is empty in a row, though it cannot be", column.name);
            self.lose(trail, "UNREADABLE_VALUE", &message);
            return Ok(());
        }
        self.rows = self.rows.saturating_add(1);
        self.buffer.push(cells);
        if self.buffer.len() >= BATCH { self.flush().await } else { Ok(()) }
    }

    fn lose_cell(&mut self, trail: &[Hop], keys: &[String]) {
        let way = trail.iter().map(|hop| &hop.key).chain(keys).cloned().collect::<Vec<_>>();
        let fault = Fault {
            path: way.join("."),
            code: "UNREADABLE_VALUE".to_owned(),
            message: "the value does not fit the type of its column".to_owned(),
            vendor: None,
            loses_rows: false,
            count: 1,
        };
        faults::add(&mut self.faults, fault);
    }

    async fn mark(&mut self, after: String) -> Result<(), Halt> {
        let masked = self.masked.iter().cloned().collect();
        let (after, faults, read_from) = (Some(after), self.faults.clone(), self.read_from.clone());
        let bookmark = Bookmark { after, rows: self.rows, faults, masked, read_from };
        self.hand_out(Step::Mark(bookmark)).await
    }

    async fn flush(&mut self) -> Result<(), Halt> {
        let rows = mem::take(&mut self.buffer);
        if rows.is_empty() { Ok(()) } else { self.hand_out(Step::Rows(rows)).await }
    }

    /// Hands out `step`, and waits until it was taken.
    async fn hand_out(&mut self, step: Step) -> Result<(), Halt> {
        self.out.send(step).await.map_err(|_| Halt::Gone)?;
        self.out.reserve().await.map(drop).map_err(|_| Halt::Gone)
    }
}

/// The fields at the end of `keys` in `within`.
fn reach<'a>(within: &[&'a [Selected]], keys: &[String]) -> Vec<&'a Field> {
    let Some((first, rest)) = keys.split_first() else { return Vec::new() };
    rest.iter().fold(named(within, first), |fields, key| named(&sets(&fields), key))
}

/// `trail` and the objects under `keys` behind it.
fn hops(trail: &[Hop], keys: &[String]) -> Vec<Hop> {
    let more = keys.iter().map(|key| Hop { key: key.clone(), at: At::Object });
    trail.iter().cloned().chain(more).collect()
}

/// `trail` and one hop more.
fn with(trail: &[Hop], key: &str, at: At) -> Vec<Hop> {
    trail.iter().cloned().chain([Hop { key: key.to_owned(), at }]).collect()
}

/// Where an item stands; without cursors nothing inside it is ever asked for.
fn spot(is_plain: bool, index: usize, before: Option<&String>, cursor: Option<&String>) -> At {
    match cursor {
        _ if is_plain => At::Index(index),
        Some(cursor) => At::Item { after: before.cloned(), cursor: cursor.clone() },
        None => At::Object,
    }
}

fn edge(cursor: Option<String>, node: Value) -> Value {
    let cursor = cursor.map_or(Value::Null, Value::String);
    Value::Object(IndexMap::from([(Name::new("cursor"), cursor), (Name::new("node"), node)]))
}
