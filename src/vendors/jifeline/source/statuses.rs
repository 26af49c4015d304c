//! What happens to connectors, tickets and connections, told over the account's socket.

use async_trait::async_trait;

use crate::domain::status::model::StatusEvent;
use crate::domain::status::model::Subject;
use crate::domain::status::source::StatusLine;
use crate::domain::status::source::StatusSource;
use crate::ids::Ids;

use super::super::JifelineClient;
use super::super::JifelineSocket;

/// What happens in one customer account.
#[derive(Clone, Debug)]
pub struct JifelineStatusSource {
    client: JifelineClient,
}

impl JifelineStatusSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

impl StatusSource for JifelineStatusSource {
    fn open(&self, ids: Ids) -> Box<dyn StatusLine> {
        Box::new(self.client.socket(ids))
    }
}

#[async_trait]
impl StatusLine for JifelineSocket {
    fn subscribe(&mut self, subject: &Subject) {
        Self::subscribe(self, subject);
    }

    fn unsubscribe(&mut self, subject: &Subject) {
        Self::unsubscribe(self, subject);
    }

    fn hear_pings(&mut self, wanted: bool) {
        Self::hear_pings(self, wanted);
    }

    fn is_connected(&self) -> bool {
        Self::is_connected(self)
    }

    async fn next_event(&mut self) -> StatusEvent {
        Self::next_event(self).await
    }
}
