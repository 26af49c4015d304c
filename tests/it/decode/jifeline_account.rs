//! The account's own affairs, its messages and the reference lists.

use forecourt::domain::garage::customer::CustomerChange;
use forecourt::domain::garage::employee::EmployeeDetails;
use forecourt::domain::garage::employee::EmployeeId;
use forecourt::domain::garage::service_center::ServiceCenterState;
use forecourt::domain::garage::source::GarageSource;
use forecourt::domain::messenger::model::ChannelId;
use forecourt::domain::messenger::model::ChatId;
use forecourt::domain::messenger::source::MessengerSource;
use forecourt::domain::reference::source::ReferenceSource;
use forecourt::error::VendorErrorKind;
use secrecy::ExposeSecret;

use crate::support::accounts::context;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;
use super::jifeline::account;
use super::jifeline::answering;
use super::jifeline::only;

macro_rules! fixture {
    ($operation:literal) => {
        include_str!(concat!("../../fixtures/jifeline/", $operation, ".json"))
    };
}

fn details() -> EmployeeDetails {
    EmployeeDetails {
        given_name: "Ada".to_owned(),
        family_name: "Jansen".to_owned(),
        username: None,
        correspondence_locale: None,
    }
}

fn employee() -> EmployeeId {
    EmployeeId("b2b5f4a0-3c6b-4a2e-9a55-0d9f3b7f0001".to_owned())
}

fn channel() -> ChannelId {
    ChannelId("5a6e2f1c-0000-4000-8000-000000000009".to_owned())
}

#[tokio::test]
async fn the_list_of_employees() {
    let client = answering(fixture!("jifeline.employees.list")).await;
    assert_decoded("jifeline.employees.list", &client.garage().employees(context()).await.unwrap());
}

#[tokio::test]
async fn an_employee() {
    let client = answering(fixture!("jifeline.employees.get")).await;
    let read = only(client.garage().employees_by_id(vec![employee()], context()).await, &employee());
    assert_decoded("jifeline.employees.get", &read.unwrap());
}

#[tokio::test]
async fn a_connector_that_is_logged_in_is_no_employee() {
    for code in [400, 403, 404] {
        let (_recorder, client) = account(move |_, _| status(code, "{}")).await;
        assert_eq!(client.garage().own_employee(context()).await.unwrap(), None, "{code}");
    }
}

#[tokio::test]
async fn employees_that_are_written() {
    let client = answering(fixture!("jifeline.employees.create")).await;
    let added = client.garage().add_employee(&details(), context()).await.unwrap();
    assert_decoded("jifeline.employees.create", &added);
    let client = answering(fixture!("jifeline.employees.update")).await;
    let changed = client.garage().change_employee(&employee(), &details(), None, context()).await.unwrap();
    assert_decoded("jifeline.employees.update", &changed);
    let client = answering("{}").await;
    let failed = client.garage().add_employee(&details(), context()).await.unwrap_err();
    assert_eq!(failed.kind, VendorErrorKind::Protocol);
}

#[tokio::test]
async fn an_employee_that_is_not_known_cannot_be_changed() {
    let (recorder, client) = account(|_, _| status(404, "{}")).await;
    let failed = client.garage().change_employee(&employee(), &details(), None, context()).await.unwrap_err();
    assert_eq!(failed.kind, VendorErrorKind::NotFound);
    assert_eq!(recorder.seen().len(), 2, "one log-in, one change");
}

#[tokio::test]
async fn the_user() {
    let client = answering(fixture!("jifeline.users.me")).await;
    assert_decoded("jifeline.users.me", &client.garage().user(context()).await.unwrap());
}

#[tokio::test]
async fn the_customer() {
    let client = answering(fixture!("jifeline.customers.get")).await;
    assert_decoded("jifeline.customers.get", &client.garage().customer(context()).await.unwrap());
}

#[tokio::test]
async fn the_customer_that_is_changed() {
    let (_recorder, client) = account(|seen, _| match seen.method.as_str() {
        "PUT" => ok(fixture!("jifeline.customers.update")),
        _ => ok(fixture!("jifeline.customers.get")),
    })
    .await;
    let change = CustomerChange { number: Some("14".to_owned()), ..CustomerChange::default() };
    assert_decoded("jifeline.customers.update", &client.garage().change_customer(&change, context()).await.unwrap());
}

