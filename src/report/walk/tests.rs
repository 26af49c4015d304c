use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_graphql::EmptyMutation;
use async_graphql::EmptySubscription;
use async_graphql::Object;
use async_graphql::Request;
use async_graphql::Schema;
use async_graphql::Variables;
use async_graphql::async_trait::async_trait;
use futures_util::StreamExt;
use tokio::time::Instant;

use super::Bookmark;
use super::Extract;
use super::Step;
use super::walk;
use crate::auth::Session;
use crate::cache::ReadFrom;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::guard::Rows;
use crate::graphql::outline::Outline;
use crate::report::ask::Answer;
use crate::report::ask::Ask;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::plan::Plan;

#[derive(Clone, Copy, Debug)]
struct Car(i32);

#[derive(Clone, Copy, Debug)]
struct Wheel(i32);

#[derive(Clone, Copy, Debug)]
struct Garage;

#[derive(Clone, Copy, Debug)]
struct Query;

type Page<T> = async_graphql::Result<Connection<T>>;

#[Object]
impl Wheel {
    async fn number(&self) -> i32 {
        self.0
    }

    async fn bolts(&self, first: Option<i32>, after: Option<String>) -> Page<Wheel> {
        Ok(slice((0..60).map(Wheel).collect(), first, after)?)
    }
}

#[Object]
impl Car {
    async fn number(&self) -> i32 {
        self.0
    }

    async fn name(&self) -> Option<String> {
        Some(format!("car {}", self.0))
    }

    async fn wheels(&self, first: Option<i32>, after: Option<String>) -> Option<Page<Wheel>> {
        if self.0 == 13 {
            return Some(Err(Error::new(Code::VendorRejected, "no wheels on this one").into()));
        }
        let count = if self.0 % 100 == 7 { 120 } else { 2 };
        Some(slice((0..count).map(|wheel| Wheel(self.0 * 1_000 + wheel)).collect(), first, after).map_err(Into::into))
    }

    async fn tags(&self) -> Vec<String> {
        vec!["a".to_owned(), "b".to_owned()]
    }
}

#[Object]
impl Garage {
    async fn title(&self) -> &str {
        "main"
    }

    async fn cars(&self, first: Option<i32>, after: Option<String>) -> Page<Car> {
        Ok(slice((0..450).map(Car).collect(), first, after)?)
    }
}

#[Object]
impl Query {
    async fn garage(&self) -> Option<Garage> {
        Some(Garage)
    }

    async fn trucks(&self, first: Option<i32>, after: Option<String>) -> Page<Car> {
        Ok(slice((0..3).map(Car).collect(), first, after)?)
    }
}

struct Fake {
    schema: Schema<Query, EmptyMutation, EmptySubscription>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Ask for Fake {
    async fn ask(&self, request: Request, _: Arc<Session>, _: Instant) -> Answer {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.query.clone());
        let response = self.schema.execute(request).await;
        Answer { response, read_from: ReadFrom::default() }
    }
}

struct Table {
    plan: Arc<Plan>,
    rows: Vec<Row>,
    marks: Vec<Bookmark>,
    ending: Ending,
    asked: Vec<String>,
}

fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription).directive(Rows).finish()
}

fn plan(document: &str) -> Result<Plan, String> {
    let outline = Outline::from_sdl(&schema().sdl()).map_err(|error| error.message)?;
    Plan::new(document, None, &outline).map_err(|error| error.message)
}

async fn table(document: &str, row_cap: Option<u64>, from: Bookmark) -> Table {
    let plan = Arc::new(plan(document).expect("the document gives a table"));
    let fake = Arc::new(Fake { schema: schema(), asked: Mutex::default() });
    let session = Session {
        tenant: "t".into(),
        client: "c".into(),
        scopes: Arc::new(BTreeSet::new()),
        accounts: Arc::new([]),
        max_rows: None,
        garage: None,
    };
    let ask: Arc<dyn Ask> = Arc::clone(&fake) as Arc<dyn Ask>;
    let (session, variables) = (Arc::new(session), Variables::default());
    let mut steps = walk(Extract { plan: Arc::clone(&plan), variables, session, ask, row_cap, from });
    let (mut rows, mut marks, mut ending) = (Vec::new(), Vec::new(), None);
    while let Some(step) = steps.next().await {
        match step {
            Step::Rows(more) => rows.extend(more),
            Step::Mark(mark) => marks.push(mark),
            Step::End(end) => ending = Some(end),
        }
    }
    let asked = fake.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Table { plan, rows, marks, ending: ending.expect("every walk ends"), asked }
}

fn names(plan: &Plan) -> Vec<(&str, &str, bool)> {
    plan.columns().iter().map(|column| (column.name.as_str(), column.ty.as_str(), column.is_nullable)).collect()
}

