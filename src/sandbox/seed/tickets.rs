//! The historical tickets of the cars, derived from the car whenever they are asked for, with what was ordered.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use super::Fleet;
use super::SeedCar;
use super::TODAY;
use super::connectors::CONNECTORS;
use super::draw::Purpose;
use super::draw::draw;
use super::draw::pick;
use super::offers::Voucher;
use super::offers::voucher;
use super::products::PRODUCTS;
use super::products::Product;

/// The smallest ticket id.
const FIRST_ID: i64 = 7_000_000;

/// Ids per car: four for the first garage, then one for the second.
const IDS_PER_CAR: i64 = 5;

/// The first garage's place in [`Visit::garage`].
pub(crate) const FORECOURT: u8 = 1;

/// The second garage's place in [`Visit::garage`].
pub(crate) const RING: u8 = 2;

/// One historical ticket of a car.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit<'fleet> {
    /// The car.
    pub(crate) car: &'fleet SeedCar,
    /// Which of the car's tickets this is, 0 the newest; 4 is the second garage's.
    turn: u8,
    /// The garage: [`FORECOURT`] or [`RING`].
    pub(crate) garage: u8,
}

/// One product in a ticket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// The product.
    pub(crate) product: &'static Product,
    /// How often it was ordered.
    pub(crate) quantity: i32,
}

/// All historical tickets of `car` at `garage`, newest first.
pub(crate) fn of_car(car: &SeedCar, garage: u8) -> impl Iterator<Item = Visit<'_>> {
    let turns = match garage {
        FORECOURT => 0..car.tickets,
        RING if car.serviced_by_ring => 4..5,
        _ => 0..0,
    };
    turns.map(move |turn| Visit { car, turn, garage })
}

/// The historical ticket with this id.
pub(crate) fn by_id(fleet: &Fleet, id: i64) -> Option<Visit<'_>> {
    let offset = id.checked_sub(FIRST_ID).filter(|offset| *offset >= 0)?;
    let car = fleet.car(usize::try_from(offset / IDS_PER_CAR).ok()?)?;
    [FORECOURT, RING].into_iter().flat_map(|garage| of_car(car, garage)).find(|visit| visit.id() == id)
}

/// The first id past those of the historical tickets.
pub(crate) fn end_of_ids(fleet: &Fleet) -> i64 {
    i64::try_from(fleet.cars().len()).unwrap_or(i64::MAX / IDS_PER_CAR - FIRST_ID) * IDS_PER_CAR + FIRST_ID
}

/// When `garage` had `car` serviced last; none when it never did.
pub(crate) fn last_serviced_at(car: &SeedCar, garage: u8) -> Option<DateTime<Utc>> {
    let newest = of_car(car, garage).next().map(|visit| visit.finished_at());
    let by_garage = if garage == RING { car.serviced_by_ring } else { car.serviced };
    // A garage may have had the car on a connector before its ticket history begins.
    newest.or_else(|| {
        let days = 560 + draw(car.index, Purpose::Tickets, 1, 60);
        by_garage.then(|| at(car, days, 2))
    })
}

impl Visit<'_> {
    /// Jifeline's ticket id.
    pub(crate) fn id(&self) -> i64 {
        let index = i64::try_from(self.car.index).unwrap_or(i64::MAX / IDS_PER_CAR - FIRST_ID);
        FIRST_ID + index * IDS_PER_CAR + i64::from(self.turn)
    }

    /// The connector that was used.
    pub(crate) fn connector_id(&self) -> i64 {
        let of_garage = || CONNECTORS.iter().filter(|connector| connector.garage == self.garage);
        let count = u64::try_from(of_garage().count()).unwrap_or(0);
        let place = usize::try_from(self.draw(10, count)).unwrap_or(0);
        of_garage().nth(place).map_or(0, |connector| connector.id)
    }

    /// When the garage ordered.
    pub(crate) fn created_at(&self) -> DateTime<Utc> {
        at(self.car, self.days_ago(), u64::from(self.turn) * 16 + 3)
    }

    /// When the work was done.
    pub(crate) fn finished_at(&self) -> DateTime<Utc> {
        let seconds = 1_200 + self.draw(11, 3_000);
        self.created_at() + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0))
    }

    /// The odometer as the garage entered it.
    pub(crate) fn odometer(&self) -> i64 {
        let since = i64::try_from(self.days_ago()).unwrap_or(0) * self.car.pace / 1_000;
        (self.car.odometer_km - since).max(12)
    }

    /// The garage's own words on the order; none on some.
    pub(crate) fn reference(&self) -> Option<String> {
        match self.draw(12, 5) {
            0 => None,
            1 => Some(self.car.plate.clone()),
            _ => Some(format!("WO-{}", 1_000 + self.id() % 9_000)),
        }
    }

    /// The voucher that was used; none on most.
    pub(crate) fn voucher(&self) -> Option<&'static Voucher> {
        if self.draw(16, 9) == 0 { voucher("WELCOME10") } else { None }
    }

    /// The state: closed, and cancelled for a few.
    pub(crate) fn state(&self) -> i32 {
        if self.car.index != 0 && self.draw(13, 17) == 0 { 8 } else { 7 }
    }

    /// What was ordered: one to three products, each once in the list.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::<Line>::new();
        for place in 0..=self.draw(14, 3) {
            let quantity = if self.draw(20 + place, 12) == 0 { 2 } else { 1 };
            let product = pick(self.car.index, Purpose::Tickets, self.turn_salt(30 + place), &PRODUCTS);
            if let Some(product) = product
                && lines.iter().all(|line| line.product.id != product.id)
            {
                lines.push(Line { product, quantity });
            }
        }
        lines
    }

    fn days_ago(&self) -> u64 {
        10 + u64::from(self.turn % 4) * 140 + self.draw(15, 120)
    }

    fn draw(&self, salt: u64, bound: u64) -> u64 {
        draw(self.car.index, Purpose::Tickets, self.turn_salt(salt), bound)
    }

    fn turn_salt(&self, salt: u64) -> u64 {
        u64::from(self.turn) * 100 + salt
    }
}

/// A moment within working hours, `days` before the end of the seeded past.
fn at(car: &SeedCar, days: u64, salt: u64) -> DateTime<Utc> {
    let seconds = 7 * 3_600 + draw(car.index, Purpose::Tickets, 1_000 + salt, 9 * 3_600);
    let past = i64::try_from(days * 86_400 - seconds).unwrap_or(0);
    *TODAY - TimeDelta::seconds(past)
}