#[tokio::test]
async fn the_branding() {
    let client = answering(fixture!("jifeline.customers.get_branding")).await;
    assert_decoded("jifeline.customers.get_branding", &client.garage().branding(context()).await.unwrap());
}

#[tokio::test]
async fn the_wallet() {
    let client = answering(fixture!("jifeline.customers.get_wallet")).await;
    assert_decoded("jifeline.customers.get_wallet", &client.garage().wallet(context()).await.unwrap());
    let (_recorder, none) = account(|_, _| status(404, "{}")).await;
    assert_eq!(none.garage().wallet(context()).await.unwrap(), None);
}

#[tokio::test]
async fn the_service_center() {
    let client = answering(fixture!("jifeline.service_center.get")).await;
    assert_decoded("jifeline.service_center.get", &client.garage().service_center(context()).await.unwrap());
}

#[tokio::test]
async fn the_status_of_the_service_center() {
    let client = answering(fixture!("jifeline.service_center.get_status")).await;
    let status = client.garage().service_center_status(context()).await.unwrap();
    assert_decoded("jifeline.service_center.get_status", &status);
    let client = answering(r#"{"state": "on_holiday", "ends_at": null}"#).await;
    let status = client.garage().service_center_status(context()).await.unwrap();
    assert_eq!(status.state, Some(ServiceCenterState::Unknown));
    assert_eq!(status.state_raw.as_deref(), Some("on_holiday"));
}

#[tokio::test]
async fn a_translation() {
    let client = answering(fixture!("jifeline.messenger.translate")).await;
    let translated = client.messenger().translate("The tow bar is coded.", "de", context()).await.unwrap();
    assert_decoded("jifeline.messenger.translate", &translated);
}

#[tokio::test]
async fn a_channel() {
    let client = answering(fixture!("jifeline.channels.get")).await;
    let read = only(client.messenger().channels(vec![channel()], context()).await, &channel());
    assert_decoded("jifeline.channels.get", &read.unwrap());
}

#[tokio::test]
async fn a_ping_is_sent_whatever_is_answered() {
    for body in [fixture!("jifeline.channels.ping"), "", "null", "queued"] {
        answering(body).await.messenger().ping(&channel(), context()).await.unwrap();
    }
}

#[tokio::test]
async fn attachments() {
    let client = answering(fixture!("jifeline.channels.create_attachment")).await;
    let created = client.messenger().create_attachment(&channel(), "dashboard.jpg", context()).await.unwrap();
    assert_decoded("jifeline.channels.create_attachment", &created);
    let url = created.url.as_ref().map(ExposeSecret::expose_secret);
    assert_eq!(url, Some("https://files.example/upload?signature=abc"));
    let client = answering(fixture!("jifeline.channels.get_attachment")).await;
    let read = client.messenger().attachment(&channel(), "5a6e2f1c-0000-4000-8000-00000000000a", context()).await;
    assert_decoded("jifeline.channels.get_attachment", &read.unwrap());
}

#[tokio::test]
async fn a_chat_whose_signature_is_not_shown() {
    let client = answering(fixture!("jifeline.chats.get")).await;
    let id = ChatId("910000001_416e4c77-0000-4000-8000-000000000000".to_owned());
    let read = only(client.messenger().chats(vec![id.clone()], context()).await, &id).unwrap();
    assert!(!format!("{read:?}").contains("0123456789abcdef"));
    assert_decoded("jifeline.chats.get", &read);
    let signature = read.and_then(|chat| chat.operator_signature).unwrap();
    assert_eq!(signature.expose_secret(), "0123456789abcdef");
}

#[tokio::test]
async fn countries_and_currencies() {
    let client = answering(fixture!("jifeline.system.list_countries")).await;
    assert_decoded("jifeline.system.list_countries", &client.reference().countries(context()).await.unwrap());
    let client = answering(fixture!("jifeline.system.list_currencies")).await;
    assert_decoded("jifeline.system.list_currencies", &client.reference().currencies(context()).await.unwrap());
}
