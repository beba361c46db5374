//! The password of a registry account: sealed in the vault from its first use on, and changed in two phases, so that a lost answer
//! to the login that changes it never locks us out.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use epp::LOGIN_SECURITY_PASSWORD;
use epp::pool::{CredentialFault, CredentialSource, Credentials, InForce, PendingPassword};
use model::{RegistrarHandle, RegistryId, Secret};
use policy::profile::{Extension, RegistryProfile};
use policy::{Permission, Refusal};
use store::{Place, Tx, sealed_values};
use zeroize::Zeroizing;

use super::alarm::{self, Raised};
use super::logins;
use crate::actor::{self, ledger_name};
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// The class of the sealed value.
const CLASS: &str = "registry-password";
/// Length of a password in `login` itself, in characters (RFC 5730 `pwType`). Longer ones need loginSec (RFC 8807).
const PLAIN_CHARS: std::ops::RangeInclusive<usize> = 6..=16;
/// Length of a password under loginSec, in characters. The schema knows no upper bound; this one keeps a pasted file out.
const SECURE_CHARS: std::ops::RangeInclusive<usize> = 6..=128;

/// The passwords of one account as they are sealed.
struct Stored {
    current: Secret,
    pending: Option<PendingPassword>,
}

impl Stored {
    /// One byte for the state of the change, four for the length of the current password, then both passwords.
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let state = match &self.pending {
            None => 0,
            Some(pending) => 1 + u8::from(pending.is_attempted),
        };
        let current = self.current.expose().as_bytes();
        let length = u32::try_from(current.len()).unwrap_or(u32::MAX);
        let pending = self.pending.as_ref().map(|pending| pending.password.expose()).unwrap_or_default();
        Zeroizing::new([&[state], length.to_be_bytes().as_slice(), current, pending.as_bytes()].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (state, rest) = bytes.split_first()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (current, pending) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(Secret::new);
        let pending = match state {
            0 => None,
            state => Some(PendingPassword { password: text(pending)?, is_attempted: *state == 2 }),
        };
        Some(Self { current: text(current)?, pending })
    }
}

fn place(registry: &RegistryId) -> Place<'_> {
    Place { table: "sealed_value", column: CLASS, row: registry.as_str(), version: 0 }
}

fn owner(registry: &RegistryId) -> String {
    format!("{CLASS}/{registry}")
}

fn find(tx: &mut Tx<'_>, registrar: &Registrar, registry: &RegistryId) -> Result<Option<Stored>, Failure> {
    let Some(sealed) = sealed_values::find(tx, CLASS, registry.as_str())? else {
        return Ok(None);
    };
    let plain = registrar.vault().open_bytes(tx, &owner(registry), &place(registry), &sealed)?;
    let unreadable = || Fault::words(format!("the sealed password of registry `{registry}` is not as expected"));
    Ok(Some(Stored::from_bytes(&plain).ok_or_else(unreadable)?))
}

fn put(tx: &mut Tx<'_>, registrar: &Registrar, registry: &RegistryId, stored: &Stored) -> Result<(), Failure> {
    let sealed = registrar.vault().seal_bytes(tx, &owner(registry), &place(registry), &stored.to_bytes())?;
    Ok(sealed_values::put(tx, CLASS, registry.as_str(), &sealed, registrar.now())?)
}

/// The credentials of one account, for its pool.
pub struct VaultCredentials {
    registrar: Registrar,
    registry: RegistryId,
    us: RegistrarHandle,
}

