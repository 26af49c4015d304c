//! Every answer of a vendor, spoilt in a thousand ways and more: a client never panics, and while the answer has its outline it
//! never fails as a whole.
//!
//! The outline of an answer is its own kind (an object, a list), the envelope of a list, and the members without which
//! there is no answer at all, such as the token in the answer to a log-in; each row names those.

mod autochat;
mod jifeline;
mod jifeline_sockets;
mod mutate;
mod tchek;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use forecourt::error::VendorError;
use forecourt::transport::Call;
use forecourt::transport::Reply;
use forecourt::transport::tape::Tape;
use http::HeaderMap;
use serde_json::Value;

use mutate::Dice;

/// How many bodies each operation is answered with, unless the variable `FORECOURT_FUZZ_BODIES` said another number when
/// the tests were built.
const BODIES: usize = 1_000;
/// One body in so many is broken off somewhere, so that it is no JSON any more.
const BROKEN_OFF: usize = 20;

/// Answers every call with the body that it was given last.
#[derive(Clone, Default)]
struct Fed(Arc<Mutex<Bytes>>);

impl fmt::Debug for Fed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fed")
    }
}

#[async_trait]
impl Tape for Fed {
    fn replayed(&self, call: &Call) -> Option<Result<Reply, VendorError>> {
        let status = call.operation().success[0];
        // Every list ends with its first page, whatever the body says of its length.
        let is_later = call.query_pairs().any(|(name, value)| name == "offset" && value != "0");
        let body = if is_later { Bytes::from_static(b"{\"result\": []}") } else { self.0.lock().unwrap().clone() };
        Some(Ok(Reply { status, headers: HeaderMap::new(), body }))
    }

    async fn note(&self, _: &Call, _: &Reply) {}
}

impl Fed {
    /// Asks with every mutation of `fixture`; `outline` are the members that the answer needs.
    async fn each<F: Future<Output = Result<(), VendorError>>>(
        &self,
        operation: &str,
        fixture: &str,
        outline: &[&str],
        ask: impl Fn() -> F,
    ) {
        let body: Value = serde_json::from_str(fixture).unwrap();
        let places = mutate::places(&body, outline);
        let mut dice = Dice::new(operation);
        for turn in 0..bodies() {
            let mut text = mutate::mutated(&body, &places, &mut dice);
            let is_broken = turn % BROKEN_OFF == 0;
            if is_broken {
                let end = (0..=dice.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.truncate(end);
            }
            *self.0.lock().unwrap() = Bytes::from(text.clone());
            if let Err(error) = ask().await {
                assert!(is_broken, "{operation} failed over body {turn}: {error}\n{text}");
            }
        }
    }
}

/// How many bodies each operation is answered with in this run.
fn bodies() -> usize {
    option_env!("FORECOURT_FUZZ_BODIES").map_or(BODIES, |number| number.parse().expect("it is a number"))
}

#[test]
fn every_operation_is_fuzzed() {
    const ROWS: [&str; 4] = [
        include_str!("tchek.rs"),
        include_str!("autochat.rs"),
        include_str!("jifeline.rs"),
        include_str!("jifeline_sockets.rs"),
    ];
    let is_row = |name: &str| {
        ROWS.iter().any(|rows| rows.contains(&format!("\"{name}\"")) || rows.contains(&format!("`{name}`")))
    };
    let missing: Vec<_> =
        forecourt::vendors::operations().map(|operation| operation.name).filter(|name| !is_row(name)).collect();
    assert_eq!(missing, [""; 0]);
}
