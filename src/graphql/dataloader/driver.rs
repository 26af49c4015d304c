//! The driver of one request: polls the query, and starts batches when the query is at rest.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::task::Wake;
use std::task::Waker;

use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::stream::StreamExt;
use futures_util::task::AtomicWaker;

/// How often one poll of the driver turns before it lets other tasks run.
const TURNS: usize = 64;

/// Where the loaders of one request leave their batches until the query is at rest.
///
/// One hub per request, handed to each of its loaders and to [`drive`]; never shared between requests, because
/// a batch dies with the request whose driver took it.
#[derive(Clone, Default)]
pub struct Hub(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Hub {
    /// Makes the hub of a new request.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves a batch to be started at the next rest.
    pub(super) fn push(&self, batch: BoxFuture<'static, ()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
    }

    fn take(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hub")
    }
}

/// Runs `main`, the execution of one request, and with it the batches that its loaders leave in `hub`.
///
/// Every use of the request's loaders must happen inside `main`: outside of a driver a loader waits for ever.
/// A subscription needs a driver for each of its events. Dropping the returned future drops the batches too.
pub async fn drive<F: Future>(hub: Hub, main: F) -> F::Output {
    let mut main = pin!(main);
    let mut jobs = FuturesUnordered::new();
    let signal = Arc::new(Signal::new());
    let waker = Waker::from(Arc::clone(&signal));

    std::future::poll_fn(move |cx| {
        signal.task.register(cx.waker());
        signal.polling.store(true, Ordering::SeqCst);
        for _ in 0..TURNS {
            if signal.take() {
                if let Poll::Ready(output) = main.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return Poll::Ready(output);
                }
                if signal.is_set() {
                    // A part of the query gave way without waiting for anything: it is not at rest yet.
                    continue;
                }
            }
            jobs.extend(hub.take());
            if finish_ready(&mut jobs, cx) {
                continue;
            }
            signal.polling.store(false, Ordering::SeqCst);
            // A wake from another thread that saw `polling` still set left the waking to us.
            if !signal.is_set() {
                return Poll::Pending;
            }
            signal.polling.store(true, Ordering::SeqCst);
        }
        signal.polling.store(false, Ordering::SeqCst);
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// Polls the running batches; tells whether one or more of them have ended.
fn finish_ready(jobs: &mut FuturesUnordered<BoxFuture<'static, ()>>, cx: &mut Context<'_>) -> bool {
    let mut finished = false;
    while let Poll::Ready(Some(())) = jobs.poll_next_unpin(cx) {
        finished = true;
    }
    finished
}

/// The query's own waker: notes that the query can get further, and wakes the task unless it runs just now.
struct Signal {
    woken: AtomicBool,
    polling: AtomicBool,
    task: AtomicWaker,
}

impl Signal {
    fn new() -> Self {
        Self { woken: AtomicBool::new(true), polling: AtomicBool::new(false), task: AtomicWaker::new() }
    }

    fn is_set(&self) -> bool {
        self.woken.load(Ordering::SeqCst)
    }

    fn take(&self) -> bool {
        self.woken.swap(false, Ordering::SeqCst)
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        if !self.polling.load(Ordering::SeqCst) {
            self.task.wake();
        }
    }
}
