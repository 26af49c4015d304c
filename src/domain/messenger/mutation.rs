//! What is said to the service centre.

use async_graphql::Context;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::read::shared_context;
use crate::domain::refusal::GARAGES;
use crate::domain::request::caller;
use crate::domain::rules::Faults;
use crate::domain::services::Caller;
use crate::domain::write::to_the_end;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;

use super::attachment;
use super::attachment::CreateChannelAttachmentPayload;
use super::input::CreateChannelAttachmentInput;
use super::input::PingChannelInput;
use super::input::TranslateTextInput;
use super::input::channel;
use super::input::unknown_channel;
use super::loader::ChannelLoader;
use super::model::ChannelId;
use super::model::GarageChannel;
use super::model::Translation;

/// Says things to the service centre.
#[derive(Debug, Default)]
pub struct MessengerMutation;

#[Object]
impl MessengerMutation {
    /// Translates a text, such as a message to or from an operator. Nothing is changed by it.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn translate_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The text and the language to translate into.")] input: TranslateTextInput,
    ) -> Sourced<TranslateTextPayload> {
        sourced(async { translate(caller(ctx)?, input).await.map(Some) }).await
    }

    /// Sends a ping to everybody who listens to a channel. It is sent once; calling again sends another one.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn ping_channel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel to ping.")] input: PingChannelInput,
    ) -> Sourced<PingChannelPayload> {
        sourced(async { ping(caller(ctx)?, input).await.map(Some) }).await
    }

    /// Makes room for a file in a channel; the file itself is then uploaded to the address in the payload.
    ///
    /// It is done once per `idempotencyKey`: asking again with the same key and input gives the same file and never makes
    /// room a second time. When the vendor's answer never arrives, the outcome is `UNKNOWN`.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn create_channel_attachment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The channel and the name of the file.")] input: CreateChannelAttachmentInput,
    ) -> Sourced<CreateChannelAttachmentPayload> {
        sourced(async { attachment::create(caller(ctx)?, input).await.map(Some) }).await
    }
}

/// What came of `translateText`.
#[derive(SimpleObject)]
pub struct TranslateTextPayload {
    /// The translation; null when there is none.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    pub translation: Option<Translation>,
    /// What the caller can mend; empty when nothing is wrong with the input.
    pub user_errors: Vec<UserError>,
}

/// What came of `pingChannel`.
pub struct PingChannelPayload {
    pinged: std::result::Result<(AccountId, ChannelId), Vec<UserError>>,
}

/// What came of `pingChannel`.
#[Object]
impl PingChannelPayload {
    /// The channel; null when no ping was sent.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead, Scope::TicketsWrite]))]
    async fn channel(&self, ctx: &Context<'_>) -> Sourced<GarageChannel> {
        sourced(async {
            let Ok((account, id)) = &self.pinged else { return Ok(None) };
            let channel = DataLoader::<ChannelLoader>::of(ctx)?.load_one((account.clone(), id.clone())).await?;
            Ok(channel.map(|channel| GarageChannel { account: account.clone(), channel }))
        })
        .await
    }

    /// What the caller can mend; empty when nothing is wrong with the input.
    async fn user_errors(&self) -> &[UserError] {
        self.pinged.as_ref().err().map(Vec::as_slice).unwrap_or_default()
    }
}

async fn translate(caller: &Caller, input: TranslateTextInput) -> Result<TranslateTextPayload> {
    let messengers = &caller.services.sources.messengers;
    let account = choose(&caller.session, messengers, input.account.as_deref());
    let source = account.as_ref().ok().and_then(|account| messengers.get(&caller.session.tenant, account));
    let mut faults = Faults::default();
    let text = faults.required(&["text"], input.text.as_deref());
    let language = faults.required(&["targetLanguage"], input.target_language.as_deref());
    let (source, text, language) = match (source, faults.none_or(text.zip(language))) {
        (Some(source), Ok((text, language))) => (source, text, language),
        (_, checked) => {
            let user_errors = account.err().into_iter().chain(checked.err().unwrap_or_default()).collect();
            return Ok(TranslateTextPayload { translation: None, user_errors });
        }
    };
    let translate = async move {
        let answer = source.translate(&text, &language, shared_context()).await;
        answer.map_or_else(|error| mend(error).map(Err), |translation| Ok(Ok(translation)))
    };
    Ok(match to_the_end(caller, translate).await? {
        Ok(translation) => TranslateTextPayload { translation: Some(translation), user_errors: Vec::new() },
        Err(user_errors) => TranslateTextPayload { translation: None, user_errors },
    })
}

async fn ping(caller: &Caller, input: PingChannelInput) -> Result<PingChannelPayload> {
    let (account, id) = match channel(caller, input.channel_id.as_ref()) {
        Ok(channel) => channel,
        Err(fault) => return Ok(PingChannelPayload { pinged: Err(vec![fault]) }),
    };
    let Some(source) = caller.services.sources.messengers.get(&caller.session.tenant, &account) else {
        return Ok(PingChannelPayload { pinged: Err(vec![unknown_channel()]) });
    };
    let to = id.clone();
    let ping = async move {
        let answer = source.ping(&to, shared_context()).await;
        answer.map_or_else(|error| mend(error).map(Err), |()| Ok(Ok(())))
    };
    let pinged = to_the_end(caller, ping).await?.map(|()| (account, id));
    Ok(PingChannelPayload { pinged })
}

/// What the caller can mend of a failure; the only thing that can be unknown is the channel.
fn mend(error: VendorError) -> Result<Vec<UserError>> {
    refused(&error).ok_or_else(|| Error::from(error))
}

/// What the caller can mend of a refusal.
pub(super) fn refused(error: &VendorError) -> Option<Vec<UserError>> {
    if error.kind == VendorErrorKind::NotFound {
        return Some(vec![unknown_channel()]);
    }
    GARAGES.refusal(error)
}
