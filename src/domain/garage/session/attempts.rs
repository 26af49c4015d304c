//! Counts what fails, so that nobody finds out a pincode by trying.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use sha2::Digest;
use sha2::Sha256;

use crate::auth::Session;

/// How many tries may fail within [`WINDOW`].
const MOST: usize = 5;
/// The time within which failures count together.
const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// How many different things one client may fail at within [`WINDOW`]; this bounds the memory, and who tries through a list.
const MOST_THINGS: usize = 1_000;

/// Tenant and client.
type Who = (Arc<str>, Arc<str>);

/// The failures of one client, by the hash of what was tried.
type Failures = HashMap<[u8; 32], Vec<DateTime<Utc>>>;

/// The tries that failed of late, by tenant and client.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<Who, Failures>>);

/// One try, which counts as failed until something else is told of it.
#[derive(Debug)]
pub struct Attempt<'a> {
    attempts: &'a Attempts,
    client: Who,
    thing: [u8; 32],
    at: DateTime<Utc>,
}

impl Attempts {
    /// Begins a try at `thing`.
    ///
    /// # Errors
    /// When too many have failed: from when on the next one is looked at.
    pub fn begin(&self, session: &Session, thing: &str, now: DateTime<Utc>) -> Result<Attempt<'_>, DateTime<Utc>> {
        let client = (Arc::clone(&session.tenant), Arc::clone(&session.client));
        let thing: [u8; 32] = Sha256::digest(thing.as_bytes()).into();
        let mut all = self.lock();
        forget_old(&mut all, now);
        let failures = all.entry(client.clone()).or_default();
        let own = failures.get(&thing);
        let crowded = own.is_none() && failures.len() >= MOST_THINGS;
        let first = if crowded { failures.values().flatten().min() } else { own.and_then(|times| times.first()) };
        let full = crowded || own.is_some_and(|times| times.len() >= MOST);
        if let Some(first) = first.filter(|_| full) {
            return Err(*first + WINDOW);
        }
        failures.entry(thing).or_default().push(now);
        drop(all);
        Ok(Attempt { attempts: self, client, thing, at: now })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Who, Failures>> {
        // Every change is one step, so a panic elsewhere leaves no half-made state behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// It succeeded: what failed before is forgotten.
    pub fn succeeded(self) {
        self.change(Vec::clear);
    }

    /// Nobody has looked at it, so it does not count.
    pub fn undo(self) {
        self.change(|times| {
            if let Some(place) = times.iter().position(|time| *time == self.at) {
                times.remove(place);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Vec<DateTime<Utc>>)) {
        let mut all = self.attempts.lock();
        let Some(failures) = all.get_mut(&self.client) else { return };
        if let Some(times) = failures.get_mut(&self.thing) {
            change(times);
            if times.is_empty() {
                failures.remove(&self.thing);
            }
        }
    }
}

fn forget_old(all: &mut HashMap<Who, Failures>, now: DateTime<Utc>) {
    all.retain(|_, failures| {
        failures.retain(|_, times| {
            times.retain(|time| now - *time < WINDOW);
            !times.is_empty()
        });
        !failures.is_empty()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(client: &str) -> Session {
        Session {
            tenant: "north".into(),
            client: client.into(),
            scopes: Arc::default(),
            accounts: Arc::from([]),
            max_rows: None,
            garage: None,
        }
    }

    #[test]
    fn the_sixth_try_waits_until_the_first_is_forgotten() {
        let (attempts, site) = (Attempts::default(), session("site"));
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).unwrap();
        for minute in 0..5 {
            attempts.begin(&site, "one", at(minute)).unwrap();
        }
        assert_eq!(attempts.begin(&site, "one", at(5)).unwrap_err(), at(15));
        attempts.begin(&site, "two", at(5)).unwrap();
        attempts.begin(&session("app"), "one", at(5)).unwrap();
        attempts.begin(&site, "one", at(15)).unwrap().undo();
        attempts.begin(&site, "one", at(15)).unwrap().succeeded();
        for _ in 0..5 {
            attempts.begin(&site, "one", at(15)).unwrap();
        }
        assert!(attempts.begin(&site, "one", at(15)).is_err());
    }

    #[test]
    fn who_tries_through_a_list_fills_only_so_much() {
        let (attempts, site) = (Attempts::default(), session("site"));
        for thing in 0..MOST_THINGS {
            attempts.begin(&site, &thing.to_string(), DateTime::UNIX_EPOCH).unwrap();
        }
        assert!(attempts.begin(&site, "another", DateTime::UNIX_EPOCH).is_err());
        attempts.begin(&site, "7", DateTime::UNIX_EPOCH).unwrap().succeeded();
        attempts.begin(&site, "another", DateTime::UNIX_EPOCH).unwrap();
        attempts.begin(&session("app"), "another", DateTime::UNIX_EPOCH).unwrap();
    }
}
