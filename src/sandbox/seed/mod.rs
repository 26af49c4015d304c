//! The seed: cars that are the same in every run, what Jifeline knows about them, and what the dealer did with them.

mod catalogue;
pub(crate) mod connectors;
mod draw;
pub(crate) mod garages;
pub(crate) mod offers;
pub(crate) mod products;
pub(crate) mod story;
pub(crate) mod tickets;
mod vehicles;

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::DateTime;
use chrono::Utc;

pub(crate) use catalogue::LINES;
pub(crate) use catalogue::Line;
pub(crate) use vehicles::Contradiction;
pub(crate) use vehicles::SeedCar;

/// The day on which the seeded past ends, at midnight UTC.
pub(crate) static TODAY: LazyLock<DateTime<Utc>> =
    LazyLock::new(|| DateTime::from_timestamp(1_790_812_800, 0).unwrap_or(DateTime::UNIX_EPOCH));

/// The seeded cars. The first cars are the same for every count.
#[derive(Debug)]
pub(crate) struct Fleet {
    cars: Vec<SeedCar>,
    by_vin: HashMap<String, usize>,
}

impl Fleet {
    /// Makes `count` cars, at least the first.
    pub(crate) fn new(count: usize) -> Self {
        let cars: Vec<SeedCar> = (0..count.max(1)).map(SeedCar::new).collect();
        let by_vin = cars.iter().map(|car| (car.vin.clone(), car.index)).collect();
        Self { cars, by_vin }
    }

    /// All cars in order of their index.
    pub(crate) fn cars(&self) -> &[SeedCar] {
        &self.cars
    }

    /// The car at `index`.
    pub(crate) fn car(&self, index: usize) -> Option<&SeedCar> {
        self.cars.get(index)
    }

    /// The car with this VIN in upper case.
    pub(crate) fn by_vin(&self, vin: &str) -> Option<&SeedCar> {
        self.by_vin.get(vin).and_then(|index| self.cars.get(*index))
    }
}
