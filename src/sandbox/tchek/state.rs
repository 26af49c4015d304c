//! The vendor's tokens and the rules of their life.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use axum::http::HeaderMap;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::de;
use url::Url;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;
use crate::sandbox::memory::Kind;
use crate::sandbox::seed::SeedCar;

use super::Environment;
use super::deliveries::Delivery;
use super::deliveries::Post;
use super::desk::Desk;
use super::draw;
use super::error::Refusal;
use super::events::Event;
use super::validate::Customer;
use super::validate::Order;

/// The keys that the vendor has given out.
const KEYS: [(&str, Environment); 3] = [
    ("sandbox-tchek-key", Environment::Production),
    ("sandbox-tchek-key-2", Environment::Production),
    ("sandbox-tchek-key-preprod", Environment::PreProduction),
];

/// The first photo is taken; the inspection exists from here.
const STARTED: u8 = 2;
/// All required photos are taken; the detection runs from here.
pub(super) const SHOT: u8 = 3;
/// The report is created; nothing follows.
pub(super) const COMPLETED: u8 = 5;
/// The customer was reminded; no progress of its own.
pub(super) const CHASED_UP: u8 = 6;

/// How many deliveries a token tells of; each one costs room in every later line of the memory.
const MOST_DELIVERIES: usize = 100;

/// One of [`KEYS`].
pub(super) type Account = &'static str;

/// A self-inspection token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) uid: String,
    pub(super) environment: Environment,
    /// The API key it was made with: no other key sees it.
    #[serde(deserialize_with = "known_account")]
    pub(super) account: Account,
    pub(super) order: Arc<Order>,
    pub(super) vehicle_id: String,
    pub(super) customer_id: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
    pub(super) status: u8,
    pub(super) status_at: DateTime<Utc>,
    /// The last status that was no reminder.
    pub(super) progress: u8,
    pub(super) expires_at: DateTime<Utc>,
    /// The inspection; it exists from the first photo on.
    pub(super) inspection: Option<String>,
    /// Whether the inspection was deleted.
    #[serde(default)]
    pub(super) deleted: bool,
    /// When the last photo was taken.
    pub(super) shot_at: Option<DateTime<Utc>>,
    /// The newest content that was told: 1 the detection's, 2 the reviewed one, more after further changes.
    pub(super) revision: u32,
    /// Messages that the vendor would have sent to the customer.
    pub(super) outbox: Vec<Message>,
    /// How many results were written for sending.
    pub(super) rendered: u64,
    /// Results that were sent or, without a receiver, kept: the latest [`MOST_DELIVERIES`].
    pub(super) deliveries: Vec<Delivery>,
}

impl Token {
    /// Whether the validity is over at `now`.
    pub(super) fn expired(&self, now: DateTime<Utc>) -> bool {
        now > self.expires_at
    }

    /// Who gets the link.
    pub(super) fn customer(&self) -> &Customer {
        &self.order.customer
    }

    /// Notes what became of a result.
    pub(super) fn note(&mut self, delivery: Delivery) {
        let surplus = (self.deliveries.len() + 1).saturating_sub(MOST_DELIVERIES);
        self.deliveries.drain(..surplus);
        self.deliveries.push(delivery);
    }

    /// Whether `to` may follow the present status at `now`; the reason if not.
    fn may_become(&self, to: u64, now: DateTime<Utc>) -> Result<u8, Refusal> {
        if self.expired(now) {
            return Err(Refusal::conflict("the token has expired"));
        }
        let forbidden = || Refusal::conflict(format!("{to} cannot follow {}", self.status));
        let to = u8::try_from(to).map_err(|_| forbidden())?;
        let allowed = match (self.status, to) {
            (0, 1) | (1, 2) | (2, 3) | (3, 4 | 5) | (4, 5) | (0..=2, CHASED_UP) => true,
            (CHASED_UP, 1..=3) => to >= self.progress,
            _ => false,
        };
        if allowed { Ok(to) } else { Err(forbidden()) }
    }
}

