//! The contract with the engine: what an upgrade must not change under us, and what our kit makes of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Poll;

use async_graphql::Context;
use async_graphql::EmptySubscription;
use async_graphql::InputObject;
use async_graphql::MaybeUndefined;
use async_graphql::Object;
use async_graphql::Request;
use async_graphql::Response;
use async_graphql::Schema;
use async_graphql::SchemaBuilder;
use async_graphql::SimpleObject;
use forecourt::auth::AccountId;
use forecourt::auth::Scope;
use forecourt::auth::Session;
use forecourt::error::Code;
use forecourt::error::Error;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::Result;
use forecourt::graphql::connection::Connection;
use forecourt::graphql::connection::slice;
use forecourt::graphql::guard;
use forecourt::graphql::guard::PersonalData;
use forecourt::graphql::guard::PersonalDataLevel;
use forecourt::graphql::guard::RequiresScopes;
use forecourt::graphql::guard::Withheld;
use forecourt::graphql::outline::Outline;
use forecourt::graphql::scalars::Vin;
use forecourt::graphql::sourced::IntoSourced;
use forecourt::graphql::sourced::Sourced;
use forecourt::graphql::sourced::sourced;
use forecourt::graphql::user_error::UserError;
use forecourt::graphql::user_error::UserErrorCode;
use futures_util::future::poll_fn;

/// Gives way to every sibling `turns` times.
async fn late(turns: usize) {
    let mut left = turns;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The root of the toy graph.
struct Query;

/// What has an owner, guarded where it is implemented.
#[derive(async_graphql::Interface)]
#[graphql(field(name = "owner", ty = "Option<String>"), field(name = "tickets", ty = "Sourced<i32>"))]
enum Owned {
    Car(Car),
}

/// A toy.
struct Car {
    doors: usize,
}

#[Object]
impl Query {
    async fn slow(&self) -> i32 {
        late(9).await;
        1
    }

    async fn quick(&self) -> i32 {
        2
    }

    async fn car(&self) -> Option<Car> {
        Some(Car { doors: 4 })
    }

    async fn owned(&self) -> Owned {
        Owned::Car(Car { doors: 2 })
    }

    async fn firm_car(&self) -> Car {
        Car { doors: 4 }
    }

    async fn cars(&self, first: Option<i32>, after: Option<String>) -> Sourced<Connection<Car>> {
        Some(slice((1..=5).map(|doors| Car { doors }).collect(), first, after))
    }

    async fn echo(&self, vin: Vin) -> Vin {
        vin
    }
}

#[Object]
impl Car {
    async fn doors(&self) -> usize {
        self.doors
    }

    async fn firm_failure(&self) -> Result<i32> {
        late(3).await;
        Err(failure())
    }

    async fn loose_failure(&self) -> Result<Option<i32>> {
        late(1).await;
        Err(failure())
    }

    async fn sourced_failure(&self) -> Sourced<i32> {
        sourced(async {
            late(2).await;
            Err(failure())
        })
        .await
    }

    async fn absent(&self) -> Sourced<i32> {
        late(1).await;
        Ok(None).sourced()
    }

    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn tickets(&self, ctx: &Context<'_>) -> Sourced<i32> {
        ctx.data_opt::<Arc<Vec<i32>>>().expect("the resolver must not run without the scope");
        Some(Ok(7))
    }

    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn owner(&self) -> Option<String> {
        Some("Jo".to_owned())
    }
}

fn failure() -> Error {
    let met = VendorError::new("tchek", "tchek.tokens.read", VendorErrorKind::RateLimited, "too many");
    let mut error = Error::from(met);
    error.retry_after = Some(std::time::Duration::from_millis(1500));
    error
}

/// A toy mutation.
struct Mutation;

#[derive(InputObject)]
struct Change {
    name: MaybeUndefined<String>,
}

#[derive(SimpleObject)]
struct Changed {
    seen: String,
    user_errors: Vec<UserError>,
}

#[Object]
impl Mutation {
    async fn change(&self, input: Change, note: MaybeUndefined<String>) -> Changed {
        let user_errors = vec![UserError::at("customer.phone", UserErrorCode::InvalidPhone, "add the country code")];
        Changed { seen: format!("{} {}", word(&input.name), word(&note)), user_errors }
    }
}

fn word(value: &MaybeUndefined<String>) -> &'static str {
    match value {
        MaybeUndefined::Undefined => "undefined",
        MaybeUndefined::Null => "null",
        MaybeUndefined::Value(_) => "value",
    }
}

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation, EmptySubscription)
}

