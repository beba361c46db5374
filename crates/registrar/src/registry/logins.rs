//! Logins that a registry refused stay stopped until an operator has put the credentials right (facts, 6.3). The operator's command runs in
//! another process than the sessions: what it says is a setting, which the process that holds the sessions watches.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use epp::pool::LockOut;
use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use policy::Permission;
use store::{StoreFault, Tx, settings};
use tokio::sync::watch;

use super::alarm::{self, Raised};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::gate::RegistryPort;
use crate::registrar::Registrar;
use crate::time_check;
use crate::use_case::{UseCase, Work};

/// The kind of the alarm.
const ALARM: &str = "login";
/// From one look at the settings to the next.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// Pause after a fault of the store.
const FAULT_PAUSE: Duration = Duration::from_secs(5);

fn allowed_setting(registry: &RegistryId) -> String {
    format!("registry.{registry}.logins_allowed_at")
}

fn password_setting(registry: &RegistryId) -> String {
    format!("registry.{registry}.password_given_at")
}

/// Notes that the account has another password, or is to have one: sessions take it up.
pub(super) fn note_password(tx: &mut Tx<'_>, registry: &RegistryId, now: Timestamp) -> Result<(), StoreFault> {
    settings::set(tx, &password_setting(registry), &now.to_string())
}

/// Take up logging in again after the registry refused it: the credentials were put right. The answer says whether an alarm said that it was
/// stopped.
#[derive(Clone, Debug)]
pub struct AllowLogins {
    /// At which registry.
    pub registry: RegistryId,
}

impl NeedsPermission for AllowLogins {
    fn permission(&self) -> Permission {
        Permission::ManageOperators
    }
}

impl UseCase for AllowLogins {
    type Answer = bool;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<bool, Failure> {
        settings::set(work.tx, &allowed_setting(&self.registry), &work.now.to_string())?;
        let was_stopped = alarm::clear(work.tx, &format!("{ALARM}:{}", self.registry))?;
        if was_stopped {
            let who = ledger_name(work.actor);
            note(work.tx, work.registrar, &who, self.registry.as_str(), "logins-allowed", &self.registry, work.now)?;
        }
        Ok(was_stopped)
    }
}

/// What operators said last, of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Said {
    allowed: Option<String>,
    password: Option<String>,
}

impl Said {
    fn read(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<Self, StoreFault> {
        let allowed = settings::find(tx, &allowed_setting(registry))?;
        Ok(Self { allowed, password: settings::find(tx, &password_setting(registry))? })
    }
}

/// Holds the sessions of one account to what operators say, and the alarm to how the logins stand.
pub struct LoginWatch {
    registrar: Registrar,
    registry: RegistryId,
    port: Arc<dyn RegistryPort>,
    said: Said,
    /// Whether logins were stopped when last looked at: another process's alarm is not ours to end.
    was_stopped: bool,
    /// When it was looked last, by the clock and by a watch that nobody sets.
    looked_at: (Timestamp, Instant),
}

impl LoginWatch {
    /// The watch of one account; what was said before the sessions began needs no answer. Blocks.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn open(registrar: Registrar, registry: &RegistryId, port: Arc<dyn RegistryPort>) -> Result<Self, Failure> {
        let said = registrar.store().read::<_, Failure>(|tx| Ok(Said::read(tx, registry)?))?;
        let looked_at = (registrar.now(), Instant::now());
        Ok(Self { registrar, registry: registry.clone(), port, said, was_stopped: false, looked_at })
    }

    /// Watches until `shutdown` says true.
    pub async fn run(mut self, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow_and_update() {
            let pause = match self.step().await {
                Ok(()) => LOOK_PAUSE,
                Err(failure) => {
                    tracing::error!(registry = %self.registry, %failure, "the logins could not be looked at; it is tried again");
                    FAULT_PAUSE
                }
            };
            // A closed channel means shutdown as well.
            let _ = tokio::time::timeout(pause, shutdown.changed()).await;
        }
    }

    /// One look.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn step(&mut self) -> Result<(), Failure> {
        let registry = self.registry.clone();
        let said = self.blocking(move |registrar| registrar.store().read(|tx| Ok(Said::read(tx, &registry)?))).await?;
        if said != self.said {
            self.port.allow_logins();
            if said.password != self.said.password {
                self.port.renew_sessions();
            }
            self.said = said;
        }
        let Some(status) = self.port.status().await else { return Ok(()) };
        let told = status.sessions.iter().filter_map(|session| session.load.clock_told_at.zip(session.load.clock_ahead_ms)).max();
        if let Some((at, ahead_ms)) = told {
            let registry = self.registry.clone();
            self.blocking(move |registrar| time_check::note_said(registrar, &registry, at, ahead_ms)).await?;
        }
        if self.has_leapt() {
            tracing::warn!(registry = %self.registry, "the machine's clock leapt; the registry is asked what time it is");
            self.port.renew_sessions();
        }
        match status.lock_out {
            Some(lock_out) => {
                self.was_stopped = true;
                self.raise(&lock_out).await
            }
            None if self.was_stopped && !status.sessions.is_empty() => {
                self.was_stopped = false;
                let key = format!("{ALARM}:{}", self.registry);
                self.blocking(move |registrar| registrar.store().write(move |tx| Ok(alarm::clear(tx, &key).map(drop)?))).await
            }
            None => Ok(()),
        }
    }

    /// Whether the clock went another way than time since the last look: what registries said before says nothing any more, and sessions in
    /// use say nothing by themselves.
    fn has_leapt(&mut self) -> bool {
        let (now, passed) = (self.registrar.now(), Instant::now());
        let (before, began) = std::mem::replace(&mut self.looked_at, (now, passed));
        let lived = SignedDuration::try_from(passed.duration_since(began)).unwrap_or(SignedDuration::MAX);
        now.duration_since(before).saturating_sub(lived).abs() > time_check::TOLERANCE
    }

    /// Raises the alarm once for a stop; an account with nothing to send is told of it as well.
    async fn raise(&self, lock_out: &LockOut) -> Result<(), Failure> {
        let registry = &self.registry;
        let sentence = format!(
            "logins to registry `{registry}` are stopped since {}, because it answered {} ({}). Put the credentials right, then \
             `namekeep registry resume {registry}`",
            lock_out.since, lock_out.code, lock_out.message
        );
        let raised = Raised::at(registry, ALARM, sentence);
        self.blocking(move |registrar| {
            if registrar.store().read(|tx| alarm::is_raised(tx, &raised.key))? {
                return Ok(());
            }
            let now = registrar.now();
            registrar.store().write(move |tx| Ok(alarm::raise(tx, &raised, now).map(drop)?))
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Registrar) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let registrar = self.registrar.clone();
        tokio::task::spawn_blocking(move || work(&registrar))
            .await
            .map_err(|error| Fault::new("a task of the watch on logins ended", &error))?
    }
}

impl fmt::Debug for LoginWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LoginWatch({})", self.registry)
    }
}
