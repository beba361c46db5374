//! Exactly once under fire: transforms with connections cut at random bytes in both directions and the program killed at random
//! moments. Afterwards the registries' ledgers and ours agree entry for entry: nothing lost, nothing doubled.
//!
//! `NAMEKEEP_TRANSFORMS` says how many transforms (200 unless set; 10,000 for the long run), `NAMEKEEP_SEED` which fire.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{
    Contact, ContactId, ContactRole, CountryCode, DomainId, DomainName, DsData, Email, EppStatus, HostName, LegalKind, Period,
    PostalAddress, RegistrarHandle, Secret, SeededEntropy,
};
use policy::{Actor, IntentState, Registration};
use registrar::command::{ChangeDs, ChangeNameservers, LockDomain, RegisterDomain, RenewDomain};
use registrar::contact::SaveContact;
use registrar::{NoticeSettings, Receipt, Registrar, RegistrarParts, SystemClock, SystemEntropy, UseCase, authorise};
use sandbox::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
use store::registrations::{self, DomainFilter};
use store::{Kek, Store, Vault};

use crate::agreement;
use crate::books;
use crate::scene::{OURS, Scene};

/// Transforms unless the environment says otherwise.
const TRANSFORMS: usize = 200;
/// Steps of a name, each at least one transform.
const STEPS: usize = 5;
/// Names under way at once.
const AT_ONCE: usize = 40;
/// Between two kills, in milliseconds: at least, and at most so much more.
const KILL_MS: (u64, u64) = (1_500, 3_500);
/// A fire that lasts longer than this for each transform, and two minutes, found no end.
const LIMIT_PER_TRANSFORM: Duration = Duration::from_millis(1_500);

/// A name on its way through its steps.
struct Career {
    name: DomainName,
    step: usize,
    receipt: Receipt,
}

/// Who gives the orders: our own registrar on the same database as the program that is killed.
struct Desk {
    registrar: Registrar,
    operator: Actor,
    holders: Vec<ContactId>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_once_under_fire() {
    let transforms = number("NAMEKEEP_TRANSFORMS").unwrap_or(TRANSFORMS);
    let seed = number("NAMEKEEP_SEED").map_or(7, |seed| seed as u64);
    let scene = Scene::set().await;
    let desk = Desk::open(&scene);
    for registry in Scene::registries() {
        scene.control.set_faults(Some(&registry), fire(seed)).await.unwrap();
    }
    let began = Instant::now();
    let kills = desk.work(&scene, transforms, seed, began).await;
    let store = desk.registrar.store();

    let us = RegistrarHandle::parse(OURS).unwrap();
    let (mut findings, mut ledgers, mut counted) = (Vec::new(), Vec::new(), agreement::Agreement::default());
    for registry in Scene::registries() {
        let ledger = scene.world.look(&registry, |registry| registry.ledger().to_vec()).unwrap();
        let compared = agreement::compare(store, &registry, &us, &ledger).unwrap();
        counted.intents += compared.intents;
        counted.transforms += compared.transforms;
        counted.attempts += compared.attempts;
        counted.reconciled += compared.reconciled;
        findings.extend(compared.findings);
        ledgers.push((registry, ledger));
    }
    let (sums, lines) = books::check(&ledgers, &us, store, &portfolio(store), &mut findings).unwrap();
    eprintln!(
        "fire of seed {seed}: {} transforms executed for {} intents in {} attempts, {} proven after a lost answer, {kills} kills, \
         {lines} charges agree ({sums:?}), {:.1} s",
        counted.transforms,
        counted.intents,
        counted.attempts,
        counted.reconciled,
        began.elapsed().as_secs_f64()
    );
    assert!(findings.is_empty(), "the books differ:\n{}", findings.join("\n"));
    assert!(counted.transforms >= transforms as u64, "{} transforms are fewer than {transforms}", counted.transforms);
    assert!(counted.attempts > counted.intents && counted.reconciled > 0 && kills > 0, "there was no fire");
}

/// Cuts in both directions at random bytes, for changes, questions and logins.
fn fire(seed: u64) -> FaultPlan {
    let rule = |only, per_million, fault| FaultRule { when: Trigger::PerMillion(per_million), only, fault, times: None };
    let cut = Fault::CutResponse(Position::Random);
    let rules = vec![
        rule(Scope::Transforms, 60_000, Fault::CutRequest),
        rule(Scope::Transforms, 80_000, cut),
        rule(Scope::Queries, 20_000, Fault::CutRequest),
        rule(Scope::Queries, 20_000, cut),
        rule(Scope::Sessions, 20_000, cut),
    ];
    FaultPlan { seed, rules }
}

impl Desk {
    fn open(scene: &Scene) -> Self {
        let store = scene.store();
        let vault = Vault::new(Kek::read(&scene.instance.join("keys/vault.key")).unwrap());
        let registries =
            scene.world.ready().registries.iter().map(|ready| scene.world.look(&ready.id, |registry| registry.profile().clone()).unwrap());
        let registries: Vec<_> = registries.collect();
        let us = RegistrarHandle::parse(OURS).unwrap();
        let registrar = Registrar::open(RegistrarParts {
            store,
            vault,
            accounts: registries.iter().map(|profile| (profile.id.clone(), us.clone())).collect(),
            registries,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            notices: NoticeSettings {
                maildrop: scene.instance.join("maildrop"),
                sender: Email::parse("notices@registrar.example").unwrap(),
                sender_name: "Registrar".to_owned(),
                portal: "https://registrar.example/renew".to_owned(),
            },
        })
        .unwrap();
        let token = std::fs::read_to_string(scene.instance.join("operator.token")).unwrap();
        let operator = registrar.authenticate_operator(&Secret::new(token.trim())).unwrap();
        let mut desk = Self { registrar, operator, holders: Vec::new() };
        desk.holders = (0..8).map(|index| desk.order(SaveContact { id: None, contact: holder(index) })).collect();
        desk
    }