/// Reads an API key that the vendor has given out.
fn known_account<'de, D: Deserializer<'de>>(from: D) -> Result<Account, D::Error> {
    let given = String::deserialize(from)?;
    let known = KEYS.iter().find(|(key, _)| *key == given);
    known.map(|(key, _)| *key).ok_or_else(|| de::Error::custom(format!("`{given}` is no API key of this sandbox")))
}

/// How a message goes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Channel {
    /// By mail.
    Email,
    /// By phone.
    Sms,
}

/// A message that would have gone to the customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) channel: Channel,
    pub(super) address: String,
    pub(super) link: String,
}

/// The vendor's whole state.
pub(crate) struct Tchek {
    core: Arc<Core>,
    desk: Mutex<Desk>,
    pub(super) post: Post,
}

impl Tchek {
    /// Starts with what is on `desk`.
    pub(crate) fn new(core: Arc<Core>, desk: Desk) -> Arc<Self> {
        Arc::new(Self { core, desk: Mutex::new(desk), post: Post::default() })
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// The address of `environment` as others reach it, without a slash at the end.
    pub(super) fn base(&self, environment: Environment) -> String {
        let base = self.core.base.get().map_or("", Url::as_str);
        format!("{}{}", base.trim_end_matches('/'), environment.prefix())
    }

    /// The page that the customer opens.
    pub(super) fn link(&self, environment: Environment, locale: &str, uid: &str) -> String {
        format!("{}/webapp/{locale}/services/{uid}", self.base(environment))
    }

    /// The account that the request's key belongs to.
    pub(super) fn account(environment: Environment, headers: &HeaderMap) -> Result<Account, Refusal> {
        let given = headers.get("x-api-key").ok_or_else(Refusal::no_key)?;
        let known = KEYS.iter().find(|(key, of)| *of == environment && key.as_bytes() == given.as_bytes());
        known.map(|(key, _)| *key).ok_or_else(Refusal::wrong_key)
    }

    /// Makes a token that nobody has opened yet.
    pub(super) fn create(
        self: &Arc<Self>,
        environment: Environment,
        account: Account,
        order: Order,
    ) -> Result<Token, Refusal> {
        let now = self.core.clock.now();
        let always_thirty = self.core.switches().tchek_thirty_day_expiry;
        let days = if always_thirty { 30 } else { order.validity };
        let mut desk = self.desk();
        let uid = loop {
            let uid = draw::token_uid(&self.core.ids.bytes());
            if !desk.tokens.contains_key(&uid) {
                break uid;
            }
        };
        let token = Token {
            id: self.new_id(),
            environment,
            account,
            vehicle_id: self.new_id(),
            customer_id: self.new_id(),
            created_at: now,
            updated_at: now,
            status: 0,
            status_at: now,
            progress: 0,
            expires_at: now + TimeDelta::days(days),
            inspection: None,
            shot_at: None,
            revision: 0,
            outbox: self.messages(environment, &uid, &order),
            rendered: 0,
            deliveries: Vec::new(),
            order: Arc::new(order),
            deleted: false,
            uid,
        };
        let token = self.put(&mut desk, token)?;
        drop(desk);
        self.fire(&token, Event::TradeinVehicle);
        Ok(token)
    }

    /// The token `uid` of `environment`.
    pub(super) fn token(&self, environment: Environment, uid: &str) -> Option<Token> {
        self.desk().tokens.get(uid).filter(|token| token.environment == environment).cloned()
    }

    /// The token `uid`, wherever it was made.
    pub(super) fn any_token(&self, uid: &str) -> Option<Token> {
        self.desk().tokens.get(uid).cloned()
    }

    /// All tokens, oldest first.
    pub(super) fn tokens(&self) -> Vec<Token> {
        self.desk().tokens.values().cloned().collect()
    }

    /// Moves the token to status `to` and sends what follows from it.
    pub(super) fn advance(self: &Arc<Self>, uid: &str, to: u64) -> Result<Token, Refusal> {
        let now = self.core.clock.now();
        let mut desk = self.desk();
        let mut token = desk.tokens.get(uid).cloned().ok_or_else(Refusal::unknown_token)?;
        let to = token.may_become(to, now)?;
        token.status = to;
        token.status_at = now;
        token.updated_at = now;
        if to != CHASED_UP {
            token.progress = to;
        }
        if token.inspection.is_none() && (2..=COMPLETED).contains(&to) {
            token.inspection = Some(self.new_id());
        }
        let event = match to {
            STARTED => Some(Event::NewTchek),
            SHOT => {
                token.shot_at = Some(now);
                token.revision = 1;
                Some(Event::DetectionFinished)
            }
            COMPLETED => {
                token.revision = 2;
                Some(Event::CreateReport)
            }
            _ => None,
        };
        let token = self.put(&mut desk, token)?;
        if to == SHOT {
            desk.pages.open(&token);
        }
        drop(desk);
        if let Some(event) = event {
            self.fire(&token, event);
        }
        Ok(token)
    }

    /// Ends the token's validity.
    pub(super) fn expire(&self, uid: &str) -> Result<Token, Refusal> {
        let just_over = self.core.clock.now() - TimeDelta::milliseconds(1);
        self.change(uid, |token| token.expires_at = token.expires_at.min(just_over))
    }

    /// Changes the token `uid` and gives it back.
    pub(super) fn change(&self, uid: &str, change: impl FnOnce(&mut Token)) -> Result<Token, Refusal> {
        let mut desk = self.desk();
        let mut token = desk.tokens.get(uid).cloned().ok_or_else(Refusal::unknown_token)?;
        change(&mut token);
        self.put(&mut desk, token)
    }

    /// Keeps `token` for the next run, then for this one: nobody sees what a restart would undo.
    fn put(&self, desk: &mut Desk, token: Token) -> Result<Token, Refusal> {
        self.core.memory.keep(Kind::TchekToken, &token.uid, &token).map_err(|_| Refusal::not_kept())?;
        desk.tokens.insert(token.uid.clone(), token.clone());
        Ok(token)
    }

    /// Deletes the inspection of `uid`; its token stays.
    pub(super) fn delete(self: &Arc<Self>, uid: &str) -> Result<Token, Refusal> {
        let token = self.any_token(uid).ok_or_else(Refusal::unknown_token)?;
        if token.inspection.is_none() || token.deleted {
            return Err(Refusal::conflict("there is no inspection to delete"));
        }
        let token = self.change(uid, |token| token.deleted = true)?;
        self.fire(&token, Event::DeleteTchek);
        Ok(token)
    }

    /// The token and the number of the photo `id`.
    pub(super) fn photo(&self, environment: Environment, id: &str) -> Option<(Token, usize)> {
        let (uid, number) = self.desk().pages.photos.get(id).cloned()?;
        Some((self.token(environment, &uid)?, number))
    }

    /// The token of the web report `id`, and whether the report shows costs.
    pub(super) fn report(&self, environment: Environment, id: &str) -> Option<(Token, bool)> {
        let (uid, costs) = self.desk().pages.reports.get(id).cloned()?;
        Some((self.token(environment, &uid)?, costs))
    }

    /// The car of the seed data that the token was made for, by VIN, else by plate.
    pub(super) fn car(&self, order: &Order) -> Option<&SeedCar> {
        let fleet = &self.core.fleet;
        let by_vin = order.vin.as_deref().and_then(|vin| fleet.by_vin(&vin.to_ascii_uppercase()));
        by_vin.or_else(|| {
            let plate = order.immat.as_deref().map(bare_plate).filter(|plate| !plate.is_empty())?;
            fleet.cars().iter().find(|car| order.vin.is_none() && bare_plate(&car.plate) == plate)
        })
    }

    fn messages(&self, environment: Environment, uid: &str, order: &Order) -> Vec<Message> {
        let customer = &order.customer;
        let link = self.link(environment, &customer.locale, uid);
        let mail = (Channel::Email, customer.email.clone());
        let sms = (Channel::Sms, customer.phone.clone());
        let sent = match order.sending_type {
            Some(0) => vec![mail],
            Some(1) => vec![sms],
            Some(_) => vec![sms, mail],
            None => Vec::new(),
        };
        sent.into_iter().map(|(channel, address)| Message { channel, address, link: link.clone() }).collect()
    }

    fn new_id(&self) -> String {
        draw::letters(&self.core.ids.bytes())
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }
}

/// A plate without what people write differently.
pub(super) fn bare_plate(plate: &str) -> String {
    plate.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}
