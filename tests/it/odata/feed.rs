//! What the feed tells of itself, and what it selects.

use serde_json::Value;
use serde_json::json;

use super::VEHICLES;
use super::entities;
use super::json;
use super::request;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_names_its_sets_and_their_types() {
    let rig = Rig::start().await;
    let service = json(&rig, "").await;
    assert_eq!(service["@odata.context"], json!(format!("{}/reports/odata/$metadata", rig.base)));
    let sets = service["value"].as_array().unwrap();
    let known = sets.iter().find(|set| set["name"] == VEHICLES).unwrap();
    assert_eq!((&known["kind"], &known["url"]), (&json!("EntitySet"), &json!(VEHICLES)));
    let response = send(request(&rig, "$metadata").header("accept", "application/xml")).await;
    assert_eq!(response.headers()["content-type"], "application/xml;charset=utf-8");
    let metadata = response.text().await.unwrap();
    for set in sets {
        let name = set["name"].as_str().unwrap();
        let type_name = format!("<EntityType Name=\"{name}_entity\">");
        let set = format!("<EntitySet Name=\"{name}\" EntityType=\"Forecourt.{name}_entity\">");
        assert!(metadata.contains(&type_name) && metadata.contains(&set), "{name}: {metadata}");
    }
    for part in [
        "<PropertyRef Name=\"_row\"/>",
        "<Property Name=\"_row\" Type=\"Edm.Int64\" Nullable=\"false\">",
        "<Property Name=\"lastServicedAt\" Type=\"Edm.DateTimeOffset\" Precision=\"6\">",
        "<String>contains</String>",
        "<Property Name=\"salesPrice_amount\" Type=\"Edm.Decimal\" Precision=\"38\" Scale=\"10\">",
    ] {
        assert!(metadata.contains(part), "{part}: {metadata}");
    }
    assert_eq!(metadata.matches("<EntityType ").count(), sets.len());
    let twice = metadata.matches("<Property Name=\"_row\"").count();
    assert_eq!(twice, sets.len(), "no report has a column of the key's name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_pick_from_one_reading() {
    let rig = Rig::start().await;
    let all = json(&rig, VEHICLES).await;
    assert_eq!(all["@odata.context"], json!(format!("{}/reports/odata/$metadata#{VEHICLES}", rig.base)));
    let all = all["value"].as_array().unwrap();
    let numbers: Vec<_> = all.iter().map(|entity| entity["_row"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=all.len() as u64).collect::<Vec<_>>());
    rig.forget_calls().await;
    let filter = format!("$filter=vin%20eq%20'{SHOWPIECE}'&$select=make_name,vin");
    let one = json(&rig, &format!("{VEHICLES}?{filter}")).await;
    assert!(one["@odata.context"].as_str().unwrap().ends_with("#vehicle_360(vin,make_name)"), "{one}");
    let expected = all.iter().find(|entity| entity["vin"] == SHOWPIECE).unwrap();
    assert_eq!(one["value"], json!([{ "vin": SHOWPIECE, "make_name": expected["make_name"] }]));
    let down = entities(&rig, &format!("{VEHICLES}?$orderby=vin%20desc&$top=3&$skip=1")).await;
    let mut vins: Vec<_> = all.iter().map(|entity| entity["vin"].as_str().unwrap()).collect();
    vins.sort_unstable_by(|left, right| right.cmp(left));
    assert_eq!(down.iter().map(|entity| entity["vin"].as_str().unwrap()).collect::<Vec<_>>(), vins[1..4]);
    let counted = json(&rig, &format!("{VEHICLES}?$count=true&$top=0")).await;
    assert_eq!((&counted["@odata.count"], &counted["value"]), (&json!(all.len()), &json!([])));
    let serviced = all.iter().filter(|entity| !entity["lastServicedAt"].is_null()).count();
    let bare = send(request(&rig, &format!("{VEHICLES}/$count?$filter=lastServicedAt%20ne%20null"))).await;
    assert_eq!(bare.headers()["content-type"], "text/plain;charset=utf-8");
    assert_eq!(bare.text().await.unwrap(), serviced.to_string());
    let second = json(&rig, &format!("{VEHICLES}(2)")).await;
    assert!(second["@odata.context"].as_str().unwrap().ends_with("#vehicle_360/$entity"), "{second}");
    assert_eq!(second["vin"], all[1]["vin"]);
    assert!(rig.calls().await.is_empty(), "all of it comes from one reading");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_choose_the_form_and_the_parameters() {
    let rig = Rig::start().await;
    let none = json(&rig, &format!("{VEHICLES}?$top=1&$format=application/json;odata.metadata=none")).await;
    assert_eq!(none.as_object().unwrap().keys().collect::<Vec<_>>(), ["value"]);
    let asked = request(&rig, &format!("{VEHICLES}?$top=1&$count=true"));
    let response = send(asked.header("accept", "application/json;IEEE754Compatible=true")).await;
    let kind = "application/json;odata.metadata=minimal;IEEE754Compatible=true;charset=utf-8";
    assert_eq!(response.headers()["content-type"], kind);
    assert_eq!(response.headers()["forecourt-outcome"], "COMPLETE");
    let texts: Value = response.json().await.unwrap();
    assert!(texts["@odata.count"].is_string() && texts["value"][0]["_row"] == "1", "{texts}");
    let make = entities(&rig, &format!("{VEHICLES}?$top=1")).await[0]["make_name"].as_str().unwrap().to_owned();
    let of_make = entities(&rig, &format!("{VEHICLES}?make={make}")).await;
    assert!(!of_make.is_empty() && of_make.iter().all(|entity| entity["make_name"] == make), "{of_make:?}");
    let limited = entities(&rig, &format!("{VEHICLES}?limit=2")).await;
    assert_eq!(limited.len(), 2);
}
