//! The registrar: what it is made of, and the two ways in (change something, ask something).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use model::{DomainName, RegistrarHandle, RegistryId, Timestamp};
use policy::profile::{RegistryProfile, TldProfile};
use store::{Pending, Store, Vault};

use crate::authorised::Authorised;
use crate::clock::Clock;
use crate::entropy::{Draw, EntropySource};
use crate::failure::{Failure, Fault};
use crate::notice::NoticeSettings;
use crate::order::{DomainOrder, Receipt};
use crate::use_case::{Question, UseCase, run_case, run_question};

/// How often a command is decided again after another node changed the same registration first.
const DECISION_ATTEMPTS: u32 = 8;

/// What a registrar is made of.
pub struct RegistrarParts {
    /// The durable state, opened with the key of the ledger.
    pub store: Store,
    /// The keys for personal data and secrets.
    pub vault: Vault,
    /// The registries we are accredited at, with their TLDs.
    pub registries: Vec<RegistryProfile>,
    /// Our handle at each of them (`clID`), which tells our names from those of others.
    pub accounts: BTreeMap<RegistryId, RegistrarHandle>,
    /// Where `now` comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn EntropySource>,
    /// How notices are written and carried.
    pub notices: NoticeSettings,
}

/// A handle on the registrar; clones share it. Everything here may block on the store: in async code call it from
/// `spawn_blocking`.
#[derive(Clone)]
pub struct Registrar {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    vault: Vault,
    registries: BTreeMap<RegistryId, RegistryProfile>,
    accounts: BTreeMap<RegistryId, RegistrarHandle>,
    /// Where each TLD's rules are: the registry, and the place in its profile.
    tlds: BTreeMap<DomainName, (RegistryId, usize)>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn EntropySource>,
    notices: NoticeSettings,
}

impl Registrar {
    /// Puts a registrar together.
    ///
    /// # Errors
    /// [`Fault`] if two registries share an id or a TLD.
    pub fn open(parts: RegistrarParts) -> Result<Self, Fault> {
        let RegistrarParts { store, vault, registries, accounts, clock, entropy, notices } = parts;
        let mut tlds: BTreeMap<DomainName, (RegistryId, usize)> = BTreeMap::new();
        let mut by_id = BTreeMap::new();
        for profile in registries {
            for (place, tld) in profile.tlds.iter().enumerate() {
                if let Some((other, _)) = tlds.insert(tld.name.as_domain().clone(), (profile.id.clone(), place)) {
                    return Err(Fault::words(format!(
                        "the TLD `{}` is in two profiles, `{other}` and `{}`; remove it from one of them",
                        tld.name, profile.id
                    )));
                }
            }
            if let Some(twin) = by_id.insert(profile.id.clone(), profile) {
                return Err(Fault::words(format!("two profiles have the registry id `{}`; give one of them another id", twin.id)));
            }
        }
        Ok(Self { inner: Arc::new(Inner { store, vault, registries: by_id, accounts, tlds, clock, entropy, notices }) })
    }

    /// Carries out a use case in one transaction: everything it decides is durable when this returns, or nothing of it
    /// happened. A decision that lost a race to another node is made again on the new state.
    ///
    /// # Errors
    /// A refusal, a denial, or a fault whose chain is logged under its incident id.
    pub fn carry_out<U: UseCase>(&self, case: Authorised<U>) -> Result<U::Answer, Failure> {
        let case = Arc::new(case);
        let mut attempt = 1;
        loop {
            let (registrar, shared) = (self.clone(), Arc::clone(&case));
            match self.inner.store.write(move |tx| run_case(tx, &registrar, &shared)) {
                Err(Failure::Fault(fault)) if fault.is_passing() && attempt < DECISION_ATTEMPTS => attempt += 1,
                result => return result.inspect_err(log_fault),
            }
        }
    }

    /// Queues a use case and gives the handle to wait on, so that one thread can have many durable commands under way: bulk work.
    /// A race lost to another node comes back as a passing fault instead of being decided again here.
    ///
    /// # Errors
    /// A fault if the store is closed.
    pub fn start<U: UseCase>(&self, case: Authorised<U>) -> Result<Pending<U::Answer, Failure>, Failure> {
        let registrar = self.clone();
        Ok(self.inner.store.submit(move |tx| run_case(tx, &registrar, &case))?)
    }

    /// Decides and commits an order as it is.
    ///
    /// # Errors
    /// As [`Registrar::carry_out`].
    pub fn submit(&self, order: Authorised<DomainOrder>) -> Result<Receipt, Failure> {
        self.carry_out(order)
    }

    /// Answers a question from a consistent snapshot.
    ///
    /// # Errors
    /// A refusal (what was asked for does not exist), a denial or a fault.
    pub fn ask<Q: Question>(&self, question: Authorised<Q>) -> Result<Q::Answer, Failure> {
        self.inner.store.read(|tx| run_question(tx, self, &question)).inspect_err(log_fault)
    }

    /// Whether nothing acts by itself here: the state was put back and is not reconciled yet ([`crate::recovery`]).
    ///
    /// # Errors
    /// A fault of the store.
    pub fn is_frozen(&self) -> Result<bool, Failure> {
        self.inner.store.read(|tx| Ok(store::recovery::find_freeze(tx)?.is_some()))
    }

    /// Whether nothing acts by itself here: in a freeze, or while the clock is doubted ([`crate::time_check`]).
    ///
    /// # Errors
    /// A fault of the store.
    pub fn is_at_rest(&self) -> Result<bool, Failure> {
        let now = self.now();
        self.inner.store.read(|tx| Ok(store::recovery::find_freeze(tx)?.is_some() || crate::time_check::find_doubt(tx, now)?.is_some()))
    }

    /// The instant it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Chance, in the form the core takes it.
    #[must_use]
    pub fn draw(&self) -> Draw<'_> {
        Draw(self.inner.entropy.as_ref())
    }

    /// The durable state, for the workers that carry the outbox.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The keys for personal data and secrets.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.clock
    }

    /// How notices are written and carried.
    pub(crate) fn notices(&self) -> &NoticeSettings {
        &self.inner.notices
    }

    /// The registries we are accredited at, by id.
    pub fn registries(&self) -> impl Iterator<Item = &RegistryProfile> + '_ {
        self.inner.registries.values()
    }

    /// The profile of one registry.
    #[must_use]
    pub fn registry(&self, id: &RegistryId) -> Option<&RegistryProfile> {
        self.inner.registries.get(id)
    }

    /// Our handle at a registry.
    #[must_use]
    pub fn account(&self, id: &RegistryId) -> Option<&RegistrarHandle> {
        self.inner.accounts.get(id)
    }

    /// The rules for `name`: those of the TLD it is directly below, if we serve it.
    #[must_use]
    pub fn profile_of(&self, name: &DomainName) -> Option<&TldProfile> {
        let (registry, place) = self.inner.tlds.get(&name.parent()?)?;
        self.registry(registry)?.tlds.get(*place)
    }
}

impl fmt::Debug for Registrar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registrar({:?})", self.inner.store)
    }
}

/// The chain of a fault goes to the log, once, where the command ends.
pub(crate) fn log_fault(failure: &Failure) {
    if let Failure::Fault(fault) = failure {
        tracing::error!(incident = fault.incident(), chain = fault.chain(), "a command broke");
    }
}