impl VaultCredentials {
    /// The credentials of an account. At first use the password is read from `password_file` and sealed; from then on the file is
    /// not looked at any more and should be deleted. Blocks.
    ///
    /// # Errors
    /// A fault if there is no password yet and the file is missing or empty, or no account is configured.
    pub fn open(registrar: Registrar, registry: &RegistryId, password_file: Option<&Path>) -> Result<Arc<Self>, Failure> {
        let us = registrar
            .account(registry)
            .cloned()
            .ok_or_else(|| Fault::words(format!("no account is configured at registry `{registry}`; name our registrar handle there")))?;
        let is_sealed = registrar.store().read(|tx| find(tx, &registrar, registry).map(|stored| stored.is_some()))?;
        if !is_sealed {
            let current = read_password(registry, password_file)?;
            let (shared, registry) = (registrar.clone(), registry.clone());
            registrar.store().write(move |tx| {
                let stored = Stored { current: current.clone(), pending: None };
                put(tx, &shared, &registry, &stored)?;
                let who = ledger_name(&actor::gate());
                note(tx, &shared, &who, registry.as_str(), "registry-password-sealed", &registry, shared.now())
            })?;
        }
        Ok(Arc::new(Self { registrar, registry: registry.clone(), us }))
    }

    fn stored(&self) -> Result<Stored, Failure> {
        let found = self.registrar.store().read(|tx| find(tx, &self.registrar, &self.registry))?;
        Ok(found.ok_or_else(|| Fault::words(format!("there is no password for registry `{}`", self.registry)))?)
    }

    /// Changes what is sealed, in one transaction.
    fn change(&self, change: impl Fn(&mut Tx<'_>, &Registrar, Stored) -> Result<Stored, Failure> + Send + 'static) -> Result<(), Failure> {
        let (registrar, registry) = (self.registrar.clone(), self.registry.clone());
        self.registrar.store().write(move |tx| {
            let stored =
                find(tx, &registrar, &registry)?.ok_or_else(|| Fault::words(format!("there is no password for registry `{registry}`")))?;
            let changed = change(tx, &registrar, stored)?;
            put(tx, &registrar, &registry, &changed)
        })
    }
}

fn read_password(registry: &RegistryId, file: Option<&Path>) -> Result<Secret, Fault> {
    let file = file.ok_or_else(|| {
        Fault::words(format!("there is no password for registry `{registry}` yet; name the file that holds it as `password_file`"))
    })?;
    let text = std::fs::read_to_string(file)
        .map(Zeroizing::new)
        .map_err(|error| Fault::new(&format!("the password file `{}` of registry `{registry}` cannot be read", file.display()), &error))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Fault::words(format!(
            "the password file `{}` of registry `{registry}` is empty; write the password into it",
            file.display()
        )));
    }
    Ok(Secret::new(password))
}

impl CredentialSource for VaultCredentials {
    fn credentials(&self) -> Result<Credentials, CredentialFault> {
        let stored = self.stored().map_err(|failure| failed("read", &failure))?;
        Ok(Credentials { client_id: self.us.clone(), password: stored.current, pending: stored.pending })
    }

    fn begin_change(&self) -> Result<(), CredentialFault> {
        let mark = |_: &mut Tx<'_>, _: &Registrar, mut stored: Stored| {
            if let Some(pending) = &mut stored.pending {
                pending.is_attempted = true;
            }
            Ok(stored)
        };
        self.change(mark).map_err(|failure| failed("changed", &failure))
    }

    fn settle(&self, in_force: InForce) -> Result<(), CredentialFault> {
        let registry = self.registry.clone();
        let settle = move |tx: &mut Tx<'_>, registrar: &Registrar, stored: Stored| {
            let who = ledger_name(&actor::gate());
            let now = registrar.now();
            match (in_force, stored.pending) {
                (InForce::Pending, Some(pending)) => {
                    note(tx, registrar, &who, registry.as_str(), "registry-password-changed", &registry, now)?;
                    Ok(Stored { current: pending.password, pending: None })
                }
                (InForce::Current, Some(_)) => {
                    let sentence =
                        format!("registry `{registry}` did not take the new password; the old one stays in force. Choose another one");
                    alarm::raise(tx, &Raised::at(&registry, "password", sentence), now)?;
                    note(tx, registrar, &who, registry.as_str(), "registry-password-kept", &registry, now)?;
                    Ok(Stored { current: stored.current, pending: None })
                }
                (_, None) => Ok(Stored { current: stored.current, pending: None }),
            }
        };
        self.change(settle).map_err(|failure| failed("settled", &failure))
    }
}

