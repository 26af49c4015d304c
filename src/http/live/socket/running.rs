//! The operations that run on one socket. They are polled by the socket's own task, and only when it can send.

use std::collections::HashMap;

use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use futures_util::future::ready;
use futures_util::stream::AbortHandle;
use futures_util::stream::Abortable;
use futures_util::stream::BoxStream;
use futures_util::stream::SelectAll;
use futures_util::stream::once;

use crate::http::graphql::Answer;
use crate::http::graphql::Operation;
use crate::telemetry::metrics::LIVE_SUBSCRIPTIONS;

/// What comes out of the operation with an id: an answer, or its end.
pub(super) type Output = (String, Option<Answer>);

/// The operations of one socket by their ids.
#[derive(Default)]
pub(super) struct Running {
    handles: HashMap<String, AbortHandle>,
    outputs: SelectAll<BoxStream<'static, Output>>,
}

/// Counts a subscription as long as it is there.
pub(in crate::http::live) struct Counted(&'static str);

impl Counted {
    /// Counts one of `transport`.
    pub(in crate::http::live) fn new(transport: &'static str) -> Self {
        metrics::gauge!(LIVE_SUBSCRIPTIONS, "transport" => transport).increment(1);
        Self(transport)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!(LIVE_SUBSCRIPTIONS, "transport" => self.0).decrement(1);
    }
}

impl Running {
    /// Whether an operation with this id runs.
    pub(super) fn has(&self, id: &str) -> bool {
        self.handles.contains_key(id)
    }

    /// How many run.
    pub(super) fn count(&self) -> usize {
        self.handles.len()
    }

    /// Starts an operation.
    pub(super) fn start(&mut self, id: String, operation: Operation) {
        let counted = (operation.kind == OperationType::Subscription).then(|| Counted::new("websocket"));
        let (handle, registration) = AbortHandle::new_pair();
        let (of, last) = (id.clone(), id.clone());
        let answers = operation.answers.map(move |answer| {
            let _counted = &counted;
            (of.clone(), Some(answer))
        });
        let outputs = answers.chain(once(ready((last, None))));
        self.outputs.push(Abortable::new(outputs, registration).boxed());
        self.handles.insert(id, handle);
    }

    /// Ends an operation, if it runs; nothing comes out of it any more.
    pub(super) fn stop(&mut self, id: &str) {
        if let Some(handle) = self.handles.remove(id) {
            handle.abort();
        }
    }

    /// The next output; it never resolves when nothing runs. It may be dropped at any time.
    pub(super) async fn next(&mut self) -> Output {
        match self.outputs.next().await {
            Some(output) => output,
            None => std::future::pending().await,
        }
    }
}
