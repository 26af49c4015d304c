//! The result object: what webhooks carry about an inspection.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::draw::Draw;
use super::draw::token_uid;
use super::parts::PHOTOS;
use super::report::Damage;
use super::report::REGION_SCALE;
use super::report::Region;
use super::report::Report;
use super::state::Tchek;
use super::state::Token;
use super::tokens::time;

/// How long a signed link to a photo works, in seconds.
const SIGNED_SECONDS: i64 = 2 * 60 * 60;

/// The id of a token's photo; the same in every result.
pub(super) fn photo_id(token: &Token, number: usize) -> String {
    Draw::new(&["photo", &token.uid, &number.to_string()]).id()
}

/// The id of a token's web report, with costs or without.
pub(super) fn report_id(token: &Token, costs: bool) -> String {
    token_uid(&Draw::new(&["web report", &token.uid, if costs { "costs" } else { "no costs" }]).bytes())
}

/// The signature of a link to the photo `id`.
pub(super) fn signature(id: &str, expires: i64, rendering: u64) -> String {
    let bytes = Draw::new(&["signed photo", id, &expires.to_string(), &rendering.to_string()]).bytes();
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Tchek {
    /// The report of `token` at `revision`.
    pub(super) fn findings(&self, token: &Token, revision: u32) -> Report {
        let car = self.car(&token.order);
        Report::new(token, car.map(|car| (car.vin.as_str(), car.damages)), revision)
    }

    /// The whole webhook body for `token` at `revision`; links to photos are signed for the count in `token.rendered`.
    pub(super) fn result(&self, token: &Token, revision: u32) -> Value {
        let report = self.findings(token, revision);
        let rendering = token.rendered;
        let writer = Writer { tchek: self, token, report: &report, rendering };
        let hundredths = Draw::new(&["time taken", &token.uid, &rendering.to_string()]).below(2_000);
        json!({
            "tchekId": token.inspection,
            "vehicleId": token.vehicle_id,
            "dataAPI": {
                "totalTime": f64::from(500 + hundredths) / 100.0,
                "status": 200,
                "data": writer.data(),
            },
        })
    }

    /// The plate that the detection reads from the photos of `token`'s car; empty when none is known.
    pub(super) fn plate_read(&self, token: &Token) -> String {
        let car = self.car(&token.order).map(|car| car.plate_in_photos.clone());
        car.or_else(|| token.order.immat.clone()).unwrap_or_default()
    }
}

struct Writer<'a> {
    tchek: &'a Tchek,
    token: &'a Token,
    report: &'a Report,
    rendering: u64,
}

