//! The web report of an inspection, as page and as PDF, with costs or without.

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
use super::html::page;
use super::page::car;
use super::page::speaks;
use super::parts::PHOTOS;
use super::parts::damage_name;
use super::pdf;
use super::report::PartRepair;
use super::report::Report;
use super::result::photo_id;
use super::state::Tchek;
use super::state::Token;

/// Shows the report as a page.
pub(super) async fn show(State(place): State<Place>, Path(lang): Path<String>, RawQuery(query): RawQuery) -> Response {
    match report(&place, &lang, query.as_deref()) {
        Some((token, costs)) => page(StatusCode::OK, "Inspection report", &body(&place.tchek, &token, costs)),
        None => nothing_here(),
    }
}

/// Gives the report as a PDF.
pub(super) async fn document(
    State(place): State<Place>,
    Path(lang): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((token, costs)) = report(&place, &lang, query.as_deref()) else { return nothing_here() };
    let findings = place.tchek.findings(&token, token.revision);
    let mut lines = vec![format!("Inspection report {}", token.uid), vehicle_line(&place.tchek, &token)];
    lines.extend(findings.repairs().iter().map(|repair| {
        let cost = if costs { format!(": {}", cost_text(repair)) } else { String::new() };
        format!("{} ({}), {}{cost}", repair.part.name, repair.part.code, what(repair))
    }));
    lines.push(conclusion(&findings, costs));
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))];
    (kind, guards(), pdf::document(&lines)).into_response()
}

fn report(place: &Place, lang: &str, query: Option<&str>) -> Option<(Token, bool)> {
    let query = query.unwrap_or_default().as_bytes();
    let (_, id) = form_urlencoded::parse(query).find(|(name, _)| name == "token")?;
    place.tchek.report(place.environment, &id).filter(|_| speaks(lang))
}

fn body(tchek: &Tchek, token: &Token, costs: bool) -> String {
    let findings = tchek.findings(token, token.revision);
    let rows = findings.repairs().iter().map(|repair| row(repair, costs)).collect::<String>();
    let head = if costs { "<th class=\"sum\">Repair</th>" } else { "" };
    let table = if rows.is_empty() {
        String::new()
    } else {
        format!(
            "<table><thead><tr><th>Part</th><th>Damage</th><th>Severity</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    };
    let photos = PHOTOS.iter().enumerate().map(|(number, photo)| {
        let id = photo_id(token, number);
        // Relative: the page stands two levels below the photos' parent, under whatever public address.
        format!(
            "<figure><img src=\"../../images/{id}.svg\" alt=\"{label}\" width=\"640\" height=\"400\" loading=\"lazy\">\
             <figcaption>{label}</figcaption></figure>",
            label = escape(photo.label)
        )
    });
    format!(
        "<p class=\"soft\">Sandbox inspection report · {uid}</p>\n<h1>{car}</h1>\n<p>{vehicle}</p>\n\
         <h2>Damages</h2>\n{table}\n<p>{conclusion}</p>\n<h2>Photos</h2>\n<div class=\"photos\">{photos}</div>",
        uid = escape(&token.uid),
        car = car(tchek, token),
        vehicle = escape(&vehicle_line(tchek, token)),
        conclusion = escape(&conclusion(&findings, costs)),
        photos = photos.collect::<String>(),
    )
}

fn row(repair: &PartRepair<'_>, costs: bool) -> String {
    let cost = if costs { format!("<td class=\"sum\">{}</td>", escape(&cost_text(repair))) } else { String::new() };
    format!(
        "<tr><td>{part}</td><td>{what}</td><td>{severity} of 5</td>{cost}</tr>",
        part = escape(repair.part.name),
        what = escape(&what(repair)),
        severity = repair.severity,
    )
}

fn what(repair: &PartRepair<'_>) -> String {
    repair.damages.iter().map(|damage| damage_name(damage.kind)).collect::<Vec<_>>().join(", ")
}

fn cost_text(repair: &PartRepair<'_>) -> String {
    if repair.non_billable { "not charged".to_owned() } else { format!("{} EUR", repair.cost) }
}

fn conclusion(findings: &Report, costs: bool) -> String {
    let billed = |repair: &PartRepair<'_>| if repair.non_billable { 0 } else { repair.cost };
    let total: u32 = findings.repairs().iter().map(billed).sum();
    match (findings.damages.len(), costs) {
        (0, _) => "No damage was found.".to_owned(),
        (_, true) => format!("Repairs in total: {total} EUR before tax."),
        (1, false) => "One damage was found.".to_owned(),
        (count, false) => format!("{count} damages were found."),
    }
}

fn vehicle_line(tchek: &Tchek, token: &Token) -> String {
    let plate = tchek.plate_read(token);
    let vin = token.order.vin.as_deref().unwrap_or("not given");
    let plate = if plate.is_empty() { "not readable" } else { &plate };
    format!("VIN {vin}, plate on the photos: {plate}")
}
