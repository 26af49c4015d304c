//! The tickets that are open, and those that were closed since the sandbox began.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::MutexGuard;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use indexmap::IndexMap;
use uuid::Uuid;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;
use crate::sandbox::seed::Line as Vehicle;
use crate::sandbox::seed::connectors::CONNECTORS;
use crate::sandbox::seed::garages::SeedGarage;
use crate::sandbox::seed::offers::Voucher;
use crate::sandbox::seed::products::Product;
use crate::sandbox::seed::products::product;
use crate::sandbox::seed::tickets;

use super::Jifeline;
use super::changes::Change;
use super::life::State;
use super::quote::Quote;

/// The smallest id of a new ticket, unless the seeded history goes on beyond it.
const FIRST_ID: i64 = 8_000_000;

/// How many ended tickets of one garage are kept.
const MOST_ENDED: usize = 1_000;

/// A ticket that waits for the service centre to open.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// When the centre opens.
    pub(super) until: DateTime<Utc>,
    /// What the garage is told.
    pub(super) message: Option<String>,
}

/// A ticket.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) uuid: Uuid,
    pub(super) garage: u8,
    pub(super) connector_id: i64,
    /// The UUID in the id of its chat.
    pub(super) chat: Uuid,
    pub(super) vin: String,
    pub(super) line: Vehicle,
    /// What was ordered, in the order's sequence; a product may stand there twice.
    pub(super) products: Vec<&'static Product>,
    pub(super) voucher: Option<&'static Voucher>,
    pub(super) reference: String,
    pub(super) odometer: Option<i64>,
    pub(super) state: State,
    pub(super) created_at: DateTime<Utc>,
    /// When it was closed or cancelled, and the how manieth it was in that.
    pub(super) ended: Option<(DateTime<Utc>, u64)>,
    /// The connection to the car; it exists once somebody has worked on the ticket.
    pub(super) connection: Option<Uuid>,
    pub(super) held: Option<Held>,
    /// When an autonomous process begins and ends; none when people do the work.
    pub(super) runs: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Order {
    pub(super) const fn is_open(&self) -> bool {
        self.state.is_open()
    }

    /// Whether no operator is needed.
    pub(super) fn is_unattended(&self) -> bool {
        !self.products.is_empty() && self.products.iter().all(|product| product.is_unattended)
    }

    /// The connection's number, of 13 digits.
    pub(super) const fn connection_id(&self) -> i64 {
        1_700_000_000_000 + self.id
    }

    /// Why it was cancelled, as a number: 0 when it was not. Inferred.
    pub(super) fn cancelled_reason(&self) -> i32 {
        i32::from(self.state == State::Cancelled)
    }

    /// What it costs.
    pub(super) fn quote(&self) -> Quote {
        Quote::of(self.products.iter().copied(), self.voucher)
    }
}

/// What a new ticket starts from.
pub(super) struct Draft {
    pub(super) garage: u8,
    pub(super) connector_id: i64,
    pub(super) vin: String,
    pub(super) line: Vehicle,
    pub(super) products: Vec<&'static Product>,
    pub(super) voucher: Option<&'static Voucher>,
    pub(super) reference: String,
    pub(super) odometer: Option<i64>,
    pub(super) held: Option<Held>,
}

/// All tickets of all garages, in the sequence of their making.
#[derive(Debug, Default)]
pub(super) struct Orders {
    tickets: IndexMap<i64, Order>,
    made: i64,
    ended: u64,
    /// What the garages' tickets cost, in euro cents, save those that were cancelled.
    spent: HashMap<u8, i32>,
    /// The prepared tickets that were ordered.
    pub(super) used: HashSet<Uuid>,
}

impl Orders {
    /// The tickets that the seed has open. They wait for the control interface, whatever was ordered.
    pub(super) fn seeded(core: &Core) -> Self {
        let now = core.clock.now();
        let mut orders = Self::default();
        for connector in CONNECTORS.iter() {
            let car = connector.car.and_then(|index| core.fleet.car(index));
            let Some((ticket, car)) = connector.ticket.as_ref().zip(car) else { continue };
            let state = State::numbered(ticket.state).unwrap_or(State::Pending);
            let order = Order {
                id: ticket.id,
                uuid: ticket.uuid,
                garage: connector.garage,
                connector_id: connector.id,
                chat: ticket.chat,
                vin: car.vin.clone(),
                line: car.line,
                products: ticket.product_ids.iter().filter_map(|id| product(*id)).collect(),
                voucher: None,
                reference: String::new(),
                odometer: Some(car.odometer_km),
                state,
                created_at: now,
                ended: None,
                // Made from the chat's, so that a new sandbox has drawn no id yet.
                connection: (state == State::InProgress).then(|| Uuid::from_u128(ticket.chat.as_u128() ^ 1)),
                held: None,
                runs: None,
            };
            orders.tickets.insert(order.id, order);
        }
        orders
    }

    /// The ticket with this id.
    pub(super) fn get(&self, id: i64) -> Option<&Order> {
        self.tickets.get(&id)
    }

    /// Every ticket.
    pub(super) fn all(&self) -> impl Iterator<Item = &Order> {
        self.tickets.values()
    }

    /// The open ticket on a connector.
    pub(super) fn open_on(&self, connector: i64) -> Option<&Order> {
        self.all().find(|order| order.connector_id == connector && order.is_open())
    }