    /// Orders step after step for every name while the program is killed again and again; gives how often it was. Returns when all is
    /// settled, in quiet at the end.
    async fn work(&self, scene: &Scene, transforms: usize, seed: u64, began: Instant) -> usize {
        let limit = Duration::from_secs(120) + LIMIT_PER_TRANSFORM * u32::try_from(transforms).unwrap();
        let log = scene.path("serve.log");
        let mut chance = SeededEntropy::new(seed);
        let mut names: VecDeque<DomainName> = (0..transforms.div_ceil(STEPS)).map(name).collect();
        let mut under_way: Vec<Career> = Vec::new();
        let mut server = scene.serve(&log, "warn");
        let (mut kills, mut next_kill) = (0, Instant::now() + pause(&mut chance));
        while !(names.is_empty() && under_way.is_empty()) {
            assert!(
                began.elapsed() < limit,
                "{} names are not settled after {limit:?}; see {}",
                under_way.len(),
                self.stuck(&under_way, &log)
            );
            while under_way.len() < AT_ONCE
                && let Some(name) = names.pop_front()
            {
                let receipt = self.step(&name, 0);
                under_way.push(Career { name, step: 0, receipt });
            }
            under_way = under_way.into_iter().filter_map(|career| self.go_on(career)).collect();
            if Instant::now() >= next_kill {
                server.kill().unwrap();
                server.wait().unwrap();
                kills += 1;
                server = scene.serve(&log, "warn");
                next_kill = Instant::now() + pause(&mut chance);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        server.kill().unwrap();
        server.wait().unwrap();
        kills
    }

    /// The next step of a name whose last one is settled; none after its last.
    fn go_on(&self, career: Career) -> Option<Career> {
        let settlements = self.registrar.settlements(&career.receipt.intents).unwrap();
        let refused = settlements.iter().find(|one| matches!(one.state, IntentState::Refused | IntentState::Cancelled));
        assert!(refused.is_none(), "{} came to nothing: {refused:?}", career.name);
        if settlements.iter().any(|one| one.state.is_open()) || self.has_open_intents(career.receipt.domain) {
            return Some(career);
        }
        let step = career.step + 1;
        (step < STEPS).then(|| Career { receipt: self.step(&career.name, step), step, ..career })
    }

    /// Whether something follows by itself and is not settled yet.
    fn has_open_intents(&self, domain: DomainId) -> bool {
        let found = self.registrar.store().read(|tx| registrations::find(tx, domain)).unwrap();
        found.is_some_and(|registration| !registration.open_intents.is_empty())
    }

    /// Step 0 registers; each other step is one more transform.
    fn step(&self, name: &DomainName, step: usize) -> Receipt {
        let name = name.clone();
        match step {
            0 => self.order(self.registration(&name)),
            1 => self.order(RenewDomain { name, period: Period::years(1).unwrap(), current_expiry: None, fee: None }),
            2 => self.order(ChangeNameservers { nameservers: nameservers(&name, 1), name }),
            3 => self.order(ChangeDs { name, ds: BTreeSet::from([DsData::new(12345, 13, 2, vec![7; 32]).unwrap()]) }),
            _ => self.order(LockDomain { name, statuses: BTreeSet::from([EppStatus::ClientTransferProhibited]) }),
        }
    }

    fn registration(&self, name: &DomainName) -> RegisterDomain {
        let holder = self.holders[name.as_str().len() % self.holders.len()];
        let is_thick = name.tld() == "alpha";
        RegisterDomain {
            name: name.clone(),
            period: Period::years(1).unwrap(),
            registrant: Some(holder),
            contacts: if is_thick { BTreeMap::from([(ContactRole::Tech, holder)]) } else { BTreeMap::new() },
            nameservers: nameservers(name, 0),
            ds: BTreeSet::new(),
            auto_renew: true,
            lock_consent: None,
            fee: None,
        }
    }

    fn order<U: UseCase>(&self, case: U) -> U::Answer {
        self.registrar.carry_out(authorise(&self.operator, case).unwrap()).unwrap()
    }

    /// What a name that never settles waits for, with the end of the program's log.
    fn stuck(&self, under_way: &[Career], log: &std::path::Path) -> String {
        let first = under_way.first().map(|career| format!("{}: {:?}", career.name, self.registrar.settlements(&career.receipt.intents)));
        let log = String::from_utf8_lossy(&crate::scene::content(log)).into_owned();
        let warnings: Vec<&str> = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).collect();
        format!("{first:?}\n{}", warnings[warnings.len().saturating_sub(20)..].join("\n"))
    }
}

fn pause(chance: &mut SeededEntropy) -> Duration {
    Duration::from_millis(KILL_MS.0 + chance.next_u64() % KILL_MS.1)
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text}")))
}

fn name(index: usize) -> DomainName {
    DomainName::parse(&format!("fire-{index}.{}", if index.is_multiple_of(2) { "minimal" } else { "alpha" })).unwrap()
}

/// Two hosts of one of seven providers; another provider after the change.
fn nameservers(name: &DomainName, change: usize) -> BTreeMap<HostName, BTreeSet<std::net::IpAddr>> {
    let provider = (name.as_str().bytes().map(usize::from).sum::<usize>() + change) % 7;
    (1..=2).map(|host| (HostName::parse(&format!("ns{host}.dns{provider}.example")).unwrap(), BTreeSet::new())).collect()
}

fn holder(index: usize) -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: format!("Holder {index}"),
        organisation: None,
        address: PostalAddress {
            street: vec!["1 Example Street".to_owned()],
            city: "London".to_owned(),
            province: None,
            postcode: Some("EC1A 1BB".to_owned()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: None,
        fax: None,
        email: Email::parse(&format!("holder{index}@mail.example")).unwrap(),
    }
}

fn portfolio(store: &Store) -> Vec<Registration> {
    let mut all: Vec<Registration> = Vec::new();
    loop {
        let after = all.last().map(|last| (last.name.clone(), last.id));
        let page = store.read(|tx| registrations::list(tx, &DomainFilter::default(), after, 500)).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}
