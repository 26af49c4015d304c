//! The documents of the operator's own reports: files `NAME.graphql` in one folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use super::OPTIONS;
use super::Saved;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::outline::Outline;
use crate::report::odata::name::KEY;

/// The ending of the files that are read.
const ENDING: &str = "graphql";

/// The longest name that a report may have: the feed makes longer ones of it, of 128 characters at most.
const LONGEST_NAME: usize = 64;

/// What stands at `/reports/odata`.
const FEED: &str = "odata";

/// The longest document that is read, in bytes.
const LONGEST_DOCUMENT: u64 = 256 * 1024;

/// Adds the reports of `folder` to `reports`.
pub(super) fn read(folder: &Path, outline: &Outline, reports: &mut BTreeMap<String, Saved>) -> Result<()> {
    let files = files(folder).map_err(|error| {
        Error::bad_input(format!("`reports.folder`: the folder `{}` cannot be read: {error}", folder.display()))
    })?;
    for file in files {
        let wrong = |why: String| wrong(&file, &why);
        let name = name(&file).map_err(wrong)?;
        if reports.contains_key(name) {
            return Err(wrong(format!("there is a report `{name}` already; give the file another name")));
        }
        let document = document(&file).map_err(|error| wrong(error.to_string()))?;
        let saved = Saved::new(name, &document, outline).map_err(|error| wrong(error.message))?;
        check(&saved).map_err(wrong)?;
        let name = name.to_owned();
        reports.insert(name, Saved { file: Some(file), ..saved });
    }
    Ok(())
}

/// What is wrong with a document of the operator's.
pub(super) fn wrong(file: &Path, why: &str) -> Error {
    Error::bad_input(format!("`reports.folder`: `{}`: {why}", file.display()))
}

/// The documents in `folder`, from A to Z; what else is in it is none of ours.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_document = path.extension().is_some_and(|ending| ending == ENDING);
        // A folder that is mounted may have links in the place of its files.
        if is_document && path.is_file() {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn name(file: &Path) -> std::result::Result<&str, String> {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|char| matches!(char, 'a'..='z' | '0'..='9' | '-'))
        && name.len() <= LONGEST_NAME;
    match name {
        FEED => Err(format!("no report can be called `{FEED}`, which is the feed; give the file another name")),
        _ if is_plain => Ok(name),
        _ => Err(format!(
            "the name of a report begins with a small letter and has small letters, digits and dashes only, {LONGEST_NAME} \
             at most; give the file such a name"
        )),
    }
}

fn document(file: &Path) -> io::Result<String> {
    if fs::metadata(file)?.len() > LONGEST_DOCUMENT {
        return Err(io::Error::other(format!("the document has more than {LONGEST_DOCUMENT} bytes")));
    }
    fs::read_to_string(file)
}

/// Refuses what could not be asked for.
fn check(saved: &Saved) -> std::result::Result<(), String> {
    let mut parameters = saved.plan.parameters().iter();
    if let Some(parameter) = parameters.find(|parameter| OPTIONS.contains(&parameter.name.as_str())) {
        let name = &parameter.name;
        return Err(format!(
            "`{name}` in an address says how a table is wanted; give the variable `${name}` another name"
        ));
    }
    if saved.plan.columns().iter().any(|column| column.name == KEY) {
        return Err(format!("the column `{KEY}` is the key of the feed; give it another name by an alias"));
    }
    Ok(())
}
