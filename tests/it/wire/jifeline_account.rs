//! The account's own affairs, its messages and the reference lists.

use forecourt::domain::garage::customer::CustomerChange;
use forecourt::domain::garage::employee::EmployeeDetails;
use forecourt::domain::garage::employee::EmployeeId;
use forecourt::domain::garage::source::GarageSource;
use forecourt::domain::messenger::model::ChannelId;
use forecourt::domain::messenger::model::ChatId;
use forecourt::domain::messenger::source::MessengerSource;
use forecourt::domain::reference::source::ReferenceSource;

use crate::support::accounts::context;

use super::assert_wire;
use super::jifeline::wire;

const NO_ITEMS: &str = r#"{"result": []}"#;

fn details() -> EmployeeDetails {
    EmployeeDetails {
        given_name: "Ada".to_owned(),
        family_name: "Jansen".to_owned(),
        username: None,
        correspondence_locale: Some("en-GB".to_owned()),
    }
}

fn employee() -> EmployeeId {
    EmployeeId("b2b5f4a0-3c6b-4a2e-9a55-0d9f3b7f0003".to_owned())
}

fn channel() -> ChannelId {
    ChannelId("5a6e2f1c-0000-4000-8000-000000000009".to_owned())
}

#[tokio::test]
async fn listing_employees() {
    wire("jifeline.employees.list", NO_ITEMS, |client| async move { client.garage().employees(context()).await }).await;
}

#[tokio::test]
async fn adding_an_employee() {
    wire("jifeline.employees.create", "{}", |client| async move {
        client.garage().add_employee(&details(), context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_an_employee_and_oneself() {
    wire("jifeline.employees.get", "null", |client| async move {
        client.garage().employees_by_id(vec![employee()], context()).await
    })
    .await;
    wire("jifeline.employees.get@me", "null", |client| async move { client.garage().own_employee(context()).await })
        .await;
}

#[tokio::test]
async fn changing_an_employee() {
    wire("jifeline.employees.update", "{}", |client| async move {
        let details = EmployeeDetails {
            username: Some("ada@garage.example".to_owned()),
            correspondence_locale: None,
            ..details()
        };
        client.garage().change_employee(&employee(), &details, Some(false), context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_the_user() {
    wire("jifeline.users.me", "{}", |client| async move { client.garage().user(context()).await }).await;
}

#[tokio::test]
async fn reading_and_changing_the_customer() {
    let present = include_str!("../../fixtures/jifeline/jifeline.customers.get.json");
    let recorder = wire("jifeline.customers.get", present, |client| async move {
        let change = CustomerChange { number: Some("14".to_owned()), ..CustomerChange::default() };
        client.garage().change_customer(&change, context()).await
    })
    .await;
    assert_wire("jifeline.customers.update", &recorder.nth(2));
}

#[tokio::test]
async fn reading_the_branding() {
    wire("jifeline.customers.get_branding", "{}", |client| async move { client.garage().branding(context()).await })
        .await;
}

#[tokio::test]
async fn reading_the_wallet() {
    wire("jifeline.customers.get_wallet", "null", |client| async move { client.garage().wallet(context()).await })
        .await;
}

#[tokio::test]
async fn reading_the_service_center() {
    wire("jifeline.service_center.get", "{}", |client| async move { client.garage().service_center(context()).await })
        .await;
}

#[tokio::test]
async fn reading_the_status_of_the_service_center() {
    wire("jifeline.service_center.get_status", "{}", |client| async move {
        client.garage().service_center_status(context()).await
    })
    .await;
}

#[tokio::test]
async fn translating() {
    wire("jifeline.messenger.translate", "{}", |client| async move {
        client.messenger().translate("The tow bar is coded.", "de", context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_channel() {
    wire("jifeline.channels.get", "null", |client| async move {
        client.messenger().channels(vec![channel()], context()).await
    })
    .await;
}

#[tokio::test]
async fn pinging_a_channel() {
    wire("jifeline.channels.ping", "", |client| async move { client.messenger().ping(&channel(), context()).await })
        .await;
}

#[tokio::test]
async fn creating_an_attachment() {
    wire("jifeline.channels.create_attachment", "{}", |client| async move {
        client.messenger().create_attachment(&channel(), "dashboard.jpg", context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_an_attachment() {
    wire("jifeline.channels.get_attachment", "null", |client| async move {
        client.messenger().attachment(&channel(), "a/b c", context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_chat() {
    wire("jifeline.chats.get", "null", |client| async move {
        let chat = ChatId("910000001_416e4c77-0000-4000-8000-000000000000".to_owned());
        client.messenger().chats(vec![chat], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_countries() {
    wire(
        "jifeline.system.list_countries",
        NO_ITEMS,
        |client| async move { client.reference().countries(context()).await },
    )
    .await;
}

#[tokio::test]
async fn listing_currencies() {
    wire("jifeline.system.list_currencies", NO_ITEMS, |client| async move {
        client.reference().currencies(context()).await
    })
    .await;
}
