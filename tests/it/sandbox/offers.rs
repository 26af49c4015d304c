//! What Jifeline offers for a car: products, favourites, questions, vouchers.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::orders::CART;
use crate::sandbox::support::Bench;
use crate::sandbox::support::SHOWPIECE;
use crate::sandbox::support::at;
use crate::sandbox::support::list;

/// A diesel with an automatic transmission.
const DIESEL: &str = "vehicle_model_id=23401&vehicle_model_variant_id=34208";

/// An electric car.
const ELECTRIC: &str = "vehicle_model_id=23404&vehicle_model_variant_id=34229";

/// A windscreen bundle.
const BUNDLE: &str = "5a6e2f1c-0000-4000-8000-000000000003";

fn ids(reply: &Value) -> Vec<i64> {
    list(reply, "/result").iter().map(|product| product["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn products_are_those_for_the_car() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let all = garage.get(&format!("/v1/products?{DIESEL}")).await.json();
    assert_eq!(all["total"], 29, "all but the one for traction batteries");
    let one = list(&all, "/result").iter().find(|product| product["id"] == 52439).unwrap();
    insta::assert_json_snapshot!("sandbox_jifeline_product", one);
    let electric = ids(&garage.get(&format!("/v1/products?{ELECTRIC}")).await.json());
    assert!(electric.contains(&52538) && !electric.contains(&52549));

    let groups = garage.get(&format!("/v1/product-groups?{DIESEL}")).await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_product_groups", groups);
    let mut grouped = 0;
    for group in list(&groups, "/result") {
        let path = format!("/v1/products?{DIESEL}&product_group_id={}", group["id"]);
        grouped += garage.get(&path).await.json()["total"].as_u64().unwrap();
    }
    assert_eq!(grouped, 29, "each product is in one group");

    let bundles = garage.get(&format!("/v1/product-bundles?{DIESEL}&product_group_id=2693")).await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_product_bundles", bundles);
    assert_eq!(garage.get(&format!("/v1/product-bundles?{DIESEL}")).await.json()["total"], 5);
    assert_eq!(garage.get(&format!("/v1/product-bundles?{ELECTRIC}")).await.json()["total"], 4);
    let inside = garage.get(&format!("/v1/products?{DIESEL}&product_bundle_id={BUNDLE}")).await.json();
    assert_eq!(ids(&inside), [52439, 52450, 52461]);
    bench.switch(&json!({"jifelineFlatProductIds": true})).await;
    let bundles = garage.get(&format!("/v1/product-bundles?{DIESEL}&product_group_id=2693")).await.json();
    assert_eq!(at(&bundles, "/result/0/blocks/0/product_ids"), &json!([52439]));
}

#[tokio::test]
async fn a_query_for_products_is_checked() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for (path, status) in [
        ("/v1/products?vehicle_model_id=23401".to_owned(), 400),
        ("/v1/products?vehicle_model_variant_id=34208".to_owned(), 400),
        ("/v1/products?vehicle_model_id=x&vehicle_model_variant_id=34208".to_owned(), 400),
        ("/v1/products?vehicle_model_id=1&vehicle_model_variant_id=34208".to_owned(), 404),
        ("/v1/products?vehicle_model_id=23401&vehicle_model_variant_id=1".to_owned(), 404),
        ("/v1/products?vehicle_model_id=23401&vehicle_model_variant_id=34229".to_owned(), 400),
        (format!("/v1/products?{DIESEL}&product_group_id=2693&product_bundle_id={BUNDLE}"), 400),
        (format!("/v1/products?{DIESEL}&product_bundle_id=x"), 400),
        (format!("/v1/products?{DIESEL}&product_bundle_id=00000000-0000-4000-8000-000000000000"), 404),
        (format!("/v1/products?{DIESEL}&product_group_id=1"), 404),
        (format!("/v1/products?{DIESEL}&is_favorite=perhaps"), 400),
        ("/v1/product-groups".to_owned(), 400),
        ("/v1/product-bundles".to_owned(), 400),
        (format!("/v1/product-prerequisites?{DIESEL}"), 400),
        (format!("/v1/product-prerequisites?{DIESEL}&product_id="), 400),
        (format!("/v1/product-prerequisites?{DIESEL}&product_id=52351,x"), 400),
        (format!("/v1/product-prerequisites?{DIESEL}&product_id=1"), 404),
        ("/v1/product-prerequisites?product_id=52351".to_owned(), 400),
    ] {
        let reply = garage.get(&path).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.text);
    }
    bench.switch(&json!({"jifelineInvalidStatus": 422, "jifelineUnknownIdStatus": 400})).await;
    let reply = garage.get("/v1/products").await;
    assert_eq!((reply.status, &reply.json()["status"]), (422, &json!(422)));
    assert_eq!(bench.journal("jifeline.products.list").await.last().unwrap()["status"], 422);
    assert_eq!(garage.get(&format!("/v1/products?{DIESEL}&product_group_id=1")).await.status, 400);
}

