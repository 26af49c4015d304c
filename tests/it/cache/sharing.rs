//! Reads that many wait for.

use forecourt::cache::Fetching;
use forecourt::error::VendorErrorKind;
use forecourt::shutdown::Shutdown;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

use super::vendor::{
    Answer, FIND, Vendor, ask, ask_aside, ask_one, cache, found, kind, names, refused, scope, settle, text,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_readers_cause_one_call() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::new(found);
    let shutdown = Shutdown::new();
    let readers: Vec<_> = (0..1_000)
        .map(|_| {
            let (cache, scope, vendor) = (cache.clone(), Arc::clone(&scope), Arc::clone(&vendor));
            shutdown.spawn(async move { ask_one(&cache, &scope, &vendor, "a").await.unwrap() })
        })
        .collect();
    for reader in readers {
        assert_eq!(reader.await.unwrap(), "a of call 1");
    }
    assert_eq!(vendor.count(), 1);
}

#[tokio::test]
async fn a_thousand_waiters_share_one_call_even_of_what_is_never_kept() {
    let (cache, scope) = (cache(), scope("jifeline.quotes.unlisted"));
    let vendor = Vendor::held(|_, _| Answer::Failed(refused()));
    let shutdown = Shutdown::new();
    let readers: Vec<_> = (0..1_000)
        .map(|_| {
            let (cache, scope, vendor) = (cache.clone(), Arc::clone(&scope), Arc::clone(&vendor));
            shutdown.spawn(async move { ask(&cache, &scope, &vendor, &["a"]).await })
        })
        .collect();
    settle().await;
    vendor.release(1);
    for reader in readers {
        assert_eq!(kind(&reader.await.unwrap(), "a"), VendorErrorKind::Unavailable);
    }
    assert_eq!(vendor.count(), 1);
}

#[tokio::test]
async fn only_what_nobody_reads_yet_is_fetched() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let first = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    let second = ask_aside(&cache, &scope, &vendor, &["b", "c", "d"]).await;
    let third = ask_aside(&cache, &scope, &vendor, &["a", "d"]).await;
    assert_eq!(vendor.calls(), [names(&["a", "b"]), names(&["c", "d"])]);
    vendor.release(2);
    assert_eq!(text(&first.await.unwrap(), "a"), "a of call 1");
    let second = second.await.unwrap();
    assert_eq!(["b", "c", "d"].map(|key| text(&second, key)), ["b of call 1", "c of call 2", "d of call 2"]);
    assert_eq!(text(&third.await.unwrap(), "d"), "d of call 2");
}

#[tokio::test]
async fn a_leader_that_disconnects_breaks_nothing() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let leader = ask_aside(&cache, &scope, &vendor, &["a"]).await;
    let follower = ask_aside(&cache, &scope, &vendor, &["a"]).await;
    leader.abort();
    settle().await;
    vendor.release(1);
    assert_eq!(text(&follower.await.unwrap(), "a"), "a of call 1");
    assert_eq!((vendor.count(), vendor.dropped.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn the_last_to_leave_stops_the_call() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let leader = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    let follower = ask_aside(&cache, &scope, &vendor, &["b"]).await;
    leader.abort();
    settle().await;
    assert_eq!(vendor.dropped.load(Ordering::SeqCst), 0);
    follower.abort();
    settle().await;
    assert_eq!(vendor.dropped.load(Ordering::SeqCst), 1);

    vendor.release(2);
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 2");
}

#[tokio::test(start_paused = true)]
async fn each_waiter_leaves_at_its_own_deadline() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let patient = ask_aside(&cache, &scope, &vendor, &["slow"]).await;

    let soon = Instant::now() + Duration::from_secs(2);
    let answers = cache.get_many(&scope, Fetching::Together, names(&["slow"]), soon, vendor.fetch()).await;
    assert_eq!(kind(&answers, "slow"), VendorErrorKind::Deadline);
    assert_eq!(Instant::now(), soon);

    // What another call has brought by then is given all the same.
    let fast = Vendor::new(found);
    let _hold = ask_aside(&cache, &scope, &vendor, &["slower"]).await;
    let soon = Instant::now() + Duration::from_secs(2);
    let answers =
        cache.get_many(&scope, Fetching::Together, names(&["slow", "slower", "fast"]), soon, fast.fetch()).await;
    assert_eq!(text(&answers, "fast"), "fast of call 1");
    assert_eq!(["slow", "slower"].map(|key| kind(&answers, key)), [VendorErrorKind::Deadline; 2]);

    vendor.release(2);
    assert_eq!(text(&patient.await.unwrap(), "slow"), "slow of call 1");
    assert_eq!(vendor.dropped.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_panic_becomes_an_error_for_each_waiter() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(|key, call| {
        assert!(call > 1, "this panic belongs to the test");
        found(key, call)
    });
    let first = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    let second = ask_aside(&cache, &scope, &vendor, &["a"]).await;
    vendor.release(1);
    let first = first.await.unwrap();
    assert_eq!(["a", "b"].map(|key| kind(&first, key)), [VendorErrorKind::Protocol; 2]);
    assert_eq!(kind(&second.await.unwrap(), "a"), VendorErrorKind::Protocol);
    vendor.release(2);
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 2");
}

#[test]
fn a_runtime_that_goes_away_leaves_nobody_waiting() {
    let build = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (doomed, other) = (build(), build());
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let leader = doomed.block_on(ask_aside(&cache, &scope, &vendor, &["a"]));
    let follower = other.block_on(ask_aside(&cache, &scope, &vendor, &["a"]));
    drop((leader, doomed));
    let answers = other.block_on(follower).unwrap();
    assert_eq!(kind(&answers, "a"), VendorErrorKind::Interrupted);
}