fn failed(action: &'static str, failure: &Failure) -> CredentialFault {
    let what = match failure {
        Failure::Fault(fault) => fault.chain().to_owned(),
        other => other.to_string(),
    };
    CredentialFault { action, what }
}

impl fmt::Debug for VaultCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultCredentials({}, [secret])", self.registry)
    }
}

/// Propose a new password for a registry account. It is tried at the next login and in force once the registry took it; a running server
/// renews its sessions for it.
#[derive(Clone, Debug)]
pub struct ProposeRegistryPassword {
    /// At which registry.
    pub registry: RegistryId,
    /// The new password.
    pub password: Secret,
}

impl NeedsPermission for ProposeRegistryPassword {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl UseCase for ProposeRegistryPassword {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let profile = work.registrar.registry(&self.registry).ok_or_else(|| unknown(&self.registry))?;
        check(&self.password, profile)?;
        let stored = find(work.tx, work.registrar, &self.registry)?.ok_or_else(|| unknown(&self.registry))?;
        if stored.pending.is_some() {
            let sentence = format!("a change of the password at registry `{}` is under way", self.registry);
            return Err(Refusal::new("registry.password_pending", "RFC 5730 2.9.1.1", sentence)
                .hint("renew the sessions to bring it to its end, then propose again")
                .into());
        }
        let pending = Some(PendingPassword { password: self.password.clone(), is_attempted: false });
        put(work.tx, work.registrar, &self.registry, &Stored { pending, ..stored })?;
        alarm::clear(work.tx, &format!("password:{}", self.registry))?;
        logins::note_password(work.tx, &self.registry, work.now)?;
        let who = ledger_name(work.actor);
        note(work.tx, work.registrar, &who, self.registry.as_str(), "registry-password-proposed", &self.registry, work.now)
    }
}

/// Take a password that the registry has set itself, as after a lock-out: it is in force already, and a change under way is over.
#[derive(Clone, Debug)]
pub struct ReplaceRegistryPassword {
    /// At which registry.
    pub registry: RegistryId,
    /// The password in force.
    pub password: Secret,
}

impl NeedsPermission for ReplaceRegistryPassword {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl UseCase for ReplaceRegistryPassword {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let profile = work.registrar.registry(&self.registry).ok_or_else(|| unknown(&self.registry))?;
        check(&self.password, profile)?;
        put(work.tx, work.registrar, &self.registry, &Stored { current: self.password.clone(), pending: None })?;
        alarm::clear(work.tx, &format!("password:{}", self.registry))?;
        alarm::clear(work.tx, &format!("login:{}", self.registry))?;
        logins::note_password(work.tx, &self.registry, work.now)?;
        let who = ledger_name(work.actor);
        note(work.tx, work.registrar, &who, self.registry.as_str(), "registry-password-replaced", &self.registry, work.now)
    }
}

fn check(password: &Secret, profile: &RegistryProfile) -> Result<(), Refusal> {
    let has_login_sec =
        profile.namespaces.needed.contains(&Extension::LoginSec) || profile.namespaces.offered.contains(&Extension::LoginSec);
    let chars = if has_login_sec { SECURE_CHARS } else { PLAIN_CHARS };
    let text = password.expose();
    let length = text.chars().count();
    if !chars.contains(&length) {
        let sentence =
            format!("the password has {length} characters; registry `{}` takes {} to {}", profile.id, chars.start(), chars.end());
        return Err(Refusal::new("registry.password_length", "RFC 8807 3.1", sentence));
    }
    let is_token = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ") && !text.contains(char::is_control);
    if !is_token || text == LOGIN_SECURITY_PASSWORD {
        let sentence = "the password has control characters, blanks at its ends or doubled, or a reserved text";
        return Err(Refusal::new("registry.password_form", "RFC 5730 4", sentence).hint("use letters, digits and punctuation"));
    }
    Ok(())
}

fn unknown(registry: &RegistryId) -> Refusal {
    Refusal::new("registry.unknown", "design 6", format!("there is no account at a registry `{registry}`"))
        .hint("see `namekeep registry list`")
}
