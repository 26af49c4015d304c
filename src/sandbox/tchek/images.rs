//! The photos: drawings of a car from the photo's angle, with the damages where the result says they are.
//!
//! A plain address always works. A signed one works as long as its signature says, as in the vendor's results.

use axum::extract::Path;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use url::form_urlencoded;

use super::Place;
use super::html::escape;
use super::html::guards;
use super::html::nothing_here;
use super::parts::PHOTOS;
use super::parts::Photo;
use super::parts::damage_name;
use super::report::REGION_SCALE;
use super::report::Report;
use super::result::signature;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;

/// Serves one photo.
pub(super) async fn show(State(place): State<Place>, Path(file): Path<String>, RawQuery(query): RawQuery) -> Response {
    let found = file.strip_suffix(".svg").and_then(|id| Some((id, place.tchek.photo(place.environment, id)?)));
    let Some((id, (token, number))) = found else { return nothing_here() };
    let Some(photo) = PHOTOS.get(number) else { return nothing_here() };
    if let Some(query) = query
        && !signed(id, &query, place.tchek.core().clock.now().timestamp())
    {
        return (StatusCode::FORBIDDEN, guards(), "the link has expired or was altered").into_response();
    }
    let findings = place.tchek.findings(&token, token.revision);
    let drawing = drawing(photo, number, &place.tchek.plate_read(&token), &findings);
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"))];
    (kind, guards(), drawing).into_response()
}

fn signed(id: &str, query: &str, now: i64) -> bool {
    let value = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted).map(|(_, value)| value)
    };
    let expires = value("expires").and_then(|text| text.parse::<i64>().ok());
    let rendering = value("rendering").and_then(|text| text.parse::<u64>().ok());
    match (expires, rendering, value("signature")) {
        (Some(expires), Some(rendering), Some(given)) => now <= expires && given == signature(id, expires, rendering),
        _ => false,
    }
}

fn drawing(photo: &Photo, number: usize, plate: &str, findings: &Report) -> String {
    let marks = findings.on_photo(number).map(|(damage, region)| {
        let across = |side: u32| f64::from(side) / REGION_SCALE * WIDTH;
        let down = |side: u32| f64::from(side) / REGION_SCALE * HEIGHT;
        let (x, y) =
            (across(region.center_x) - across(region.width) / 2.0, down(region.center_y) - down(region.height) / 2.0);
        format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"3\" fill=\"none\" \
             stroke=\"#d1495b\" stroke-width=\"3\"><title>{name}, {part}</title></rect>",
            w = across(region.width),
            h = down(region.height),
            name = damage_name(damage.kind),
            part = escape(damage.part.name),
        )
    });
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 400\" width=\"640\" height=\"400\" role=\"img\">\
         <title>{label}</title><rect width=\"640\" height=\"400\" fill=\"#dfe5ea\"/>\
         <rect y=\"300\" width=\"640\" height=\"100\" fill=\"#b9c2c9\"/>{car}{marks}\
         <text x=\"16\" y=\"384\" font-family=\"sans-serif\" font-size=\"18\" fill=\"#24323d\">{label}</text></svg>",
        label = escape(photo.label),
        car = silhouette(photo, plate),
        marks = marks.collect::<String>(),
    )
}

/// The car: from the side, from an end, or its inside.
fn silhouette(photo: &Photo, plate: &str) -> String {
    let sign = |x: u32, y: u32| {
        format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"120\" height=\"28\" rx=\"4\" fill=\"#fff\" stroke=\"#24323d\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-family=\"monospace\" font-size=\"17\">{}</text>",
            x + 60,
            y + 20,
            escape(plate)
        )
    };
    match photo.angle {
        Some(0 | 2 | 7 | 9 | 11 | 16) => format!(
            "<path d=\"M150 300V210q0-25 25-30l35-75q8-15 25-15h170q17 0 25 15l35 75q25 5 25 30v90z\" fill=\"#5b7c99\"/>\
             <path d=\"M215 175l28-60h154l28 60z\" fill=\"#c9dbe8\"/>\
             <circle cx=\"195\" cy=\"225\" r=\"18\" fill=\"#f4e9c1\"/><circle cx=\"445\" cy=\"225\" r=\"18\" fill=\"#f4e9c1\"/>\
             <rect x=\"165\" y=\"300\" width=\"50\" height=\"28\" rx=\"6\" fill=\"#2b2f33\"/>\
             <rect x=\"425\" y=\"300\" width=\"50\" height=\"28\" rx=\"6\" fill=\"#2b2f33\"/>{}",
            sign(260, 250)
        ),
        Some(_) => "<path d=\"M50 290v-55q0-22 30-28l95-17 70-65q12-12 32-12h150q20 0 35 14l60 60 55 10q33 6 33 36v57z\" \
             fill=\"#5b7c99\"/><path d=\"M205 188l55-52q8-8 20-8h50v60zM345 188v-60h75q12 0 20 8l50 52z\" fill=\"#c9dbe8\"/>\
             <circle cx=\"165\" cy=\"292\" r=\"42\" fill=\"#2b2f33\"/><circle cx=\"165\" cy=\"292\" r=\"22\" fill=\"#aab4bc\"/>\
             <circle cx=\"500\" cy=\"292\" r=\"42\" fill=\"#2b2f33\"/><circle cx=\"500\" cy=\"292\" r=\"22\" fill=\"#aab4bc\"/>"
            .to_owned(),
        None => "<path d=\"M60 300q20-140 260-140t260 140z\" fill=\"#3d4750\"/>\
             <circle cx=\"240\" cy=\"250\" r=\"70\" fill=\"none\" stroke=\"#1d242a\" stroke-width=\"16\"/>\
             <rect x=\"360\" y=\"205\" width=\"150\" height=\"75\" rx=\"8\" fill=\"#c9dbe8\"/>"
            .to_owned(),
    }
}
