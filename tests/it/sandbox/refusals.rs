//! Orders that Jifeline refuses: what breaks a rule comes first, then what is unknown, foreign or occupied.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::orders::CART;
use crate::sandbox::orders::TICKETS;
use crate::sandbox::orders::ticket;
use crate::sandbox::orders::unattended;
use crate::sandbox::support::Bench;
use crate::sandbox::support::with;
use crate::sandbox::support::without;

/// A prepared order of the first garage for the first car.
const FOR_ANOTHER_CAR: &str = "7d9f4a52-3a0c-4b7e-9a51-000000000001";

/// A prepared order of the second garage.
const FOR_ANOTHER_GARAGE: &str = "7d9f4a52-3a0c-4b7e-9a51-000000000101";

fn tow_bar(answers: Value) -> Value {
    with(with(unattended(), "/product_ids", json!([52384])), "/product_prerequisites", answers)
}

/// An accepted order with one member changed.
fn changed(name: &str, value: Value) -> Value {
    with(ticket(), &format!("/{name}"), value)
}

fn broken() -> Vec<(&'static str, Value)> {
    let wired = json!({"definition_id": 1, "value": "true"});
    let socket = |value: &str| json!({"definition_id": 2, "value": value});
    let mut orders: Vec<_> =
        ["vin", "vehicle_model_id", "vehicle_model_variant_id", "connector_id", "product_ids", "metadata"]
            .into_iter()
            .map(|name| (name, without(ticket(), &format!("/{name}"))))
            .collect();
    orders.extend([
        ("no object", json!([])),
        ("short vin", changed("vin", json!("TESTV1N000000001"))),
        ("vin with a hyphen", changed("vin", json!("TESTV1N00-0000001"))),
        ("vin as a number", changed("vin", json!(1))),
        ("model as a word", changed("vehicle_model_id", json!("V60"))),
        ("variant of another model", changed("vehicle_model_variant_id", json!(34229))),
        ("no list", changed("product_ids", json!(52351))),
        ("a word in the list", changed("product_ids", json!(["x"]))),
        ("nothing ordered", changed("product_ids", json!([]))),
        ("too much ordered", changed("product_ids", json!(vec![52351; 51]))),
        ("not for this car", changed("product_ids", json!([52538]))),
        ("metadata is a list", changed("metadata", json!([]))),
        ("metadata with a number", changed("metadata", json!({"latitude": 52.1}))),
        ("metadata with a word", changed("metadata", json!({"vin_is_found_by_reader": "yes"}))),
        ("unconfirmed", changed("product_ids", json!([52362]))),
        ("confirmed by a word", changed("confirmed_unattended_service", json!("true"))),
        ("reference as a number", changed("reference", json!(1))),
        ("unknown voucher", changed("voucher", json!("NOSUCH"))),
        ("expired voucher", changed("voucher", json!("SUMMER25"))),
        ("prepared is no UUID", changed("prepared_ticket_id", json!("1"))),
        ("prepared for another car", changed("prepared_ticket_id", json!(FOR_ANOTHER_CAR))),
        ("no DoIP", changed("connector_id", json!(910_000_004))),
        ("no answers", tow_bar(json!([]))),
        ("answers are no list", tow_bar(json!({}))),
        ("an answer without a value", tow_bar(json!([{"definition_id": 1}]))),
        ("half of the answers", tow_bar(json!([wired]))),
        ("a choice that is none", tow_bar(json!([wired, socket("8 pins")]))),
        ("yes is not true", tow_bar(json!([{"definition_id": 1, "value": "yes"}, socket("7 pins")]))),
        ("an answer to nothing", changed("product_prerequisites", json!([wired]))),
    ]);
    orders
}

