//! From nothing to a session: connect, choose namespaces, log in, and change the password on the way if one is pending.

use std::sync::Arc;

use model::Secret;

use super::config::{PoolConfig, SessionIds};
use super::credentials::{CredentialFault, CredentialSource, Credentials, InForce};
use super::journal::{self, JournalFault};
use super::services::{MissingServices, Services};
use crate::conn::{CloseReason, ConnectFault, Connection, ConnectionSettings, Exchange, NotSent, Prepared};
use crate::namespace::Namespace;
use crate::wire::extension::login_sec::{EventKind, LoginSec, LoginSecurity, SecurityEvent, UserAgent};
use crate::wire::{Command, CommandBody, Deviation, EncodeError, Extension, LOGIN_SECURITY_PASSWORD, Login, Response, ResultCode};

/// Longest password that `pw` can carry (RFC 5730, `pwType`); longer ones need loginSec (RFC 8807).
const MAX_PLAIN_PASSWORD: usize = 16;

/// A session that is logged in.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) connection: Connection,
    /// Deviations in greeting and answer.
    pub(super) deviations: Vec<Deviation>,
    /// Warnings of the registry about our credentials, and what became of a password change.
    pub(super) notes: Vec<String>,
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoginFault {
    #[error(transparent)]
    Connect(#[from] ConnectFault),
    #[error(transparent)]
    Services(#[from] MissingServices),
    #[error(transparent)]
    Credentials(#[from] CredentialFault),
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// A value of ours cannot be written.
    #[error("our login cannot be written: {0}")]
    Unwritable(#[from] EncodeError),
    /// 2200, 2501: trying again would get the account locked.
    #[error("the registry refused our login with {code} ({message})")]
    LockOut { code: u16, message: String },
    /// 2502.
    #[error("the registry has no session left for us ({message})")]
    SessionLimit { message: String },
    /// Any other failure.
    #[error("the registry answered our login with {code} ({message})")]
    Refused { code: ResultCode, message: String },
    /// No answer.
    #[error("the connection was lost during login: {0}")]
    Lost(CloseReason),
}

/// Opens one session. Only one may be under way per account, because of lock-outs and password changes.
pub(super) async fn open(config: &PoolConfig, ids: &SessionIds) -> Result<Opened, LoginFault> {
    let credentials = blocking(config, "read", |source| source.credentials()).await?;
    let attempt = Attempt { config, ids, credentials: &credentials };
    match &credentials.pending {
        None => attempt.log_in(&credentials.password, None).await,
        Some(pending) if pending.is_attempted => attempt.find_out(&pending.password).await,
        Some(pending) => attempt.change(&pending.password).await,
    }
}

struct Attempt<'a> {
    config: &'a PoolConfig,
    ids: &'a SessionIds,
    credentials: &'a Credentials,
}

impl Attempt<'_> {
    /// Logs in with the current password and sets the new one.
    async fn change(&self, new: &Secret) -> Result<Opened, LoginFault> {
        blocking(self.config, "changed", |source| source.begin_change()).await?;
        match self.log_in(&self.credentials.password, Some(new)).await {
            Ok(opened) => Ok(self.settle(opened, InForce::Pending, "the registry password was changed").await),
            Err(LoginFault::Refused { code, message }) if is_refusal_of_form(code) => {
                blocking(self.config, "settled", |source| source.settle(InForce::Current)).await?;
                Err(LoginFault::Refused { code, message })
            }
            Err(fault) => Err(fault),
        }
    }

    /// The answer to an earlier change was lost: the new password may be in force or not.
    async fn find_out(&self, new: &Secret) -> Result<Opened, LoginFault> {
        match self.log_in(new, None).await {
            Ok(opened) => Ok(self.settle(opened, InForce::Pending, "the new registry password is in force").await),
            Err(LoginFault::LockOut { .. }) => {
                let opened = self.log_in(&self.credentials.password, None).await?;
                Ok(self.settle(opened, InForce::Current, "the old registry password is still in force; the change was dropped").await)
            }
            Err(fault) => Err(fault),
        }
    }

    /// The session is good either way; when the store fails, the next login finds out again.
    async fn settle(&self, mut opened: Opened, in_force: InForce, note: &str) -> Opened {
        opened.notes.push(match blocking(self.config, "settled", move |source| source.settle(in_force)).await {
            Ok(()) => note.to_owned(),
            Err(fault) => fault.to_string(),
        });
        opened
    }

    async fn log_in(&self, password: &Secret, new: Option<&Secret>) -> Result<Opened, LoginFault> {
        let settings = connection_settings(self.config);
        let (connection, greeting) = self.config.target.dial(&settings).await?;
        let services = self.config.services.choose(&greeting.value)?;
        let command = login_command(self.credentials, password, new, services, self.ids)?;
        let exchange = journal::exchange_login(&self.config.journal, &connection, Prepared::new(&command)?).await?;
        let answer = match exchange {
            Exchange::Answered(answer) => answer,
            Exchange::Unknown(unknown) => return Err(LoginFault::Lost(unknown.reason)),
            Exchange::NotSent(NotSent::Closed(reason)) => return Err(LoginFault::Lost(reason)),
            Exchange::NotSent(_) => return Err(LoginFault::Lost(CloseReason::Aborted)),
        };
        let events = security_events(&answer.response);
        if answer.response.is_success() {
            let mut deviations = greeting.deviations;
            deviations.extend(answer.deviations);
            return Ok(Opened { connection, deviations, notes: events.iter().map(describe).collect() });
        }
        connection.close(None).await;
        Err(refusal(&answer.response, &events))
    }
}

fn refusal(response: &Response, events: &[SecurityEvent]) -> LoginFault {
    let code = response.code();
    let mut message = words_of(response);
    for event in events {
        message.push_str("; ");
        message.push_str(&describe(event));
    }
    match code {
        ResultCode::SESSION_LIMIT_CLOSING => LoginFault::SessionLimit { message },
        // RFC 8807 answers 2200 to a new password that breaks the rules; the old one was right.
        ResultCode::AUTHENTICATION_ERROR if events.iter().any(|event| event.kind == EventKind::NewPassword) => {
            LoginFault::Refused { code: ResultCode::POLICY_ERROR, message }
        }
        ResultCode::AUTHENTICATION_ERROR | ResultCode::AUTHENTICATION_CLOSING => LoginFault::LockOut { code: code.get(), message },
        _ => LoginFault::Refused { code, message },
    }
}

/// Whether the code says that the command was read and not carried out.
fn is_refusal_of_form(code: ResultCode) -> bool {
    use crate::wire::FailureClass::{DataManagement, Implementation, Syntax};
    matches!(code.failure_class(), Some(Syntax | Implementation | DataManagement))
}

fn login_command(
    credentials: &Credentials,
    password: &Secret,
    new: Option<&Secret>,
    services: Services,
    ids: &SessionIds,
) -> Result<Command, EncodeError> {
    let has_login_sec = services.extensions.iter().any(|uri| uri == Namespace::LoginSec.urn());
    let is_long = |secret: &Secret| secret.expose().chars().count() > MAX_PLAIN_PASSWORD;
    if !has_login_sec && (is_long(password) || new.is_some_and(is_long)) {
        let detail =
            format!("is longer than {MAX_PLAIN_PASSWORD} characters, which needs loginSec-1.0, and the registry does not offer that");
        return Err(EncodeError::form("pw", detail));
    }
    let plain = |secret: &Secret| if is_long(secret) { Secret::new(LOGIN_SECURITY_PASSWORD) } else { secret.clone() };
    let long = |secret: &Secret| is_long(secret).then(|| secret.clone());
    let mut login = Login::new(&credentials.client_id, plain(password), services.objects, services.extensions);
    login.new_password = new.map(plain);
    let command = Command::new(login, ids.next());
    if !has_login_sec {
        return Ok(command);
    }
    let security = LoginSecurity { user_agent: Some(user_agent()), password: long(password), new_password: new.and_then(long) };
    Ok(command.with(LoginSec::Login(security)))
}

fn user_agent() -> UserAgent {
    UserAgent {
        app: Some(concat!("Namekeep ", env!("CARGO_PKG_VERSION")).to_owned()),
        tech: Some("rustls".to_owned()),
        os: Some(std::env::consts::OS.to_owned()),
    }
}

/// The `logout` of a session.
pub(super) fn logout(ids: &SessionIds) -> Option<Prepared> {
    Prepared::new(&Command::new(CommandBody::Logout, ids.next())).ok()
}

pub(super) fn connection_settings(config: &PoolConfig) -> ConnectionSettings {
    ConnectionSettings {
        deadlines: config.limits.deadlines,
        window: config.limits.window.max(1),
        transform_window: config.limits.transform_window.max(1),
        idle: config.limits.idle,
        ..ConnectionSettings::new(Arc::clone(&config.clock))
    }
}

fn security_events(response: &Response) -> Vec<SecurityEvent> {
    let events = response.extensions.iter().filter_map(|extension| match extension {
        Extension::LoginSec(LoginSec::Events(events)) => Some(events.clone()),
        _ => None,
    });
    events.flatten().collect()
}

fn describe(event: &SecurityEvent) -> String {
    let expiry = event.expires.map(|at| format!(", expires {at}")).unwrap_or_default();
    format!("login security {} about {}{expiry}: {}", event.level, event.kind, event.text)
}

fn words_of(response: &Response) -> String {
    response.results.iter().map(|result| result.message.text.as_str()).collect::<Vec<_>>().join("; ")
}

/// Calls the source on a thread that may block.
async fn blocking<T: Send + 'static>(
    config: &PoolConfig,
    action: &'static str,
    call: impl FnOnce(&dyn CredentialSource) -> Result<T, CredentialFault> + Send + 'static,
) -> Result<T, CredentialFault> {
    let source = Arc::clone(&config.credentials);
    match tokio::task::spawn_blocking(move || call(source.as_ref())).await {
        Ok(outcome) => outcome,
        Err(stopped) => Err(CredentialFault { action, what: stopped.to_string() }),
    }
}
