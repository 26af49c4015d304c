//! The messenger: translations, the channel and the chat of a ticket, and files in a channel.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::core::lock;
use crate::sandbox::seed::garages::SeedUser;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::body::required;
use super::changes::Change;
use super::orders::Order;
use super::params::Params;
use super::problem::Problem;

/// The most files that are kept; the oldest go first.
const MOST_FILES: usize = 200;

/// The most bytes of a file that are kept.
const LARGEST_FILE: usize = 1_024 * 1_024;

/// The most letters of a text to translate.
const LONGEST_TEXT: usize = 5_000;

/// The words that the sandbox can translate, in English, Dutch and German.
const PHRASES: [[&str; 3]; 4] = [
    ["Good morning", "Goedemorgen", "Guten Morgen"],
    ["Thank you", "Dank u", "Danke"],
    ["Please turn the ignition on", "Zet het contact aan", "Bitte Zündung einschalten"],
    ["The work is done", "Het werk is klaar", "Die Arbeit ist erledigt"],
];

/// The languages of [`PHRASES`].
const LANGUAGES: [&str; 3] = ["en", "nl", "de"];

/// A file in a channel.
#[derive(Debug)]
struct File {
    channel: Uuid,
    reference: String,
    name: String,
    /// What was uploaded; empty before.
    content: Bytes,
}

/// The files of all channels.
#[derive(Debug, Default)]
pub(super) struct Files(VecDeque<File>);

/// Translates a text: the few phrases that are known, and any other by naming the language before it.
pub(super) async fn translate(_: Caller, body: Body) -> Result<Json<Value>, Problem> {
    let message = body.object("message")?;
    let original = message.some_text("original")?;
    if original.chars().count() > LONGEST_TEXT {
        return Err(Problem::invalid(format!("original must not be longer than {LONGEST_TEXT} letters.")));
    }
    let target = body.some_text("target_language")?;
    if target.len() != 2 || !target.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Err(Problem::invalid("target_language must be two letters of ISO 639-1."));
    }
    let known = PHRASES.iter().find_map(|phrase| {
        let source = LANGUAGES.iter().zip(phrase).find(|(_, words)| **words == original)?.0;
        let words = LANGUAGES.iter().zip(phrase).find(|(language, _)| **language == target)?.1;
        Some((*source, (*words).to_owned()))
    });
    let (source, translated) = known.unwrap_or_else(|| ("en", format!("[{target}] {original}")));
    Ok(Json(json!({
        "message": {"original": original, "translated": translated},
        "target_language": target,
        "source_language": source,
    })))
}

/// Gives the state of a channel.
pub(super) async fn get_channel(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let order = order(&jifeline, caller, &id).ok_or_else(|| Problem::not_found("channel"))?;
    let state = if order.is_open() { "open" } else { "closed" };
    Ok(Json(json!({
        "arn": format!("arn:aws:chime:eu-central-1:000000000000:app-instance/sandbox/channel/{}", order.chat),
        "state": state,
    })))
}

#[derive(Default, Deserialize)]
struct Ping {
    channel_id: Option<String>,
}

/// Sends a ping over the sockets of the caller's garage. The body may be left out, or names the channel once more.
pub(super) async fn ping(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let read = || serde_json::from_slice(&body);
    let ping: Ping = if body.is_empty() { Ok(Ping::default()) } else { read() }
        .map_err(|error| Problem::invalid(format!("The body cannot be read: {error}.")))?;
    if ping.channel_id.is_some_and(|named| named != id) {
        return Err(Problem::invalid("channel_id names another channel than the path."));
    }
    let order = channel(&jifeline, caller, &id)?;
    jifeline.changes.tell(Change::Pinged { garage: caller.garage, channel: order.chat });
    Ok(Json(json!({"channel_id": id})))
}

/// Makes room for a file in a channel.
pub(super) async fn create_attachment(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let id = params.text("channel_id").ok_or_else(|| required("channel_id"))?;
    let name = body.some_text("file_name")?;
    let channel = channel(&jifeline, caller, id)?.chat;
    let reference = jifeline.core.ids.uuid(jifeline.core.clock.now()).to_string();
    let shown = shown(&jifeline, name, &reference, "upload_url");
    let mut files = lock(&jifeline.files);
    if files.0.len() == MOST_FILES {
        files.0.pop_front();
    }
    files.0.push_back(File { channel, reference, name: name.to_owned(), content: Bytes::new() });
    Ok(Json(shown))
}