async fn run(request: impl Into<Request>) -> Response {
    builder().directive(Withheld).finish().execute(request).await
}

fn json(response: &Response) -> String {
    serde_json::to_string(response).unwrap()
}

#[tokio::test]
async fn keys_stand_in_the_order_of_the_query() {
    let response = run("{ slow quick car { doors } again: quick }").await;
    insta::assert_snapshot!(json(&response), @r#"{"data":{"slow":1,"quick":2,"car":{"doors":4},"again":2}}"#);
}

#[tokio::test]
async fn a_failed_firm_field_nulls_its_nullable_parent() {
    let response = run("{ quick car { doors firmFailure } }").await;
    insta::assert_snapshot!(response.data, @"{quick: 2, car: null}");
    insta::assert_snapshot!(json(&response), @r#"{"errors":[{"message":"the vendor limits `tchek.tokens.read` at present","locations":[{"line":1,"column":21}],"path":["car","firmFailure"],"extensions":{"code":"VENDOR_RATE_LIMITED","operation":"tchek.tokens.read","reason":"STATUS","retryAfter":2,"retryable":true,"vendor":"tchek"}}],"data":{"quick":2,"car":null}}"#);
}

#[tokio::test]
async fn a_failed_firm_field_passes_a_firm_parent() {
    let response = run("{ quick firmCar { doors firmFailure } }").await;
    insta::assert_snapshot!(response.data, @"null");
    assert_eq!(response.errors.len(), 1);
}

#[tokio::test]
async fn an_omitted_variable_is_not_null() {
    let query = "mutation($name: String, $note: String) { change(input: { name: $name }, note: $note) { seen } }";
    let omitted = run(query).await;
    insta::assert_snapshot!(omitted.data, @r#"{change: {seen: "undefined undefined"}}"#);
    let null = serde_json::json!({ "name": null, "note": null });
    let null = run(Request::new(query).variables(async_graphql::Variables::from_json(null))).await;
    insta::assert_snapshot!(null.data, @r#"{change: {seen: "null null"}}"#);
}

#[tokio::test]
async fn a_sourced_field_fails_alone() {
    let response = run("{ car { doors sourcedFailure absent } firmCar { sourcedFailure } }").await;
    insta::assert_snapshot!(response.data, @"{car: {doors: 4, sourcedFailure: null, absent: null}, firmCar: {sourcedFailure: null}}");
    let errors = serde_json::to_string(response.errors.first().unwrap()).unwrap();
    insta::assert_snapshot!(errors, @r#"{"message":"the vendor limits `tchek.tokens.read` at present","locations":[{"line":1,"column":15}],"path":["car","sourcedFailure"],"extensions":{"code":"VENDOR_RATE_LIMITED","operation":"tchek.tokens.read","reason":"STATUS","retryAfter":2,"retryable":true,"vendor":"tchek"}}"#);
    assert_eq!(response.errors.len(), 2);
}

#[tokio::test]
async fn the_other_order_takes_the_parent_down() {
    let response = run("{ car { doors looseFailure } }").await;
    insta::assert_snapshot!(response.data, @"{car: null}");
}

#[tokio::test]
async fn pages_follow_each_other() {
    let response =
        run("{ cars(first: 2) { totalCount nodes { doors } pageInfo { hasNextPage hasPreviousPage endCursor } } }")
            .await;
    insta::assert_snapshot!(response.data, @r#"{cars: {totalCount: 5, nodes: [{doors: 1}, {doors: 2}], pageInfo: {hasNextPage: true, hasPreviousPage: false, endCursor: "WzEsMV0"}}}"#);
    let response = run("{ cars(first: 9, after: \"WzEsM10\") { edges { cursor node { doors } } pageInfo { hasNextPage hasPreviousPage } } }").await;
    insta::assert_snapshot!(response.data, @r#"{cars: {edges: [{cursor: "WzEsNF0", node: {doors: 5}}], pageInfo: {hasNextPage: false, hasPreviousPage: true}}}"#);
}

#[tokio::test]
async fn wrong_pages_are_named() {
    for (arguments, name) in [("first: 201", "`first`"), ("first: -1", "`first`"), ("after: \"nonsense\"", "`after`")] {
        let response = run(format!("{{ quick cars({arguments}) {{ totalCount }} }}")).await;
        assert_eq!(response.data.to_string(), "{quick: 2, cars: null}");
        let error = response.errors.first().unwrap();
        assert!(error.message.contains(name), "{}", error.message);
    }
}

#[tokio::test]
async fn a_wrong_vin_is_named() {
    let response = run("{ echo(vin: \"short\") }").await;
    insta::assert_snapshot!(json(&response), @r#"{"errors":[{"message":"Failed to parse \"Vin\": \"short\" is not valid: a VIN is a string of 17 letters or digits","locations":[{"line":1,"column":13}],"path":["echo"],"extensions":{"code":"BAD_INPUT"}}],"data":null}"#);
    let response = run("{ echo(vin: \" wvwzzz1kz6w000001\") }").await;
    insta::assert_snapshot!(response.data, @r#"{echo: "WVWZZZ1KZ6W000001"}"#);
}

fn session(scopes: &[Scope]) -> Session {
    Session {
        garage: None,
        tenant: "default".into(),
        client: "test".into(),
        scopes: Arc::new(scopes.iter().copied().collect::<BTreeSet<_>>()),
        accounts: Arc::from([AccountId::new("tchek", "main")]),
        max_rows: None,
    }
}

async fn run_as(query: &str, scopes: &[Scope]) -> (Response, String) {
    let outline = Outline::from_sdl(&builder().finish().sdl()).unwrap();
    let mut document = async_graphql::parser::parse_query(query).unwrap();
    let masked = match guard::withhold(&mut document, &outline, &session(scopes)) {
        Ok(masked) => masked,
        Err(error) => return (Response::from_errors(Vec::new()), error.message),
    };
    let mut request = Request::new(query).data(Arc::new(vec![1]));
    request.set_parsed_query(document);
    (run(request).await, format!("{masked:?}"))
}

#[tokio::test]
async fn a_missing_scope_nulls_the_field_alone() {
    let query = "query { car { ...f } } fragment f on Car { doors t: tickets owner }";
    let (response, masked) = run_as(query, &[Scope::VehiclesRead]).await;
    insta::assert_snapshot!(json(&response), @r#"{"errors":[{"message":"this field needs the scope `tickets:read`","locations":[{"line":1,"column":50}],"path":["car","t"],"extensions":{"code":"FORBIDDEN","retryable":false}}],"data":{"car":{"doors":4,"t":null,"owner":null}}}"#);
    insta::assert_snapshot!(masked, @r#"{"Car.owner"}"#);
    let (response, masked) = run_as(query, &[Scope::TicketsRead, Scope::PersonalDataRead]).await;
    insta::assert_snapshot!(json(&response), @r#"{"data":{"car":{"doors":4,"t":7,"owner":"Jo"}}}"#);
    assert_eq!(masked, "{}");
}

#[tokio::test]
async fn an_interface_is_no_way_around_a_guard() {
    let (response, masked) = run_as("{ owned { owner tickets ... on Owned { more: tickets } } }", &[]).await;
    insta::assert_snapshot!(response.data, @"{owned: {owner: null, tickets: null, more: null}}");
    assert_eq!((response.errors.len(), masked.as_str()), (2, "{\"Owned.owner\"}"));
}

#[tokio::test]
async fn nobody_but_the_gateway_withholds() {
    let (_, refusal) = run_as("{ car { ... { doors @withheld } } }", &[]).await;
    insta::assert_snapshot!(refusal, @"unknown directive `@withheld`");
}

#[test]
fn guards_stand_in_the_schema() {
    let sdl = builder().finish().sdl();
    assert!(sdl.contains("enum PersonalDataLevel"));
    assert!(!sdl.contains("withheld"));
    let lines = sdl.lines().filter(|line| line.contains('@') && !line.contains("@include") && !line.contains("@skip"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    	tickets: Int @requiresScopes(scopes: [["tickets:read"]])
    	owner: String @personalData(level: CONTACT)
    directive @personalData(level: PersonalDataLevel!) on FIELD_DEFINITION
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION
    "#);
}

#[test]
fn an_internal_error_keeps_its_cause_to_itself() {
    let error = async_graphql::Error::from(Error::internal("password=secret"));
    assert!(!serde_json::to_string(&error).unwrap().contains("secret"));
    assert!(error.source.is_some());
    assert_eq!(Error::bad_input("x").code, Code::BadInput);
}
