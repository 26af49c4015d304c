//! Logging in and out.

use async_graphql::Context;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::auth::Scope;
use crate::domain::request::caller;
use crate::graphql::Result;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::DateTime;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::input::LogInWithConnectorIdInput;
use super::input::LogInWithConnectorInput;
use super::input::LogInWithOneTimePasswordInput;
use super::input::RequestPasswordResetInput;
use super::log_in;
use super::log_in::Outcome;
use super::log_in::blocked;
use super::model::OpenedSession;
use super::source::Means;

/// What came of a log-in.
#[derive(SimpleObject)]
pub struct LogInPayload {
    /// The session; null when the garage was not let in.
    pub session: Option<OpenedSession>,
    /// When too many log-ins failed: from when on the next one is looked at. Null otherwise.
    pub retry_at: Option<DateTime>,
    /// What the caller can mend; empty when the garage was let in.
    pub user_errors: Vec<UserError>,
}

/// What came of `requestPasswordReset`.
#[derive(SimpleObject)]
pub struct RequestPasswordResetPayload {
    /// Whether the request was passed on to the vendor. It says nothing about whether the vendor knows the address, or
    /// has sent a mail.
    pub accepted: bool,
    /// When too many mails were asked for: from when on the next request is looked at. Null otherwise.
    pub retry_at: Option<DateTime>,
    /// What the caller can mend; empty when the request was passed on.
    pub user_errors: Vec<UserError>,
}

/// What came of `logOut`.
#[derive(SimpleObject)]
pub struct LogOutPayload {
    /// Whether a session was ended; false when the request came without one.
    pub logged_out: bool,
    /// What the caller can mend; empty when a session was ended.
    pub user_errors: Vec<UserError>,
}

/// Logs garages in and out.
#[derive(Debug, Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Logs a garage in with one of its connectors and the connector's pincode.
    ///
    /// A document may have one log-in. After five failures at one connector within 15 minutes the client is refused until
    /// `retryAt`. An unknown connector and a wrong pincode are told apart by nobody.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn log_in_with_connector(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connector and its pincode.")] input: LogInWithConnectorInput,
    ) -> Sourced<LogInPayload> {
        sourced(async { log_in(ctx, input.check()).await.map(Some) }).await
    }

    /// Logs a garage in with the number printed on one of its connectors, by the same rules as `logInWithConnector`.
    #[graphql(
        directive = RequiresScopes::apply([Scope::AccountWrite]),
        deprecation = "The vendor has deprecated it: use `logInWithConnector` with the connector's UUID."
    )]
    async fn log_in_with_connector_id(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The connector and its pincode.")] input: LogInWithConnectorIdInput,
    ) -> Sourced<LogInPayload> {
        sourced(async { log_in(ctx, input.check()).await.map(Some) }).await
    }

    /// Logs an employee of a garage in with a password that works once. The session ends when the vendor ends it, at the
    /// latest at `expiresAt`; it is never renewed.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn log_in_with_one_time_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The password.")] input: LogInWithOneTimePasswordInput,
    ) -> Sourced<LogInPayload> {
        sourced(async { log_in(ctx, input.check()).await.map(Some) }).await
    }

    /// Ends the session that the request presents as `Forecourt-Session`.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn log_out(&self, ctx: &Context<'_>) -> Sourced<LogOutPayload> {
        sourced(async { log_out(ctx).await.map(Some) }).await
    }

    /// Lets the vendor send a mail with which a forgotten password is renewed. The vendor means it for its own portal, so
    /// it is `DISABLED` unless an operator has allowed it. The answer is the same for an address that the vendor does not
    /// know. Each address can be asked for five times in 15 minutes.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountWrite]))]
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: RequestPasswordResetInput,
    ) -> Sourced<RequestPasswordResetPayload> {
        sourced(async { request_password_reset(ctx, &input).map(Some) }).await
    }
}

async fn log_in(ctx: &Context<'_>, means: Result<Means, Vec<UserError>>) -> Result<LogInPayload> {
    let outcome = match means {
        Ok(means) => log_in::log_in(caller(ctx)?, means).await?,
        Err(faults) => Outcome::Refused(faults),
    };
    let (session, retry_at, user_errors) = told(outcome);
    Ok(LogInPayload { session, retry_at, user_errors })
}

fn request_password_reset(ctx: &Context<'_>, input: &RequestPasswordResetInput) -> Result<RequestPasswordResetPayload> {
    let outcome = match input.check() {
        Ok(email) => log_in::request_password_reset(caller(ctx)?, email)?,
        Err(faults) => Outcome::Refused(faults),
    };
    let (accepted, retry_at, user_errors) = told(outcome);
    Ok(RequestPasswordResetPayload { accepted: accepted.is_some(), retry_at, user_errors })
}

fn told<T>(outcome: Outcome<T>) -> (Option<T>, Option<DateTime>, Vec<UserError>) {
    match outcome {
        Outcome::Done(value) => (Some(value), None, Vec::new()),
        Outcome::Refused(faults) => (None, None, faults),
        Outcome::Blocked(retry_at) => (None, Some(DateTime::from(retry_at)), vec![blocked(retry_at)]),
    }
}

async fn log_out(ctx: &Context<'_>) -> Result<LogOutPayload> {
    let caller = caller(ctx)?;
    let Some(garage) = &caller.session.garage else {
        let message = "the request presents no session; send the one to end as `Forecourt-Session`";
        let user_errors = vec![UserError::new(UserErrorCode::Required, message)];
        return Ok(LogOutPayload { logged_out: false, user_errors });
    };
    let logged_out = caller.services.garages.end(&caller.session, garage).await?;
    Ok(LogOutPayload { logged_out, user_errors: Vec::new() })
}