    /// What a garage's tickets cost, in euro cents, save those that were cancelled or come from the seed.
    pub(super) fn spent_by(&self, garage: u8) -> i32 {
        self.spent.get(&garage).copied().unwrap_or(0)
    }

    /// A garage's ended tickets, most recently ended first.
    pub(super) fn ended_of(&self, garage: u8) -> Vec<&Order> {
        let mut ended: Vec<_> = self.all().filter(|order| order.garage == garage && order.ended.is_some()).collect();
        ended.sort_by_key(|order| std::cmp::Reverse(order.ended.map(|(_, turn)| turn)));
        ended
    }

    /// Opens a ticket.
    pub(super) fn open(&mut self, core: &Core, draft: Draft) -> Order {
        let now = core.clock.now();
        self.made += 1;
        let mut order = Order {
            id: FIRST_ID.max(tickets::end_of_ids(&core.fleet)) + self.made,
            uuid: core.ids.uuid(now),
            chat: core.ids.uuid(now),
            garage: draft.garage,
            connector_id: draft.connector_id,
            vin: draft.vin,
            line: draft.line,
            products: draft.products,
            voucher: draft.voucher,
            reference: draft.reference,
            odometer: draft.odometer,
            state: State::Pending,
            created_at: now,
            ended: None,
            connection: None,
            held: draft.held,
            runs: None,
        };
        if order.is_unattended() {
            let start = order.held.as_ref().map_or(now, |held| held.until);
            let millis = i64::try_from(core.switches().jifeline_unattended_ms).unwrap_or(i64::MAX);
            let span = TimeDelta::try_milliseconds(millis).unwrap_or(TimeDelta::MAX);
            let end = |span| start.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC);
            order.runs = Some((end(span / 5), end(span)));
        }
        self.count(&order, order.quote().to_pay());
        self.tickets.insert(order.id, order.clone());
        order
    }

    fn count(&mut self, order: &Order, cents: i32) {
        let spent = self.spent.entry(order.garage).or_default();
        *spent = spent.saturating_add(cents);
    }

    /// Puts a ticket into `to` at `at`, whether or not that may follow.
    fn put(&mut self, core: &Core, id: i64, to: State, at: DateTime<Utc>) -> Option<Order> {
        let turn = self.ended + 1;
        let order = self.tickets.get_mut(&id)?;
        order.state = to;
        if to == State::InProgress && order.connection.is_none() {
            order.connection = Some(core.ids.uuid(at));
        }
        if !to.is_open() {
            order.ended = Some((at, turn));
            self.ended = turn;
        }
        let order = order.clone();
        // What the seed has open was paid before.
        if to == State::Cancelled && order.id > FIRST_ID {
            self.count(&order, -order.quote().to_pay());
        }
        let surplus = self.ended_of(order.garage).get(MOST_ENDED).map(|oldest| oldest.id);
        surplus.and_then(|id| self.tickets.shift_remove(&id));
        Some(order)
    }

    /// Lets the autonomous processes go on to `now`; tells what changed.
    fn run(&mut self, core: &Core, now: DateTime<Utc>) -> Vec<Order> {
        let due = |order: &Order| match (order.state, order.runs) {
            (State::Pending, Some((start, _))) if start <= now => Some((order.id, State::InProgress, start)),
            (State::InProgress, Some((_, end))) if end <= now => Some((order.id, State::Closed, end)),
            _ => None,
        };
        let mut changed = Vec::new();
        loop {
            let next = self.all().find_map(due);
            let Some((id, to, at)) = next else { return changed };
            changed.extend(self.put(core, id, to, at));
        }
    }
}

impl Jifeline {
    /// What is left in a garage's wallet, in euro cents.
    pub(super) fn wallet(&self, garage: &SeedGarage) -> i32 {
        let spent = if garage.pays_by_wallet { self.orders().spent_by(garage.number) } else { 0 };
        garage.wallet_cents - spent
    }

    /// The tickets as they stand now.
    pub(super) fn orders(&self) -> MutexGuard<'_, Orders> {
        let mut orders = lock(&self.orders);
        for order in orders.run(&self.core, self.core.clock.now()) {
            self.tell_of(&order);
        }
        orders
    }

    /// Tells listeners that a ticket changed, and with it its connector.
    pub(super) fn tell_of(&self, order: &Order) {
        self.changes.tell(Change::Ticket(order.id));
        self.changes.tell(Change::Connector(order.connector_id));
    }

    /// Moves a ticket to a state; the state it is in, when the move is forbidden; none when there is no such ticket.
    pub(super) fn transition(&self, id: i64, to: State) -> Option<Result<Order, State>> {
        let now = self.core.clock.now();
        let mut orders = self.orders();
        let order = orders.get(id)?;
        let waits = order.held.as_ref().is_some_and(|held| held.until > now) && to != State::Cancelled;
        if waits || !order.state.may_become(to) {
            return Some(Err(order.state));
        }
        let order = orders.put(&self.core, id, to, now)?;
        self.tell_of(&order);
        Some(Ok(order))
    }

    /// Holds an open ticket back, or lets it go; the state it is in, when it has ended; none when there is no such ticket.
    pub(super) fn hold(&self, id: i64, held: Option<Held>) -> Option<Result<Order, State>> {
        let mut orders = self.orders();
        let order = orders.tickets.get_mut(&id)?;
        if !order.is_open() {
            return Some(Err(order.state));
        }
        order.held = held;
        let order = order.clone();
        self.tell_of(&order);
        Some(Ok(order))
    }
}
