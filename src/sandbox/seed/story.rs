//! The story: what the dealer did through the gateway before today, for the gateway to replay by its own mutations.

use serde_json::Value;
use serde_json::json;

use super::Contradiction;
use super::Fleet;
use super::SeedCar;
use super::catalogue::LINES;
use super::draw::Purpose;
use super::draw::draw;
use super::draw::pick;
use super::tickets;

const LOCALES: [&str; 8] = ["nl-BE", "nl-BE", "de", "fr", "en", "it", "es", "sv"];

const GIVEN_NAMES: [(&str, &str); 10] = [
    ("Sofie", "FEMALE"),
    ("Daan", "MALE"),
    ("Amira", "FEMALE"),
    ("Lukas", "MALE"),
    ("Chiara", "FEMALE"),
    ("Tom", "MALE"),
    ("Ingrid", "FEMALE"),
    ("Mehmet", "MALE"),
    ("Élodie", "FEMALE"),
    ("Pedro", "MALE"),
];

const FAMILY_NAMES: [&str; 10] =
    ["Peeters", "de Vries", "Haddad", "Weber", "Rossi", "Janssens", "Lindqvist", "Yılmaz", "Moreau", "García"];

const DESCRIPTIONS: [&str; 5] = [
    "One owner, complete service history",
    "Lease return, non-smoker, winter tyres included",
    "Imported, maintained by the brand's dealer",
    "Second car of the family, always kept in a garage",
    "Former demonstration car with many options",
];

const OPTIONS: [&str; 16] = [
    "abs",
    "ac",
    "adaptive_headlights",
    "armrest",
    "central_door_lock_remote",
    "cruise_control",
    "fog_lights",
    "heated_seats",
    "light_sensor",
    "multi_functional_steering_wheel",
    "navigation_system",
    "on_board_computer",
    "parking_assist_system_sensors_rear",
    "power_steering",
    "start_stop_system",
    "trailer_hitch",
];

/// The steps of the first `limit` cars that were inspected or listed, car by car in order of the fleet.
pub(crate) fn tell(fleet: &Fleet, limit: usize) -> Value {
    let steps: Vec<Value> = fleet.cars().iter().filter_map(steps).take(limit).flatten().collect();
    json!({ "steps": steps })
}

fn steps(car: &SeedCar) -> Option<Vec<Value>> {
    if car.inspected_to.is_none() && !car.listed {
        return None;
    }
    let inspection = car.inspected_to.map(|status| inspection(car, status));
    let mut steps = vec![json!({
        "vin": car.vin,
        "createInspection": inspection,
        "createListing": car.listed.then(|| listing(car)),
    })];
    if car.index == 0 {
        // The first car shows both: a finished inspection, and a later one that the customer has just begun.
        let mut second = self::inspection(car, 2);
        if let Some(members) = second.as_object_mut() {
            members.insert("customer".to_owned(), Value::Null);
            members.insert("damageReview".to_owned(), "CUSTOMER".into());
        }
        steps.push(json!({"vin": car.vin, "createInspection": second, "createListing": null}));
    }
    Some(steps)
}

fn inspection(car: &SeedCar, status: u8) -> Value {
    let by_customer = car.index != 0 && (status == 4 || draw(car.index, Purpose::Customer, 0, 3) == 0);
    let advance: &[u8] = match (status, by_customer) {
        (1, _) => &[1],
        (2, _) => &[1, 2],
        (3, _) => &[1, 2, 3],
        (4, _) => &[1, 2, 3, 4],
        (5, true) => &[1, 2, 3, 4, 5],
        (5, false) => &[1, 2, 3, 5],
        (6, _) => &[1, 6],
        _ => &[],
    };
    json!({
        "vin": car.vin,
        "licensePlate": car.plate,
        "locale": if car.index == 0 { "nl-BE" } else { chosen(car, Purpose::Customer, 1, &LOCALES) },
        "customer": customer(car),
        "validityDays": if car.inspection_expires { 1 } else { 30 },
        "damageReview": if by_customer { "CUSTOMER" } else { "DEALER" },
        "advance": advance,
        "expireAfter": car.inspection_expires,
    })
}

