//! The clients: one that takes a table, and one that follows pages.

use std::collections::HashMap;
use std::hash::DefaultHasher;
use std::hash::Hasher;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::ensure;
use http::HeaderMap;
use http_body_util::BodyExt;
use reqwest::RequestBuilder;
use reqwest::Response;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::json;

use super::documents::Document;

/// What a sheet of a spreadsheet may have, without the line of names.
pub(crate) const MOST_ROWS_OF_XLSX: u64 = 1_048_575;

/// A way to take a list to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Plain GraphQL: JSON, page by page.
    Pages,
    /// A table.
    Csv,
    NdJson,
    Arrow,
    Parquet,
    Xlsx,
}

impl Way {
    /// The pages come first: all else is measured by them.
    pub(crate) const ALL: [Self; 6] = [Self::Pages, Self::Csv, Self::NdJson, Self::Arrow, Self::Parquet, Self::Xlsx];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pages => "plain pages (JSON)",
            Self::Csv => "CSV",
            Self::NdJson => "NDJSON",
            Self::Arrow => "Arrow",
            Self::Parquet => "Parquet",
            Self::Xlsx => "XLSX",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Pages => "application/json",
            Self::Csv => "text/csv",
            Self::NdJson => "application/x-ndjson",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A hash of each row of a list, by its id.
pub(crate) type Rows = HashMap<String, u64>;

/// What was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) time: Duration,
}

/// One page of plain JSON. What stands in it is passed over, as cheaply as a client can.
#[derive(Deserialize)]
struct Answer {
    data: Option<HashMap<String, List>>,
    errors: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    page_info: PageInfo,
    nodes: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// A client that takes what comes as it is, uncompressed.
pub(crate) struct Client(reqwest::Client);

impl Client {
    pub(crate) fn new() -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().no_gzip().no_brotli().no_zstd();
        Ok(Self(client.connect_timeout(Duration::from_secs(5)).build()?))
    }

    /// What stands at an address.
    pub(crate) async fn json(&self, url: &str) -> Result<Value> {
        Ok(send(self.0.get(url)).await?.error_for_status()?.json().await?)
    }

    /// Answers a plain query, which must have no errors; gives the text.
    pub(crate) async fn ask(&self, gateway: &str, query: &str, variables: &Value) -> Result<String> {
        let body = json!({ "query": query, "variables": variables });
        let request = self.0.post(format!("{gateway}/graphql")).json(&body);
        Ok(send(request.header("accept", "application/json")).await?.error_for_status()?.text().await?)
    }

    /// Takes `document` to its end, which must be `rows` rows that lack nothing.
    pub(crate) async fn take(&self, gateway: &str, document: &Document, way: Way, rows: u64) -> Result<Taken> {
        let what = || format!("{} as {}", document.name, way.name());
        let begin = Instant::now();
        let (taken, bytes) = match way {
            Way::Pages => self.pages(gateway, document).await,
            Way::Csv | Way::NdJson | Way::Arrow | Way::Parquet | Way::Xlsx => self.table(gateway, document, way).await,
        }
        .with_context(what)?;
        let time = begin.elapsed();
        ensure!(taken == rows, "{}: {taken} rows instead of {rows}", what());
        Ok(Taken { rows, bytes, time })
    }

    async fn pages(&self, gateway: &str, document: &Document) -> Result<(u64, u64)> {
        let query = document.paged()?;
        let (mut rows, mut bytes, mut after) = (0, 0, None);
        loop {
            let text = self.ask(gateway, &query, &json!({ "after": after })).await?;
            bytes += u64::try_from(text.len())?;
            let answer: Answer = serde_json::from_str(&text)?;
            ensure!(answer.errors.is_none(), "{:?}", answer.errors);
            let list = answer.data.and_then(|mut data| data.remove(document.name)).context("the list is not there")?;
            rows += u64::try_from(list.nodes.len())?;
            if !list.page_info.has_next_page {
                return Ok((rows, bytes));
            }
            after = list.page_info.end_cursor;
        }
    }

    /// Rows and bytes of a table, which must lack nothing.
    pub(crate) async fn table(&self, gateway: &str, document: &Document, way: Way) -> Result<(u64, u64)> {
        let mut bytes = 0;
        let rows = self.read(gateway, document, &json!({}), way, |data| bytes += data.len()).await?;
        Ok((rows, u64::try_from(bytes)?))
    }

    /// The rows of a table, which must lack nothing.
    pub(crate) async fn rows(&self, gateway: &str, document: &Document, variables: &Value) -> Result<Rows> {
        let (mut rows, mut line, mut broken) = (Rows::new(), Vec::new(), None);
        let read = |data: &[u8]| {
            for part in data.split_inclusive(|byte| *byte == b'\n') {
                line.extend_from_slice(part);
                if part.ends_with(b"\n") {
                    match row(&line) {
                        Ok((id, hash)) => drop(rows.insert(id, hash)),
                        Err(error) => broken = Some(error),
                    }
                    line.clear();
                }
            }
        };
        let told = self.read(gateway, document, variables, Way::NdJson, read).await?;
        broken.map_or(Ok(()), Err)?;
        ensure!(told == u64::try_from(rows.len())?, "{told} rows have {} ids", rows.len());
        Ok(rows)
    }

    /// Reads a table to its end; gives how many rows it has.
    async fn read(
        &self,
        gateway: &str,
        document: &Document,
        variables: &Value,
        way: Way,
        mut data: impl FnMut(&[u8]),
    ) -> Result<u64> {
        let body = json!({ "query": document.table, "variables": variables });
        let request = self.0.post(format!("{gateway}/graphql")).json(&body);
        let request = request.header("accept", way.media_type()).header("te", "trailers").header("connection", "TE");
        let response = http::Response::<reqwest::Body>::from(send(request).await?.error_for_status()?);
        let (head, mut body) = response.into_parts();
        // Who makes a table whole tells its end in the headers, who streams in the trailers.
        let mut told = head.headers;
        while let Some(frame) = body.frame().await {
            match frame?.into_data() {
                Ok(part) => data(&part),
                Err(frame) => told.extend(frame.into_trailers().unwrap_or_default()),
            }
        }
        let of = |name: &str| text(&told, name);
        ensure!(of("forecourt-outcome") == Some("COMPLETE"), "it ended as {:?}", of("forecourt-outcome"));
        let rows = of("forecourt-rows").context("it does not say how many rows it has")?;
        Ok(rows.parse()?)
    }
}

/// The id of a row of NDJSON, and a hash of all of it.
fn row(line: &[u8]) -> Result<(String, u64)> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let Row { id } = serde_json::from_slice(line)?;
    let mut hash = DefaultHasher::new();
    hash.write(line);
    Ok((id, hash.finish()))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[expect(clippy::disallowed_methods, reason = "this is a client of the gateway and the sandbox, not of a vendor")]
async fn send(request: RequestBuilder) -> Result<Response> {
    Ok(request.send().await?)
}
