//! How many calls the loaders make: a property of the query, not of luck.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex;

use async_graphql::Context;
use async_graphql::EmptyMutation;
use async_graphql::EmptySubscription;
use async_graphql::Object;
use async_graphql::Request;
use async_graphql::Schema;
use axum::Router;
use axum::extract::Path;
use axum::extract::State;
use axum::routing::get;
use axum::routing::post;
use forecourt::error::Error;
use forecourt::graphql::Result;
use forecourt::graphql::dataloader::DataLoader;
use forecourt::graphql::dataloader::Hub;
use forecourt::graphql::dataloader::Loader;
use forecourt::graphql::dataloader::drive;
use forecourt::graphql::sourced::IntoSourced;
use forecourt::graphql::sourced::Sourced;
use forecourt::shutdown::Shutdown;
use futures_util::future::join_all;

/// The batches that one request made: the loader's name and the keys.
type Calls = Arc<Mutex<Vec<(&'static str, Vec<u32>)>>>;

/// What the vendor stands for: answers at once, or over a socket.
#[derive(Clone)]
enum Vendor {
    AtOnce,
    Socket(reqwest::Client, SocketAddr),
}

/// A loader of numbers; `NAME` tells apart what would be several entities.
struct Numbers<const NAME: char> {
    calls: Calls,
    vendor: Vendor,
}

impl<const NAME: char> Numbers<NAME> {
    const LABEL: &'static str = match NAME {
        'a' => "a",
        'b' => "b",
        'c' => "c",
        _ => "d",
    };
}

impl<const NAME: char> Loader for Numbers<NAME> {
    type Key = u32;
    type Value = u32;

    fn max_batch_size(&self) -> usize {
        500
    }

    async fn load(&self, keys: Vec<u32>) -> HashMap<u32, Result<u32>> {
        self.calls.lock().unwrap().push((Self::LABEL, keys.clone()));
        if let Vendor::Socket(client, address) = &self.vendor {
            fetch(client, *address, Self::LABEL).await;
        }
        keys.into_iter().filter(|key| *key != 404).map(|key| (key, answer(key))).collect()
    }
}

fn answer(key: u32) -> Result<u32> {
    if key == 13 { Err(Error::bad_input("13 is never served")) } else { Ok(key) }
}

#[expect(clippy::disallowed_methods, reason = "the test's own vendor is no vendor of the gateway")]
async fn fetch(client: &reqwest::Client, address: SocketAddr, label: &str) {
    client.get(format!("http://{address}/{label}")).send().await.unwrap().error_for_status().unwrap();
}

struct Query;

/// Something that has two things, each from a loader of its own.
struct Item(u32);

/// What the loader `a` brings.
struct Left(u32);

/// What the loader `b` brings.
struct Right(u32);

#[Object]
impl Query {
    async fn items(&self, count: u32) -> Vec<Item> {
        (1000..1000 + count).map(Item).collect()
    }

    async fn one(&self, ctx: &Context<'_>, key: u32) -> Sourced<u32> {
        load::<'a'>(ctx, key).await.sourced()
    }
}

async fn load<const NAME: char>(ctx: &Context<'_>, key: u32) -> Result<Option<u32>> {
    DataLoader::<Numbers<NAME>>::of(ctx)?.load_one(key).await
}

#[Object]
impl Item {
    async fn left(&self, ctx: &Context<'_>) -> Sourced<Left> {
        load::<'a'>(ctx, self.0).await.map(|key| key.map(Left)).sourced()
    }

    async fn right(&self, ctx: &Context<'_>) -> Sourced<Right> {
        load::<'b'>(ctx, self.0 / 2).await.map(|key| key.map(Right)).sourced()
    }
}

#[Object]
impl Left {
    async fn deep(&self, ctx: &Context<'_>) -> Sourced<u32> {
        load::<'c'>(ctx, self.0 / 3).await.sourced()
    }
}

#[Object]
impl Right {
    async fn deep(&self, ctx: &Context<'_>) -> Sourced<u32> {
        load::<'d'>(ctx, self.0 / 3).await.sourced()
    }
}

type Toy = Schema<Query, EmptyMutation, EmptySubscription>;

fn toy() -> Toy {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}

