//! A rehearsal for tests: a registrar on a fresh database, the sandbox registry without sockets, and a port between them that cuts,
//! fails and crashes on demand. Everything is replayed by its seed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use epp::conn::Prepared;
use jiff::SignedDuration;
use model::{
    Contact, ContactId, ContactRole, CountryCode, DomainName, Email, HostName, LegalKind, Period, Phone, PostalAddress, RegistrarHandle,
    RegistryId, Secret, SecretBytes, SeededEntropy,
};
use policy::profile::RegistryProfile;
use policy::{Actor, IntentState};
use sandbox::{FaultPlan, InProcess, Options, RegistrarConfig, Registry, Wire};
use store::testing::TestDatabase;
use store::{Kek, Store, Vault, intents};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

use super::{Answered, BoxFuture, Exchange, Gate, GateParts, GateRound, NotSent, PortRequest, RegistryPort, Unknown};
use crate::command::RegisterDomain;
use crate::contact::SaveContact;
use crate::testing::profile;
use crate::verification::VerifyByHand;
use crate::{Clock, ManualClock, NoticeSettings, Question, Receipt, Registrar, RegistrarParts, SharedSeed, UseCase, authorise};

/// When every rehearsal begins.
pub(crate) const START: &str = "2026-11-23T12:00:00Z";
/// The password of every account. Occurs nowhere else.
pub(crate) const PASSWORD: &str = "canary-pass-77";
/// What both registrars paid in, in minor units.
const OPENING_BALANCE: i64 = 100_000_000;
/// Commands under way at once.
const CONCURRENCY: usize = 4;
/// Turns of the runtime after which every aborted task is gone.
const YIELDS: usize = 16;
/// Rounds after which a rehearsal that has not come to rest is stuck.
const MAX_ROUNDS: usize = 2_000;

/// Us, and the registrar names are transferred from and to.
pub(crate) fn us() -> RegistrarHandle {
    RegistrarHandle::parse("NAMEKEEP-1").unwrap()
}

/// See [`us`].
pub(crate) fn other() -> RegistrarHandle {
    RegistrarHandle::parse("OTHER-1").unwrap()
}

pub(crate) fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

/// When the process is to break down.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Crash {
    /// Never.
    #[default]
    Never,
    /// At the nth command, before the registry sees it.
    Before(u64),
    /// At the nth command, once the registry has executed it.
    After(u64),
}

/// The port: a registry in this process, with faults, crashes and refusals of service.
pub(crate) struct TestPort {
    world: Mutex<InProcess>,
    clock: Arc<ManualClock>,
    count: AtomicU64,
    crash: Mutex<Crash>,
    crashed: Notify,
    /// What is answered instead of sending, while set.
    pub(crate) closed: Mutex<Option<NotSent>>,
    /// The outages it was told of.
    pub(crate) outages: Mutex<usize>,
}

impl TestPort {
    pub(crate) fn world(&self) -> MutexGuard<'_, InProcess> {
        self.world.lock().unwrap()
    }

    /// Waits until the process breaks down.
    pub(crate) async fn broke_down(&self) {
        self.crashed.notified().await;
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Speaks to the registry as another registrar, or past our own books.
    pub(crate) fn say(&self, who: &RegistrarHandle, body: impl Into<epp::CommandBody>) -> epp::Response {
        let now = self.clock.now();
        let id = format!("direct-{}", self.count.fetch_add(1, Ordering::SeqCst));
        let command = epp::Command::new(body, id.as_str());
        match self.world().exchange(who, &command, now) {
            sandbox::Exchange::Answered(response) => *response,
            cut => panic!("{cut:?}"),
        }
    }

    fn answer(&self, prepared: &Prepared) -> Exchange {
        let now = self.clock.now();
        let command = epp::decode_command(prepared.frame().expose()).unwrap();
        match self.world().exchange(&us(), &command, now) {
            sandbox::Exchange::Answered(response) => {
                let frame = epp::encode_response(&response).unwrap_or_default();
                let (frame, deviations) = (SecretBytes::new(frame), Vec::new());
                Exchange::Answered(Box::new(Answered { response: *response, frame, deviations, sent_at: now, received_at: now }))
            }
            sandbox::Exchange::CutBefore => Exchange::Unknown(Unknown { reason: "cut in the request".to_owned(), sent_at: Some(now) }),
            sandbox::Exchange::CutAfterExecuted => {
                Exchange::Unknown(Unknown { reason: "cut in the answer".to_owned(), sent_at: Some(now) })
            }
        }
    }
}

