//! The page on `/`: `GraphiQL` with examples that run at once, served from inside the binary.
//!
//! Nothing is fetched from elsewhere; the policy in `page.rs` would not let it. `assets/graphiql` holds the files,
//! its VENDORED.md says where they come from.

mod assets;
mod examples;
mod page;

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;

use crate::ids::Ids;

use assets::Asset;
use page::Page;

struct Served {
    ids: Ids,
    page: Page,
    examples: Asset,
}

/// Serves the page on `/` and its files under `/graphiql/`.
///
/// `ids` gives each page its nonce. The page posts to `/graphql` and links to `/schema.graphql`; it needs nothing
/// else of the gateway, and no credential, since all of it is public. Compression is left to an outer layer.
pub fn routes<S: Clone + Send + Sync + 'static>(ids: Ids) -> Router<S> {
    let served = Served { ids, page: Page::new(env!("CARGO_PKG_VERSION")), examples: examples::asset() };
    Router::new()
        .route("/", get(show_page))
        .route("/graphiql/examples.json", get(show_examples))
        .route("/graphiql/{file}", get(show_file))
        .with_state(Arc::new(served))
}

async fn show_page(State(served): State<Arc<Served>>) -> Response {
    let (headers, html) = served.page.render(&served.ids);
    (headers, Html(html)).into_response()
}

async fn show_examples(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    served.examples.answer(&headers)
}

async fn show_file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    assets::find(&file).map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| asset.answer(&headers))
}
