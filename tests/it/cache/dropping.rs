//! Invalidation, and the races it has to win.

use forecourt::cache::EntityCache;
use forecourt::cache::Fetched;
use forecourt::cache::Fetching;
use forecourt::cache::Limits;
use forecourt::cache::Policy;
use forecourt::cache::Reach;
use forecourt::cache::Scope;
use forecourt::cache::Tag;
use forecourt::clock::Clock;
use forecourt::shutdown::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::vendor::{
    FIND, Vendor, Vin, ask, ask_aside, ask_one, cache, found, later, names, partition, scope, settle, text,
};

#[tokio::test]
async fn an_invalidation_drops_what_bears_the_tag_within_its_reach() {
    let cache = cache();
    let vendor = Vendor::new(|key, call| found(key, call).tagged(Tag::ticket("7")));
    let scopes = [("north", "main"), ("north", "second"), ("south", "main")]
        .map(|(tenant, account)| Arc::new(Scope::new(partition(tenant, account), "sandbox", FIND)));
    let mut expected = Vec::new();
    for (reach, refetched) in [
        (None, [true, true, true]),
        (None, [false, false, false]),
        (Some(Reach::Partition(partition("north", "main"))), [true, false, false]),
        (Some(Reach::Tenant("north".into())), [true, true, false]),
        (Some(Reach::Tenant("west".into())), [false, false, false]),
    ] {
        if let Some(reach) = reach {
            cache.invalidate(&reach, &[Tag::ticket("8")]);
            cache.invalidate(&reach, &[Tag::vehicle("7"), Tag::ticket("7")]);
        }
        for (scope, refetched) in scopes.iter().zip(refetched) {
            ask(&cache, scope, &vendor, &["a"]).await;
            expected.extend(refetched.then(|| names(&["a"])));
        }
        assert_eq!(vendor.calls(), expected);
    }
}

#[tokio::test]
async fn a_read_that_an_invalidation_overtakes_is_not_kept() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(|key, call| found(key, call).tagged(Tag::vehicle(key)));
    let before = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    cache.invalidate(&Reach::Tenant("north".into()), &[Tag::vehicle("A")]);
    vendor.release(2);
    assert_eq!(text(&before.await.unwrap(), "a"), "a of call 1");
    let after = ask(&cache, &scope, &vendor, &["a", "b"]).await;
    assert_eq!(["a", "b"].map(|key| text(&after, key)), ["a of call 2", "b of call 1"]);
}

#[tokio::test]
async fn who_asks_after_an_invalidation_never_gets_the_older_read() {
    let (cache, scope) = (cache(), scope(FIND));
    // Only the answer tells the tag, so the older read is joined first and refused when it lands.
    let vendor = Vendor::held(|key, call| found(key, call).tagged(Tag::vehicle(key)));
    let before = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    cache.invalidate(&Reach::Tenant("north".into()), &[Tag::vehicle("a")]);
    let after = ask_aside(&cache, &scope, &vendor, &["a", "b"]).await;
    let beside = ask_aside(&cache, &scope, &vendor, &["a"]).await;
    assert_eq!(vendor.calls(), [names(&["a", "b"])]);
    vendor.release(2);
    assert_eq!(text(&before.await.unwrap(), "a"), "a of call 1");
    let after = after.await.unwrap();
    assert_eq!(["a", "b"].map(|key| text(&after, key)), ["a of call 2", "b of call 1"]);
    assert_eq!(text(&beside.await.unwrap(), "a"), "a of call 2");
    assert_eq!(vendor.calls(), [names(&["a", "b"]), names(&["a"])]);
}

#[tokio::test]
async fn a_read_whose_key_tells_the_tag_is_not_even_joined() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let ask = |key: &str| {
        let (cache, scope, fetch, key) = (cache.clone(), Arc::clone(&scope), vendor.fetch(), Vin(key.to_owned()));
        Shutdown::new().spawn(async move {
            let answers = cache.get_many(&scope, Fetching::Together, vec![key.clone()], later(), fetch).await;
            answers[&key].clone().unwrap().unwrap().to_string()
        })
    };
    let before = ask("a");
    settle().await;
    cache.invalidate(&Reach::Partition(partition("north", "main")), &[Tag::vehicle("a")]);
    let after = ask("a");
    settle().await;
    assert_eq!(vendor.count(), 2);

    // The later read lands and is kept; the older one, landing after it, does not take its place.
    let beside = ask("a");
    settle().await;
    assert_eq!(vendor.count(), 2);
    vendor.release_only(2);
    assert_eq!([after.await.unwrap(), beside.await.unwrap()], ["A of call 2"; 2]);
    vendor.release_only(1);
    assert_eq!(before.await.unwrap(), "A of call 1");
    assert_eq!(ask("a").await.unwrap(), "A of call 2");
    assert_eq!(vendor.count(), 2);
}

#[tokio::test]
async fn the_memory_of_tags_is_bounded_and_never_forgets_to_be_safe() {
    let limits = Limits { tags: 16, ..Limits::default() };
    let cache = EntityCache::new(limits, Policy::default(), Clock::system(), Shutdown::new());
    let scope = scope(FIND);
    let vendor = Vendor::new(|key, call| found(key, call).tagged(Tag::vehicle(key)));
    let reach = Reach::Tenant("north".into());
    ask(&cache, &scope, &vendor, &["a"]).await;
    cache.invalidate(&reach, &[Tag::vehicle("a")]);
    for number in 0..1_000 {
        cache.invalidate(&reach, &[Tag::ticket(number.to_string())]);
    }
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 2");
    for number in 0..7 {
        cache.invalidate(&reach, &[Tag::ticket(number.to_string())]);
        assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 2");
    }
}

/// Writers change the truth and invalidate; readers must never be given less than what was invalidated before they asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_ever_given_what_was_invalidated_before_they_asked() {
    let limits = Limits { tags: 64, ..Limits::default() };
    let cache = EntityCache::new(limits, Policy::default(), Clock::system(), Shutdown::new());
    let (truth, told) = (Arc::new([const { AtomicUsize::new(0) }; 3]), Arc::new([const { AtomicUsize::new(0) }; 3]));
    let shutdown = Shutdown::new();
    let mut tasks = Vec::new();
    for thing in 0..3 {
        let (cache, truth, told) = (cache.clone(), Arc::clone(&truth), Arc::clone(&told));
        tasks.push(shutdown.spawn(async move {
            for turn in 0..500 {
                let present = truth[thing].fetch_add(1, Ordering::SeqCst) + 1;
                let tags = [Tag::ticket(thing.to_string()), Tag::connector(turn.to_string())];
                cache.invalidate(&Reach::Tenant("north".into()), &tags);
                told[thing].store(present, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        }));
    }
    for reader in 0..8 {
        let (cache, truth, told, scope) = (cache.clone(), Arc::clone(&truth), Arc::clone(&told), scope(FIND));
        tasks.push(shutdown.spawn(async move {
            for turn in 0..500 {
                let thing = (reader + turn) % 3;
                let truth = Arc::clone(&truth);
                let least = told[thing].load(Ordering::SeqCst);
                let fetch = move |key: u64| {
                    let truth = Arc::clone(&truth);
                    async move {
                        let seen = truth[thing].load(Ordering::SeqCst);
                        tokio::task::yield_now().await;
                        Ok(Fetched::found(seen).tagged(Tag::ticket(key.to_string())))
                    }
                };
                let key = u64::try_from(thing).unwrap();
                let seen = cache.get(&scope, key, later(), fetch).await.unwrap().unwrap();
                assert!(*seen >= least, "{seen} of {least}");
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}