#[tokio::test]
async fn an_order_that_breaks_a_rule_is_refused() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for status in [400, 422] {
        bench.switch(&json!({"jifelineInvalidStatus": status})).await;
        for (what, order) in broken() {
            let reply = garage.json("POST", TICKETS, &order).await;
            assert_eq!((reply.status, &reply.json()["status"]), (status, &json!(status)), "{what}: {}", reply.text);
        }
    }
    let occupied = with(changed("vin", json!("x")), "/connector_id", json!(910_000_001));
    assert_eq!(garage.json("POST", TICKETS, &occupied).await.status, 422, "the rule comes first");
    let answered = json!([{"definition_id": 1, "value": "true"}, {"definition_id": 2, "value": "13 pins"}]);
    let reply = garage.json("POST", TICKETS, &tow_bar(answered)).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
}

#[tokio::test]
async fn an_order_of_what_is_unknown_or_foreign_is_refused() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let unknown = [
        changed("vehicle_model_id", json!(1)),
        changed("vehicle_model_variant_id", json!(1)),
        changed("connector_id", json!(1)),
        changed("product_ids", json!([1])),
        changed("prepared_ticket_id", json!(nobody)),
    ];
    for status in [404, 403, 400] {
        bench.switch(&json!({"jifelineUnknownIdStatus": status})).await;
        for order in &unknown {
            let reply = garage.json("POST", TICKETS, order).await;
            assert_eq!(reply.status, status, "{order}: {}", reply.text);
        }
    }
    for order in [changed("connector_id", json!(910_000_102)), changed("prepared_ticket_id", json!(FOR_ANOTHER_GARAGE))]
    {
        assert_eq!(garage.json("POST", TICKETS, &order).await.status, 403, "{order}");
    }
}

#[tokio::test]
async fn an_order_that_does_not_fit_is_refused() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for status in [409, 400] {
        bench.switch(&json!({"jifelineConflictStatus": status})).await;
        // Pending, in progress, outsourced.
        for connector in [910_000_001, 910_000_005, 910_000_006] {
            let reply = garage.json("POST", TICKETS, &changed("connector_id", json!(connector))).await;
            let title = &reply.json()["title"];
            assert_eq!((reply.status, title), (status, &json!("Connector has a pending ticket")), "{connector}");
        }
        bench.control("POST", "connectors/910000002", json!({"online": false})).await;
        let reply = garage.json("POST", TICKETS, &ticket()).await;
        assert_eq!((reply.status, &reply.json()["title"]), (status, &json!("Connector is offline")));
    }
    bench.control("POST", "connectors/910000002", json!({"online": true})).await;
    assert_eq!(garage.json("POST", TICKETS, &ticket()).await.status, 201);
    assert_eq!(bench.get("/jifeline/v1/tickets", &[]).await.status, 405);
    assert_eq!(bench.json("POST", "/jifeline/v1/tickets", &[], &ticket()).await.status, 401);
}

#[tokio::test]
async fn a_cart_is_checked() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let cart = json!({"vehicle_model_id": 23401, "vehicle_model_variant_id": 34208, "product_ids": [52351]});
    for (name, value, status) in [
        ("vin", json!("TESTV1N000000001"), 400),
        ("vin", json!("TESTV1N0000000001"), 200),
        ("vehicle_model_id", json!(null), 400),
        ("vehicle_model_variant_id", json!(34229), 400),
        ("vehicle_model_variant_id", json!(1), 404),
        ("product_ids", json!(null), 400),
        ("product_ids", json!([52538]), 400),
        ("product_ids", json!([1]), 404),
        ("product_ids", json!([]), 200),
        ("prepared_ticket_id", json!(FOR_ANOTHER_CAR), 200),
        ("prepared_ticket_id", json!(FOR_ANOTHER_GARAGE), 403),
        ("prepared_ticket_id", json!("x"), 400),
    ] {
        let reply = garage.json("POST", CART, &with(cart.clone(), &format!("/{name}"), value.clone())).await;
        assert_eq!(reply.status, status, "{name} {value}: {}", reply.text);
    }
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.json("POST", CART, &cart).await.status, 200);
}
