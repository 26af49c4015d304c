//! Results on their way to the receiver: in order for each token, with retries, written to the journal.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use futures_channel::oneshot;
use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::header;
use serde::Deserialize;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::sandbox::core::lock;

use super::events::Event;
use super::receiver::Receiver;
use super::state::Tchek;
use super::state::Token;

/// The name in the journal.
const OPERATION: &str = "tchek.webhooks.deliver";

/// How long the receiver may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The waits before the second and the third attempt, unless the receiver was set up with others.
pub(super) const RETRIES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// How many attempts of all tokens may run at once.
const AT_ONCE: usize = 8;

/// A result that was sent, or kept for want of a receiver.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delivery {
    /// When its first attempt began.
    pub(super) at: DateTime<Utc>,
    /// What it tells of.
    pub(super) event: Event,
    /// The revision of the result in it.
    pub(super) revision: u32,
    /// Whether the receiver took it.
    pub(super) delivered: bool,
    /// The receiver's status at each attempt; null when there was no answer. Empty when none was made.
    pub(super) attempts: Vec<Option<u16>>,
}

struct Job {
    event: Event,
    revision: u32,
    delay: Duration,
    done: Option<oneshot::Sender<Delivery>>,
}

/// The results that wait for those before them, by token.
///
/// A token's results leave one after the other: a slow first result must not overtake the second.
pub(super) struct Post {
    queues: Mutex<HashMap<String, VecDeque<Job>>>,
    running: Semaphore,
    client: OnceLock<Option<reqwest::Client>>,
}

impl Default for Post {
    fn default() -> Self {
        Self { queues: Mutex::default(), running: Semaphore::new(AT_ONCE), client: OnceLock::new() }
    }
}

impl Tchek {
    /// Sends what follows from a step of `token`, repeated as the switches say.
    ///
    /// A result that nobody asked for is noted all the same, since a test may want to see it; other events are not.
    pub(super) fn fire(self: &Arc<Self>, token: &Token, event: Event) {
        if !event.brings_result() && self.taker(token.account, event).is_none() {
            return;
        }
        let switches = self.core().switches();
        let detection = Duration::from_millis(switches.tchek_detection_delay_ms);
        for copy in 0..=switches.tchek_duplicate_deliveries {
            let first_of_detection = event == Event::DetectionFinished && copy == 0;
            let delay = if first_of_detection { detection } else { Duration::ZERO };
            self.enqueue(&token.uid, Job { event, revision: event.revision(token), delay, done: None });
        }
    }

    /// Sends `copies` results of `uid` and waits until each was taken or given up.
    pub(super) async fn deliver(
        self: &Arc<Self>,
        uid: &str,
        event: Event,
        revision: u32,
        copies: u32,
    ) -> Vec<Delivery> {
        let mut waiting = Vec::new();
        for _ in 0..copies {
            let (done, outcome) = oneshot::channel();
            self.enqueue(uid, Job { event, revision, delay: Duration::ZERO, done: Some(done) });
            waiting.push(outcome);
        }
        // A queue that ends with the sandbox drops its senders; those results have no outcome to tell.
        futures_util::future::join_all(waiting).await.into_iter().filter_map(Result::ok).collect()
    }

    fn enqueue(self: &Arc<Self>, uid: &str, job: Job) {
        let idle = {
            let mut queues = lock(&self.post.queues);
            let idle = !queues.contains_key(uid);
            queues.entry(uid.to_owned()).or_default().push_back(job);
            idle
        };
        if idle {
            let (tchek, uid) = (Arc::clone(self), uid.to_owned());
            self.core().shutdown.spawn(async move { tchek.empty_queue(&uid).await });
        }
    }

    async fn empty_queue(self: Arc<Self>, uid: &str) {
        while let Some(job) = self.next_job(uid) {
            if !self.pause(job.delay).await {
                lock(&self.post.queues).remove(uid);
                return;
            }
            let Some(token) = self.any_token(uid) else { continue };
            let delivery = self.attempt_all(&token, &job).await;
            if let Err(refusal) = self.change(uid, |token| token.note(delivery.clone())) {
                tracing::warn!(token = uid, reason = refusal.message(), "the outcome of a delivery is not kept");
            }
            if let Some(done) = job.done {
                // The caller may have left; the result was sent all the same.
                drop(done.send(delivery));
            }
        }
    }

    /// The next result of the token; when there is none the queue is gone, so that the next one starts a new task.
    fn next_job(&self, uid: &str) -> Option<Job> {
        let mut queues = lock(&self.post.queues);
        let job = queues.get_mut(uid).and_then(VecDeque::pop_front);
        if job.is_none() {
            queues.remove(uid);
        }
        job
    }

    async fn attempt_all(&self, token: &Token, job: &Job) -> Delivery {
        let mut delivery = Delivery {
            at: self.core().clock.now(),
            event: job.event,
            revision: job.revision,
            delivered: false,
            attempts: Vec::new(),
        };
        let Some(receiver) = self.taker(token.account, job.event) else { return delivery };
        // Counted before it is sent: no two results may carry the same signed links, in this run or the next.
        let Ok(token) = self.change(&token.uid, |token| token.rendered = token.rendered.saturating_add(1)) else {
            return delivery;
        };
        let body = self.told(&token, job.event, job.revision).to_string();
        let waits = std::iter::once(Duration::ZERO).chain(receiver.retries.iter().copied());
        for wait in waits {
            if !self.pause(wait).await {
                break;
            }
            let status = self.attempt(&receiver, &body).await;
            delivery.attempts.push(status);
            delivery.delivered = status.is_some_and(|status| (200..300).contains(&status));
            if delivery.delivered {
                break;
            }
        }
        delivery
    }

    async fn attempt(&self, receiver: &Receiver, body: &str) -> Option<u16> {
        let headers = headers(receiver);
        let at = self.core().clock.now();
        let status = self.send(receiver, headers.clone(), body).await;
        self.core().journal.delivery(at, OPERATION, &receiver.url, &headers, body.as_bytes(), status);
        status
    }

    async fn send(&self, receiver: &Receiver, headers: HeaderMap, body: &str) -> Option<u16> {
        let client = self.post.client.get_or_init(client).as_ref()?;
        let _turn = self.post.running.acquire().await.ok()?;
        let mut request = reqwest::Request::new(Method::POST, receiver.url.clone());
        *request.headers_mut() = headers;
        *request.body_mut() = Some(body.to_owned().into());
        match client.execute(request).await {
            Ok(answer) => Some(answer.status().as_u16()),
            Err(error) => {
                tracing::debug!(error = &error.without_url() as &dyn std::error::Error, "no answer to a delivery");
                None
            }
        }
    }

    /// Waits; false when the sandbox ends first.
    async fn pause(&self, wait: Duration) -> bool {
        let shutdown = &self.core().shutdown;
        if wait.is_zero() {
            return !shutdown.is_draining();
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => true,
            () = shutdown.draining() => false,
        }
    }
}

fn headers(receiver: &Receiver) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(value) = &receiver.header_key {
        headers.insert("x-api-key", value.clone());
    }
    headers
}

fn client() -> Option<reqwest::Client> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .retry(reqwest::retry::never())
        .build();
    client.inspect_err(|error| tracing::error!(%error, "no client for deliveries: none will be sent")).ok()
}
