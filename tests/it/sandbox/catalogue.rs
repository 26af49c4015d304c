//! Jifeline's vehicle catalogue.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::list;

#[tokio::test]
async fn the_catalogue_leads_from_makes_to_variants() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let mut counts = [0; 4];
    for make in list(&garage.get("/v1/vehicle-makes?limit=200").await.json(), "/result") {
        counts[0] += 1;
        let groups = garage.get(&format!("/v1/vehicle-model-groups?vehicle_make_id={}", make["id"])).await.json();
        for group in list(&groups, "/result") {
            counts[1] += 1;
            assert_eq!((&group["vehicle_make_id"], &group["vehicle_make_name"]), (&make["id"], &make["name"]));
            assert_eq!(&garage.get(&format!("/v1/vehicle-model-groups/{}", group["id"])).await.json(), group);
            let models = garage.get(&format!("/v1/vehicle-models?vehicle_model_group_id={}", group["id"])).await.json();
            for model in list(&models, "/result") {
                counts[2] += 1;
                assert_eq!(model["vehicle_model_group_id"], group["id"]);
                assert_eq!(&garage.get(&format!("/v1/vehicle-models/{}", model["id"])).await.json(), model);
                let path = format!("/v1/vehicle-model-variants?vehicle_model_id={}", model["id"]);
                for variant in list(&garage.get(&path).await.json(), "/result") {
                    counts[3] += 1;
                    assert_eq!(variant["vehicle_model_name"], model["name"]);
                    let path = format!("/v1/vehicle-model-variants/{}", variant["id"]);
                    assert_eq!(&garage.get(&path).await.json(), variant);
                }
            }
        }
    }
    assert!(counts.iter().zip([3, 5, 10, 20]).all(|(count, least)| *count >= least), "{counts:?}");
}

#[tokio::test]
async fn the_catalogue_pages_and_stands_under_two_addresses() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let makes = garage.get("/v1/vehicle-makes").await.json();
    let total = list(&makes, "/result").len();
    assert_eq!((&makes["total"], &makes["offset"], &makes["limit"]), (&json!(total), &json!(0), &json!(25)));
    let mut paged = Vec::<Value>::new();
    while paged.len() < total {
        let page = garage.get(&format!("/v1/vehicle-makes?offset={}&limit=2", paged.len())).await.json();
        assert_eq!((&page["total"], &page["offset"]), (&json!(total), &json!(paged.len())));
        paged.extend(list(&page, "/result").iter().cloned());
    }
    assert_eq!(json!(paged), makes["result"]);
    let past = garage.get(&format!("/v1/vehicle-makes?offset={total}")).await;
    assert_eq!((past.status, &past.json()["result"]), (200, &json!([])));

    let (make, model) = (&makes["result"][0]["id"], 23_401);
    for (path, alias) in [
        ("/v1/vehicle-makes".to_owned(), "/v1/vehicles/makes".to_owned()),
        (
            format!("/v1/vehicle-model-groups?vehicle_make_id={make}"),
            format!("/v1/vehicles/model-groups?vehicle_make_id={make}"),
        ),
        (
            "/v1/vehicle-models?vehicle_model_group_id=101".to_owned(),
            "/v1/vehicles/models?vehicle_model_group_id=101".to_owned(),
        ),
        (
            format!("/v1/vehicle-model-variants?vehicle_model_id={model}"),
            format!("/v1/vehicles/model-variants?vehicle_model_id={model}"),
        ),
    ] {
        let answer = garage.get(&path).await.json();
        assert!(answer["total"].as_u64().unwrap() > 0, "{path}");
        assert_eq!(garage.get(&alias).await.json(), answer, "{alias}");
    }
}

#[tokio::test]
async fn the_catalogue_refuses_what_it_cannot_read_or_find() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for (path, status) in [
        ("/v1/vehicle-makes?limit=201", 400),
        ("/v1/vehicle-model-groups", 400),
        ("/v1/vehicle-model-groups?vehicle_make_id=x", 400),
        ("/v1/vehicle-models", 400),
        ("/v1/vehicle-model-variants", 400),
        ("/v1/vehicle-model-groups/x", 400),
        ("/v1/vehicle-model-groups/1", 404),
        ("/v1/vehicle-models/1", 404),
        ("/v1/vehicle-model-variants/1", 404),
    ] {
        assert_eq!(garage.get(path).await.status, status, "{path}");
    }
    let unknown = garage.get("/v1/vehicle-models?vehicle_model_group_id=1").await;
    assert_eq!((unknown.status, &unknown.json()["total"]), (200, &json!(0)));
    assert_eq!(bench.get("/jifeline/v1/vehicle-makes", &[]).await.status, 401);
    let preflight = bench.send("OPTIONS", "/jifeline/v1/vehicle-makes", &[], String::new()).await;
    assert_eq!(preflight.status, 200);
    assert_eq!(garage.json("DELETE", "/v1/vehicle-makes", &json!({})).await.status, 405);
}
