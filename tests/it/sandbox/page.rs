//! The page that a customer's link opens.

use chrono::TimeDelta;
use serde_json::json;

use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;
use crate::sandbox::support::KEY;
use crate::sandbox::support::order;
use crate::sandbox::support::unknown_car;
use crate::sandbox::support::with;

async fn press(bench: &Bench, page: &str, to: u8) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    bench.send("POST", page, &form, format!("to={to}")).await
}

#[tokio::test]
async fn the_buttons_of_the_page_lead_to_the_report() {
    let bench = Bench::start().await;
    for (fast_track, review, last) in [
        (true, "Check the damages", "Confirm and finish"),
        (false, "As the dealer: start the review", "As the dealer: create the report"),
    ] {
        let uid = bench.token(&with(order(), "/options/fastTrack", json!(fast_track))).await;
        let page = format!("/tchek/webapp/nl-BE/services/{uid}");
        let opened = bench.get(&page, &[]).await;
        assert_eq!(opened.status, 200);
        assert!(opened.text.contains("Take the first photo") && opened.text.contains("AB-123-CD"));
        assert_eq!(bench.status(&uid).await["tradeinStatus"], 1, "opening the link counts");
        for (to, next) in [(2, "Take the remaining photos"), (3, review), (4, last), (5, "complete")] {
            let answer = press(&bench, &page, to).await;
            assert_eq!((answer.status, answer.header("location")), (303, uid.as_str()), "{to}");
            let shown = bench.get(&page, &[]).await;
            assert!(shown.text.contains(next), "{to}: {}", shown.text);
            assert_eq!(bench.status(&uid).await["tradeinStatus"], to);
        }
        assert!(!bench.get(&page, &[]).await.text.contains("<button"));
        assert_eq!(press(&bench, &page, 6).await.status, 409);
    }
}

#[tokio::test]
async fn a_reminder_is_left_by_opening_the_link() {
    let bench = Bench::start().await;
    let uid = bench.token(&order()).await;
    let page = format!("/tchek/webapp/en/services/{uid}");
    bench.walk(&uid, &[1, 2, 6]).await;
    assert_eq!(bench.status(&uid).await["tradeinStatus"], 6);
    assert_eq!(bench.get(&page, &[]).await.status, 200);
    assert_eq!(bench.status(&uid).await["tradeinStatus"], 2, "the photos that were taken still count");
    assert_eq!(press(&bench, &page, 6).await.status, 303);
    assert_eq!(bench.status(&uid).await["tradeinStatus"], 6);
}

#[tokio::test]
async fn wrong_steps_and_late_ones_are_refused_on_the_page() {
    let bench = Bench::start().await;
    let uid = bench.token(&order()).await;
    let page = format!("/tchek/webapp/en/services/{uid}");
    let answer = press(&bench, &page, 5).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("role=\"alert\""));
    assert_eq!(bench.send("POST", &page, &[], "to=next".to_owned()).await.status, 400);
    bench.pass(TimeDelta::days(31));
    let late = bench.get(&page, &[]).await;
    assert_eq!(late.status, 200);
    assert!(late.text.contains("has expired") && !late.text.contains("<button"));
    assert_eq!(press(&bench, &page, 1).await.status, 409);
    assert_eq!(bench.status(&uid).await["tradeinStatus"], 0);
}

#[tokio::test]
async fn the_page_is_found_under_its_own_address_only() {
    let bench = Bench::start().await;
    let uid = bench.token(&order()).await;
    for (page, status) in [
        (format!("/tchek/webapp/en/services/{uid}"), 200),
        (format!("/tchek/webapp/nl/services/{uid}"), 200),
        (format!("/tchek/webapp/nl-E/services/{uid}"), 200),
        (format!("/tchek/webapp/xx/services/{uid}"), 404),
        (format!("/tchek-preprod/webapp/en/services/{uid}"), 404),
        ("/tchek/webapp/en/services/T000000".to_owned(), 404),
        ("/tchek/webapp/en/services/%3Cscript%3E".to_owned(), 404),
    ] {
        let answer = bench.get(&page, &[]).await;
        assert_eq!(answer.status, status, "{page}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert!(!answer.text.contains("<script") && !answer.text.contains("//"), "nothing is loaded from elsewhere");
    }
    assert_eq!(press(&bench, "/tchek/webapp/en/services/T000000", 1).await.status, 404);
}

#[tokio::test]
async fn what_others_wrote_is_escaped() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], None).await;
    let hostile = "<img src=x onerror='a()'>&\"";
    let uid = bench.token(&with(unknown_car(), "/tradeIn/immat", json!(hostile))).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    let data = receiver.next().await.1["dataAPI"]["data"].clone();
    let front = data["inspectionImages"][0]["originUrl"].as_str().unwrap().to_owned();
    let page = format!("/tchek/webapp/en/services/{uid}");
    for address in [page.as_str(), data["reportUrl"].as_str().unwrap(), &front] {
        let answer = bench.get(address, &[KEY]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains("&lt;img src=x onerror=&#39;a()&#39;&gt;&amp;&quot;"), "{address}");
        assert!(!answer.text.contains("<img src=x"), "{address}");
    }
}
