use forecourt::domain::product::model::BundleQuery;
use forecourt::domain::product::model::PrerequisiteQuery;
use forecourt::domain::product::model::ProductBundleId;
use forecourt::domain::product::model::ProductGroupId;
use forecourt::domain::product::model::ProductId;
use forecourt::domain::product::model::ProductQuery;
use forecourt::domain::product::model::Within;
use forecourt::domain::product::source::ProductSource;
use forecourt::error::VendorErrorKind;

use crate::support::accounts::context;
use crate::support::orders::fitment;
use crate::support::orders::product;

use super::jifeline::wire;

const LIST: &str = r#"{"result": []}"#;

fn query(within: Option<Within>, favorite: Option<bool>) -> Vec<ProductQuery> {
    vec![ProductQuery { fitment: fitment(), within, favorite }]
}

#[tokio::test]
async fn listing_product_groups() {
    wire("jifeline.products.list_groups", LIST, |client| async move {
        client.products().groups(vec![fitment()], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_product_bundles() {
    wire("jifeline.products.list_bundles", LIST, |client| async move {
        let group = Some(ProductGroupId("2691".to_owned()));
        client.products().bundles(vec![BundleQuery { fitment: fitment(), group }], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_products_of_every_kind() {
    wire("jifeline.products.list", LIST, |client| async move {
        client.products().products(query(None, None), context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_the_favorite_products_of_a_group() {
    wire("jifeline.products.list@group", LIST, |client| async move {
        let group = Within::Group(ProductGroupId("2691".to_owned()));
        client.products().products(query(Some(group), Some(true)), context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_the_products_of_a_bundle() {
    wire("jifeline.products.list@bundle", LIST, |client| async move {
        let bundle = Within::Bundle(ProductBundleId("5a6e2f1c-0000-4000-8000-000000000001".to_owned()));
        client.products().products(query(Some(bundle), None), context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_product_prerequisites() {
    let recorder = wire("jifeline.products.list_prerequisites", LIST, |client| async move {
        let asked = |products| vec![PrerequisiteQuery { fitment: fitment(), products }];
        client.products().prerequisites(asked(vec![product(52351), product(52352)]), context()).await;
        // Nothing is asked for no product, which the vendor would refuse.
        client.products().prerequisites(asked(Vec::new()), context()).await
    })
    .await;
    assert_eq!(recorder.seen().len(), 2);
}

#[tokio::test]
async fn marking_a_product() {
    let recorder = wire("jifeline.products.add_favorite", "null", |client| async move {
        client.products().add_favorite(&product(52351), context()).await.unwrap();
        let nameless = ProductId("x".to_owned());
        let refused = client.products().add_favorite(&nameless, context()).await.unwrap_err();
        assert_eq!(refused.kind, VendorErrorKind::NotFound);
    })
    .await;
    assert_eq!(recorder.seen().len(), 2);
}

#[tokio::test]
async fn taking_a_mark_away() {
    wire("jifeline.products.remove_favorite", "", |client| async move {
        client.products().remove_favorite(&product(52351), context()).await.unwrap();
    })
    .await;
}
