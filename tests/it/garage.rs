//! A garage's own affairs: who works in it, who it is, and what changes them.

use std::collections::BTreeMap;

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const CREATE: &str = "mutation($input: CreateEmployeeInput!) { createEmployee(input: $input) {
    outcome idempotencyKey employee { id givenName familyName username enabled correspondenceLocale }
    userErrors { code field }
} }";
const UPDATE: &str = "mutation($input: UpdateEmployeeInput!) { updateEmployee(input: $input) {
    employee { id givenName familyName username enabled correspondenceLocale } userErrors { code field }
} }";
const CUSTOMER: &str = "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    customer { name street houseNumber city country email phone } userErrors { code field }
} }";
const STAFF: &str = "{ employees(first: 200) { nodes { id givenName username } } }";
const CREATED: &str = "jifeline.employees.create";
const CHANGED: &str = "jifeline.employees.update";

/// A new employee who keeps every rule, with `more`.
fn employee(more: Value) -> Value {
    let mut employee = json!({ "givenName": "Noor", "familyName": "Jansen" });
    let Value::Object(more) = more else { unreachable!("members are given as an object") };
    employee.as_object_mut().unwrap().extend(more);
    employee
}

async fn run(rig: &Rig, mutation: &str, input: &Value) -> Value {
    let mut data = rig.data(mutation, json!({ "input": input })).await;
    data.as_object_mut().unwrap().values_mut().next().unwrap().take()
}

/// The faults of an input as `CODE path`.
fn faults(payload: &Value) -> Vec<String> {
    let path = |field: &Value| {
        let parts = field.as_array().map(Vec::as_slice).unwrap_or_default();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    let errors = payload["userErrors"].as_array().unwrap().iter();
    errors.map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(&error["field"]))).collect()
}

