//! The page that the customer's link opens: it shows where the inspection stands and walks it on.
//!
//! Opening it counts as the customer's step, as in the vendor's web app; the buttons stand for taking the photos and
//! for what an agent would do in the vendor's own tools.

use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use url::form_urlencoded;

use super::Place;
use super::error::Refusal;
use super::html::escape;
use super::html::nothing_here;
use super::html::page;
use super::state::CHASED_UP;
use super::state::COMPLETED;
use super::state::SHOT;
use super::state::Tchek;
use super::state::Token;
use super::validate::LOCALES;

/// Other spellings of Dutch that are seen in links.
const DUTCH: [&str; 2] = ["nl", "nl-E"];

const STEPS: [(u8, &str); 6] = [
    (0, "Link made"),
    (1, "Opened"),
    (2, "Taking photos"),
    (3, "Photos complete"),
    (4, "Checking damages"),
    (5, "Report ready"),
];

/// Whether the web app exists in the language of the address.
pub(super) fn speaks(lang: &str) -> bool {
    LOCALES.contains(&lang) || DUTCH.contains(&lang)
}

/// Shows the page; a link that was not open yet is open from now on.
pub(super) async fn show(State(place): State<Place>, Path((lang, uid)): Path<(String, String)>) -> Response {
    let Some(token) = place.tchek.token(place.environment, &uid).filter(|_| speaks(&lang)) else {
        return nothing_here();
    };
    let waiting = token.status == 0 || token.status == CHASED_UP;
    let opened = if waiting { place.tchek.advance(&uid, token.progress.max(1).into()) } else { Ok(token.clone()) };
    // Opening is refused after the end of the validity, when someone else was quicker, and when the change cannot be
    // kept, which the log tells: show what stands.
    let token = opened.unwrap_or(token);
    page(StatusCode::OK, "Your car inspection", &body(&place.tchek, &token, None))
}

/// Carries out a button and shows the page anew.
pub(super) async fn act(
    State(place): State<Place>,
    Path((lang, uid)): Path<(String, String)>,
    form: Bytes,
) -> Response {
    let Some(token) = place.tchek.token(place.environment, &uid).filter(|_| speaks(&lang)) else {
        return nothing_here();
    };
    let to = form_urlencoded::parse(&form).find(|(name, _)| name == "to").and_then(|(_, to)| to.parse().ok());
    let Some(to) = to else {
        let refusal = Refusal::field("to", "must be a status");
        return page(refusal.status(), "Your car inspection", &body(&place.tchek, &token, Some(&refusal)));
    };
    match place.tchek.advance(&uid, to) {
        // Relative, so that it holds behind any public address; the id is letters and digits.
        Ok(token) => (StatusCode::SEE_OTHER, [(header::LOCATION, token.uid)]).into_response(),
        Err(refusal) => page(refusal.status(), "Your car inspection", &body(&place.tchek, &token, Some(&refusal))),
    }
}

fn body(tchek: &Tchek, token: &Token, refusal: Option<&Refusal>) -> String {
    let expired = token.expired(tchek.core().clock.now());
    let refusal = refusal.map_or_else(String::new, |refusal| {
        format!("<p role=\"alert\" class=\"card\">That did not work: {}.</p>", escape(refusal.message()))
    });
    let actions = if expired {
        "<p><strong>This link has expired.</strong> Ask your dealer for a new one.</p>".to_owned()
    } else {
        actions(token)
    };
    format!(
        "<p class=\"soft\">Sandbox inspection · {uid}</p>\n<h1>{car}</h1>\n{facts}\n{steps}\n{refusal}\n\
         <section class=\"card\">{actions}</section>\n\
         <p class=\"soft\">This page imitates the inspection app. No photo is taken and no message is sent.</p>",
        uid = escape(&token.uid),
        car = car(tchek, token),
        facts = facts(token),
        steps = steps(token),
    )
}

/// What the car is called, as HTML.
pub(super) fn car(tchek: &Tchek, token: &Token) -> String {
    let known = tchek.car(&token.order).map(|car| format!("{} {}", car.make, car.model));
    escape(&known.or_else(|| token.order.immat.clone()).unwrap_or_else(|| "Your car".to_owned()))
}

fn facts(token: &Token) -> String {
    let order = &token.order;
    let plate = order.immat.as_deref().map(|plate| format!("Plate {}", escape(plate)));
    let vin = order.vin.as_deref().map(|vin| format!("VIN {}", escape(vin)));
    let until = Some(format!("Valid until {} UTC", token.expires_at.format("%-d %B %Y, %H:%M")));
    let facts: Vec<String> = [plate, vin, until].into_iter().flatten().collect();
    format!("<p class=\"soft\">{}</p>", facts.join(" · "))
}

fn steps(token: &Token) -> String {
    let items = STEPS.iter().map(|(number, name)| {
        let mark = match number.cmp(&token.progress) {
            std::cmp::Ordering::Less => " class=\"done\"",
            std::cmp::Ordering::Equal => " class=\"done\" aria-current=\"step\"",
            std::cmp::Ordering::Greater => "",
        };
        format!("<li{mark}>{name}</li>")
    });
    let reminded = if token.status == CHASED_UP { "<p>A reminder has been sent.</p>" } else { "" };
    format!("<ol class=\"steps\">{}</ol>{reminded}", items.collect::<String>())
}

fn actions(token: &Token) -> String {
    let by_customer = token.order.fast_track;
    let (text, mut buttons) = match token.progress {
        0 => ("The link has not been opened yet.", vec![button(1, "Open the link", true)]),
        1 => (
            "Walk around your car and take the photos you are asked for.",
            vec![button(2, "Take the first photo", true)],
        ),
        2 => ("Some photos are still missing.", vec![button(SHOT, "Take the remaining photos", true)]),
        SHOT if by_customer => (
            "All photos are there. Check what was found on them.",
            vec![button(4, "Check the damages", true), button(COMPLETED, "Everything is right", false)],
        ),
        SHOT => (
            "Thank you, all photos are there. Your dealer takes it from here.",
            vec![
                button(4, "As the dealer: start the review", false),
                button(COMPLETED, "As the dealer: create the report", false),
            ],
        ),
        4 if by_customer => {
            ("Are these all the damages of your car?", vec![button(COMPLETED, "Confirm and finish", true)])
        }
        4 => (
            "Your dealer is looking at the photos.",
            vec![button(COMPLETED, "As the dealer: create the report", false)],
        ),
        _ => ("Your inspection is complete. Thank you!", Vec::new()),
    };
    if token.status <= 2 {
        buttons.push(button(CHASED_UP, "As the dealer: send a reminder", false));
    }
    format!("<p>{text}</p>{}", buttons.concat())
}

fn button(to: u8, label: &str, main: bool) -> String {
    let class = if main { " class=\"main\"" } else { "" };
    format!("<form method=\"post\"><button{class} name=\"to\" value=\"{to}\">{label}</button></form>")
}
