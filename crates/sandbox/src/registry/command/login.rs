//! `login` and `logout` (RFC 5730 sections 2.9.1.1 and 2.9.1.2), with long passwords and warnings (RFC 8807).

use std::sync::Arc;

use epp::extension::login_sec::{EventKind, EventLevel, LoginSec, LoginSecurity, SecurityEvent};
use epp::{Extension, LOGIN_SECURITY_PASSWORD, Login, Namespace, ResultCode, VERSION};
use jiff::SignedDuration;
use model::{Entropy, RegistrarHandle, Secret, Timestamp};

use super::Reply;
use crate::registry::life::after;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, SessionState};

/// Shortest new password, in characters (the base schema's least is 6; long ones travel in loginSec).
const MIN_PASSWORD_CHARS: usize = 8;

pub(crate) fn login(
    registry: &mut Registry,
    session: &mut SessionState,
    login: &Login,
    extensions: &[Extension],
    entropy: &mut dyn Entropy,
) -> Outcome<Reply> {
    ensure(session.registrar.is_none(), || Refusal::new(ResultCode::USE_ERROR, "the session is open already"))?;
    ensure(login.version == VERSION, || Refusal::new(ResultCode::UNIMPLEMENTED_VERSION, "only version 1.0 is spoken here"))?;
    let is_english = login.language == "en" || login.language.starts_with("en-");
    ensure(is_english, || Refusal::new(ResultCode::UNIMPLEMENTED_OPTION, "only English is spoken here"))?;

    let security = extensions.iter().find_map(|extension| match extension {
        Extension::LoginSec(LoginSec::Login(security)) => Some(security),
        _ => None,
    });
    let password = long_or_short(&login.password, security.and_then(|security| security.password.as_ref()))?;
    let handle = authenticate(registry, session, login, password)?;
    let services = services(registry, login)?;
    if let Some(new) = &login.new_password {
        let new = long_or_short(new, security.and_then(|security| security.new_password.as_ref()))?;
        change_password(registry, &handle, new, password, entropy)?;
    }
    session.registrar = Some(handle);
    session.login_failures = 0;
    session.services = Arc::new(services);
    let warnings = warnings(registry, session, security);
    Ok(Reply::done().extend(warnings))
}

pub(crate) fn logout(session: &mut SessionState) -> Outcome<Reply> {
    ensure(session.registrar.is_some(), || Refusal::new(ResultCode::USE_ERROR, "log in first"))?;
    session.registrar = None;
    Ok(Reply::of(ResultCode::ENDING_SESSION))
}

/// The password itself, or the long one of loginSec where the short field only refers to it.
fn long_or_short<'a>(short: &'a Secret, long: Option<&'a Secret>) -> Outcome<&'a Secret> {
    if short.expose() != LOGIN_SECURITY_PASSWORD {
        return Ok(short);
    }
    long.ok_or_else(|| Refusal::missing("`pw` refers to loginSec, which carries no password"))
}

/// One answer for an unknown registrar, a wrong password and a wrong certificate, so that none can be told from the others. After
/// several failures the connection is closed (2501).
fn authenticate(registry: &Registry, session: &mut SessionState, login: &Login, password: &Secret) -> Outcome<RegistrarHandle> {
    let handle = RegistrarHandle::parse(login.client_id.as_str()).ok();
    let account = handle.as_ref().and_then(|handle| registry.accounts.get(handle));
    let is_known =
        account.is_some_and(|account| account.knows_password(password.expose()) && account.knows_certificate(session.certificate()));
    if let (Some(handle), true) = (handle, is_known) {
        return Ok(handle);
    }
    session.login_failures = session.login_failures.saturating_add(1);
    let is_last = session.login_failures >= registry.options.max_login_failures;
    let code = if is_last { ResultCode::AUTHENTICATION_CLOSING } else { ResultCode::AUTHENTICATION_ERROR };
    Err(Refusal::new(code, "registrar, password and client certificate do not belong together"))
}

fn services(registry: &Registry, login: &Login) -> Outcome<std::collections::BTreeSet<Namespace>> {
    let offered = registry.namespaces();
    let known = |urn: &String, code: ResultCode| {
        let namespace = Namespace::from_urn(urn).filter(|namespace| offered.contains(namespace));
        namespace.ok_or_else(|| Refusal::new(code, format!("`{urn}` is not in the greeting")))
    };
    let objects = login.objects.iter().map(|urn| known(urn, ResultCode::UNIMPLEMENTED_SERVICE));
    let extensions = login.extensions.iter().map(|urn| known(urn, ResultCode::UNIMPLEMENTED_EXTENSION));
    objects.chain(extensions).collect()
}

fn change_password(
    registry: &mut Registry,
    handle: &RegistrarHandle,
    new: &Secret,
    old: &Secret,
    entropy: &mut dyn Entropy,
) -> Outcome<()> {
    let is_good = new.expose().chars().count() >= MIN_PASSWORD_CHARS && new != old;
    ensure(is_good, || Refusal::policy("the new password must differ from the old and have 8 characters or more"))?;
    if let Some(account) = registry.accounts.get_mut(handle) {
        account.set_password(new, entropy);
    }
    Ok(())
}

/// Warns of a client certificate about to expire, when the client asked for such warnings by using loginSec.
fn warnings(registry: &Registry, session: &SessionState, security: Option<&LoginSecurity>) -> Option<Extension> {
    security?;
    let expires: Timestamp = session.certificate_expires()?;
    let days = SignedDuration::from_hours(24 * i64::from(registry.options.certificate_warning_days));
    if after(registry.now, days) < expires {
        return None;
    }
    let event = SecurityEvent {
        kind: EventKind::Certificate,
        name: None,
        level: EventLevel::Warning,
        expires: Some(expires),
        value: None,
        duration: None,
        lang: None,
        text: "The client certificate is about to expire".to_owned(),
    };
    Some(Extension::LoginSec(LoginSec::Events(vec![event])))
}