/// The person who takes the photos; none where the dealer did not tell.
fn customer(car: &SeedCar) -> Option<Value> {
    if car.index != 0 && draw(car.index, Purpose::Customer, 2, 4) == 0 {
        return None;
    }
    let (given, gender) = pick(car.index, Purpose::Customer, 3, &GIVEN_NAMES).copied().unwrap_or(("Sofie", "FEMALE"));
    let number = draw(car.index, Purpose::Customer, 5, 100_000_000);
    Some(json!({
        "firstName": given,
        "lastName": chosen(car, Purpose::Customer, 4, &FAMILY_NAMES),
        "email": format!("customer-{}@example.com", car.index + 1),
        "phone": format!("+316{number:08}"),
        "gender": if draw(car.index, Purpose::Customer, 6, 3) == 0 { None } else { Some(gender) },
    }))
}

fn listing(car: &SeedCar) -> Value {
    let sales = sales_cents(car);
    let without_tax = (sales * 100 + 60) / 121;
    let trade = sales * 88 / 100;
    let variant = car.line.variant;
    json!({
        "internalId": format!("STOCK-{:05}", car.index + 1),
        "make": car.make.to_lowercase(),
        "model": listed_model(car),
        "version": variant.name,
        "description": chosen(car, Purpose::Listing, 0, &DESCRIPTIONS),
        "bodyColor": car.body_color,
        "bodyType": car.line.model.body_type,
        "fuelType": variant.fuel_type,
        "transmission": variant.transmission,
        "gears": variant.gears,
        "engineDisplacementCcm": (variant.engine_ccm > 0).then_some(variant.engine_ccm),
        "co2EmissionGramsPerKm": variant.co2_g_per_km,
        "powerKw": variant.power_kw,
        "doors": car.line.model.doors,
        "mileage": {"value": listed_mileage(car), "unit": "KILOMETRE"},
        "firstRegistration": car.first_registration,
        "constructionYear": car.construction_year,
        "licensePlate": car.plate,
        "vin": car.vin,
        "currency": "EUR",
        "salesPrice": decimal(sales),
        "salesPriceExVat": decimal(without_tax),
        "taxAmount": decimal(sales - without_tax),
        "tradePrice": decimal(trade),
        "vatDeductible": draw(car.index, Purpose::Listing, 1, 2) == 0,
        "options": options(car),
        "images": [],
        "tags": [],
    })
}

/// Mileage as listed: the odometer, or, where the seed contradicts itself, less than the newest ticket read.
fn listed_mileage(car: &SeedCar) -> i64 {
    let newest = tickets::of_car(car, tickets::FORECOURT).next();
    match (car.contradiction, newest) {
        (Some(Contradiction::Mileage), Some(visit)) => visit.odometer() * 7 / 10,
        _ => car.odometer_km,
    }
}

/// Model as listed: the model group, or, where the seed contradicts itself, one of another make.
fn listed_model(car: &SeedCar) -> String {
    let other = LINES.iter().find(|line| line.make.id > car.line.make.id).or_else(|| LINES.first());
    match (car.contradiction, other) {
        (Some(Contradiction::Model), Some(line)) => line.group.name.to_lowercase(),
        _ => car.model_group.to_lowercase(),
    }
}

/// The price falls by an eighth a year, and by a little more or less for each car.
fn sales_cents(car: &SeedCar) -> i64 {
    let years = usize::try_from(2026 - car.construction_year).unwrap_or(0);
    let new = i64::from(car.line.variant.new_price) * 100;
    let worn = (0..years).fold(new, |price, _| price * 7 / 8);
    let haggle = i64::try_from(draw(car.index, Purpose::Listing, 2, 90_000)).unwrap_or(0);
    // Prices end on 50 or 95 cents or none, as dealers like them.
    let whole = (worn + haggle) / 5_000 * 5_000;
    whole + [0, 0, 50, 95].get(car.index % 4).copied().unwrap_or(0)
}

fn options(car: &SeedCar) -> Vec<&'static str> {
    let wanted = |turn: usize| draw(car.index, Purpose::Listing, 100 + u64::try_from(turn).unwrap_or(0), 5) < 2;
    OPTIONS.into_iter().enumerate().filter(|(turn, _)| wanted(*turn)).map(|(_, name)| name).collect()
}

fn chosen(car: &SeedCar, purpose: Purpose, turn: u64, choices: &[&'static str]) -> &'static str {
    pick(car.index, purpose, turn, choices).copied().unwrap_or_default()
}

fn decimal(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
