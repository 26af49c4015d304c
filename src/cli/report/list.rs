//! Lists the reports.

use std::io::Write;

use anyhow::Context;
use http_body_util::BodyExt;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::caller::Caller;

#[derive(Deserialize)]
struct List {
    reports: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    title: String,
    parameters: Vec<Parameter>,
    columns: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    r#type: String,
}

/// Prints each report with its columns and parameters.
pub(super) async fn print(caller: &Caller, out: &mut dyn Write) -> anyhow::Result<()> {
    let body = caller.get(None, &[]).await?.into_body();
    let body = body.collect().await.context("the gateway broke the list off")?.to_bytes();
    let List { reports } = serde_json::from_slice(&body).context("the gateway's list cannot be read")?;
    for Entry { name, title, parameters, columns } in reports {
        writeln!(out, "{name}: {title} ({} columns)", columns.len())?;
        for Parameter { name, r#type } in parameters {
            writeln!(out, "  --param {name}=… ({type})")?;
        }
    }
    Ok(())
}