#[tokio::test]
async fn the_only_list_gives_the_rows_over_all_its_pages() {
    let table =
        table("{ garage { title cars { totalCount nodes { number tags } } } }", None, Bookmark::default()).await;
    let expected = [
        ("garage_title", "text", false),
        ("garage_cars_totalCount", "integer", true),
        ("number", "integer", false),
        ("tags", "json", false),
    ];
    assert_eq!(names(&table.plan), expected);
    assert_eq!(table.ending.outcome, Outcome::Complete, "{:?}", table.ending);
    assert_eq!(table.rows.len(), 450);
    let numbers = table.rows.iter().map(|row| row[2].clone()).collect::<Vec<_>>();
    assert_eq!(numbers, (0..450).map(Cell::Integer).collect::<Vec<_>>());
    let last = table.rows.last().expect("there are rows");
    assert_eq!((&last[0], &last[1]), (&Cell::Text("main".to_owned()), &Cell::Integer(450)));
    assert_eq!(last[3], Cell::Json(r#"["a","b"]"#.to_owned()));
    assert_eq!(table.marks.iter().map(|mark| mark.rows).collect::<Vec<_>>(), [200, 400]);
    assert_eq!(table.asked.len(), 3, "{:#?}", table.asked);
}

#[tokio::test]
async fn a_walk_goes_on_from_each_of_its_marks() {
    let document = "{ garage { title cars { nodes { number } } } }";
    let whole = table(document, None, Bookmark::default()).await;
    for mark in whole.marks {
        let before = usize::try_from(mark.rows).expect("few rows");
        let rest = table(document, None, mark).await;
        assert_eq!(rest.rows, whole.rows[before..]);
        assert_eq!(rest.ending, whole.ending);
    }
}

#[tokio::test]
async fn nested_rows_and_cells_are_followed_too() {
    let document = "{ garage { cars(first: 120) { nodes { number wheels @rows { nodes { number } } } } } }";
    let nested = table(document, None, Bookmark::default()).await;
    assert_eq!(names(&nested.plan), [("number", "integer", false), ("wheels_number", "integer", false)]);
    let expected = (0..120_i64).filter(|car| *car != 13).flat_map(|car| {
        let count = if car % 100 == 7 { 120 } else { 2 };
        (0..count).map(move |wheel| vec![Cell::Integer(car), Cell::Integer(car * 1_000 + wheel)])
    });
    assert_eq!(nested.rows, expected.collect::<Vec<_>>());
    assert_eq!(nested.ending.outcome, Outcome::Incomplete);
    let [fault] = nested.ending.faults.as_slice() else { panic!("{:?}", nested.ending) };
    assert_eq!((fault.path.as_str(), fault.code.as_str()), ("garage.cars.wheels", "VENDOR_REJECTED"));
    assert!(fault.loses_rows);

    let document = "{ garage { cars(first: 9) { edges { node { number wheels { totalCount nodes { number } } } } } } }";
    let cells = table(document, None, Bookmark::default()).await;
    let expected = [("number", "integer", false), ("wheels_totalCount", "integer", true), ("wheels", "json", true)];
    assert_eq!(names(&cells.plan), expected);
    let [_, Cell::Integer(120), Cell::Json(wheels)] = cells.rows[7].as_slice() else { panic!("{:?}", cells.rows[7]) };
    let wheels = serde_json::from_str::<serde_json::Value>(wheels).expect("JSON");
    assert_eq!(wheels.as_array().map(Vec::len), Some(120));
    assert_eq!(wheels[119], serde_json::json!({ "number": 7_119 }));
}

#[tokio::test]
async fn lists_three_deep_are_followed() {
    let document = "{ trucks { nodes { number wheels { nodes { number bolts @rows { nodes { number } } } } } } }";
    let table = table(document, None, Bookmark::default()).await;
    assert_eq!(table.ending.outcome, Outcome::Complete, "{:?}", table.ending);
    let bolts = |truck: i64, wheel: i64| {
        let number = truck * 1_000 + wheel;
        (0..60).map(move |bolt| vec![Cell::Integer(truck), Cell::Integer(number), Cell::Integer(bolt)])
    };
    let expected = (0..3).flat_map(|truck| (0..2).flat_map(move |wheel| bolts(truck, wheel)));
    assert_eq!(table.rows, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn the_bound_on_rows_is_told() {
    let document = "{ garage { cars { nodes { number } } } }";
    let capped = table(document, Some(10), Bookmark::default()).await;
    assert_eq!((capped.rows.len(), capped.ending.outcome), (10, Outcome::Capped));
    let whole = table(document, Some(450), Bookmark::default()).await;
    assert_eq!((whole.rows.len(), whole.ending.outcome), (450, Outcome::Complete));
}

#[test]
fn documents_that_give_no_one_table_are_refused() {
    let refused = |document| plan(document).err().unwrap_or_default();
    let two = "{ garage { cars { nodes { number } } } trucks { nodes { number } } }";
    assert!(refused(two).contains("`garage.cars`, `trucks`"), "{}", refused(two));
    let clash = "{ trucks { nodes { number n: number number: name } } }";
    assert!(refused(clash).contains("both give a column `number`"), "{}", refused(clash));
    let plain = "{ trucks { nodes { tags @rows } } }";
    assert!(refused(plain).contains("no list of objects"), "{}", refused(plain));
    assert!(refused("mutation { a }").contains("only a query"));
    assert!(refused("{ trucks { ...A } } fragment A on CarConnection { ...A }").contains("nests too deep"));
    assert!(refused("{ nothing }").contains("has no field `nothing`"));
}
