//! Reports of the operator's own.

use std::fs;
use std::path::Path;

use forecourt::app::Gateway;
use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;
use serde_json::json;
use tempfile::TempDir;

use super::get;
use super::json;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::config;
use crate::support::gateway::today;
use crate::support::gateway::until;

const FOLDER: &str = "FORECOURT_REPORTS__FOLDER";

const PRICES: &str = "# Prices of <our> stock
# One row per listing
# of a dealership.
query Prices($dealership: String) {
  listings(filter: { dealership: $dealership }) @rows { nodes { vin price: salesPrice { amount } } }
}";

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_of_ones_own_is_read_as_any_other() {
    let one = "query One($vin: Vin!, $shown: Boolean! = true) { vehicle(by: { vin: $vin }) @skip(if: false) { vin @include(if: $shown) } }";
    // Left out, the variable leaves the argument its default; null would be refused.
    let some = "query Some($many: Int) { vehicles(first: $many) { nodes { vin } } }";
    let own = folder(&[
        ("stock-prices.graphql", PRICES),
        ("one-car.graphql", one),
        ("some-cars.graphql", some),
        ("notes.txt", "none of them"),
    ]);
    let place = TempDir::new().unwrap();
    let schedule = [
        (FOLDER, text(own.path())),
        ("FORECOURT_REPORTS__SCHEDULE__0__REPORT", "stock-prices"),
        ("FORECOURT_REPORTS__SCHEDULE__0__INTO", text(place.path())),
    ];
    let rig = Rig::with(&schedule).await;
    rig.list(SHOWPIECE, "STOCK-1").await;
    assert_eq!(json(&rig, "/reports").await["reports"].as_array().unwrap().len(), super::ALL.len() + 3);
    let told = json(&rig, "/reports/stock-prices").await;
    assert_eq!(
        (&told["title"], &told["description"]),
        (&json!("Prices of <our> stock"), &json!("One row per listing of a dealership."))
    );
    assert_eq!(told["parameters"], json!([{ "name": "dealership", "type": "String", "required": false }]));
    let (status, csv) = get(&rig, "/reports/stock-prices.csv?columns=vin").await;
    assert_eq!((status, csv), (200, format!("vin\r\n{SHOWPIECE}\r\n")));
    let (_, none) = get(&rig, "/reports/stock-prices.csv?dealership=nowhere").await;
    assert_eq!(none, "vin,price_amount\r\n");
    let set = json(&rig, "/reports/odata/stock_prices?$select=vin").await;
    assert_eq!(set["value"][0]["vin"], SHOWPIECE);
    let (_, metadata) = get(&rig, "/reports/odata/$metadata").await;
    assert!(metadata.contains("String=\"Prices of &lt;our&gt; stock"), "{metadata}");
    let (_, car) = get(&rig, &format!("/reports/one-car.csv?vin={SHOWPIECE}")).await;
    assert_eq!(car, format!("vehicle_vin\r\n{SHOWPIECE}\r\n"));
    let (_, cars) = get(&rig, "/reports/some-cars.csv?many=3").await;
    assert_eq!(cars.lines().count(), 4, "{cars}");
    let runs = json(&rig, "/reports/stock-prices/runs").await;
    let is_kept = runs["runs"].as_array().unwrap().iter().any(|run| run["rows"] == 1 && run["outcome"] == "COMPLETE");
    assert!(is_kept, "{runs}");
    let laid_down = place.path().join("stock-prices/_latest.json");
    until("it is laid down by the clock", async || laid_down.exists()).await;
}

/// Why a gateway with these documents does not start.
async fn refusal(own: &Path) -> String {
    let data = TempDir::new().unwrap();
    let config = config(data.path(), "http://127.0.0.1:1", &[(FOLDER, text(own))]);
    let (clock, shutdown) = (Clock::settable(today()), Shutdown::new());
    let started = Gateway::start(config, clock, Ids::seeded(1), shutdown.clone()).await;
    shutdown.begin();
    started.err().map_or_else(String::new, |error| error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_report_keeps_the_gateway_from_starting() {
    let long = format!("{}.graphql", "a".repeat(65));
    let huge = "#".repeat(300_000);
    let cases = [
        ("listings.graphql", PRICES, "there is a report `listings` already"),
        ("Stock Prices.graphql", PRICES, "begins with a small letter"),
        (&long, PRICES, "64 at most"),
        ("odata.graphql", PRICES, "which is the feed"),
        ("huge.graphql", &huge, "more than 262144 bytes"),
        ("prices.graphql", "{ listings { nodes { colour } } }", "`colour`"),
        ("prices.graphql", "{ listings(dealer: 1) { nodes { vin } } }", "Unknown argument \"dealer\""),
        ("prices.graphql", "{ listings(filter: { dealer: \"D-1\" }) { nodes { vin } } }", "\"dealer\""),
        (
            "prices.graphql",
            "query($limit: Vin) { listings(filter: { vin: $limit }) { nodes { vin } } }",
            "`$limit` another name",
        ),
        ("prices.graphql", "{ listings { nodes { _row: vin } } }", "`_row` is the key of the feed"),
    ];
    for (name, document, why) in cases {
        let own = folder(&[(name, document)]);
        let refused = refusal(own.path()).await;
        assert!(
            refused.contains(why) && refused.contains(name) && refused.contains("`reports.folder`"),
            "{name}: {refused}"
        );
    }
    let gone = refusal(Path::new("/nowhere/at/all")).await;
    assert!(gone.contains("the folder `/nowhere/at/all` cannot be read"), "{gone}");
    let latin = TempDir::new().unwrap();
    fs::write(latin.path().join("latin.graphql"), b"# caf\xe9\n{ changeToken }").unwrap();
    let refused = refusal(latin.path()).await;
    assert!(refused.contains("latin.graphql") && refused.contains("UTF-8"), "{refused}");
}