#[tokio::test]
async fn favourites_are_the_garages_own() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let favorites = async || ids(&garage.get(&format!("/v1/products?{DIESEL}&is_favorite=true")).await.json());
    assert_eq!(favorites().await, [52362, 52516]);
    for _ in 0..2 {
        let reply = garage.json("POST", "/v1/favorite-products", &json!({"id": 52351, "name": "whatever"})).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
        assert_eq!(favorites().await, [52351, 52362, 52516]);
    }
    for _ in 0..2 {
        let reply = garage.json("DELETE", "/v1/favorite-products/52362", &json!(null)).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
        assert_eq!(favorites().await, [52351, 52516]);
    }
    let others = garage.get(&format!("/v1/products?{DIESEL}&is_favorite=0")).await.json();
    assert_eq!(others["total"], 27);
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get(&format!("/v1/products?{DIESEL}&is_favorite=1")).await.json()["total"], 0);
    assert_eq!(garage.json("POST", "/v1/favorite-products", &json!({})).await.status, 400);
    assert_eq!(garage.json("POST", "/v1/favorite-products", &json!({"id": 1})).await.status, 404);
    assert_eq!(garage.json("DELETE", "/v1/favorite-products/1", &json!(null)).await.status, 404);
}

#[tokio::test]
async fn questions_come_in_three_kinds() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/product-prerequisites?{DIESEL}&product_id=52384,52439,52351");
    insta::assert_json_snapshot!("sandbox_jifeline_prerequisites", garage.get(&path).await.json());
    let path = format!("/v1/product-prerequisites?{DIESEL}&product_id=52351");
    assert_eq!(garage.get(&path).await.json()["total"], 0);
}

#[tokio::test]
async fn vouchers_lower_the_price() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let cart = |voucher: Value, ids: Value| json!({"vehicle_model_id": 23401, "vehicle_model_variant_id": 34208, "product_ids": ids, "voucher": voucher});
    for (voucher, products, kind, off, total) in [
        (json!(null), json!([52417]), None, 0.0, 214.0),
        (json!(""), json!([52351]), None, 0.0, 89.0),
        (json!("WELCOME10"), json!([52417]), Some("percentual"), 18.9, 195.1),
        (json!("BUMPER25"), json!([52417]), Some("absolute"), 25.0, 189.0),
        (json!("BUMPER25"), json!([52516]), Some("absolute"), 19.95, 0.0),
    ] {
        let reply = garage.json("POST", CART, &cart(voucher.clone(), products)).await;
        assert_eq!(reply.status, 200, "{voucher}: {}", reply.text);
        let quote = reply.json();
        let discount = &quote["voucher_discount"];
        assert_eq!(discount["type"].as_str(), kind, "{voucher}");
        assert!((discount["price"]["value"].as_f64().unwrap_or(0.0) - off).abs() < 0.001, "{voucher}: {discount}");
        let net = at(&quote, "/total/net_price/value").as_f64().unwrap();
        assert!((net - total).abs() < 0.001, "{voucher}: {net}");
    }
    for (voucher, status) in [("SUMMER25", 400), ("NOSUCH", 400)] {
        assert_eq!(garage.json("POST", CART, &cart(json!(voucher), json!([52351]))).await.status, status);
    }
    for (product, confirm) in [(52362, true), (52351, false)] {
        let quote = garage.json("POST", CART, &cart(json!(null), json!([product]))).await.json();
        assert_eq!(quote["needs_confirmation_for_unattended_service"], confirm, "{product}");
    }
    let ring = bench.garage(SECOND_LOGIN).await;
    let quote = ring.json("POST", CART, &cart(json!(null), json!([52351]))).await.json();
    assert_eq!(at(&quote, "/total/net_price/localized_value"), &json!(75.65));
}

#[tokio::test]
async fn prices_agree_with_those_of_the_past() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let past = garage.get(&format!("/v1/historical-tickets?vin={SHOWPIECE}")).await.json();
    let mut compared = 0;
    for ticket in list(&past, "/result") {
        let times = |line: &Value| usize::try_from(line["quantity"].as_u64().unwrap()).unwrap();
        let lines = list(ticket, "/product_lines").iter();
        let twice = lines.flat_map(|line| vec![line["product_id"].clone(); times(line)]);
        let cart = json!({
            "vehicle_model_id": ticket["vehicle_model_id"],
            "vehicle_model_variant_id": ticket["vehicle_model_variant_id"],
            "vin": ticket["vin"],
            "voucher": ticket["voucher"],
            "product_ids": twice.collect::<Vec<_>>(),
        });
        let reply = garage.json("POST", CART, &cart).await;
        // The seeded past knows orders of products that are no longer there for the car.
        if reply.status == 200 {
            let quote = reply.json();
            for name in ["sub_total", "original_equipment_service_fee", "total"] {
                assert_eq!(quote[name], ticket[name], "{name} of {}", ticket["id"]);
            }
            compared += 1;
        }
    }
    assert!(compared > 0);
}
