//! A house for tests: a registrar on a fresh database of each engine, a clock that is moved by hand, and one operator.

mod log;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use model::{Email, RegistrarHandle, RegistryId, Timestamp};
use policy::Actor;
use policy::profile::RegistryProfile;
use store::settings::{self, InstanceKind};
use store::testing::{TestDatabase, TestDatabases};
use store::{Kek, Store, Vault};

use crate::{
    Authorised, Failure, ManualClock, NeedsPermission, NoticeSettings, Question, Registrar, RegistrarParts, SharedSeed, UseCase, authorise,
};

pub(crate) use log::WholeLog;

/// The profile of the thick rehearsal registry, as shipped.
const ALPHA: &str = include_str!("../../policy/profiles/alpha.toml");

/// When every test begins.
pub(crate) const START: &str = "2026-11-23T12:00:00Z";

/// The shipped profile.
pub(crate) fn profile() -> RegistryProfile {
    RegistryProfile::parse(ALPHA, "alpha.toml").unwrap()
}

/// A registrar with everything around it.
pub(crate) struct House {
    pub(crate) registrar: Registrar,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) operator: Actor,
    pub(crate) maildrop: PathBuf,
}

/// Runs `script` in a fresh house on each engine.
pub(crate) fn each(mut script: impl FnMut(&House)) {
    TestDatabases::each(|database| script(&House::on(database)));
}

/// Runs `script` in a fresh house on each engine and gives what it saw, which must be the same on both.
pub(crate) fn seen_alike<T: PartialEq + std::fmt::Debug>(mut script: impl FnMut(&House) -> T) -> T {
    let mut seen = Vec::new();
    each(|house| seen.push(script(house)));
    let last = seen.pop().unwrap();
    seen.iter().for_each(|other| assert_eq!(*other, last, "the engines differ"));
    last
}

impl House {
    /// A house on this database.
    pub(crate) fn on(database: &TestDatabase) -> Self {
        let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
        let maildrop = database.folder().join("maildrop");
        let registrar = registrar(database.store().clone(), clock.clone(), maildrop.clone(), 7);
        fix_kind(&registrar, InstanceKind::Rehearsal);
        let operator = registrar.enrol_first_operator("Ada Lovelace").unwrap().actor;
        Self { registrar, clock, operator, maildrop }
    }

    /// A second registrar with the same clock on another handle of the database: a second node.
    pub(crate) fn registrar_on(&self, store: Store) -> Registrar {
        registrar(store, self.clock.clone(), self.maildrop.clone(), 8)
    }

    /// Carries out a use case as the operator.
    pub(crate) fn act<U: UseCase>(&self, case: U) -> Result<U::Answer, Failure> {
        self.registrar.carry_out(self.authorised(case))
    }

    /// Asks as the operator.
    pub(crate) fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, Failure> {
        self.registrar.ask(self.authorised(question))
    }

    /// A command that the operator may give.
    pub(crate) fn authorised<C: NeedsPermission>(&self, command: C) -> Authorised<C> {
        authorise(&self.operator, command).unwrap()
    }

    /// Moves the clock.
    pub(crate) fn at(&self, instant: &str) -> Timestamp {
        self.clock.set(instant.parse().unwrap());
        self.registrar.now()
    }

    /// The registry of the profile.
    pub(crate) fn registry(&self) -> RegistryId {
        RegistryId::parse("alpha").unwrap()
    }
}

/// A registrar of this kind on a fresh database.
pub(crate) fn registrar_of_kind(database: &TestDatabase, kind: InstanceKind) -> Registrar {
    let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
    let registrar = registrar(database.store().clone(), clock, database.folder().join("maildrop"), 7);
    fix_kind(&registrar, kind);
    registrar
}

fn fix_kind(registrar: &Registrar, kind: InstanceKind) {
    let fixed: Result<(), Failure> = registrar.store().write(move |tx| Ok(settings::fix_instance_kind(tx, kind)?));
    fixed.unwrap();
}

/// A registrar by another profile.
pub(crate) fn registrar_with(store: Store, clock: Arc<ManualClock>, maildrop: PathBuf, profile: RegistryProfile) -> Registrar {
    made_of(store, clock, maildrop, 9, profile)
}

fn registrar(store: Store, clock: Arc<ManualClock>, maildrop: PathBuf, seed: u64) -> Registrar {
    made_of(store, clock, maildrop, seed, profile())
}

fn made_of(store: Store, clock: Arc<ManualClock>, maildrop: PathBuf, seed: u64, profile: RegistryProfile) -> Registrar {
    let handle = RegistrarHandle::parse("NAMEKEEP-1").unwrap();
    Registrar::open(RegistrarParts {
        store,
        vault: Vault::new(Kek::generate().unwrap()),
        accounts: BTreeMap::from([(profile.id.clone(), handle)]),
        registries: vec![profile],
        clock,
        entropy: Arc::new(SharedSeed::new(seed)),
        notices: NoticeSettings {
            maildrop,
            sender: Email::parse("notices@registrar.example").unwrap(),
            sender_name: "Example Registrar, Inc.".to_owned(),
            portal: "https://registrar.example/renew".to_owned(),
            verification_page: None,
        },
    })
    .unwrap()
}
