//! How a garage logs in, and how it asks for a new password.

use std::sync::Arc;

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use secrecy::ExposeSecret;

use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::domain::write::to_the_end;
use crate::graphql::Result;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::model::OpenedSession;
use super::source::Means;

/// The mutations that log in, of which a document may have one.
pub const LOG_INS: [&str; 3] = ["logInWithConnector", "logInWithConnectorId", "logInWithOneTimePassword"];

/// What a try came to when nothing failed on the way.
pub(super) enum Outcome<T> {
    /// It went through.
    Done(T),
    /// The caller can mend it.
    Refused(Vec<UserError>),
    /// Too many have failed; from then on the next one is looked at.
    Blocked(DateTime<Utc>),
}

/// Logs a garage in. It goes on to its end when the client leaves: what works once is used up by then.
pub(super) async fn log_in(caller: &Caller, means: Means) -> Result<Outcome<OpenedSession>> {
    let by = caller.clone();
    to_the_end(caller, async move {
        let (services, client) = (&by.services, &by.session);
        let door = services.garages.door(&client.tenant)?;
        let attempt = match services.garages.attempts.begin(client, &thing(&means), services.clock.now()) {
            Ok(attempt) => attempt,
            Err(retry_at) => return Ok(Outcome::Blocked(retry_at)),
        };
        match door.log_in(&means, shared_context()).await {
            Ok(Some(admitted)) => {
                attempt.succeeded();
                services.garages.open(client, admitted).await.map(Outcome::Done)
            }
            Ok(None) => Ok(Outcome::Refused(vec![refused(&means)])),
            Err(error) => {
                attempt.undo();
                Err(error)
            }
        }
    })
    .await
}

/// Has the vendor send a mail for a forgotten password, and does not wait for it: the answer, and the time that it takes,
/// are the same whether the address is known or not.
pub(super) fn request_password_reset(caller: &Caller, email: String) -> Result<Outcome<()>> {
    let (services, client) = (Arc::clone(&caller.services), &caller.session);
    if !services.garages.resets_passwords() {
        let message =
            "mails for forgotten passwords are switched off here; an operator can allow them in the configuration";
        return Ok(Outcome::Refused(vec![UserError::new(UserErrorCode::Disabled, message)]));
    }
    let door = services.garages.door(&client.tenant)?;
    let thing = format!("mail {}", email.to_lowercase());
    // Every mail counts, since whether one was of any use is not to be known.
    if let Err(retry_at) = services.garages.attempts.begin(client, &thing, services.clock.now()) {
        return Ok(Outcome::Blocked(retry_at));
    }
    drop(services.shutdown.spawn(async move {
        if let Err(error) = door.request_password_reset(&email, shared_context()).await {
            tracing::warn!(operation = error.operation, kind = ?error.kind, "a mail for a forgotten password was not sent");
        }
    }));
    Ok(Outcome::Done(()))
}

/// What failures count together for: a pincode is guessed at one connector. A password that works once is far too long
/// to be guessed, so each counts for itself.
fn thing(means: &Means) -> String {
    match means {
        Means::Connector { uuid, .. } => format!("connector {uuid}"),
        Means::ConnectorNumber { number, .. } => format!("connector number {number}"),
        Means::OneTimePassword(password) => format!("password {}", password.expose_secret()),
    }
}

fn refused(means: &Means) -> UserError {
    let message = match means {
        Means::Connector { .. } | Means::ConnectorNumber { .. } => {
            "the connector or its pincode is wrong: check both, and that the pincode has its leading zeros"
        }
        Means::OneTimePassword(_) => "the one-time password is wrong or was used before: ask for a new one",
    };
    UserError::new(UserErrorCode::InvalidCredentials, message)
}

/// What is told of too many failures.
pub(super) fn blocked(retry_at: DateTime<Utc>) -> UserError {
    let at = retry_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let message = format!("this was tried too often; the next try is looked at from {at} on");
    UserError::new(UserErrorCode::TooManyAttempts, message)
}
