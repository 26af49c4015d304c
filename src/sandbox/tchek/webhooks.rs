//! Where the vendor delivers to and what: the operations by which a customer says so, one receiver for each key.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::sandbox::memory::Kind;

use super::Place;
use super::deliveries::RETRIES;
use super::error::Refusal;
use super::events::Event;
use super::receiver::Receiver;
use super::state::Account;
use super::state::Tchek;

/// `tchek.webhooks.configure`: says where deliveries of the key go.
pub(super) async fn configure(
    State(place): State<Place>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| Refusal::field("body", "is not JSON"))?;
    let url = body.get("webhookUrlV2").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| Refusal::field("webhookUrlV2", "must be an absolute http or https address"))?;
    let header_key = match body.get("webhookHeaderKey") {
        None | Some(Value::Null) => None,
        Some(Value::String(key)) => Some(
            HeaderValue::from_str(key).map_err(|_| Refusal::field("webhookHeaderKey", "cannot stand in a header"))?,
        ),
        Some(_) => return Err(Refusal::field("webhookHeaderKey", "must be text")),
    };
    let receiver = Receiver { url, header_key, retries: RETRIES.to_vec(), only_subscribed: true };
    place.tchek.set_receiver(Some(account.to_owned()), Some(receiver))?;
    Ok(Json(place.tchek.configuration(account)))
}

/// `tchek.webhooks.get_configuration`: tells where deliveries of the key go.
pub(super) async fn get_configuration(State(place): State<Place>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    Ok(Json(place.tchek.configuration(account)))
}

/// `tchek.webhooks.subscribe`: switches the deliveries of one event on or off.
pub(super) async fn subscribe(
    State(place): State<Place>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| Refusal::field("body", "is not JSON"))?;
    let event = body.get("eventName").and_then(|name| serde_json::from_value::<Event>(name.clone()).ok());
    let event = event.ok_or_else(|| Refusal::field("eventName", "is no event that can be subscribed to"))?;
    let on = body.get("webhook").and_then(Value::as_bool);
    let on = on.ok_or_else(|| Refusal::field("webhook", "must be true or false"))?;
    place.tchek.subscribe(account, event, on)?;
    Ok(Json(json!({
        "eventName": event,
        "webhook": on,
        "companyEmail": false,
        "companyEmailAddress": null,
        "customerEmail": false,
        "customerSMS": false,
        "senderEmail": null,
        "senderName": null,
    })))
}

impl Tchek {
    /// Sends the deliveries of `account`, or of every account without a receiver of its own, to `receiver`.
    pub(super) fn set_receiver(&self, account: Option<String>, receiver: Option<Receiver>) -> Result<(), Refusal> {
        let mut desk = self.desk();
        self.core().memory.keep(Kind::TchekReceiver, &account, &receiver).map_err(|_| Refusal::not_kept())?;
        match receiver {
            Some(receiver) => desk.receivers.insert(account, Arc::new(receiver)),
            None => desk.receivers.shift_remove(&account),
        };
        Ok(())
    }

    /// Where `event` of `account` is to be delivered, if it is.
    pub(super) fn taker(&self, account: Account, event: Event) -> Option<Arc<Receiver>> {
        let desk = self.desk();
        let own = desk.receivers.get(&Some(account.to_owned()));
        let receiver = own.or_else(|| desk.receivers.get(&None)).cloned()?;
        let is_subscribed = desk.subscriptions.get(account).is_some_and(|events| events.contains(&event));
        let is_wanted = is_subscribed || (event.brings_result() && !receiver.only_subscribed);
        (is_wanted && event != Event::NewDamage).then_some(receiver)
    }

    fn subscribe(&self, account: Account, event: Event, on: bool) -> Result<(), Refusal> {
        let mut desk = self.desk();
        let mut events = desk.subscriptions.get(account).cloned().unwrap_or_default();
        if on {
            events.insert(event);
        } else {
            events.remove(&event);
        }
        self.core().memory.keep(Kind::TchekSubscriptions, &account, &events).map_err(|_| Refusal::not_kept())?;
        desk.subscriptions.insert(account.to_owned(), events);
        Ok(())
    }

    fn configuration(&self, account: Account) -> Value {
        let receiver = self.desk().receivers.get(&Some(account.to_owned())).cloned();
        let key = receiver.as_ref().and_then(|receiver| receiver.header_key.as_ref());
        json!({
            "webhookHeaderKey": key.and_then(|key| key.to_str().ok()),
            "webhookUrl": null,
            "webhookUrlV2": receiver.as_ref().map(|receiver| receiver.url.as_str()),
        })
    }
}