/// Gives a file of a channel.
pub(super) async fn get_attachment(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let id = params.text("channel_id").ok_or_else(|| required("channel_id"))?;
    let reference = params.text("file_reference").ok_or_else(|| required("file_reference"))?;
    let channel = channel(&jifeline, caller, id)?.chat;
    let files = lock(&jifeline.files);
    let file = files.0.iter().find(|file| file.channel == channel && file.reference == reference);
    let file = file.ok_or_else(|| Problem::unknown(&jifeline, "attachment"))?;
    Ok(Json(shown(&jifeline, &file.name, &file.reference, "download_url")))
}

/// A file as the vendor's sample shows it, or, by switch, with the signed address that the vendor's text promises.
fn shown(jifeline: &Jifeline, name: &str, reference: &str, member: &str) -> Value {
    let mut shown = json!({"file_name": name, "file_reference": reference});
    let url =
        jifeline.core.base.get().and_then(|base| base.join(&format!("/__sandbox/jifeline/files/{reference}")).ok());
    if jifeline.core.switches().jifeline_attachment_urls
        && let (Some(members), Some(url)) = (shown.as_object_mut(), url)
    {
        members.insert(member.to_owned(), url.as_str().into());
    }
    shown
}

/// Takes the content of a file, as the store behind a signed address does: whoever has the address may write.
pub(super) async fn upload(
    State(jifeline): State<Arc<Jifeline>>,
    Path(reference): Path<String>,
    content: Bytes,
) -> Result<StatusCode, StatusCode> {
    if content.len() > LARGEST_FILE {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let mut files = lock(&jifeline.files);
    let file = files.0.iter_mut().find(|file| file.reference == reference).ok_or(StatusCode::NOT_FOUND)?;
    file.content = content;
    Ok(StatusCode::OK)
}

/// Gives the content of a file back.
pub(super) async fn download(
    State(jifeline): State<Arc<Jifeline>>,
    Path(reference): Path<String>,
) -> Result<Bytes, StatusCode> {
    let files = lock(&jifeline.files);
    let file = files.0.iter().find(|file| file.reference == reference).ok_or(StatusCode::NOT_FOUND)?;
    Ok(file.content.clone())
}

/// Gives what a page needs to show the chat of a ticket.
pub(super) async fn get_chat(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let order = order(&jifeline, caller, &id).filter(|order| chat_id(order) == id);
    let order = order.ok_or_else(|| Problem::unknown(&jifeline, "chat"))?;
    let SeedUser { id: user, first_name, middle_name, last_name } = jifeline.user(caller)?;
    let name = [Some(first_name), middle_name, Some(last_name)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Ok(Json(json!({
        "session_id": order.chat,
        "chat_version": 2,
        "operator_id": 417,
        "user_id": user,
        "app_id": "sandbox",
        "chat_user_name": name,
        "operator_signature": format!("{:032x}{:032x}", !order.chat.as_u128(), !order.uuid.as_u128()),
        "chat_session_state": 0,
        "chat_session_state_as_string": "Succeeded",
        "talkjs_translation": true,
        "talkjs_filesharing": true,
    })))
}

fn chat_id(order: &Order) -> String {
    format!("{}_{}", order.connector_id, order.chat)
}

fn channel(jifeline: &Jifeline, caller: Caller, id: &str) -> Result<Order, Problem> {
    order(jifeline, caller, id).ok_or_else(|| Problem::unknown(jifeline, "channel"))
}

/// The caller's ticket whose channel has this id: the id of its chat, or the UUID in that.
///
/// Inferred: the vendor says nowhere how a channel is found. Another garage's channel is as good as none, since
/// "Get channel" documents no 403.
fn order(jifeline: &Jifeline, caller: Caller, id: &str) -> Option<Order> {
    let uuid: Option<Uuid> = id.parse().ok();
    let orders = jifeline.orders();
    let mut own = orders.all().filter(|order| order.garage == caller.garage);
    own.find(|order| uuid == Some(order.chat) || chat_id(order) == id).cloned()
}