impl Writer<'_> {
    fn data(&self) -> Value {
        let token = self.token;
        let web = format!("{}/webapp/{}", self.tchek.base(token.environment), token.customer().locale);
        let (with, without) = (report_id(token, true), report_id(token, false));
        json!({
            "damageNumber": self.report.damages.len(),
            "damages": self.damages(),
            "vehicle": {
                "region": "",
                "immat": token.order.immat.as_deref().unwrap_or_default(),
                "detectedLicensePlate": self.tchek.plate_read(token),
            },
            "detectionList": (0..PHOTOS.len()).map(|number| self.detection(number)).collect::<Vec<_>>(),
            "reportUrl": format!("{web}/report?token={with}"),
            "reportUrlWithoutCosts": format!("{web}/report?token={without}"),
            "pdfReportUrl": format!("{web}/report.pdf?token={with}"),
            "pdfReportUrlWithoutCosts": format!("{web}/report.pdf?token={without}"),
            "customFormResults": form(token),
            "tokenId": token.uid,
            "severity": self.severity(),
            "partsCondition": self.parts_condition(),
            "inspectionImages": (0..PHOTOS.len()).filter_map(|number| self.image(number)).collect::<Vec<_>>(),
        })
    }

    fn damages(&self) -> Value {
        by_part(self.report.damages.iter().map(|damage| {
            let written = json!({
                "uid": damage.uid,
                "isAuto": damage.confidence.is_some(),
                "severity": format!("SEV{}", damage.severity),
                "size": tenths(damage.size),
                "part": damage.part.code,
                "type": damage.kind,
                "rois": damage.regions.iter().map(|region| self.region(region)).collect::<Vec<_>>(),
            });
            (damage, written)
        }))
    }

    fn region(&self, region: &Region) -> Map<String, Value> {
        let mut written = place(region);
        written.insert("imageId".to_owned(), photo_id(self.token, region.photo).into());
        written.insert("imageUrl".to_owned(), self.photo_url(region.photo).into());
        written
    }

    fn detection(&self, number: usize) -> Value {
        let found = by_part(self.report.on_photo(number).map(|(damage, region)| {
            let mut written = place(region);
            let mut draw = Draw::new(&["location", &region.id]);
            // The vendor's meaning of these numbers is unknown; -1 occurs among them.
            let location = if draw.below(4) == 0 { json!([-1]) } else { json!([draw.below(4), draw.below(9)]) };
            written.insert("location".to_owned(), location);
            written.insert("part".to_owned(), damage.part.code.into());
            written.insert("uid".to_owned(), damage.uid.into());
            written.insert("isAuto".to_owned(), damage.confidence.is_some().into());
            written.insert("type".to_owned(), damage.kind.into());
            (damage, Value::Object(written))
        }));
        // Nothing found is null here and an empty object in the list of damages: the vendor's own habit.
        let found = if found.as_object().is_some_and(Map::is_empty) { Value::Null } else { found };
        let mut written = json!({
            "url": self.photo_url(number),
            "status": 200,
            "id": photo_id(self.token, number),
            "detections": {"damages": found},
        });
        set_angle(&mut written, number);
        written
    }

    fn severity(&self) -> Vec<Value> {
        let repairs = self.report.repairs();
        let written = repairs.iter().map(|repair| {
            json!({
                "location": repair.part.code,
                "severity": format!("SEV{}", repair.severity),
                "severityType": "sum",
                "cost": repair.cost,
            })
        });
        written.collect()
    }

    fn parts_condition(&self) -> Vec<Value> {
        let repairs = self.report.repairs();
        let written = repairs.iter().map(|repair| {
            let dented = repair.damages.iter().any(|damage| damage.kind == "dent");
            json!({
                "id": Draw::new(&["part", &self.token.uid, repair.part.code]).id(),
                "partType": "carbody",
                "category": "exterior",
                "code": repair.part.code,
                "cost": repair.cost,
                "currency": "€",
                "tax": 20,
                "severityLevel": repair.severity,
                "reparation": if dented { "sheet_metal_work_and_painting" } else { "painting" },
                "condition": if dented { "damaged" } else { "scratched" },
                "confidence": null,
                "nonBillable": repair.non_billable,
                "damages": repair.damages.iter().map(|damage| self.part_damage(damage)).collect::<Vec<_>>(),
            })
        });
        written.collect()
    }

    fn part_damage(&self, damage: &Damage) -> Value {
        let confidence = damage.confidence.map(|hundredths| f64::from(hundredths) / 100.0);
        let regions = damage.regions.iter().map(|region| {
            let mut written = self.region(region);
            let more = [
                ("id", json!(region.id)),
                ("cropS3ObjectName", json!(format!("crops/{}.svg", region.id))),
                ("uid", json!(damage.uid)),
                ("confidence", json!(confidence)),
                ("isAuto", json!(damage.confidence.is_some())),
                ("severityLevel", json!(damage.severity)),
                ("size", json!(tenths(damage.size))),
                ("type", json!(damage.kind)),
            ];
            written.extend(more.map(|(name, value)| (name.to_owned(), value)));
            Value::Object(written)
        });
        json!({
            "id": damage.id,
            "isAuto": damage.confidence.is_some(),
            "severityLevel": damage.severity,
            "size": tenths(damage.size),
            "type": damage.kind,
            "confidence": confidence,
            "nonBillable": false,
            "rois": regions.collect::<Vec<_>>(),
        })
    }

    fn image(&self, number: usize) -> Option<Value> {
        let photo = PHOTOS.get(number)?;
        let id = photo_id(self.token, number);
        let expires = self.tchek.core().clock.now().timestamp() + SIGNED_SECONDS;
        let (url, signed) = (self.photo_url(number), signature(&id, expires, self.rendering));
        let mut written = json!({
            "name": format!("{}.svg", photo.name),
            "url": format!("{url}?expires={expires}&rendering={}&signature={signed}", self.rendering),
            "originUrl": url,
            "shootingDate": self.token.shot_at.map(time),
        });
        set_angle(&mut written, number);
        Some(written)
    }

    fn photo_url(&self, number: usize) -> String {
        format!("{}/images/{}.svg", self.tchek.base(self.token.environment), photo_id(self.token, number))
    }
}

fn by_part<'a>(written: impl Iterator<Item = (&'a Damage, Value)>) -> Value {
    let mut parts = Map::new();
    for (damage, value) in written {
        let list = parts.entry(damage.part.code).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(value);
        }
    }
    Value::Object(parts)
}

fn place(region: &Region) -> Map<String, Value> {
    let sides = [
        ("height", region.height),
        ("width", region.width),
        ("centerX", region.center_x),
        ("centerY", region.center_y),
    ];
    sides.into_iter().map(|(name, side)| (name.to_owned(), json!(f64::from(side) / REGION_SCALE))).collect()
}

fn tenths(number: u32) -> f64 {
    f64::from(number) / 10.0
}

fn set_angle(written: &mut Value, number: usize) {
    if let (Some(angle), Value::Object(written)) = (PHOTOS.get(number).and_then(|photo| photo.angle), written) {
        written.insert("angle".to_owned(), angle.into());
    }
}

/// The customer's answers to the dealer's questions; one token in three has none.
fn form(token: &Token) -> Value {
    let mut draw = Draw::new(&["form", &token.uid]);
    if draw.below(3) == 0 {
        return json!([]);
    }
    let both_keys = draw.below(4) > 0;
    let (english, dutch) = if both_keys { ("Both", "Beide") } else { ("Only one", "Slechts één") };
    let remark = if both_keys { "Serviced every year." } else { "The second key was lost." };
    json!([{
        "screenId": "about-the-car",
        "title": [{"locale": "en", "text": "About the car"}, {"locale": "nl-BE", "text": "Over de auto"}],
        "inputs": [
            {
                "order": 0,
                "blockId": "keys",
                "question": [
                    {"locale": "en", "text": "Which keys are there?"},
                    {"locale": "nl-BE", "text": "Welke sleutels zijn er?"},
                ],
                "answer": [{"locale": "en", "text": english}, {"locale": "nl-BE", "text": dutch}],
                "cost": if both_keys { Value::Null } else { json!(180) },
            },
            {
                "order": 1,
                "blockId": "remarks",
                "question": [
                    {"locale": "en", "text": "What else should we know?", "placeholder": "Anything"},
                    {"locale": "nl-BE", "text": "Wat moeten we nog weten?", "placeholder": "Alles"},
                ],
                "answer": remark,
                "cost": null,
            },
        ],
    }])
}
