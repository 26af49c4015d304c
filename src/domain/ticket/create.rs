//! Creating tickets: judged, sent once, and looked for when no answer comes.

use std::sync::Arc;

use serde::Deserialize;
use tokio::time::Instant;

use crate::auth::AccountId;
use crate::cache::Tag;
use crate::domain::connector::model::ConnectorId;
use crate::domain::creation::Ending;
use crate::domain::creation::Lost;
use crate::domain::creation::Order;
use crate::domain::creation::Sent;
use crate::domain::creation::create_or_find;
use crate::domain::creation::find_again;
use crate::domain::creation::idempotency_key;
use crate::domain::desk::TicketDesk;
use crate::domain::place::place;
use crate::domain::refusal::DIAGNOSTICS;
use crate::domain::rules::Faults;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::store::JournalKey;
use crate::store::JournalRow;

use super::check::Refusal;
use super::check::judge;
use super::check::pending;
use super::input::CreateTicketInput;
use super::input::TicketOrder;
use super::input::check_order;
use super::kept::Owner;
use super::kept::creation;
use super::lookup::LOOKED_FOR;
use super::lookup::Wanted;
use super::lookup::look_for;
use super::model::Ticket;

const MUTATION: &str = "createTicket";
/// What the caller can do about an order of unknown outcome.
const ADVICE: &str = "asking again with the same `idempotencyKey` looks for the ticket and never orders again. An open \
    ticket of this vehicle is the `activeTicket` of its connector; it may be yours, which the vendor shows only once it is \
    closed or cancelled. Use another key only when there is no such ticket";
/// At most so many orders are looked for after a start.
const MOST: usize = 1_000;

/// Creates the ticket, unless the key's creation is known already; gives the ending and the key that it is known by.
pub async fn create(caller: &Caller, input: CreateTicketInput) -> Result<(Ending, Option<String>)> {
    let place = place(&caller.session.accounts, input.connector_id.as_ref());
    let checked = check_order(&input);
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let ((account, connector), order, key) = match (place, checked, key) {
        (Ok(place), Ok(order), Ok(key)) => (place, order, key),
        (place, checked, key) => {
            let single = place.err().into_iter().chain(key.err());
            return Ok((Ending::Refused(single.chain(checked.err().unwrap_or_default()).collect()), None));
        }
    };
    let (services, tenant) = (&caller.services, &caller.session.tenant);
    let desk = TicketDesk::of(&services.sources, tenant, &account)?;
    let journal = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &connector, &order))?;
    let client = caller.session.client.as_ref().to_owned();
    let by = By { services: Arc::clone(services), tenant: Arc::clone(tenant), client, account, desk };
    let (entry, again) = (journal.key().clone(), by.clone());
    let send = move || async move { send(&by, &entry, &connector, &order).await };
    let look = move |lost| async move { look(&again, lost).await };
    let mut ending = create_or_find(services, journal, caller.deadline, send, look).await;
    if let Ending::Unknown(error) = &mut ending {
        error.message = format!("{}; {ADVICE}", error.message);
    }
    Ok((ending, Some(key)))
}

/// Takes up the orders whose outcome was unknown when the last process ended: `orphans`, which it left in flight, and
/// those that are still to be looked for.
///
/// # Errors
/// Those of the ledger.
pub async fn take_up(services: &Arc<Services>, orphans: Vec<JournalRow>) -> Result<()> {
    let since = services.clock.now() - LOOKED_FOR;
    let lost = services.store.unknown_creations(since, MOST).await?;
    let lost = lost.into_iter().filter(|row| !orphans.iter().any(|orphan| orphan.key == row.key)).collect::<Vec<_>>();
    for row in orphans.iter().filter(|row| row.key.mutation == MUTATION && row.sought.is_none()) {
        // It is noted what to look for before anything is sent.
        services.store.release(&row.key).await?;
    }
    for row in orphans.into_iter().chain(lost).filter(|row| row.key.mutation == MUTATION && row.sought.is_some()) {
        let Some(by) = By::of(services, &row) else { continue };
        find_again(services, row, move |lost| async move { look(&by, lost).await });
    }
    Ok(())
}

/// In whose name, and for whom, a ticket is made.
#[derive(Clone)]
struct By {
    services: Arc<Services>,
    tenant: Arc<str>,
    client: String,
    account: AccountId,
    desk: TicketDesk,
}

