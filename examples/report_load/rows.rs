//! The rows of a ledger, all made from their number.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use uuid::Builder;
use uuid::Uuid;

/// What a car can be.
const MODELS: [(&str, &str); 6] = [
    ("Volkswagen", "Golf"),
    ("Volvo", "V60"),
    ("Renault", "Clio"),
    ("Škoda", "Octavia, Combi"),
    ("BMW", "320d \"Touring\""),
    ("Citroën", "C3"),
];
/// The status of a finished inspection, and of one whose photos were never finished, in the vendor's numbers.
const COMPLETED: u8 = 5;
const SHOOTING: u8 = 2;

/// What the next things were made after those before them.
const STEP: TimeDelta = TimeDelta::minutes(1);

/// The car with a number, and all that has become of it.
pub(crate) struct Car<'a> {
    number: u64,
    vin: &'a str,
    at: DateTime<Utc>,
}

impl<'a> Car<'a> {
    /// The car with this number; the first one was made `begin`.
    pub(crate) fn new(number: u64, vin: &'a str, begin: DateTime<Utc>) -> Self {
        let minutes = i32::try_from(number).unwrap_or(i32::MAX);
        Self { number, vin, at: begin + STEP * minutes }
    }

    /// The id of what the car has of this kind.
    fn id(&self, kind: u8) -> Uuid {
        let mut bytes = [kind; 10];
        bytes.iter_mut().skip(2).zip(self.number.to_be_bytes()).for_each(|(to, from)| *to = from);
        Builder::from_unix_timestamp_millis(u64::try_from(self.millis()).unwrap_or_default(), &bytes).into_uuid()
    }

    fn millis(&self) -> i64 {
        self.at.timestamp_millis()
    }

    /// The number in a range, another one for each `salt`.
    fn draw(&self, salt: u64, below: u64) -> u64 {
        self.number.wrapping_add(salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29) % below
    }

    fn plate(&self) -> String {
        format!("{:02}-LD-{:06}", self.number % 97, self.number)
    }

    /// Three of four cars have a report.
    fn is_reported(&self) -> bool {
        self.number % 4 != 3
    }

    fn model(&self) -> (&'static str, &'static str) {
        let place = usize::try_from(self.draw(1, 6)).unwrap_or_default();
        MODELS.get(place).copied().unwrap_or_default()
    }

    /// The row of the index that a vendor's account left.
    pub(crate) fn in_index(&self, vendor: &str) -> Value {
        let plate = self.plate();
        let key = plate.replace('-', "");
        let search = [self.vin, &plate, &key].map(str::to_lowercase).join("\n");
        json!({
            "vin": self.vin, "vendor": vendor, "license_plate": plate, "plate_key": key, "search": search,
            "last_activity_at": self.millis(), "listed": u8::from(vendor == "autochat"),
            "inspection_status": (vendor == "tchek").then_some(self.status()),
        })
    }

    /// The listing.
    pub(crate) fn listing(&self) -> Value {
        let (make, model) = self.model();
        let price = 4_000 + self.draw(2, 60_000);
        let car = json!({
            "internal_id": self.stock_number(), "make": make, "model": model, "version": "1.5 Style, \"as new\"",
            "description": "One owner, full history.\nNew tyres; the tow bar comes off.", "body_color": "blue",
            "body_type": "estate", "fuel_type": "petrol", "transmission": "manual", "gears": 6,
            "engine_displacement_ccm": 1498, "co2_emission_grams_per_km": null, "power_kw": 60 + self.draw(3, 200),
            "doors": 5, "mileage": [self.draw(4, 250_000), "KILOMETRE"], "first_registration": "2021-03-18",
            "construction_year": 2015 + self.draw(5, 11), "license_plate": self.plate(), "vin": self.vin,
            "currency": "EUR", "sales_price": format!("{price}.00"), "sales_price_ex_vat": null, "tax_amount": null,
            "trade_price": format!("{}.50", price * 9 / 10), "vat_deductible": self.number.is_multiple_of(3),
            "options": ["navigation_system", "trailer_hitch"], "images": ["https://images.example/1.jpg"], "tags": [],
        });
        json!({
            "id": self.id(1), "vendor_car_id": format!("car-{:08}", self.number), "internal_id": self.stock_number(),
            "vin": self.vin, "license_plate": self.plate(), "car": car, "at": self.millis(),
        })
    }

    fn stock_number(&self) -> String {
        format!("STOCK-{:08}", self.number)
    }

    fn status(&self) -> u8 {
        if self.is_reported() { COMPLETED } else { SHOOTING }
    }

    /// The inspection; its link is long dead, so that nothing asks the vendor for it.
    pub(crate) fn inspection(&self) -> Value {
        json!({
            "id": self.id(2), "token_uid": format!("load{:012x}", self.number),
            "vendor_inspection_id": self.is_reported().then(|| format!("inspection-{}", self.number)),
            "vin": self.vin, "license_plate": self.plate(), "status_code": self.status(), "at": self.millis(),
            "changed_at": (self.at + TimeDelta::hours(3)).timestamp_millis(),
            "expires_at": (self.at + TimeDelta::days(7)).timestamp_millis(),
        })
    }

    /// The report of the inspection, if there is one.
    pub(crate) fn report(&self) -> Option<Value> {
        if !self.is_reported() {
            return None;
        }
        let damage = |number: u64| {
            json!({
                "number": number, "part": "PFDOR", "part_name": "Front left door", "kind": "SCRATCH",
                "kind_raw": "SCRATCH", "severity": 1 + self.draw(number, 5), "severity_raw": "SEV2", "size": "12.5",
                "found_automatically": true, "regions": [{
                    "image_id": format!("image-{number}"), "image_url": "https://images.example/front-left.jpg",
                    "center_x": "0.412", "center_y": "0.633", "width": "0.08", "height": "0.03", "detail": null,
                }],
            })
        };
        let part = |number: u64| {
            let cost = format!("{}.00", 80 + self.draw(number + 10, 900));
            json!({
                "part": "PFDOR", "part_name": "Front left door", "condition": "damaged", "repair": "painting",
                "repair_cost": { "amount": cost, "currency": "EUR", "localized": null }, "currency_raw": "€",
                "tax_percent": "21", "severity": 2, "billable": true,
            })
        };
        let image = |angle: u64| {
            json!({
                "name": format!("{angle}.jpg"), "url": format!("https://images.example/{angle}.jpg?signature=0123456789abcdef"),
                "origin_url": format!("https://images.example/{angle}.jpg"), "url_expires_at": self.at + TimeDelta::days(7),
                "shot_at": self.at, "angle": angle,
            })
        };
        let damages: Vec<_> = (1..=self.draw(6, 4)).map(damage).collect();
        let parts: Vec<_> = (1..=self.draw(6, 4)).map(part).collect();
        let data = json!({
            "damage_count": damages.len(), "damages": damages, "parts": parts, "images": (1..=4).map(image).collect::<Vec<_>>(),
            "license_plate": self.plate(), "detected_license_plate": self.plate(), "answers": [],
            "report_url": "https://reports.example/full", "report_url_without_costs": "https://reports.example/short",
            "pdf_url": null, "pdf_url_without_costs": null,
        });
        let hash = format!("{:064x}", self.number);
        let received_at = (self.at + TimeDelta::hours(3)).timestamp_millis();
        Some(json!({
            "id": self.id(3), "inspection_id": self.id(2), "content_hash": hash, "data": data, "at": received_at,
        }))
    }
}

/// A VIN that no sandbox has; in the order of the numbers.
pub(crate) fn vin(number: u64) -> String {
    format!("LDWZZZ1KZ{number:08}")
}
