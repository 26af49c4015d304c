//! One loader within one request: joining, cutting, failing, leaving.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Poll;

use forecourt::graphql::Result;
use forecourt::graphql::dataloader::DataLoader;
use forecourt::graphql::dataloader::Hub;
use forecourt::graphql::dataloader::Loader;
use forecourt::graphql::dataloader::drive;
use forecourt::shutdown::Shutdown;
use tokio::sync::Barrier;
use tokio::sync::Notify;

/// A loader whose single calls the test holds back.
struct Held {
    size: usize,
    calls: Arc<Mutex<Vec<Vec<u32>>>>,
    gate: Arc<Notify>,
    dropped: Arc<AtomicBool>,
}

/// Notes that a call was given up.
struct OnDrop(Arc<AtomicBool>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Loader for Held {
    type Key = u32;
    type Value = u32;

    fn max_batch_size(&self) -> usize {
        self.size
    }

    async fn load(&self, keys: Vec<u32>) -> HashMap<u32, Result<u32>> {
        self.calls.lock().unwrap().push(keys.clone());
        let _held = OnDrop(Arc::clone(&self.dropped));
        if keys.contains(&7) {
            self.gate.notified().await;
        }
        assert!(!keys.contains(&66), "the loader's own fault");
        keys.into_iter().map(|key| (key, Ok(key))).collect()
    }
}

fn held(size: usize) -> (Hub, DataLoader<Held>) {
    let hub = Hub::new();
    let loader =
        DataLoader::new(&hub, Held { size, calls: Arc::default(), gate: Arc::default(), dropped: Arc::default() });
    (hub, loader)
}

fn calls(loader: &DataLoader<Held>) -> Vec<Vec<u32>> {
    loader.loader().calls.lock().unwrap().clone()
}

#[tokio::test]
async fn a_slow_call_holds_no_other_up() {
    let (hub, loader) = held(1);
    let value = drive(hub, async {
        let slow = loader.load_one(7);
        let quick = async {
            assert_eq!(loader.load_one(1).await.unwrap(), Some(1));
            assert_eq!(loader.load_one(2).await.unwrap(), Some(2));
            loader.loader().gate.notify_one();
        };
        futures_util::join!(slow, quick).0
    })
    .await;
    assert_eq!(value.unwrap(), Some(7));
    assert_eq!(calls(&loader), [vec![1], vec![7], vec![2]]);
}

#[tokio::test]
async fn a_key_on_its_way_is_joined_and_a_known_one_not_asked_again() {
    let (hub, loader) = held(10);
    drive(hub, async {
        let early = loader.load_one(7);
        let late = async {
            loader.load_one(1).await.unwrap();
            let again = loader.load_one(7);
            loader.loader().gate.notify_one();
            again.await
        };
        let gate = async {
            late_turn().await;
            loader.loader().gate.notify_one();
        };
        let (early, late, ()) = futures_util::join!(early, late, gate);
        assert_eq!((early.unwrap(), late.unwrap()), (Some(7), Some(7)));
        assert_eq!(loader.load_one(7).await.unwrap(), Some(7));
        loader.prime(8, 80);
        assert_eq!(loader.load_one(8).await.unwrap(), Some(80));
        loader.forget(&1);
        assert_eq!(loader.load_one(1).await.unwrap(), Some(1));
    })
    .await;
    assert_eq!(calls(&loader), [vec![1, 7], vec![1]]);
}

/// Gives way once.
async fn late_turn() {
    let mut waited = false;
    futures_util::future::poll_fn(|cx| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[tokio::test]
async fn who_only_gives_way_still_goes_out_with_the_rest() {
    let (hub, loader) = held(10);
    drive(hub, async {
        let late = async {
            late_turn().await;
            loader.load_one(2).await
        };
        let (early, late) = futures_util::join!(loader.load_one(1), late);
        assert_eq!((early.unwrap(), late.unwrap()), (Some(1), Some(2)));
    })
    .await;
    assert_eq!(calls(&loader), [vec![1, 2]]);
}

#[tokio::test]
async fn a_long_list_is_cut_to_the_batch_size() {
    let (hub, loader) = held(4);
    let found = drive(hub, loader.load_many([9, 1, 2, 2, 3, 4, 5, 6, 8])).await;
    assert_eq!(found.len(), 8);
    assert_eq!(calls(&loader), [vec![1, 2, 3, 4], vec![5, 6, 8, 9]]);
}

#[tokio::test]
async fn a_panic_fails_its_own_call_only() {
    let (hub, loader) = held(2);
    let found = drive(hub, loader.load_many([1, 2, 66, 67])).await;
    assert_eq!(found.get(&1).unwrap().clone().unwrap(), 1);
    for key in [66, 67] {
        let error = found.get(&key).unwrap().clone().unwrap_err();
        insta::allow_duplicates! { insta::assert_snapshot!(error.message, @"the gateway failed; the log has the cause under this request id"); }
        insta::allow_duplicates! { insta::assert_snapshot!(error.source.unwrap(), @"a loader panicked: the loader's own fault"); }
    }
}

#[tokio::test]
async fn who_has_left_is_not_asked_for() {
    let (hub, loader) = held(10);
    drive(hub, async {
        let mut left = Box::pin(loader.load_one(5));
        assert!(futures_util::poll!(left.as_mut()).is_pending());
        drop(left);
        assert_eq!(loader.load_one(6).await.unwrap(), Some(6));
        assert_eq!(loader.load_one(5).await.unwrap(), Some(5));
    })
    .await;
    assert_eq!(calls(&loader), [vec![6], vec![5]]);
}

#[tokio::test]
async fn a_call_ends_with_its_request() {
    let (hub, loader) = held(10);
    let mut request = Box::pin(drive(hub, loader.load_one(7)));
    assert!(futures_util::poll!(request.as_mut()).is_pending());
    assert_eq!(calls(&loader), [vec![7]]);
    drop(request);
    assert!(loader.loader().dropped.load(Ordering::SeqCst));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wake_from_another_thread_is_never_lost() {
    let shutdown = Shutdown::new();
    for _ in 0..500 {
        let (hub, loader) = held(10);
        let start = Arc::new(Barrier::new(2));
        let (gate, other) = (Arc::clone(&loader.loader().gate), Arc::clone(&start));
        let opener = shutdown.spawn(async move {
            other.wait().await;
            gate.notify_one();
        });
        let value = drive(hub, async {
            start.wait().await;
            loader.load_one(7).await
        });
        assert_eq!(value.await.unwrap(), Some(7));
        opener.await.unwrap();
    }
}
