use forecourt::domain::catalogue::model::CatalogueId;
use forecourt::domain::catalogue::source::CatalogueSource;
use forecourt::error::VendorErrorKind;

use crate::support::accounts::context;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;
use super::jifeline::account;
use super::jifeline::answering;
use super::jifeline::only;

fn number(number: u32) -> CatalogueId {
    CatalogueId(number.to_string())
}

#[tokio::test]
async fn listed_makes() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.list_makes.json")).await;
    assert_decoded("jifeline.catalogue.list_makes", &client.catalogue().makes(context()).await.unwrap());
}

#[tokio::test]
async fn listed_model_groups() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.list_model_groups.json")).await;
    let groups = only(client.catalogue().groups_of(vec![number(10)], context()).await, &number(10));
    assert_decoded("jifeline.catalogue.list_model_groups", &groups.unwrap().unwrap());
}

#[tokio::test]
async fn a_read_model_group() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.get_model_group.json")).await;
    let group = only(client.catalogue().groups(vec![number(234)], context()).await, &number(234));
    assert_decoded("jifeline.catalogue.get_model_group", &group.unwrap().unwrap());
}

#[tokio::test]
async fn listed_models() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.list_models.json")).await;
    let models = only(client.catalogue().models_of(vec![number(234)], context()).await, &number(234));
    assert_decoded("jifeline.catalogue.list_models", &models.unwrap().unwrap());
}

#[tokio::test]
async fn a_read_model() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.get_model.json")).await;
    let model = only(client.catalogue().models(vec![number(23423)], context()).await, &number(23423));
    assert_decoded("jifeline.catalogue.get_model", &model.unwrap().unwrap());
}

#[tokio::test]
async fn listed_variants() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.list_variants.json")).await;
    let variants = only(client.catalogue().variants_of(vec![number(23423)], context()).await, &number(23423));
    assert_decoded("jifeline.catalogue.list_variants", &variants.unwrap().unwrap());
}

#[tokio::test]
async fn a_read_variant() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.catalogue.get_variant.json")).await;
    let variant = only(client.catalogue().variants(vec![number(34234)], context()).await, &number(34234));
    assert_decoded("jifeline.catalogue.get_variant", &variant.unwrap().unwrap());
}

#[tokio::test]
async fn the_catalogue_is_read_to_its_end_without_repetitions() {
    let (recorder, client) = account(|seen, _| {
        ok(match seen.query.as_str() {
            "offset=0&limit=200" => r#"{"result": [{"id": 1, "name": "A"}, {"id": 2}], "total": "3", "offset": 0}"#,
            "offset=2&limit=200" => r#"{"result": [{"id": "2"}], "total": 3}"#,
            _ => "{}",
        })
    })
    .await;
    let makes = client.catalogue().makes(context()).await.unwrap();
    assert_eq!(makes.iter().map(|make| make.id.0.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(recorder.seen_at("/jifeline/v1/vehicle-makes").len(), 2);
}

#[tokio::test]
async fn an_unknown_entry_comes_in_several_forms() {
    for answer in [status(400, "{}"), status(403, "{}"), status(404, "{}"), ok("null"), ok("")] {
        let shown = format!("{answer:?}");
        let (_recorder, client) = account(move |_, _| answer.clone()).await;
        let variant = only(client.catalogue().variants(vec![number(1)], context()).await, &number(1));
        assert!(matches!(variant, Ok(None)), "{shown}: {variant:?}");
    }
}

#[tokio::test]
async fn only_an_unknown_make_has_no_list() {
    let (_recorder, client) = account(|_, _| status(404, "{}")).await;
    let groups = only(client.catalogue().groups_of(vec![number(1)], context()).await, &number(1));
    assert!(matches!(groups, Ok(None)), "{groups:?}");
    let (_recorder, client) = account(|_, _| status(403, r#"{"message": "Forbidden"}"#)).await;
    let groups = only(client.catalogue().groups_of(vec![number(1)], context()).await, &number(1));
    assert_eq!(groups.unwrap_err().kind, VendorErrorKind::Rejected);
}
