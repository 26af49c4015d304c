//! What is kept, for how long, and for whom.

use forecourt::cache::CacheKey;
use forecourt::cache::EntityCache;
use forecourt::cache::Fetched;
use forecourt::cache::Fetching;
use forecourt::cache::Freshness;
use forecourt::cache::Limits;
use forecourt::cache::Policy;
use forecourt::cache::Scope;
use forecourt::cache::Tag;
use forecourt::clock::Clock;
use forecourt::error::VendorErrorKind;
use forecourt::shutdown::Shutdown;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::advance;

use super::vendor::{
    Answer, FIND, STATUS, Vendor, Vin, ask, ask_aside, ask_one, cache, found, kind, later, names, partition, refused,
    scope, text, texts,
};

#[tokio::test(start_paused = true)]
async fn an_answer_is_believed_for_its_life_and_no_longer() {
    let (cache, scope) = (cache(), scope("jifeline.tickets.list_historical"));
    let vendor = Vendor::new(found);
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 1");
    advance(Duration::from_millis(59_999)).await;
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 1");
    advance(Duration::from_millis(1)).await;
    assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), "a of call 2");
}

#[tokio::test(start_paused = true)]
async fn an_absent_thing_has_its_own_life() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::new(|key, _| Fetched::new((key == "known").then(|| key.to_owned())));
    for (minutes, calls) in [(0, 1), (4, 1), (1, 2), (4, 2)] {
        advance(Duration::from_mins(minutes)).await;
        let answers = ask(&cache, &scope, &vendor, &["known", "unknown"]).await;
        assert!(answers["unknown"].as_ref().unwrap().is_none());
        assert_eq!(text(&answers, "known"), "known");
        assert_eq!(vendor.count(), calls);
    }
    assert_eq!(vendor.calls(), [names(&["known", "unknown"]), names(&["unknown"])]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_can_settle_and_can_shorten_its_life() {
    let (cache, scope) = (cache(), scope(STATUS));
    let vendor = Vendor::new(|key, call| {
        let fetched = found(key, call).settled(key != "open");
        if key == "linked" { fetched.at_most(Duration::from_hours(2)) } else { fetched }
    });
    let keys = ["finished", "linked", "open"];
    ask(&cache, &scope, &vendor, &keys).await;
    for (wait, asked) in [
        (Duration::from_secs(30), vec!["open"]),
        (Duration::from_hours(2), vec!["linked", "open"]),
        (Duration::from_hours(22), vec!["finished", "linked", "open"]),
    ] {
        advance(wait).await;
        ask(&cache, &scope, &vendor, &keys).await;
        assert_eq!(vendor.calls().last().unwrap(), &names(&asked));
    }
}

#[tokio::test]
async fn what_the_policy_does_not_list_is_never_kept() {
    let (cache, scope) = (cache(), scope("jifeline.tickets.create"));
    let vendor = Vendor::new(found);
    for call in 1..=3 {
        assert_eq!(ask_one(&cache, &scope, &vendor, "a").await.unwrap(), format!("a of call {call}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_configuration_overrides_lives_and_names_what_it_cannot() {
    let lives = [(FIND, Duration::ZERO), (STATUS, Duration::from_secs(10))];
    let cache =
        EntityCache::new(Limits::default(), Policy::with_overrides(lives).unwrap(), Clock::system(), Shutdown::new());
    let vendor = Vendor::new(|key, call| found(key, call).settled(key == "finished"));
    let mut expected = Vec::new();
    for asked in [vec!["finished", "open"], vec![], vec!["open"]] {
        ask(&cache, &scope(FIND), &vendor, &["never"]).await;
        ask(&cache, &scope(STATUS), &vendor, &["finished", "open"]).await;
        expected.push(names(&["never"]));
        expected.extend((!asked.is_empty()).then(|| names(&asked)));
        assert_eq!(vendor.calls(), expected);
        advance(Duration::from_secs(5)).await;
    }

    let error = Policy::with_overrides([("jifeline.vehicles.fnd", Duration::ZERO)]).unwrap_err();
    assert!(error.to_string().starts_with("`jifeline.vehicles.fnd` is no operation"), "{error}");
    assert!(error.known.contains(&FIND));
}

#[test]
fn an_overridden_life_keeps_the_others_in_proportion() {
    let built_in = Policy::default();
    let hour = Duration::from_hours(1);
    let lives = |operation| built_in.freshness(operation).with_fresh(hour);
    let short = Duration::from_mins(5);
    assert_eq!(lives(FIND), Freshness { fresh: hour, negative: short, settled: Duration::from_hours(24) });
    assert_eq!(built_in.freshness(FIND).with_fresh(Duration::from_secs(1)).negative, Duration::from_secs(1));
    assert_eq!(lives("jifeline.connectors.list").settled, hour);
    assert!(built_in.iter().any(|(operation, life)| operation == FIND && life == built_in.freshness(FIND)));
}

#[tokio::test]
async fn an_error_is_not_kept_and_leaves_its_neighbours_alone() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::new(|key, call| match key {
        "broken" if call == 1 => Answer::Failed(refused()),
        "forgotten" if call == 1 => Answer::LeftOut,
        _ => found(key, call).into(),
    });
    let keys = ["broken", "forgotten", "sound"];
    let answers = ask(&cache, &scope, &vendor, &keys).await;
    assert_eq!(kind(&answers, "broken"), VendorErrorKind::Unavailable);
    assert_eq!(kind(&answers, "forgotten"), VendorErrorKind::Protocol);
    assert_eq!(text(&answers, "sound"), "sound of call 1");

    let answers = ask(&cache, &scope, &vendor, &keys).await;
    assert_eq!(keys.map(|key| text(&answers, key)), ["broken of call 2", "forgotten of call 2", "sound of call 1"]);
}

#[tokio::test]
async fn one_key_is_asked_like_many() {
    let (cache, scope) = (cache(), scope(FIND));
    let calls = Arc::new(AtomicUsize::new(0));
    for _ in 0..2 {
        let calls = Arc::clone(&calls);
        let fetch = move |key: String| {
            calls.fetch_add(1, Ordering::SeqCst);
            async move { if key == "a" { Ok(Fetched::found(key)) } else { Err(refused()) } }
        };
        let good = cache.get(&scope, "a".to_owned(), later(), fetch.clone()).await;
        assert_eq!(*good.unwrap().unwrap(), "a");
        let bad = cache.get(&scope, "b".to_owned(), later(), fetch).await;
        assert_eq!(bad.unwrap_err().kind, VendorErrorKind::Unavailable);
    }
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn keys_of_one_meaning_are_fetched_once_and_answered_each() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::new(found);
    let keys = vec![Vin("abc".into()), Vin("ABC".into()), Vin("def".into())];
    let answers = cache.get_many(&scope, Fetching::Together, keys.clone(), later(), vendor.fetch()).await;
    assert_eq!(vendor.calls(), [names(&["ABC", "DEF"])]);
    assert_eq!(texts(&answers, &keys), ["ABC of call 1", "ABC of call 1", "DEF of call 1"]);
}

#[tokio::test]
async fn nothing_is_shared_between_partitions_or_kinds_of_answer() {
    let cache = cache();
    let vendor = Vendor::new(found);
    let main = Scope::new(partition("north", "main"), "sandbox", FIND);
    let scopes = [
        main.clone(),
        Scope::new(partition("south", "main"), "sandbox", FIND),
        Scope::new(partition("north", "second"), "sandbox", FIND),
        Scope::new(partition("north", "main"), "production", FIND),
        Scope::new(partition("north", "main"), "sandbox", STATUS),
        main.clone().with_locale("nl"),
        main.clone().with_shape(2),
    ];
    for (call, scope) in scopes.into_iter().enumerate() {
        let answer = ask_one(&cache, &Arc::new(scope), &vendor, "a").await;
        assert_eq!(answer.unwrap(), format!("a of call {}", call + 1));
    }
    // Another type of value under the same name is another thing.
    let main = Arc::new(main);
    let number = cache.get(&main, "a".to_owned(), later(), |_| async { Ok(Fetched::found(7_u8)) }).await;
    assert_eq!(*number.unwrap().unwrap(), 7);
    assert_eq!(ask_one(&cache, &main, &vendor, "a").await.unwrap(), "a of call 1");
}

#[tokio::test]
async fn pairs_of_arguments_never_meet_in_one_text() {
    let pair = |first: &str, second: &str| (first.to_owned(), second.to_owned()).canonical();
    assert_ne!(pair("a", "bc"), pair("ab", "c"));
    assert_ne!(pair("1:a", ""), pair("", "1:a"));
    assert_eq!((Vin("x".into()), 5_u64).tags(), [Tag::vehicle("X")]);
}

#[tokio::test]
async fn debug_shows_neither_keys_nor_values() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::new(found);
    ask(&cache, &scope, &vendor, &["WVWZZZ1JZ3W386752"]).await;
    let shown = format!("{cache:?} {:?}", Tag::vehicle("WVWZZZ1JZ3W386752"));
    assert!(!shown.contains("WVWZZZ"), "{shown}");
}

#[tokio::test]
async fn reads_are_counted_by_vendor_and_operation() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let first = ask_aside(&cache, &scope, &vendor, &["a", "b", "c"]).await;
    let second = ask_aside(&cache, &scope, &vendor, &["b", "c"]).await;
    vendor.release(1);
    first.await.unwrap();
    second.await.unwrap();
    ask(&cache, &scope, &vendor, &["a"]).await;

    let text = handle.render();
    let figures: HashMap<_, _> = text
        .lines()
        .filter(|line| line.starts_with("forecourt_cache_"))
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, figure)| (name.to_owned(), figure.to_owned()))
        .collect();
    for (name, figure) in [("hits", "1"), ("misses", "3"), ("joins", "2")] {
        let label = format!("forecourt_cache_{name}_total{{vendor=\"jifeline\",operation=\"{FIND}\"}}");
        assert_eq!(figures.get(&label).map(String::as_str), Some(figure), "{label} in {text}");
    }
}