async fn execute(
    schema: &Toy,
    vendor: &Vendor,
    query: &str,
) -> (async_graphql::Response, Vec<(&'static str, Vec<u32>)>) {
    let hub = Hub::new();
    let calls = Calls::default();
    let request = Request::new(query)
        .data(DataLoader::new(&hub, Numbers::<'a'> { calls: Arc::clone(&calls), vendor: vendor.clone() }))
        .data(DataLoader::new(&hub, Numbers::<'b'> { calls: Arc::clone(&calls), vendor: vendor.clone() }))
        .data(DataLoader::new(&hub, Numbers::<'c'> { calls: Arc::clone(&calls), vendor: vendor.clone() }))
        .data(DataLoader::new(&hub, Numbers::<'d'> { calls: Arc::clone(&calls), vendor: vendor.clone() }));
    let response = drive(hub, schema.execute(request)).await;
    let calls = std::mem::take(&mut *calls.lock().unwrap());
    (response, calls)
}

const DEPTHS: &str = "{ items(count: 150) { left { deep } right { deep } } }";

/// Each loader is asked once, with each of its keys once.
fn assert_four_calls(calls: &[(&'static str, Vec<u32>)]) {
    let sizes: BTreeMap<&str, usize> = calls.iter().map(|(name, keys)| (*name, keys.len())).collect();
    assert_eq!(calls.len(), 4, "{sizes:?}");
    assert_eq!(sizes, BTreeMap::from([("a", 150), ("b", 75), ("c", 51), ("d", 26)]));
    for (_, keys) in calls {
        assert!(keys.is_sorted_by(|one, next| one < next), "distinct and sorted: {keys:?}");
    }
}

#[tokio::test]
async fn two_loaders_two_levels_deep_make_four_calls() {
    let (response, calls) = execute(&toy(), &Vendor::AtOnce, DEPTHS).await;
    assert!(response.errors.is_empty());
    assert_four_calls(&calls);
}

/// A vendor and a gateway over sockets; the gateway answers how many calls its request made.
struct Sockets {
    shutdown: Shutdown,
    gateway: SocketAddr,
    client: reqwest::Client,
}

impl Sockets {
    async fn start() -> Self {
        let shutdown = Shutdown::new();
        let vendor = Router::new().route("/{label}", get(async |Path(label): Path<String>| label));
        let vendor = serve(&shutdown, vendor).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let state = Arc::new((toy(), Vendor::Socket(client.clone(), vendor)));
        let gateway = Router::new().route("/", post(respond)).with_state(state);
        let gateway = serve(&shutdown, gateway).await;
        Self { shutdown, gateway, client }
    }

    #[expect(clippy::disallowed_methods, reason = "the test is a client of its own gateway")]
    async fn ask(&self) -> Vec<(String, usize)> {
        let answer = self.client.post(format!("http://{}/", self.gateway)).body(DEPTHS).send().await.unwrap();
        answer.json().await.unwrap()
    }
}

async fn serve(shutdown: &Shutdown, app: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = shutdown.draining();
    drop(shutdown.spawn(async move { axum::serve(listener, app).with_graceful_shutdown(stop).await }));
    address
}

async fn respond(State(state): State<Arc<(Toy, Vendor)>>, query: String) -> axum::Json<Vec<(&'static str, usize)>> {
    let (response, calls) = execute(&state.0, &state.1, &query).await;
    assert!(response.errors.is_empty());
    assert_four_calls(&calls);
    axum::Json(calls.into_iter().map(|(name, keys)| (name, keys.len())).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_connection_on_two_workers_makes_four_calls_every_time() {
    let sockets = Sockets::start().await;
    for _ in 0..50 {
        let calls = sockets.ask().await;
        assert_eq!(calls.len(), 4, "{calls:?}");
    }
    sockets.shutdown.begin();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_connections_make_four_calls_each() {
    let sockets = Arc::new(Sockets::start().await);
    let shutdown = sockets.shutdown.clone();
    let clients = (0..64).map(|_| {
        let sockets = Arc::clone(&sockets);
        shutdown.spawn(async move {
            for _ in 0..4 {
                let calls = sockets.ask().await;
                assert_eq!(calls.len(), 4, "{calls:?}");
            }
        })
    });
    for client in join_all(clients).await {
        client.unwrap();
    }
    shutdown.begin();
}

#[tokio::test]
async fn hundreds_of_siblings_go_out_together() {
    let (_, calls) = execute(&toy(), &Vendor::AtOnce, "{ items(count: 450) { left { deep } } }").await;
    let sizes: Vec<(&str, usize)> = calls.iter().map(|(name, keys)| (*name, keys.len())).collect();
    assert_eq!(sizes, [("a", 450), ("c", 151)]);
}

#[tokio::test]
async fn one_failing_key_leaves_its_neighbours() {
    let query = "{ x: one(key: 12) y: one(key: 13) z: one(key: 404) }";
    let (response, calls) = execute(&toy(), &Vendor::AtOnce, query).await;
    insta::assert_snapshot!(response.data, @"{x: 12, y: null, z: null}");
    assert_eq!(response.errors.len(), 1);
    assert_eq!(calls, [("a", vec![12, 13, 404])]);
}