impl By {
    /// Whoever ordered what the journal has; none when the account is no longer configured.
    fn of(services: &Arc<Services>, row: &JournalRow) -> Option<Self> {
        let account = row.sought.as_ref()?.get("account")?.as_str()?;
        let is_its = |tenant: &Arc<str>, id: &AccountId| **tenant == *row.key.tenant && id.to_string() == account;
        let (tenant, account, _) = services.sources.orders.iter().find(|(tenant, id, _)| is_its(tenant, id))?;
        let desk = TicketDesk::of(&services.sources, tenant, account).ok()?;
        let (tenant, account) = (Arc::clone(tenant), account.clone());
        Some(Self { services: Arc::clone(services), tenant, client: row.key.client.clone(), account, desk })
    }

    fn invalidate(&self, wanted: &Wanted, made: Option<&Ticket>) {
        let vehicle = [Tag::vehicle(wanted.vin.as_str()), Tag::connector(wanted.connector_id.0.as_str())];
        let tags: Vec<Tag> = vehicle.into_iter().chain(made.map(|made| Tag::ticket(made.id.0.as_str()))).collect();
        self.services.invalidate(&self.tenant, &self.account, &tags);
    }

    fn made(&self, wanted: &Wanted, made: Ticket) -> Sent {
        self.invalidate(wanted, Some(&made));
        let id = self.services.ids.uuid(self.services.clock.now());
        let owner = Owner { tenant: &self.tenant, client: &self.client, account: &self.account };
        Sent::Created(id, Box::new(creation(&self.services, &owner, id, wanted, made)))
    }
}

/// Looks for the ticket of an order whose outcome is unknown.
async fn look(by: &By, lost: Lost) -> Sent {
    let wanted = lost.sought.as_ref().and_then(|sought| Wanted::deserialize(sought).ok());
    let Some(wanted) = wanted else { return Sent::Unknown(lost.error()) };
    let age = (by.services.clock.now() - lost.since).to_std().unwrap_or_default();
    let until = Instant::now() + LOOKED_FOR.saturating_sub(age);
    match look_for(&by.desk, &wanted, until, &by.services.shutdown).await {
        Some(made) => by.made(&wanted, made),
        None => Sent::Unknown(lost.error()),
    }
}

async fn send(by: &By, entry: &JournalKey, connector: &ConnectorId, order: &TicketOrder) -> Sent {
    let (services, desk) = (&by.services, &by.desk);
    let mut ticket = match judge(desk, order, connector).await {
        Ok(ticket) => ticket,
        Err(Refusal::Faults(faults)) => return Sent::Refused(faults),
        Err(Refusal::Failed(error)) => return Sent::Failed(error),
    };
    // A reference of our own is on no other ticket; the client's may be on an earlier one.
    let has_own = ticket.reference.is_none();
    ticket.reference = ticket.reference.or_else(|| Some(marker(services)));
    let mut wanted = Wanted::of(&by.account, &ticket);
    if !has_own && let Err(error) = wanted.note_earlier(desk).await {
        return Sent::Failed(error.into());
    }
    let noted = match serde_json::to_value(&wanted) {
        Ok(sought) => services.store.note_sought(entry, sought).await.map_err(Error::from),
        Err(error) => Err(Error::internal(error)),
    };
    if let Err(error) = noted {
        return Sent::Failed(error);
    }
    match desk.create(&ticket).await {
        Ok(made) => by.made(&wanted, made),
        Err(error) if error.nothing_happened() => {
            by.invalidate(&wanted, None);
            refused(desk, connector, error).await
        }
        Err(error) => {
            by.invalidate(&wanted, None);
            let found = look_for(desk, &wanted, Instant::now() + LOOKED_FOR, &services.shutdown).await;
            found.map_or_else(|| Sent::Unknown(error.into()), |made| by.made(&wanted, made))
        }
    }
}

/// A reference that no other ticket has.
fn marker(services: &Services) -> String {
    let id = services.ids.uuid(services.clock.now()).simple().to_string();
    // The end of the id is random, its beginning is the time.
    format!("FC-{}", id.get(20..).unwrap_or(&id))
}

/// What a refusal means; the vendor documents no way to tell an open ticket from other conflicts, so it is asked.
async fn refused(desk: &TicketDesk, connector: &ConnectorId, error: VendorError) -> Sent {
    if error.kind == VendorErrorKind::Conflict && matches!(desk.active(connector).await, Ok(Some(_))) {
        let mut faults = Faults::default();
        pending(&mut faults);
        return Sent::Refused(faults.none_or(None::<()>).err().unwrap_or_default());
    }
    match DIAGNOSTICS.refusal(&error) {
        Some(faults) => Sent::Refused(faults),
        None => Sent::Failed(error.into()),
    }
}