impl RegistryPort for TestPort {
    fn exchange(&self, request: PortRequest) -> BoxFuture<'_, Exchange> {
        Box::pin(async move {
            if let Some(closed) = self.closed.lock().unwrap().clone() {
                return Exchange::NotSent(closed);
            }
            let count = self.count.fetch_add(1, Ordering::SeqCst) + 1;
            let crash = *self.crash.lock().unwrap();
            match crash {
                Crash::Before(nth) if nth == count => {}
                Crash::After(nth) if nth == count => drop(self.answer(&request.prepared)),
                _ => return self.answer(&request.prepared),
            }
            *self.crash.lock().unwrap() = Crash::Never;
            self.crashed.notify_one();
            // The process is gone: nobody hears the answer.
            std::future::pending().await
        })
    }

    fn set_maintenance(&self, windows: &[epp::pool::MaintenanceWindow]) {
        *self.outages.lock().unwrap() = windows.len();
    }
}

/// A registrar, its registry and everything in between.
pub(crate) struct Rig {
    pub(crate) port: Arc<TestPort>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) registrar: Registrar,
    pub(crate) operator: Actor,
    pub(crate) holder: ContactId,
    kek: PathBuf,
    folder: PathBuf,
    profile: RegistryProfile,
    seed: u64,
    concurrency: usize,
    gate: Mutex<Gate>,
    runtime: Runtime,
}

impl Rig {
    pub(crate) fn new(database: &TestDatabase, seed: u64) -> Self {
        Self::with_profile(database, seed, profile())
    }

