//! Making room for a file in a channel.

use std::sync::Arc;
use std::sync::OnceLock;

use async_graphql::Context;
use async_graphql::Object;
use serde_json::json;
use url::Url;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::creation::CreationOutcome;
use crate::domain::creation::Ending;
use crate::domain::creation::Order;
use crate::domain::creation::Sent;
use crate::domain::creation::create_once;
use crate::domain::creation::idempotency_key;
use crate::domain::read::shared_context;
use crate::domain::rules::Faults;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;

use super::input::CreateChannelAttachmentInput;
use super::input::channel;
use super::input::unknown_channel;
use super::model::ChannelAttachment;
use super::model::ChannelId;
use super::model::GarageAttachment;
use super::mutation::refused;
use super::query::attachment;
use super::source::MessengerSource;

const MUTATION: &str = "createChannelAttachment";
/// The member of the journal's answer that names the file.
const REFERENCE: &str = "fileReference";

/// What the vendor answered to this very request, if it did. The address to upload to is in no ledger.
type Answered = Arc<OnceLock<Arc<ChannelAttachment>>>;

/// What came of `createChannelAttachment`.
pub struct CreateChannelAttachmentPayload {
    ending: Ending,
    key: Option<String>,
    channel: Option<(AccountId, ChannelId)>,
    answered: Answered,
}

/// What came of `createChannelAttachment`.
#[Object]
impl CreateChannelAttachmentPayload {
    /// The file; null when no room was made, or the vendor gave it no reference. An error here tells what failed on the way.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead, Scope::TicketsWrite]))]
    async fn attachment(&self, ctx: &Context<'_>) -> Sourced<GarageAttachment> {
        sourced(async {
            let (answer, (account, channel)) = match (&self.ending, &self.channel) {
                (Ending::Made(answer), Some(channel)) => (answer, channel.clone()),
                (Ending::Made(_) | Ending::Created(_) | Ending::Refused(_), _) => return Ok(None),
                (Ending::Failed(error) | Ending::Unknown(error), _) => return Err(error.clone()),
            };
            if let Some(file) = self.fresh() {
                return Ok(Some(file));
            }
            let Some(reference) = answer[REFERENCE].as_str() else { return Ok(None) };
            attachment(ctx, account, channel, reference.to_owned()).await
        })
        .await
    }

    /// Where to upload the file for a while, by whoever has the address. Only the request that made the room is told it;
    /// null for a repeated one, and when the vendor does not say.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn upload_url(&self) -> Option<Url> {
        self.fresh()?.address()
    }

    /// Whether room was made.
    async fn outcome(&self) -> CreationOutcome {
        self.ending.outcome()
    }

    /// The key under which this creation is done once: the one that was given, or the one that the gateway drew.
    async fn idempotency_key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        self.ending.faults()
    }
}

impl CreateChannelAttachmentPayload {
    fn fresh(&self) -> Option<GarageAttachment> {
        let (account, _) = self.channel.clone()?;
        let attachment = self.answered.get().map(Arc::clone)?;
        Some(GarageAttachment { account, attachment, is_downloadable: false })
    }

    fn refused(faults: Vec<UserError>) -> Self {
        Self { ending: Ending::Refused(faults), key: None, channel: None, answered: Answered::default() }
    }
}

/// Makes room for a file.
pub async fn create(caller: &Caller, input: CreateChannelAttachmentInput) -> Result<CreateChannelAttachmentPayload> {
    let channel = channel(caller, input.channel_id.as_ref());
    let mut faults = Faults::default();
    let file_name = faults.required(&["fileName"], input.file_name.as_deref());
    let checked = faults.none_or(file_name);
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let (channel, file_name, key) = match (channel, checked, key) {
        (Ok(channel), Ok(file_name), Ok(key)) => (channel, file_name, key),
        (channel, checked, key) => {
            let single = channel.err().into_iter().chain(key.err());
            let faults = single.chain(checked.err().unwrap_or_default()).collect();
            return Ok(CreateChannelAttachmentPayload::refused(faults));
        }
    };
    let (account, id) = channel.clone();
    let Some(source) = caller.services.sources.messengers.get(&caller.session.tenant, &account) else {
        return Ok(CreateChannelAttachmentPayload::refused(vec![unknown_channel()]));
    };
    let order = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &id.0, &file_name))?;
    let answered = Answered::default();
    let answer = Arc::clone(&answered);
    let send = move || async move { send(source.as_ref(), &id, &file_name, &answer).await };
    let ending = create_once(&caller.services, order, caller.deadline, send).await;
    Ok(CreateChannelAttachmentPayload { ending, key: Some(key), channel: Some(channel), answered })
}

async fn send(source: &dyn MessengerSource, id: &ChannelId, file_name: &str, answered: &Answered) -> Sent {
    match source.create_attachment(id, file_name, shared_context()).await {
        Ok(file) => {
            let answer = json!({ REFERENCE: file.file_reference });
            answered.get_or_init(|| Arc::new(file));
            Sent::Made(answer)
        }
        Err(error) if error.nothing_happened() => match refused(&error) {
            Some(faults) => Sent::Refused(faults),
            None => Sent::Failed(error.into()),
        },
        Err(error) => Sent::Unknown(error.into()),
    }
}
