//! What the vendor has on its desk: tokens, receivers, and the pages that results link to.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::sandbox::memory::Kind;
use crate::sandbox::memory::Past;

use super::events::Event;
use super::parts::PHOTOS;
use super::receiver::Receiver;
use super::result;
use super::state::Token;

/// Everything that changes.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    pub(super) tokens: IndexMap<String, Token>,
    /// Where results go: per key, or for every key without one of its own.
    pub(super) receivers: IndexMap<Option<String>, Arc<Receiver>>,
    /// What each key has subscribed to.
    pub(super) subscriptions: IndexMap<String, BTreeSet<Event>>,
    pub(super) pages: Pages,
}

impl Desk {
    /// The desk as the last run left it.
    ///
    /// # Errors
    /// A line of the memory holds something else.
    pub(crate) fn recall(past: &Past) -> io::Result<Self> {
        let tokens: IndexMap<String, Token> = past.recall(Kind::TchekToken)?;
        let mut pages = Pages::default();
        tokens.values().filter(|token| token.shot_at.is_some()).for_each(|token| pages.open(token));
        Ok(Self {
            tokens,
            receivers: past.recall(Kind::TchekReceiver)?,
            subscriptions: past.recall(Kind::TchekSubscriptions)?,
            pages,
        })
    }
}

/// The pages that results link to.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// Photo id → token and number of the photo.
    pub(super) photos: HashMap<String, (String, usize)>,
    /// Id of a web report → token, and whether it shows costs.
    pub(super) reports: HashMap<String, (String, bool)>,
}

impl Pages {
    /// Makes the photos and web reports of `token` reachable.
    pub(super) fn open(&mut self, token: &Token) {
        for number in 0..PHOTOS.len() {
            self.photos.insert(result::photo_id(token, number), (token.uid.clone(), number));
        }
        for costs in [true, false] {
            self.reports.insert(result::report_id(token, costs), (token.uid.clone(), costs));
        }
    }
}
