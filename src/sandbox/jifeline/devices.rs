//! How the connectors stand: as seeded, or as the control interface has set them.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Deserializer;

use crate::sandbox::core::lock;
use crate::sandbox::seed::SeedCar;
use crate::sandbox::seed::connectors::CONNECTORS;
use crate::sandbox::seed::connectors::SeedConnector;

use super::Jifeline;
use super::changes::Change;

/// The voltage of a car's battery that nobody has set otherwise.
const VOLTAGE: f64 = 12.4;

/// How a connector stands.
#[derive(Clone, Debug)]
pub(super) struct Device<'fleet> {
    /// Whether it is connected to Jifeline.
    pub(super) online: bool,
    /// The VIN that it reports; none when it is plugged into no car.
    pub(super) vin: Option<String>,
    /// The voltage of the car's battery.
    pub(super) voltage: f64,
    /// The car, when it is one of the fleet.
    pub(super) car: Option<&'fleet SeedCar>,
}

/// Which car a connector is set to be plugged into.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Plug {
    /// The seeded one.
    #[default]
    Seeded,
    /// None.
    Out,
    /// The one with this VIN.
    In(String),
}

/// What is set otherwise than seeded. An absent member leaves things as they are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Setting {
    online: Option<bool>,
    /// Null pulls the connector out.
    #[serde(default, deserialize_with = "plug")]
    vin: Plug,
    voltage: Option<f64>,
}

/// A member that is there, be it null.
fn plug<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Plug, D::Error> {
    Option::deserialize(deserializer).map(|vin| vin.map_or(Plug::Out, Plug::In))
}

/// The settings of all connectors, by id.
pub(super) type Settings = HashMap<i64, Setting>;

impl Jifeline {
    /// The connector with this id, and how it stands.
    pub(super) fn device(&self, id: i64) -> Option<(&'static SeedConnector, Device<'_>)> {
        let connector = CONNECTORS.iter().find(|connector| connector.id == id)?;
        let set = lock(&self.devices).get(&id).cloned().unwrap_or_default();
        let seeded = connector.car.and_then(|index| self.core.fleet.car(index));
        let (vin, car) = match set.vin {
            Plug::Seeded => {
                let reported = connector.vin_as_reported.as_ref();
                (seeded.map(|car| reported.unwrap_or(&car.vin).clone()), seeded)
            }
            Plug::Out => (None, None),
            Plug::In(vin) => {
                let car = self.core.fleet.by_vin(&vin.to_uppercase());
                (Some(vin), car)
            }
        };
        let online = set.online.unwrap_or(connector.is_online);
        Some((connector, Device { online, vin, voltage: set.voltage.unwrap_or(VOLTAGE), car }))
    }

    /// Sets what `setting` names; tells whether there is such a connector.
    pub(super) fn set_device(&self, id: i64, setting: Setting) -> bool {
        if self.device(id).is_none() {
            return false;
        }
        let mut devices = lock(&self.devices);
        let set = devices.entry(id).or_default();
        set.online = setting.online.or(set.online);
        if setting.vin != Plug::Seeded {
            set.vin = setting.vin;
        }
        set.voltage = setting.voltage.or(set.voltage);
        drop(devices);
        self.changes.tell(Change::Connector(id));
        true
    }
}
