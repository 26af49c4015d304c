//! A ticket at Jifeline, from the quote to the history.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::Garage;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::at;
use crate::sandbox::support::list;
use crate::sandbox::support::with;

/// The VIN of the fourth seeded car, whose connector is free.
pub(crate) const VIN: &str = "YV1DRMUJWLA123757";

/// Where tickets are ordered.
pub(crate) const TICKETS: &str = "/v1/tickets";

/// Where carts are priced.
pub(crate) const CART: &str = "/v1/cart/calculate-prices";

/// Where the open ticket of that connector is.
const ACTIVE: &str = "/v1/connectors/910000002/active-ticket";

/// An order that is accepted.
pub(crate) fn ticket() -> Value {
    json!({
        "vin": VIN,
        "vehicle_model_id": "23401",
        "vehicle_model_variant_id": 34208,
        "connector_id": 910_000_002,
        "product_ids": [52351],
        "metadata": {"app_name": "test", "locale": "nl_NL", "vin_is_found_by_reader": false},
        "reference": "WO-1001",
    })
}

/// The same for a product that needs no operator.
pub(crate) fn unattended() -> Value {
    with(with(ticket(), "/product_ids", json!([52362])), "/confirmed_unattended_service", json!(true))
}

/// The cart of an order.
fn cart(order: &Value) -> Value {
    let names = ["vin", "vehicle_model_id", "vehicle_model_variant_id", "product_ids", "voucher", "prepared_ticket_id"];
    names.into_iter().map(|name| (name, order[name].clone())).collect()
}

/// Moves a ticket and tells how that was answered.
pub(crate) async fn transition(bench: &Bench, id: &str, to: &str) -> u16 {
    bench.control("POST", &format!("tickets/{id}/transition"), json!({"to": to})).await.status
}

/// Orders and gives the ticket's id.
async fn place(garage: &Garage<'_>, order: &Value) -> String {
    let reply = garage.json("POST", TICKETS, order).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    reply.json()["id"].as_str().unwrap().to_owned()
}

/// What the control interface tells about a ticket.
async fn told(bench: &Bench, id: &str) -> Value {
    let id: u64 = id.parse().unwrap();
    let tickets = bench.tell("tickets").await;
    list(&tickets, "/tickets").iter().find(|ticket| ticket["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn a_ticket_lives_from_the_quote_to_the_history() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let order = with(ticket(), "/product_ids", json!([52439, 52351, 52351]));
    let order = with(order, "/voucher", json!("WELCOME10"));
    let order = with(order, "/product_prerequisites", json!([{"definition_id": 4, "value": "true"}]));
    let quote = garage.json("POST", CART, &cart(&order)).await;
    assert_eq!(quote.status, 200, "{}", quote.text);
    let quote = quote.json();
    insta::assert_json_snapshot!("sandbox_jifeline_cart", quote);

    let reply = garage.json("POST", TICKETS, &order).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    let ticket = reply.json();
    insta::assert_json_snapshot!("sandbox_jifeline_ticket_created", ticket);
    assert_eq!(garage.get(ACTIVE).await.json(), ticket);
    let again = garage.json("POST", TICKETS, &order).await;
    assert_eq!((again.status, &again.json()["title"]), (409, &json!("Connector has a pending ticket")));
    let connector = garage.get("/v1/connectors/910000002").await.json();
    assert_eq!(connector["product_description"], "Front camera calibration, static");

    let id = ticket["id"].as_str().unwrap();
    let past = format!("/v1/historical-tickets/{id}");
    assert_eq!(garage.get(&past).await.status, 404, "it is not over");
    assert_eq!(garage.get(&format!("{TICKETS}/{id}/notes")).await.json()["total"], 0);
    let rating = json!({"score": 1, "comment": null});
    let rate = format!("{TICKETS}/{id}/csat");
    assert_eq!(garage.json("POST", &rate, &rating).await.status, 409, "it is not over");
    assert_eq!(told(&bench, id).await["message"]["connection_id"], Value::Null);
    for (to, status) in [
        ("closed", 409),
        ("pending", 409),
        ("prepared", 400),
        ("outsourced", 200),
        ("closed", 409),
        ("in_progress", 200),
        ("outsourced", 409),
    ] {
        assert_eq!(transition(&bench, id, to).await, status, "{to}");
    }
    insta::assert_json_snapshot!("sandbox_jifeline_ticket_in_progress", told(&bench, id).await);
    bench.pass(TimeDelta::minutes(25));
    assert_eq!(transition(&bench, id, "closed").await, 200);
    assert_eq!(transition(&bench, id, "cancelled").await, 409);

    assert_eq!(garage.get(ACTIVE).await.status, 404);
    let history = garage.get("/v1/historical-tickets").await.json();
    let first = at(&history, "/result/0").clone();
    assert_eq!(garage.get(&past).await.json(), first);
    insta::assert_json_snapshot!("sandbox_jifeline_ticket_closed", first);
    for name in ["sub_total", "original_equipment_service_fee", "total"] {
        assert_eq!(first[name], quote[name], "{name}");
    }
    let car = garage.get("/v1/serviced-vehicles").await.json();
    assert_eq!(
        (&car["result"][0]["vin"], &car["result"][0]["last_serviced_at"]),
        (&json!(VIN), &json!("2026-01-10T08:25:00+00:00"))
    );
    let vins = list(&car, "/result").iter().filter(|car| car["vin"] == VIN).count();
    assert_eq!(vins, 1, "a car is listed once");
    insta::assert_json_snapshot!("sandbox_jifeline_notes", garage.get(&format!("{TICKETS}/{id}/notes")).await.json());

    for comment in ["good", "very good"] {
        let reply = garage.json("POST", &rate, &json!({"score": 0.5, "comment": comment})).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
    }
    assert_eq!(told(&bench, id).await["rating"], json!({"score": 0.5, "comment": "very good"}));
    for wrong in [json!({}), json!({"score": 1.1}), json!({"score": "x"}), json!({"score": 0, "comment": 1}), json!([])]
    {
        assert_eq!(garage.json("POST", &rate, &wrong).await.status, 400, "{wrong}");
    }
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.json("POST", &rate, &rating).await.status, 403);
    assert_eq!(ring.get(&past).await.status, 403);
    assert_eq!(ring.get(&format!("{TICKETS}/{id}/notes")).await.status, 403);
    assert_eq!(garage.get(&format!("{TICKETS}/1/notes")).await.status, 404);
}

#[tokio::test]
async fn tickets_of_the_seed_have_notes_and_can_be_rated() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let notes = garage.get(&format!("{TICKETS}/7000000/notes")).await.json();
    let attachment = json!({"file_name": "report-7000000.pdf", "file_reference": "tickets/7000000/report.pdf"});
    assert_eq!(at(&notes, "/result/0/attachments"), &json!([attachment]));
    let past = garage.get("/v1/historical-tickets").await.json();
    let cancelled = list(&past, "/result").iter().find(|ticket| ticket["state"] == 8).unwrap();
    for (id, status) in [("7000000".to_owned(), 200), (cancelled["id"].to_string(), 409), ("6990001".to_owned(), 409)] {
        let reply = garage.json("POST", &format!("{TICKETS}/{id}/csat"), &json!({"score": -1})).await;
        assert_eq!(reply.status, status, "{id}: {}", reply.text);
    }
    assert_eq!(garage.get(&format!("{TICKETS}/{}/notes", cancelled["id"])).await.json()["total"], 1);
}

