//! From page to page, to the end.

mod cells;
mod faults;
mod pages;
#[cfg(test)]
mod tests;
mod walker;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::Variables;
use chrono::DateTime;
use chrono::Utc;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::BoxStream;
use futures_util::stream::once;
use futures_util::stream::select;
use futures_util::stream::unfold;
use serde::Deserialize;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::auth::Session;
use crate::report::ask::Ask;
use crate::report::cell::Row;
use crate::report::ending::Ending;
use crate::report::fault::Fault;
use crate::report::plan::Plan;
use walker::Walker;

/// Where an extract can be taken up again: everything before it has been handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// The cursor of the outermost list.
    pub after: Option<String>,
    /// How many rows were handed out.
    pub rows: u64,
    /// What was missing in them.
    pub faults: Vec<Fault>,
    /// Personal data that was left out.
    pub masked: Vec<String>,
    /// When the oldest of each vendor's answers in them was asked for.
    #[serde(default)]
    pub read_from: BTreeMap<String, DateTime<Utc>>,
}

/// One table to be read from the graph.
#[derive(Clone)]
pub struct Extract {
    /// The document's plan.
    pub plan: Arc<Plan>,
    /// The values of its variables.
    pub variables: Variables,
    /// Whose scopes and accounts bind it.
    pub session: Arc<Session>,
    /// The graph.
    pub ask: Arc<dyn Ask>,
    /// The most rows that are handed out.
    pub row_cap: Option<u64>,
    /// Where to go on; the default is the beginning.
    pub from: Bookmark,
}

/// What a walk hands out.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Rows, in the order of the document's list.
    Rows(Vec<Row>),
    /// All rows so far are whole; an interrupted walk can go on from here.
    Mark(Bookmark),
    /// Nothing follows.
    End(Ending),
}

/// Walks all pages of `extract`. Nothing is asked unless the stream is polled, and no page is asked before the rows of the
/// one before it were taken, so memory is bounded by a page. Always ends with [`Step::End`].
#[must_use]
pub fn walk(extract: Extract) -> BoxStream<'static, Step> {
    let (out, steps) = mpsc::channel(1);
    let steps = unfold(steps, |mut steps| async move {
        let step = steps.recv().await?;
        Some((step, steps))
    });
    // The work hands out nothing itself; it is done only while somebody polls.
    let work = once(Walker::new(extract, out).run()).filter_map(|()| ready(None));
    select(steps, work).boxed()
}
