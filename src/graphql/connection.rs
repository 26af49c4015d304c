//! Lists that can grow, page by page, in the Relay manner: `first` and `after`, `edges`, `nodes`, `pageInfo`.
//!
//! The engine has connection types too; ours have descriptions on every type and field and a `totalCount`.

use std::borrow::Cow;

use async_graphql::Object;
use async_graphql::OutputType;
use async_graphql::SimpleObject;
use async_graphql::TypeName;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::graphql::Result;

/// How many items a page has when `first` is not given.
pub const DEFAULT_FIRST: usize = 20;

/// How many items a page may have.
pub const MAX_FIRST: usize = 200;

/// The layout of the text inside a cursor. Another number means another layout.
const VERSION: u8 = 1;

/// The page that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many items to return, 0 to [`MAX_FIRST`].
    pub first: usize,
    after: Option<String>,
}

impl Page {
    /// Reads the arguments `first` and `after` of a field.
    ///
    /// # Errors
    /// `BAD_INPUT` when `first` is negative or above [`MAX_FIRST`].
    pub fn new(first: Option<i32>, after: Option<String>) -> Result<Self> {
        let first = match first {
            None => DEFAULT_FIRST,
            Some(count) => usize::try_from(count)
                .ok()
                .filter(|count| *count <= MAX_FIRST)
                .ok_or_else(|| Error::bad_input(format!("`first` is {count}; it must be between 0 and {MAX_FIRST}")))?,
        };
        Ok(Self { first, after })
    }

    /// Where the page before ended; none for the first page.
    ///
    /// # Errors
    /// `BAD_INPUT` when `after` is no cursor of this list.
    pub fn after<C: DeserializeOwned>(&self) -> Result<Option<C>> {
        self.after.as_deref().map(decode_cursor).transpose()
    }
}

/// Writes a cursor: `position` in a form that clients need not, and cannot well, take apart.
///
/// # Errors
/// `INTERNAL` when `position` has no JSON form, such as a map with keys that are no text.
pub fn encode_cursor<C: Serialize>(position: &C) -> Result<String> {
    let json = serde_json::to_vec(&(VERSION, position)).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

/// The position that a cursor names.
///
/// # Errors
/// `BAD_INPUT` when the text is no cursor of such a list.
pub fn decode_cursor<C: DeserializeOwned>(text: &str) -> Result<C> {
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    match serde_json::from_slice::<(u8, C)>(&bytes) {
        Ok((VERSION, position)) => Ok(position),
        Ok(_) | Err(_) => Err(Error::bad_input(
            "`after` is not a cursor of this list; send the `endCursor` or a `cursor` of a page before, unchanged",
        )),
    }
}

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, SimpleObject)]
pub struct PageInfo {
    /// Whether there are items after this page.
    pub has_next_page: bool,
    /// Whether there are items before this page, as far as that is known.
    pub has_previous_page: bool,
    /// The cursor of the page's first item; null on an empty page.
    pub start_cursor: Option<String>,
    /// The cursor of the page's last item, to be sent as `after` for the next page; null on an empty page.
    pub end_cursor: Option<String>,
}

/// One item of a list, and where it stands.
#[derive(Clone, Debug)]
pub struct Edge<T> {
    /// The place of the item in the list.
    pub cursor: String,
    /// The item.
    pub node: T,
}

/// One item of a list, and where it stands in it.
#[Object(name_type)]
impl<T: OutputType> Edge<T> {
    /// The place of the item in the list; send it as `after` to get what follows.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &T {
        &self.node
    }
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    page_info: PageInfo,
    total_count: Option<i32>,
}

impl<T> Connection<T> {
    /// Makes a page from `edges`; `has_next_page` and `has_previous_page` tell what is around it.
    pub fn new(edges: Vec<Edge<T>>, has_next_page: bool, has_previous_page: bool) -> Self {
        let page_info = PageInfo {
            has_next_page,
            has_previous_page,
            start_cursor: edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: edges.last().map(|edge| edge.cursor.clone()),
        };
        Self { edges, page_info, total_count: None }
    }

    /// Makes the `page` of a list that `items` continues where the page before ended.
    ///
    /// A source that is asked for one item more than `page.first` so shows whether there is a next page;
    /// `position` is what the cursor of an item holds, to be read again by [`Page::after`].
    ///
    /// # Errors
    /// `INTERNAL` when a position has no JSON form.
    pub fn from_ahead<C: Serialize>(items: Vec<T>, page: &Page, position: impl Fn(&T) -> C) -> Result<Self> {
        let has_next_page = items.len() > page.first;
        let edges = items
            .into_iter()
            .take(page.first)
            .map(|node| Ok(Edge { cursor: encode_cursor(&position(&node))?, node }))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self::new(edges, has_next_page, page.after.is_some()))
    }

    /// Adds how many items the whole list has, where that is known.
    #[must_use]
    pub fn with_total(mut self, count: usize) -> Self {
        // The graph's `Int` has 32 bits; a longer list shows the largest of them.
        self.total_count = Some(i32::try_from(count).unwrap_or(i32::MAX));
        self
    }

    /// The items of this page.
    pub fn nodes(&self) -> impl Iterator<Item = &T> {
        self.edges.iter().map(|edge| &edge.node)
    }

    /// The same page with every item turned into something else.
    pub fn try_map<U>(self, turn: impl Fn(T) -> Result<U>) -> Result<Connection<U>> {
        let edges = self.edges.into_iter().map(|edge| Ok(Edge { cursor: edge.cursor, node: turn(edge.node)? }));
        Ok(Connection {
            edges: edges.collect::<Result<Vec<_>>>()?,
            page_info: self.page_info,
            total_count: self.total_count,
        })
    }
}

/// One page of a list.
#[Object(name_type)]
impl<T: OutputType> Connection<T> {
    /// The items of this page with their places in the list.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items of this page, for those who need no cursors between them.
    #[graphql(name = "nodes")]
    async fn graph_nodes(&self) -> Vec<&T> {
        self.nodes().collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many items the whole list has; null where that is not known.
    async fn total_count(&self) -> Option<i32> {
        self.total_count
    }
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// The place of an item in a list that is at hand as a whole: how many items stand before it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Offset(usize);

/// Cuts the page that `first` and `after` ask for out of a list that is at hand as a whole.
///
/// # Errors
/// `BAD_INPUT` when `first` is out of range or `after` is no cursor of this list.
pub fn slice<T>(items: Vec<T>, first: Option<i32>, after: Option<String>) -> Result<Connection<T>> {
    let page = Page::new(first, after)?;
    let total = items.len();
    let start = page.after::<Offset>()?.map_or(0, |Offset(last)| last.saturating_add(1));
    let edges = items
        .into_iter()
        .enumerate()
        .skip(start)
        .take(page.first)
        .map(|(place, node)| Ok(Edge { cursor: encode_cursor(&Offset(place))?, node }))
        .collect::<Result<Vec<_>>>()?;
    let end = start.saturating_add(edges.len());
    Ok(Connection::new(edges, end < total, start > 0 && total > 0).with_total(total))
}