#[tokio::test]
async fn an_unattended_ticket_runs_by_itself() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let id = place(&garage, &unattended()).await;
    for (seconds, state) in [(1, "pending"), (1, "in_progress"), (7, "in_progress"), (1, "closed")] {
        bench.pass(TimeDelta::seconds(seconds));
        assert_eq!(told(&bench, &id).await["state"], state, "{seconds}");
    }
    assert_eq!(told(&bench, &id).await["endedAt"], "2026-01-10T08:00:10Z");
    assert_eq!(garage.get(ACTIVE).await.status, 404);
    assert_eq!(garage.get("/v1/historical-tickets").await.json()["result"][0]["id"].to_string(), id);

    bench.switch(&json!({"jifelineUnattendedMs": 60_000})).await;
    let id = place(&garage, &unattended()).await;
    bench.pass(TimeDelta::seconds(59));
    assert_eq!(told(&bench, &id).await["message"]["is_script_composition_running"], true);
    assert_eq!(transition(&bench, &id, "cancelled").await, 200);
    assert_eq!(told(&bench, &id).await["message"]["cancelled_reason"], 1);
    assert_eq!(garage.get(&format!("/v1/historical-tickets/{id}")).await.json()["state"], 8);
}

#[tokio::test]
async fn the_service_centre_decides_what_is_taken() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let center = async |setting: Value| bench.control("POST", "service-center", setting).await.status;
    let ordered = async |order: &Value| garage.json("POST", TICKETS, order).await.status;
    assert_eq!(center(json!({"state": "closed"})).await, 200);
    assert_eq!(ordered(&ticket()).await, 409);
    let id = place(&garage, &unattended()).await;
    assert_eq!(transition(&bench, &id, "cancelled").await, 200);

    let scheduled = json!({"state": "scheduled", "ends_at": "2026-01-10T08:30:00Z", "message": "Back at half past."});
    assert_eq!(center(scheduled).await, 200);
    assert_eq!(ordered(&ticket()).await, 409);
    assert_eq!(ordered(&unattended()).await, 409);
    bench.switch(&json!({"jifelineScheduledAccepts": true})).await;
    let id = place(&garage, &unattended()).await;
    let schedule = json!({"message": "Back at half past.", "until": "2026-01-10T08:30:00+00:00"});
    assert_eq!(told(&bench, &id).await["message"]["schedule"], schedule);
    assert_eq!(transition(&bench, &id, "in_progress").await, 409);
    bench.pass(TimeDelta::minutes(30));
    assert_eq!(told(&bench, &id).await["message"]["schedule"], Value::Null);
    bench.pass(TimeDelta::seconds(10));
    assert_eq!(told(&bench, &id).await["state"], "closed");
    bench.switch(&json!({"jifelineScheduledAccepts": false})).await;
    assert_eq!(ordered(&ticket()).await, 201, "the schedule is over");

    for wrong in
        [json!({}), json!({"state": "scheduled"}), json!({"state": "opened", "ends_at": "2026-01-10T09:00:00Z"})]
    {
        assert_eq!(center(wrong.clone()).await, 400, "{wrong}");
    }
    assert_eq!(center(json!({"state": "opened"})).await, 200);
}

