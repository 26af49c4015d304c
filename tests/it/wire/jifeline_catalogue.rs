use forecourt::domain::catalogue::model::CatalogueId;
use forecourt::domain::catalogue::source::CatalogueSource;

use crate::support::accounts::context;

use super::jifeline::wire;

const LIST: &str = r#"{"result": []}"#;

fn number(number: &str) -> Vec<CatalogueId> {
    vec![CatalogueId(number.to_owned())]
}

#[tokio::test]
async fn listing_makes() {
    wire("jifeline.catalogue.list_makes", LIST, |client| async move { client.catalogue().makes(context()).await })
        .await;
}

#[tokio::test]
async fn listing_the_model_groups_of_a_make() {
    wire("jifeline.catalogue.list_model_groups", LIST, |client| async move {
        client.catalogue().groups_of(number("10"), context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_model_group() {
    wire("jifeline.catalogue.get_model_group", "null", |client| async move {
        client.catalogue().groups(number("234"), context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_the_models_of_a_model_group() {
    wire("jifeline.catalogue.list_models", LIST, |client| async move {
        client.catalogue().models_of(number("234"), context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_model() {
    wire("jifeline.catalogue.get_model", "null", |client| async move {
        client.catalogue().models(number("23423"), context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_the_variants_of_a_model() {
    wire("jifeline.catalogue.list_variants", LIST, |client| async move {
        client.catalogue().variants_of(number("23423"), context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_variant() {
    wire("jifeline.catalogue.get_variant", "null", |client| async move {
        client.catalogue().variants(number("34234"), context()).await
    })
    .await;
}
