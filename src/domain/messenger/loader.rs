//! Loads chats, channels and the files in channels.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::domain::read::AccountKeyed;
use crate::domain::read::Reading;
use crate::domain::read::not_served;
use crate::domain::read::per_account;
use crate::domain::read::read_through;
use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::model::Channel;
use super::model::ChannelAttachment;
use super::model::ChannelId;
use super::model::Chat;
use super::model::ChatId;
use super::source::MessengerSource;

const WHAT: &str = "channels to the service centre";

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn MessengerSource>> {
    caller.services.sources.messengers.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

/// Loads chats by their ids.
#[derive(Clone, Debug)]
pub struct ChatLoader(pub Caller);

impl Loader for ChatLoader {
    type Key = AccountKeyed<ChatId>;
    type Value = Arc<Chat>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.chats(account, ids)).await
    }
}

impl ChatLoader {
    async fn chats(&self, account: AccountId, ids: Vec<ChatId>) -> Found<ChatId, Chat> {
        let Some(source) = source(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.chat_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &ChatId, chat: Option<Chat>| Fetched::new(chat),
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.chats(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

/// Loads channels by their ids.
#[derive(Clone, Debug)]
pub struct ChannelLoader(pub Caller);

impl Loader for ChannelLoader {
    type Key = AccountKeyed<ChannelId>;
    type Value = Arc<Channel>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.channels(account, ids)).await
    }
}

impl ChannelLoader {
    async fn channels(&self, account: AccountId, ids: Vec<ChannelId>) -> Found<ChannelId, Channel> {
        let Some(source) = source(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.channel_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &ChannelId, channel: Option<Channel>| Fetched::new(channel),
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.channels(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

/// Loads files by their channel and reference.
#[derive(Clone, Debug)]
pub struct AttachmentLoader(pub Caller);

/// A file's channel and its reference.
pub type AttachmentKey = (ChannelId, String);

impl Loader for AttachmentLoader {
    type Key = AccountKeyed<AttachmentKey>;
    type Value = Arc<ChannelAttachment>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, files| self.files(account, files)).await
    }
}

impl AttachmentLoader {
    async fn files(&self, account: AccountId, files: Vec<AttachmentKey>) -> Found<AttachmentKey, ChannelAttachment> {
        let Some(source) = source(&self.0, &account) else { return refuse(files, &account) };
        let reading = Reading {
            operation: source.attachment_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &AttachmentKey, file: Option<ChannelAttachment>| Fetched::new(file),
        };
        let fetch = move |files: Vec<AttachmentKey>| {
            let source = Arc::clone(&source);
            async move {
                let reads = files.into_iter().map(|key| async {
                    let file = source.attachment(&key.0, &key.1, shared_context()).await;
                    (key, file)
                });
                join_all(reads).await.into_iter().collect()
            }
        };
        read_through(&self.0, &account, reading, files, fetch).await
    }
}

impl CacheKey for ChannelId {
    fn canonical(&self) -> String {
        self.0.clone()
    }
}

impl CacheKey for ChatId {
    fn canonical(&self) -> String {
        self.0.clone()
    }
}

/// Takes a key apart; none when no such account is visible.
pub fn parts(accounts: &[AccountId], key: &str) -> Option<(AccountId, String)> {
    accounts.iter().find_map(|account| {
        let id = key.strip_prefix(&format!("{account}/"))?;
        (!id.is_empty()).then(|| (account.clone(), id.to_owned()))
    })
}