#[tokio::test]
async fn a_prepared_ticket_is_confirmed_once() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/prepared-tickets?vin={VIN}");
    let prepared = garage.get(&path).await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_prepared_tickets", prepared);
    assert_eq!(garage.get("/v1/prepared-tickets").await.status, 400);

    let order = with(unattended(), "/prepared_ticket_id", at(&prepared, "/result/0/id").clone());
    assert_eq!(garage.json("POST", CART, &cart(&order)).await.status, 200);
    let id = place(&garage, &order).await;
    assert_eq!(garage.get(&path).await.json()["total"], 1);
    assert_eq!(transition(&bench, &id, "cancelled").await, 200);
    let reply = garage.json("POST", TICKETS, &order).await;
    assert_eq!((reply.status, &reply.json()["title"]), (409, &json!("Prepared ticket is used")));
}

#[tokio::test]
async fn a_wallet_pays_while_it_can() {
    let bench = Bench::start().await;
    let ring = bench.garage(SECOND_LOGIN).await;
    let fleet = bench.tell("fleet").await;
    let vin = at(&fleet, "/cars/32/vin").clone();
    let found = ring.get(&format!("/v1/vehicles/search?vin={}", vin.as_str().unwrap())).await.json();
    let (model, variant) = (found["model"]["id"].clone(), found["model_variant"]["id"].clone());
    bench.switch(&json!({"jifelineUnattendedMs": 600_000})).await;
    let order = json!({
        "vin": vin,
        "vehicle_model_id": model,
        "vehicle_model_variant_id": variant,
        "connector_id": 910_000_102,
        "product_ids": [52351],
        "metadata": {},
    });
    assert_eq!(ring.get("/v1/customer-wallet").await.json()["balance"], 120);
    let id = place(&ring, &order).await;
    assert_eq!(ring.get("/v1/customer-wallet").await.json()["balance"], 31);
    assert_eq!(transition(&bench, &id, "in_progress").await, 200);
    assert_eq!(transition(&bench, &id, "closed").await, 200);
    assert_eq!(ring.json("POST", TICKETS, &order).await.status, 402);
    bench.switch(&json!({"jifelineUnpaidStatus": 400})).await;
    let reply = ring.json("POST", TICKETS, &order).await;
    assert_eq!((reply.status, &reply.json()["status"]), (400, &json!(400)));
    let id = place(&ring, &with(order.clone(), "/product_ids", json!([]))).await;
    assert_eq!(transition(&bench, &id, "cancelled").await, 200);
    assert_eq!(ring.get("/v1/customer-wallet").await.json()["balance"], 31, "what is cancelled is given back");
}

#[tokio::test]
async fn connectors_stand_as_they_are_set() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let set = async |setting: Value| bench.control("POST", "connectors/910000002", setting).await;
    let reply = set(json!({"voltage": 11.8})).await.json();
    assert_eq!(reply, json!({"connector_id": 910_000_002, "voltage": 11.8, "vin_number": VIN, "round_trip_time": 23}));
    assert_eq!(set(json!({"online": false, "vin": null})).await.json()["voltage"], Value::Null);
    let connector = garage.get("/v1/connectors/910000002").await.json();
    assert_eq!((&connector["is_online"], &connector["vin_number"]), (&json!(false), &Value::Null));
    assert_eq!(connector["vehicle_path_string"], Value::Null);
    assert_eq!(set(json!({"online": true, "vin": "WVW4UMR7SLA218785"})).await.json()["voltage"], 11.8);
    let connector = garage.get("/v1/connectors/910000002").await.json();
    assert!(connector["vehicle_path_string"].as_str().unwrap().starts_with("VOLKSWAGEN#PASSAT#"));
    assert_eq!(set(json!({"colour": "red"})).await.status, 400);
    assert_eq!(bench.control("POST", "connectors/1", json!({})).await.status, 404);
    assert_eq!(transition(&bench, "1", "closed").await, 404);
}