/// The employees' ids by their given names.
async fn staff(rig: &Rig) -> BTreeMap<String, String> {
    let data = rig.data(STAFF, json!({})).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let nodes = data["employees"]["nodes"].as_array().unwrap().iter();
    nodes.map(|node| (text(&node["givenName"]), text(&node["id"]))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_names_its_field_before_anybody_is_called() {
    let rig = Rig::start().await;
    let long = "n".repeat(256);
    let someone = staff(&rig).await.remove("Sanne").unwrap();
    rig.forget_calls().await;
    let of = |mut more: Value| {
        more["id"] = json!(someone);
        more
    };
    let cases: Vec<(&str, Value, &[&str])> = vec![
        (CREATE, json!({}), &["REQUIRED givenName", "REQUIRED familyName"]),
        (CREATE, employee(json!({ "givenName": " " })), &["REQUIRED givenName"]),
        (CREATE, employee(json!({ "familyName": long })), &["OUT_OF_RANGE familyName"]),
        (CREATE, employee(json!({ "username": "noor" })), &["INVALID_EMAIL username"]),
        (CREATE, employee(json!({ "correspondenceLocale": "nl_NL" })), &["INVALID_LOCALE correspondenceLocale"]),
        (CREATE, employee(json!({ "account": "north" })), &["INVALID_VALUE account"]),
        (CREATE, employee(json!({ "idempotencyKey": " " })), &["OUT_OF_RANGE idempotencyKey"]),
        (UPDATE, json!({}), &["REQUIRED id"]),
        (UPDATE, json!({ "id": "x", "givenName": " " }), &["INVALID_VALUE id", "REQUIRED givenName"]),
        (UPDATE, of(json!({ "givenName": long })), &["OUT_OF_RANGE givenName"]),
        (UPDATE, of(json!({ "username": "sanne" })), &["INVALID_EMAIL username"]),
        (UPDATE, of(json!({ "correspondenceLocale": "english" })), &["INVALID_LOCALE correspondenceLocale"]),
        (CUSTOMER, json!({}), &["REQUIRED "]),
        (CUSTOMER, json!({ "name": " ", "street": "" }), &["REQUIRED name", "REQUIRED street"]),
        (CUSTOMER, json!({ "country": "Netherlands" }), &["INVALID_VALUE country"]),
        (
            CUSTOMER,
            json!({ "email": "a@b", "financialEmail": "" }),
            &["INVALID_EMAIL email", "REQUIRED financialEmail"],
        ),
        (CUSTOMER, json!({ "account": "north", "city": "Utrecht" }), &["INVALID_VALUE account"]),
    ];
    for (mutation, input, expected) in cases {
        assert_eq!(faults(&run(&rig, mutation, &input).await), expected, "{input}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employee_is_added_once() {
    let rig = Rig::start().await;
    assert!(!staff(&rig).await.contains_key("Noor"), "the list is cached from here on");
    rig.forget_calls().await;
    let input = employee(json!({ "idempotencyKey": "noor", "username": "noor@voorhof.example" }));
    let first = run(&rig, CREATE, &input).await;
    assert_eq!((&first["outcome"], &first["idempotencyKey"]), (&json!("CREATED"), &json!("noor")));
    assert_eq!(first["employee"]["username"], "noor@voorhof.example");
    assert_eq!(rig.calls().await, BTreeMap::from([(CREATED.to_owned(), 1)]), "the answer tells everything");
    assert_eq!(staff(&rig).await["Noor"], first["employee"]["id"], "the list was dropped");
    assert_eq!(run(&rig, CREATE, &input).await, first);
    let other = employee(json!({ "idempotencyKey": "noor", "givenName": "Nora" }));
    assert_eq!(faults(&run(&rig, CREATE, &other).await), ["IDEMPOTENCY_MISMATCH idempotencyKey"]);
    let rig = rig.restart(&[]).await;
    assert_eq!(run(&rig, CREATE, &input).await, first, "the journal outlives the process");
    assert_eq!(rig.calls().await, BTreeMap::from([("jifeline.employees.get".to_owned(), 1)]));

    let taken = employee(json!({ "username": "Sanne@voorhof.example" }));
    let refused = run(&rig, CREATE, &taken).await;
    assert_eq!(
        (faults(&refused), &refused["outcome"]),
        (vec!["REFUSED_BY_VENDOR username".to_owned()], &json!("NOT_CREATED"))
    );
    let unspoken = employee(json!({ "correspondenceLocale": "la-VA" }));
    assert_eq!(faults(&run(&rig, CREATE, &unspoken).await), ["REFUSED_BY_VENDOR "]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employee_whose_answer_is_lost_is_never_added_again() {
    let rig = Rig::start().await;
    let input = json!({ "input": employee(json!({ "idempotencyKey": "lost" })) });
    rig.control("PUT", "faults", &json!([{ "operation": CREATED, "reset": "after", "times": 1 }])).await;
    for _ in 0..2 {
        let answer = rig.ask(CREATE, input.clone()).await;
        assert_eq!(answer["data"]["createEmployee"]["outcome"], "UNKNOWN", "{answer:#}");
        assert_eq!(answer["data"]["createEmployee"]["employee"], Value::Null);
        assert_eq!(answer["errors"][0]["path"], json!(["createEmployee", "employee"]));
    }
    assert_eq!(rig.count(CREATED).await, 1);
    assert!(staff(&rig).await.contains_key("Noor"), "the vendor had added her");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_employee_changes_where_the_input_says_so() {
    let rig = Rig::start().await;
    let ids = staff(&rig).await;
    let read = "query($id: ID!) { employee(id: $id) { familyName username enabled correspondenceLocale } }";
    let employee = async |name: &str| rig.data(read, json!({ "id": ids[name] })).await["employee"].take();
    assert_eq!(employee("Mehmet").await["familyName"], "Yilmaz");
    rig.forget_calls().await;

    let changed = run(&rig, UPDATE, &json!({ "id": ids["Mehmet"], "familyName": "Yildiz" })).await;
    assert_eq!(faults(&changed), [""; 0]);
    let expected = [("jifeline.employees.get".to_owned(), 1), (CHANGED.to_owned(), 1)];
    assert_eq!(rig.calls().await, BTreeMap::from(expected), "what was cached is not what is changed");
    let now = json!({
        "familyName": "Yildiz", "username": "mehmet@voorhof.example", "enabled": true, "correspondenceLocale": "de-DE",
    });
    assert_eq!(employee("Mehmet").await, now, "what was cached has been dropped");

    for unset in [json!(null), json!(" ")] {
        let refused = run(&rig, UPDATE, &json!({ "id": ids["Mehmet"], "username": unset })).await;
        assert_eq!((faults(&refused), &refused["employee"]), (vec!["INVALID_VALUE username".to_owned()], &Value::Null));
    }
    let taken = json!({ "id": ids["Mehmet"], "username": "sanne@voorhof.example" });
    assert_eq!(faults(&run(&rig, UPDATE, &taken).await), ["REFUSED_BY_VENDOR username"]);
    assert_eq!(employee("Mehmet").await, now);

    let input = json!({ "id": ids["Mehmet"], "username": "m.yildiz@voorhof.example", "enabled": false });
    assert_eq!(run(&rig, UPDATE, &input).await["employee"]["enabled"], false);
    assert_eq!(employee("Mehmet").await["username"], "m.yildiz@voorhof.example");
    let input = json!({ "id": ids["Joris"], "username": null, "correspondenceLocale": "en-GB" });
    assert_eq!(faults(&run(&rig, UPDATE, &input).await), [""; 0], "one who has no username may go without");
    assert_eq!(employee("Joris").await["correspondenceLocale"], "en-GB");

    let query = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(rig.data(query, json!({ "id": ids["Eva"] })).await["node"]["id"], ids["Eva"]);
    // The id of Grace, who works at another garage.
    let stranger = "MTpFbXBsb3llZTpqaWZlbGluZS9tYWluLzVmMGI3ZjdlLTJjMGUtNGQwYS05ZDU1LTYwZDFkMWIyMDEwMQ";
    assert_eq!(faults(&run(&rig, UPDATE, &json!({ "id": stranger, "enabled": false })).await), ["INVALID_VALUE id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_fails_on_the_way_is_an_error() {
    let rig = Rig::start().await;
    let ids = staff(&rig).await;
    rig.control("PUT", "faults", &json!([{ "operation": "jifeline.*", "status": 500 }])).await;
    for (mutation, input) in
        [(UPDATE, json!({ "id": ids["Eva"], "enabled": true })), (CUSTOMER, json!({ "city": "Amersfoort" }))]
    {
        let answer = rig.ask(mutation, json!({ "input": input })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "VENDOR_UNAVAILABLE", "{answer:#}");
        assert_eq!(answer["data"].as_object().unwrap().values().collect::<Vec<_>>(), [&Value::Null]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_customer_changes_where_the_input_says_so() {
    let rig = Rig::start().await;
    let query = "{ customer { name city phone email } viewer { garage { name address { locality postalCode } } } }";
    let before = rig.data(query, json!({})).await;
    assert_eq!(before["viewer"]["garage"]["address"]["locality"], "Utrecht");
    rig.forget_calls().await;
    let changed = run(&rig, CUSTOMER, &json!({ "city": "Amersfoort", "country": "be" })).await;
    assert_eq!((&changed["customer"]["city"], &changed["customer"]["country"]), (&json!("Amersfoort"), &json!("BE")));
    let expected = [("jifeline.customers.get".to_owned(), 1), ("jifeline.customers.update".to_owned(), 1)];
    assert_eq!(rig.calls().await, BTreeMap::from(expected));
    let mut after = before;
    after["customer"]["city"] = json!("Amersfoort");
    after["viewer"]["garage"]["address"]["locality"] = json!("Amersfoort");
    assert_eq!(rig.data(query, json!({})).await, after, "the rest stays, and what was cached has been dropped");
    assert_eq!(faults(&run(&rig, CUSTOMER, &json!({ "country": "XX" })).await), ["REFUSED_BY_VENDOR "]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_centre_says_itself_whether_it_is_open() {
    let rig = Rig::with(&[("FORECOURT_CACHE__FRESH__JIFELINE__SERVICE_CENTER__GET_STATUS", "0s")]).await;
    let query = "{ viewer { serviceProvider { isOpen name } } serviceCenter { name state stateEndsAt stateMessage } }";
    let open = rig.data(query, json!({})).await;
    assert_eq!(open["viewer"]["serviceProvider"]["isOpen"], true);
    assert_eq!(open["serviceCenter"]["state"], "OPENED");
    rig.forget_calls().await;
    let later = json!({ "state": "scheduled", "ends_at": "2026-10-02T10:00:00Z", "message": "Back at noon" });
    rig.control("POST", "service-center", &later).await;
    let held = rig.data(query, json!({})).await;
    let told = json!({
        "name": "Voorbeeld Diagnostics B.V.", "state": "SCHEDULED", "stateEndsAt": "2026-10-02T10:00:00Z",
        "stateMessage": "Back at noon",
    });
    assert_eq!((&held["serviceCenter"], &held["viewer"]["serviceProvider"]["isOpen"]), (&told, &json!(false)));
    let asked = [("jifeline.service_center.get_status".to_owned(), 1)];
    assert_eq!(rig.calls().await, BTreeMap::from(asked), "the flag that was told with the user is older");

    let failing = json!([{ "operation": "jifeline.service_center.get_status", "status": 500 }]);
    rig.control("PUT", "faults", &failing).await;
    let answer = rig.ask(query, json!({})).await;
    assert_eq!(answer["data"]["serviceCenter"]["name"], "Voorbeeld Diagnostics B.V.", "{answer:#}");
    assert_eq!(answer["data"]["serviceCenter"]["state"], Value::Null);
    assert_eq!(
        answer["data"]["viewer"]["serviceProvider"],
        json!({ "isOpen": null, "name": "Voorbeeld Diagnostics B.V." })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_account_has_scopes_of_its_own_and_people_are_masked() {
    const READER: Client<'_> =
        Client { tenant: "default", name: "reader", scopes: &[Scope::AccountRead], accounts: None };
    let outsider = Client { name: "outsider", scopes: &[Scope::TicketsRead, Scope::PersonalDataRead], ..READER };
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[READER, outsider]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let ask = async |client: &Client<'_>, query: &str| {
        rig.ask_with(&[("authorization", &client.bearer()), ("x-request-id", "asked")], query, json!({})).await
    };
    let query = "{
        viewer { firstName garage { name reference address { country street } } }
        customer { name reference email phone country }
        employees(first: 1) { nodes { familyName username correspondenceLocale } }
        wallet { stateRaw } branding { name } serviceCenter { state }
    }";
    insta::assert_json_snapshot!("garage_masked", ask(&READER, query).await);
    rig.forget_calls().await;
    let refused = ask(&outsider, query).await;
    assert_eq!(refused["errors"].as_array().unwrap().len(), 6, "{refused:#}");
    let id = "MTpFbXBsb3llZTpqaWZlbGluZS9tYWluLzVmMGI3ZjdlLTJjMGUtNGQwYS05ZDU1LTYwZDFkMWIyMDAwMQ";
    let node = ask(&outsider, &format!("{{ node(id: \"{id}\") {{ id }} employee(id: \"{id}\") {{ id }} }}")).await;
    assert_eq!(node["data"], json!({ "node": null, "employee": null }));
    for mutation in ["createEmployee", "updateEmployee", "updateCustomer"] {
        let refused =
            ask(&READER, &format!("mutation {{ {mutation}(input: {{}}) {{ userErrors {{ code }} }} }}")).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused:#}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}
