//! The page on `/` and its files, over a real socket. What a browser makes of them: `tests/browser`.

use std::collections::BTreeSet;
use std::path::Path;

use axum::Router;
use forecourt::http::graphiql;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;
use reqwest::StatusCode;
use reqwest::header;
use sha2::Digest;
use sha2::Sha256;

struct Server {
    base: String,
    client: reqwest::Client,
    _tasks: Shutdown,
}

impl Server {
    async fn start() -> Self {
        rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let routes: Router = graphiql::routes(Ids::seeded(7));
        let tasks = Shutdown::new();
        tasks.spawn(async move { axum::serve(listener, routes).await });
        Self { base, client: reqwest::Client::builder().no_proxy().build().expect("a plain client"), _tasks: tasks }
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.get_unless(path, None).await
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own request to the gateway, not a vendor call")]
    async fn get_unless(&self, path: &str, known: Option<&str>) -> reqwest::Response {
        let mut request = self.client.get(format!("{}{path}", self.base));
        if let Some(etag) = known {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        request.send().await.expect("the server answers")
    }
}

fn header_of(reply: &reqwest::Response, name: impl header::AsHeaderName) -> String {
    reply.headers().get(name).map(|value| value.to_str().expect("our headers are ASCII").to_owned()).unwrap_or_default()
}

/// The values of every `name="…"` in `html`.
fn attributes(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn page_is_strict() {
    let server = Server::start().await;
    let first = server.get("/").await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header_of(&first, header::CONTENT_TYPE), "text/html; charset=utf-8");
    assert_eq!(header_of(&first, header::CACHE_CONTROL), "no-store");
    assert_eq!(header_of(&first, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(header_of(&first, header::REFERRER_POLICY), "no-referrer");
    assert_eq!(header_of(&first, "cross-origin-opener-policy"), "same-origin");
    let policy = header_of(&first, header::CONTENT_SECURITY_POLICY);
    let html = first.text().await.unwrap();
    let nonce = attributes(&html, "nonce").pop().unwrap();
    assert_eq!(
        policy.replace(&nonce, "[nonce]"),
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src data:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'; style-src 'self' 'nonce-[nonce]'"
    );

    let second = server.get("/").await;
    assert_ne!(header_of(&second, header::CONTENT_SECURITY_POLICY), policy, "a nonce is used once");
}

#[tokio::test]
async fn page_holds_no_code_and_no_foreign_address() {
    let server = Server::start().await;
    let html = server.get("/").await.text().await.unwrap();
    assert!(html.contains("<title>Forecourt</title>"));
    assert_eq!(attributes(&html, "data-version"), [env!("CARGO_PKG_VERSION")]);
    assert!(!html.contains("//"), "every address is on this host");
    assert!(!html.contains("{version}") && !html.contains("{nonce}"));
    let scripts: Vec<_> = html.split("<script").skip(1).collect();
    assert_eq!(scripts.len(), 5);
    assert!(scripts.iter().all(|script| script.contains(" src=") && script.contains("></script>")));
}

#[tokio::test]
async fn files_of_the_page_are_served_and_revalidated() {
    let server = Server::start().await;
    let html = server.get("/").await.text().await.unwrap();
    let files = [attributes(&html, "src"), attributes(&html, "href"), attributes(&html, "data-examples")].concat();
    assert_eq!(files.len(), 9);
    for file in files {
        let path = format!("/{file}");
        let reply = server.get(&path).await;
        assert_eq!(reply.status(), StatusCode::OK, "{path}");
        assert_eq!(header_of(&reply, header::CACHE_CONTROL), "no-cache", "{path}");
        assert_eq!(header_of(&reply, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        let kind = match Path::new(&file).extension().and_then(|extension| extension.to_str()) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some("json") => "application/json",
            other => unreachable!("{other:?}"),
        };
        assert_eq!(header_of(&reply, header::CONTENT_TYPE), kind, "{path}");

        let etag = header_of(&reply, header::ETAG);
        for known in [etag.as_str(), etag.trim_start_matches("W/"), &format!("\"other\", {etag}"), "*"] {
            let again = server.get_unless(&path, Some(known)).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path} {known}");
            assert_eq!(header_of(&again, header::ETAG), etag);
        }
        assert_eq!(server.get_unless(&path, Some("\"other\"")).await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn licences_are_served_and_nothing_else_is() {
    let server = Server::start().await;
    let licences = server.get("/graphiql/LICENSES.txt").await;
    assert_eq!(header_of(&licences, header::CONTENT_TYPE), "text/plain; charset=utf-8");
    assert!(licences.text().await.unwrap().contains("graphiql (MIT)"));
    for path in ["/graphiql/", "/graphiql/page.html", "/graphiql/..%2fpage.html", "/graphiql/%2fetc%2fpasswd"] {
        assert_eq!(server.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn examples_are_graphql_with_json_variables() {
    let server = Server::start().await;
    let text = server.get("/graphiql/examples.json").await.text().await.unwrap();
    let examples: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut names = Vec::new();
    for example in &examples {
        let document = async_graphql::parser::parse_query(example["query"].as_str().unwrap()).unwrap();
        let (name, operation) = document.operations.iter().next().unwrap();
        names.push(name.unwrap().to_string());
        let variables = example["variables"].as_str().unwrap_or("{}");
        let variables: serde_json::Map<String, serde_json::Value> = serde_json::from_str(variables).unwrap();
        let given: BTreeSet<String> = variables.into_iter().map(|(name, _)| name).collect();
        let declared: BTreeSet<String> =
            operation.node.variable_definitions.iter().map(|variable| variable.node.name.node.to_string()).collect();
        assert_eq!(given, declared, "{names:?}");
    }
    assert_eq!(names, ["JoinedCar", "StockList", "CreateInspection", "CreateListing", "ByPlate"]);
}

#[test]
fn vendored_files_are_those_that_were_published() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/graphiql");
    let list = std::fs::read_to_string(folder.join("VENDORED.md")).unwrap();
    let mut checked = 0;
    for row in list.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        let file = std::fs::read(folder.join("public").join(cells[1])).unwrap();
        let sum = format!("{:x}", bytes::Bytes::copy_from_slice(&Sha256::digest(&file)));
        assert_eq!(sum, cells[5], "{}", cells[1]);
        checked += 1;
    }
    assert_eq!(checked, 4);
}
