use forecourt::domain::product::model::BundleQuery;
use forecourt::domain::product::model::PrerequisiteQuery;
use forecourt::domain::product::model::ProductId;
use forecourt::domain::product::model::ProductQuery;
use forecourt::domain::product::source::ProductSource;

use crate::support::accounts::context;
use crate::support::orders::fitment;
use crate::support::orders::product;
use crate::support::recorder::Answer;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;
use super::jifeline::account;
use super::jifeline::answering;
use super::jifeline::only;

fn everything() -> ProductQuery {
    ProductQuery { fitment: fitment(), within: None, favorite: None }
}

#[tokio::test]
async fn listed_product_groups() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.products.list_groups.json")).await;
    let groups = only(client.products().groups(vec![fitment()], context()).await, &fitment());
    assert_decoded("jifeline.products.list_groups", &groups.unwrap().unwrap());
}

#[tokio::test]
async fn listed_product_bundles() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.products.list_bundles.json")).await;
    let query = BundleQuery { fitment: fitment(), group: None };
    let bundles = only(client.products().bundles(vec![query.clone()], context()).await, &query);
    assert_decoded("jifeline.products.list_bundles", &bundles.unwrap().unwrap());
}

#[tokio::test]
async fn listed_products() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.products.list.json")).await;
    let products = only(client.products().products(vec![everything()], context()).await, &everything());
    assert_decoded("jifeline.products.list", &products.unwrap().unwrap());
}

#[tokio::test]
async fn listed_product_prerequisites() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.products.list_prerequisites.json")).await;
    let query = PrerequisiteQuery { fitment: fitment(), products: vec![product(52351)] };
    let prerequisites = only(client.products().prerequisites(vec![query.clone()], context()).await, &query);
    assert_decoded("jifeline.products.list_prerequisites", &prerequisites.unwrap().unwrap());
}

#[tokio::test]
async fn a_list_without_paging_is_followed_only_when_it_announces_more() {
    let (recorder, client) = account(|seen, _| {
        ok(if seen.query.contains("offset=1&limit=200") {
            r#"{"result": [{"id": 1}, {"id": 2}], "total": 3}"#
        } else {
            r#"{"result": [{"id": 1}], "total": 3}"#
        })
    })
    .await;
    let products = only(client.products().products(vec![everything()], context()).await, &everything());
    let numbers: Vec<_> = products.unwrap().unwrap().into_iter().map(|product| product.id).collect();
    assert_eq!(numbers, [product(1), product(2)]);
    let seen = recorder.seen_at("/jifeline/v1/products");
    assert_eq!(seen.len(), 2);
    assert!(!seen[0].query.contains("offset") && !seen[0].query.contains("limit"), "{}", seen[0].query);
}

#[tokio::test]
async fn only_an_unknown_build_has_no_products() {
    let (_recorder, client) = account(|_, _| status(404, "{}")).await;
    let products = only(client.products().products(vec![everything()], context()).await, &everything());
    assert!(matches!(products, Ok(None)), "{products:?}");
    let products = only(
        answering(r#"{"result": []}"#).await.products().products(vec![everything()], context()).await,
        &everything(),
    );
    assert_eq!(products.unwrap(), Some(Vec::new()));
}

#[tokio::test]
async fn a_mark_is_set_and_taken_away_with_and_without_a_body() {
    let add = include_str!("../../fixtures/jifeline/jifeline.products.add_favorite.json");
    let remove = include_str!("../../fixtures/jifeline/jifeline.products.remove_favorite.json");
    let empty = || Answer::Full(204, Vec::new(), String::new());
    for answer in [ok(add), ok(remove), ok(""), empty()] {
        let (_recorder, client) = account(move |_, _| answer.clone()).await;
        client.products().add_favorite(&product(52351), context()).await.unwrap();
        client.products().remove_favorite(&product(52351), context()).await.unwrap();
    }
    let (_recorder, client) = account(|_, _| status(404, r#"{"title": "Not Found"}"#)).await;
    let refused = client.products().remove_favorite(&ProductId("1".to_owned()), context()).await.unwrap_err();
    assert!(refused.nothing_happened());
}