    pub(crate) fn with_profile(database: &TestDatabase, seed: u64, profile: RegistryProfile) -> Self {
        let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
        let port = Arc::new(TestPort {
            world: Mutex::new(world(&profile, seed, Options::default())),
            clock: clock.clone(),
            count: AtomicU64::new(0),
            crash: Mutex::default(),
            crashed: Notify::new(),
            closed: Mutex::default(),
            outages: Mutex::default(),
        });
        let kek = database.folder().join("kek");
        Kek::generate().unwrap().write_new(&kek).unwrap();
        let folder = database.folder().to_owned();
        let registrar = registrar(database.store().clone(), &clock, &kek, &folder, profile.clone(), seed);
        let operator = registrar.enrol_first_operator("Ada Lovelace").unwrap().actor;
        let holder = registrar.carry_out(authorise(&operator, SaveContact { id: None, contact: holder() }).unwrap()).unwrap();
        // Verified, so that names can be ordered for them however late it gets.
        let verified = VerifyByHand { contact: holder, evidence: "testing".to_owned() };
        registrar.carry_out(authorise(&operator, verified).unwrap()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let gate = Mutex::new(gate(&registrar, &port, CONCURRENCY));
        Self { port, clock, registrar, operator, holder, kek, folder, profile, seed, concurrency: CONCURRENCY, gate, runtime }
    }

    /// The same, with a gate that sends one command after the other.
    pub(crate) fn in_turn(mut self) -> Self {
        self.concurrency = 1;
        *self.gate.lock().unwrap() = gate(&self.registrar, &self.port, self.concurrency);
        self
    }

    pub(crate) fn registry(&self) -> RegistryId {
        self.profile.id.clone()
    }

    pub(crate) fn gate(&self) -> Gate {
        self.gate.lock().unwrap().clone()
    }

    pub(crate) fn port(&self) -> Arc<dyn RegistryPort> {
        self.port.clone()
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Carries out a use case as the operator.
    pub(crate) fn act<U: UseCase>(&self, case: U) -> Result<U::Answer, crate::Failure> {
        self.registrar.carry_out(authorise(&self.operator, case).unwrap())
    }

    /// The operator's leave to do something by hand.
    pub(crate) fn may<C: crate::NeedsPermission>(&self, what: C) -> crate::Authorised<C> {
        authorise(&self.operator, what).unwrap()
    }

    /// Asks as the operator.
    pub(crate) fn ask<Q: Question>(&self, question: Q) -> Result<Q::Answer, crate::Failure> {
        self.registrar.ask(authorise(&self.operator, question).unwrap())
    }

    /// Another contact holds what is ordered from here on.
    pub(crate) fn new_holder(&mut self) {
        self.holder = self.act(SaveContact { id: None, contact: holder() }).unwrap();
    }

    /// Orders a name with one nameserver elsewhere.
    pub(crate) fn order(&self, text: &str) -> Receipt {
        self.order_of(text, self.holder, BTreeMap::new())
    }

    /// The same for another holder, with contacts.
    pub(crate) fn order_of(&self, text: &str, holder: ContactId, contacts: BTreeMap<ContactRole, ContactId>) -> Receipt {
        let elsewhere = HostName::parse("ns1.elsewhere.example").unwrap();
        self.act(RegisterDomain {
            name: name(text),
            period: Period::ONE_YEAR,
            registrant: Some(holder),
            contacts,
            nameservers: BTreeMap::from([(elsewhere, BTreeSet::new())]),
            ds: BTreeSet::new(),
            auto_renew: false,
            lock_consent: None,
            fee: None,
            launch: Default::default(),
        })
        .unwrap()
    }

    /// Another registrar registers the name, with a contact of its own.
    pub(crate) fn taken_by_another(&self, text: &str) {
        let person = epp::contact::Person::from_contact(&holder());
        let contact = epp::contact::Create { id: "OT-1".into(), person, auth: epp::AuthValue::empty(), disclose: None };
        let said = self.port.say(&other(), epp::contact::Command::Create(contact));
        assert!(said.is_success(), "{said:?}");
        let create =
            epp::domain::Create { registrant: Some("OT-1".into()), ..epp::domain::Create::new(text, None, epp::AuthValue::empty()) };
        let said = self.port.say(&other(), epp::domain::Command::Create(create));
        assert!(said.is_success(), "{said:?}");
    }

    /// One round of the gate. `None` when the process broke down in it; a new one has started then.
    pub(crate) fn step(&mut self, database: &mut TestDatabase) -> Option<GateRound> {
        let gate = self.gate();
        let port = Arc::clone(&self.port);
        let round = self.runtime.block_on(async move {
            tokio::select! {
                round = gate.step() => Some(round.unwrap()),
                () = port.crashed.notified() => None,
            }
        });
        if round.is_none() {
            self.restart(database);
        }
        round
    }

    /// The process ends as it is, and starts again on the same data.
    pub(crate) fn restart(&mut self, database: &mut TestDatabase) {
        self.seed += 1_000;
        // What was under way is dropped while the old store is still there.
        self.runtime.block_on(async {
            for _ in 0..YIELDS {
                tokio::task::yield_now().await;
            }
        });
        database.reopen();
        self.registrar = registrar(database.store().clone(), &self.clock, &self.kek, &self.folder, self.profile.clone(), self.seed);
        *self.gate.lock().unwrap() = gate(&self.registrar, &self.port, self.concurrency);
    }

    /// The database is lost and an older copy put back; the registry goes on as it is. SQLite alone has copies.
    pub(crate) fn put_back(&mut self, database: &mut TestDatabase, backup: &[u8]) {
        self.seed += 1_000;
        self.runtime.block_on(async {
            for _ in 0..YIELDS {
                tokio::task::yield_now().await;
            }
        });
        // Nobody may have the old file open while it is replaced.
        let elsewhere = store::testing::TestDatabases::sqlite();
        self.registrar = registrar(elsewhere.store().clone(), &self.clock, &self.kek, &self.folder, self.profile.clone(), self.seed);
        *self.gate.lock().unwrap() = gate(&self.registrar, &self.port, self.concurrency);
        database.restore(backup);
        self.registrar = registrar(database.store().clone(), &self.clock, &self.kek, &self.folder, self.profile.clone(), self.seed);
        *self.gate.lock().unwrap() = gate(&self.registrar, &self.port, self.concurrency);
    }

    /// Works until nothing is open any more, letting time pass between rounds.
    pub(crate) fn settle(&mut self, database: &mut TestDatabase) {
        for _ in 0..MAX_ROUNDS {
            let round = self.step(database);
            if self.open_intents() == 0 {
                return;
            }
            if round.is_some_and(|round| round.is_idle()) {
                self.clock.advance(SignedDuration::from_secs(30));
            }
        }
        panic!("the rehearsal did not come to rest: {:?}", self.states());
    }

    /// Intents that are not settled.
    pub(crate) fn open_intents(&self) -> usize {
        let registry = self.registry();
        let open: Result<_, store::StoreFault> =
            self.registrar.store().read(|tx| intents::list_unsettled(tx, Some(&registry), None, 1_000));
        open.unwrap().len()
    }

    /// How many open intents are in which state.
    pub(crate) fn states(&self) -> BTreeMap<String, u64> {
        let registry = self.registry();
        let counts: Result<_, store::StoreFault> = self.registrar.store().read(|tx| intents::count_by_state(tx, &registry));
        counts.unwrap()
    }

    /// The states of the intents of a receipt.
    pub(crate) fn states_of(&self, receipt: &Receipt) -> Vec<IntentState> {
        self.registrar.settlements(&receipt.intents).unwrap().into_iter().map(|settlement| settlement.state).collect()
    }

    /// Another registry of the same profile, with other habits.
    pub(crate) fn with_options(&self, change: impl FnOnce(&mut Options)) {
        let mut options = Options::default();
        change(&mut options);
        *self.port.world() = world(&self.profile, self.seed, options);
    }

    pub(crate) fn faults(&self, plan: Option<FaultPlan>) {
        self.port.world().set_faults(plan);
    }

    pub(crate) fn crash(&self, crash: Crash) {
        *self.port.crash.lock().unwrap() = crash;
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

fn gate(registrar: &Registrar, port: &Arc<TestPort>, concurrency: usize) -> Gate {
    let (registrar, port) = (registrar.clone(), Arc::clone(port));
    let registry = RegistryId::parse("alpha").unwrap();
    Gate::open(GateParts { registrar, registry, port, owner: "node-1".to_owned(), concurrency: Some(concurrency) }).unwrap()
}

/// The registry with both registrars.
fn world(profile: &RegistryProfile, seed: u64, options: Options) -> InProcess {
    let account = |handle| RegistrarConfig {
        handle,
        password: Secret::new(PASSWORD),
        certificate_sha256: None,
        opening_balance_minor: OPENING_BALANCE,
        low_balance_minor: 0,
    };
    let accounts = [account(us()), account(other())];
    let mut entropy = SeededEntropy::new(seed);
    let registry = Registry::new(profile.clone(), options, &accounts, START.parse().unwrap(), &mut entropy);
    let mut world = InProcess::new(registry, Wire::Encoded, seed);
    for handle in [us(), other()] {
        world.connect(&handle, Secret::new(PASSWORD));
    }
    world
}

pub(crate) fn registrar(
    store: Store,
    clock: &Arc<impl Clock + 'static>,
    kek: &Path,
    folder: &Path,
    profile: RegistryProfile,
    seed: u64,
) -> Registrar {
    Registrar::open(RegistrarParts {
        store,
        vault: Vault::new(Kek::read(kek).unwrap()),
        accounts: BTreeMap::from([(profile.id.clone(), us())]),
        registries: vec![profile],
        clock: clock.clone(),
        entropy: Arc::new(SharedSeed::new(seed)),
        notices: NoticeSettings {
            maildrop: folder.join("maildrop"),
            sender: Email::parse("notices@registrar.example").unwrap(),
            sender_name: "Example Registrar, Inc.".to_owned(),
            portal: "https://registrar.example/renew".to_owned(),
            verification_page: None,
        },
    })
    .unwrap()
}

/// A holder whose every word occurs nowhere else.
pub(crate) fn holder() -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: "Canaria Holdername".to_owned(),
        organisation: None,
        address: PostalAddress {
            street: vec!["7 Canary Lane".to_owned()],
            city: "Canarytown".to_owned(),
            province: None,
            postcode: Some("CA7 7NN".to_owned()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: Some(Phone::parse("+44.1632960777", None).unwrap()),
        fax: None,
        email: Email::parse("canaryholder@canary.example").unwrap(),
    }
}
