//! `autochat.options.list`: the equipment that a car may have, different in each environment.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;
use uuid::Uuid;

use super::Environment;
use super::Place;
use super::error::Refusal;

/// Names that the vendor's documents use, on both environments.
const KNOWN: [(&str, &str); 35] = [
    ("power_steering", "Power steering"),
    ("passenger_airbag", "Passenger airbag"),
    ("tempomat", "Tempomat"),
    ("armrest", "Armrest"),
    ("sliding_door", "Sliding door"),
    ("side_airbag", "Side airbag"),
    ("ac", "Air conditioning"),
    ("dark_tinted_glass", "Dark tinted glass"),
    ("seat_heating", "Seat heating"),
    ("abs", "ABS"),
    ("chassis_double_cabin", "Chassis double cabin"),
    ("power_windows_front", "Power windows front"),
    ("fog_lights", "Fog lights"),
    ("heated_seats", "Heated seats"),
    ("radio_cd", "Radio with CD"),
    ("multi_functional_steering_wheel", "Multi-functional steering wheel"),
    ("trailer_hitch", "Trailer hitch"),
    ("parking_assist_system_camera", "Parking assist system, camera"),
    ("radio", "Radio"),
    ("shift_paddles", "Shift paddles"),
    ("start_stop_system", "Start-stop system"),
    ("on_board_computer", "On-board computer"),
    ("navigation_system", "Navigation system"),
    ("cd_player", "CD player"),
    ("parking_assist_system_sensors_rear", "Parking assist system, sensors rear"),
    ("central_door_lock_remote", "Central door lock, remote"),
    ("board_computer", "Board computer"),
    ("towbar", "Towbar"),
    ("light_sensor", "Light sensor"),
    ("interior_mirror_automatically_dimmable", "Interior mirror, automatically dimmable"),
    ("cruise_control", "Cruise control"),
    ("leather_steering_wheel", "Leather steering wheel"),
    ("adaptive_headlights", "Adaptive headlights"),
    ("keyless_central_door_lock", "Keyless central door lock"),
    ("driver_drowsiness_detection", "Driver drowsiness detection"),
];

/// Names of our own, on production only: the known ones are a part of the real list.
const PRODUCTION_ONLY: [(&str, &str); 6] = [
    ("alloy_wheels", "Alloy wheels"),
    ("bluetooth", "Bluetooth"),
    ("panoramic_roof", "Panoramic roof"),
    ("rain_sensor", "Rain sensor"),
    ("roof_rails", "Roof rails"),
    ("sunroof", "Sunroof"),
];

/// Names of our own, on staging only.
const STAGING_ONLY: [(&str, &str); 2] =
    [("head_up_display", "Head-up display"), ("wireless_charging", "Wireless charging")];

/// Known names that staging does not have.
const NOT_ON_STAGING: [&str; 2] = ["chassis_double_cabin", "driver_drowsiness_detection"];

#[derive(Serialize)]
struct VehicleOption {
    esaco_identifier: i64,
    name: &'static str,
    #[serde(rename = "prettyName")]
    pretty_name: &'static str,
    uuid: Uuid,
}

/// Lists the options.
pub(super) async fn list(State(place): State<Place>, headers: HeaderMap) -> Result<Response, Refusal> {
    place.autochat.admit(&headers)?;
    let listed = names(place.environment).map(|(name, pretty_name)| VehicleOption {
        esaco_identifier: 0,
        name,
        pretty_name,
        uuid: uuid(place.environment, name),
    });
    Ok(place.autochat.listed(listed.collect(), None))
}

/// Why a car may not have the option `given`; `None` when it may.
pub(super) fn refusal(environment: Environment, given: &str) -> Option<&'static str> {
    if names(environment).any(|(name, _)| name == given) {
        None
    } else if Uuid::parse_str(given).is_ok() {
        Some("must be the name of an option, not its UUID")
    } else {
        Some("is no option of this environment")
    }
}

fn names(environment: Environment) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (own, missing): (&[(&str, &str)], &[&str]) = match environment {
        Environment::Production => (&PRODUCTION_ONLY, &[]),
        Environment::Staging => (&STAGING_ONLY, &NOT_ON_STAGING),
    };
    KNOWN.iter().chain(own).copied().filter(move |(name, _)| !missing.contains(name))
}

/// The same for the same name and environment in every run.
fn uuid(environment: Environment, name: &str) -> Uuid {
    let hash: [u8; 32] = Sha256::digest(format!("option {} {name}", environment.as_str())).into();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
