//! A registrar of one name, for the tests: it applies verdicts as the store would, and checks with every verdict what must
//! hold of any.

use std::collections::{BTreeMap, BTreeSet};

use model::{ActorId, DomainName, IntentId, Period, RegistrarHandle, SeededEntropy, Timestamp};

use super::registry::Registry;
use crate::actor::{Actor, ActorKind};
use crate::charge::Charge;
use crate::command::{DomainCommand, RegisterDomain, RenewDomain, decide};
use crate::context::{Context, Facts};
use crate::duty::{DutyChange, DutyState};
use crate::event::Event;
use crate::intent::{Intent, ObjectKey, Operation};
use crate::notice::NoticeOrder;
use crate::outcome::Outcome;
use crate::profile::TldProfile;
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};
use crate::rules::find_rule;
use crate::testing::tld;
use crate::verdict::Verdict;

/// Our handle at the registry.
pub(super) const ACCOUNT: &str = "NAMEKEEP-1";
/// Another registrar's.
pub(super) const OTHER: &str = "OTHER-1";

/// The registrar of one name.
pub(super) struct House {
    pub(super) profile: TldProfile,
    pub(super) facts: Facts,
    pub(super) now: Timestamp,
    entropy: SeededEntropy,
    pub(super) registration: Option<Registration>,
    /// Every event of the present registration, for the replay.
    pub(super) events: Vec<Event>,
    pub(super) charges: Vec<Charge>,
    pub(super) duties: BTreeMap<String, DutyState>,
    pub(super) notices: Vec<NoticeOrder>,
    /// Notices ordered and not carried yet.
    pub(super) unsent: Vec<NoticeOrder>,
    /// Intents not settled, oldest first.
    pub(super) intents: Vec<Intent>,
    /// What was decided, in order: intents, then notices, of each verdict.
    story: Vec<(Timestamp, String)>,
    /// Every intent ever decided.
    pub(super) decided: Vec<Intent>,
    refused: BTreeSet<IntentId>,
    business_keys: BTreeSet<(ObjectKey, &'static str, String)>,
}

impl House {
    pub(super) fn new(tld_name: &str, now: Timestamp, seed: u64) -> Self {
        let facts = Facts { account: RegistrarHandle::parse(ACCOUNT).ok(), ..Facts::default() };
        Self {
            profile: tld(tld_name),
            facts,
            now,
            entropy: SeededEntropy::new(seed),
            registration: None,
            events: Vec::new(),
            charges: Vec::new(),
            duties: BTreeMap::new(),
            notices: Vec::new(),
            unsent: Vec::new(),
            intents: Vec::new(),
            story: Vec::new(),
            decided: Vec::new(),
            refused: BTreeSet::new(),
            business_keys: BTreeSet::new(),
        }
    }

    pub(super) fn name(&self) -> DomainName {
        format!("name.{}", self.profile.name).parse().unwrap()
    }

    pub(super) fn draw<T>(&mut self, make: impl FnOnce(Timestamp, &mut SeededEntropy) -> T) -> T {
        make(self.now, &mut self.entropy)
    }

    /// An order for the name with everything the TLD wants.
    pub(super) fn order(&mut self, years: u8, auto_renew: bool) -> RegisterDomain {
        let registrant = self.draw(|now, entropy| model::ContactId::new(now, entropy));
        RegisterDomain {
            name: self.name(),
            period: Period::years(years).unwrap(),
            registrant: Some(registrant),
            contacts: BTreeMap::new(),
            nameservers: super::delegation(&["ns1.elsewhere.test", "ns2.elsewhere.test"]),
            ds: BTreeSet::new(),
            auto_renew,
            lock_consent: Some("2026-11".into()),
            fee: None,
            launch: Default::default(),
        }
    }

    pub(super) fn operator(&mut self, command: DomainCommand) -> Result<Verdict, Refusal> {
        self.command(ActorKind::Operator { name: "ada".into() }, command)
    }

    pub(super) fn command(&mut self, kind: ActorKind, command: DomainCommand) -> Result<Verdict, Refusal> {
        assert!(kind.may(command.permission()), "{kind:?} must not {command:?}");
        let actor = Actor { id: ActorId::new(self.now, &mut self.entropy), kind };
        let mut context = Context { now: self.now, actor: &actor, profile: &self.profile, facts: &self.facts, entropy: &mut self.entropy };
        let verdict = decide(self.registration.as_ref(), &command, &mut context)
            .inspect_err(|refusal| assert!(find_rule(refusal.rule).is_some(), "{refusal:?} names no rule of the table"))?;
        self.commit(&verdict);
        Ok(verdict)
    }

    /// What the store does in one transaction, and what it would refuse.
    fn commit(&mut self, verdict: &Verdict) {
        for event in &verdict.events {
            if let Some(begun) = Registration::begin(event) {
                self.registration = Some(begun);
                self.events = vec![event.clone()];
                self.charges.clear();
                self.duties.clear();
            } else {
                let registration = self.registration.as_mut().expect("an event needs a registration");
                let version = registration.version;
                registration.apply(event);
                assert_eq!(registration.version, version + 1);
                self.events.push(event.clone());
            }
        }
        for charge in &verdict.charges {
            assert!(self.charges.iter().all(|known| known.key != charge.key), "charged twice: {charge:?}");
            self.charges.push(charge.clone());
        }
        for change in &verdict.duties {
            self.change_duty(change);
        }
        for notice in &verdict.notices {
            assert!(
                self.notices.iter().all(|known| (known.domain, &known.key) != (notice.domain, &notice.key)),
                "ordered twice: {notice:?}"
            );
            self.notices.push(notice.clone());
            self.unsent.push(notice.clone());
        }
        self.story.extend(verdict.intents.iter().map(|intent| (self.now, tell(intent))));
        self.story.extend(verdict.notices.iter().map(|notice| (self.now, format!("notice {}", notice.kind.word()))));
        for intent in &verdict.intents {
            let key = (intent.object.clone(), intent.operation.word(), intent.business_key.clone());
            assert!(self.business_keys.insert(key), "one operation twice: {intent:?}");
            self.intents.push(intent.clone());
            self.decided.push(intent.clone());
        }
        self.check_registration();
    }

    fn change_duty(&mut self, change: &DutyChange) {
        let (key, state) = match change {
            DutyChange::Open(duty) => {
                assert!(duty.soft_due <= duty.hard_due, "{duty:?}");
                assert!(!matches!(self.duties.get(&duty.key), Some(DutyState::Open)), "open already: {duty:?}");
                (&duty.key, DutyState::Open)
            }
            DutyChange::Fulfil { key, at, evidence } => (key, DutyState::Fulfilled { at: *at, evidence: evidence.clone() }),
            DutyChange::Release { key, at, reason } => (key, DutyState::Released { at: *at, reason: reason.clone() }),
            DutyChange::Lapse { key, at } => (key, DutyState::Lapsed { at: *at }),
        };
        if state != DutyState::Open {
            assert_eq!(self.duties.get(key), Some(&DutyState::Open), "{change:?}");
        }
        self.duties.insert(key.clone(), state);
    }

    /// What must hold of a registration after any verdict.
    fn check_registration(&self) {
        let Some(registration) = &self.registration else { return };
        let open: BTreeSet<_> = self.duties.iter().filter(|(_, state)| **state == DutyState::Open).map(|(key, _)| key.clone()).collect();
        assert_eq!(registration.open_duties.keys().cloned().collect::<BTreeSet<_>>(), open);
        if registration.phase.is_final() {
            assert_eq!(registration.open_duties, BTreeMap::new(), "nothing is owed for {:?}", registration.phase);
            assert_eq!(registration.next_due(&self.profile), None);
        }
    }

    /// The ledger tells the registration, and the registration survives its column.
    pub(super) fn check_ledger(&self) {
        let Some(registration) = &self.registration else { return };
        let mut replayed = Registration::begin(&self.events[0]).unwrap();
        self.events[1..].iter().for_each(|event| replayed.apply(event));
        assert_eq!(&replayed, registration);
        let json = serde_json::to_string(registration).unwrap();
        assert_eq!(&serde_json::from_str::<Registration>(&json).unwrap(), registration);
    }

    pub(super) fn tick(&mut self) -> Verdict {
        let verdict = self.command(ActorKind::Timer, DomainCommand::Tick).unwrap();
        if let Some(registration) = self.registration.clone() {
            let due = registration.next_due(&self.profile);
            assert!(due.is_none_or(|due| due > self.now), "after a tick at {} something is due at {due:?}", self.now);
            let again = self.command(ActorKind::Timer, DomainCommand::Tick).unwrap();
            assert!(again.is_empty(), "a second tick does nothing: {again:?}");
        }
        verdict
    }

    /// Hands the first intent that may be sent to the registry and settles it. Returns whether there was one.
    pub(super) fn settle_one(&mut self, registry: &mut Registry) -> bool {
        let waits = |intent: &Intent, all: &[Intent]| {
            let on_other = intent.after.iter().any(|id| all.iter().any(|other| other.id == *id));
            let first = all.iter().find(|other| other.object == intent.object).map(|other| other.id);
            on_other || first != Some(intent.id)
        };
        let Some(index) = self.intents.iter().position(|intent| !waits(intent, &self.intents)) else { return false };
        let intent = self.intents.remove(index);
        let is_cancelled = intent.after.iter().any(|id| self.refused.contains(id));
        let outcome = match is_cancelled {
            true => Outcome::Cancelled { message: "something it needs was refused".into() },
            false => registry.execute(&intent, self.now),
        };
        self.settle(&intent, outcome);
        true
    }

    /// Settles an intent with an outcome, twice, as a gate that crashed after the first time would.
    pub(super) fn settle(&mut self, intent: &Intent, outcome: Outcome) {
        self.intents.retain(|open| open.id != intent.id);
        match &outcome {
            Outcome::Done(_) => self.note_objects(intent),
            Outcome::Refused { .. } | Outcome::Cancelled { .. } => {
                self.refused.insert(intent.id);
            }
            Outcome::Pending { .. } => {}
        }
        let command = DomainCommand::SettleIntent { intent: intent.id, operation: intent.operation.clone(), outcome };
        self.command(ActorKind::Gate, command.clone()).unwrap();
        let again = self.command(ActorKind::Gate, command).unwrap();
        assert!(again.is_empty(), "settled twice: {again:?}");
    }

    fn note_objects(&mut self, intent: &Intent) {
        match (&intent.object, &intent.operation) {
            (ObjectKey::Host(host), Operation::CreateHost { .. }) => {
                self.facts.known_hosts.insert(host.clone());
            }
            (ObjectKey::Host(host), Operation::DeleteHost | Operation::RenameHost { .. }) => {
                self.facts.known_hosts.remove(host);
            }
            (ObjectKey::Contact(handle), Operation::CreateContact { contact }) => {
                self.facts.contact_handles.insert(*contact, handle.clone());
            }
            _ => {}
        }
    }

    pub(super) fn settle_all(&mut self, registry: &mut Registry) {
        while self.settle_one(registry) {}
    }

    /// Carries every notice that was ordered.
    pub(super) fn send_notices(&mut self) {
        for notice in std::mem::take(&mut self.unsent) {
            let command = DomainCommand::NoticeSent { notice: notice.id, duty_key: notice.duty_key.clone(), at: self.now };
            self.command(ActorKind::Timer, command).unwrap();
        }
    }

    /// Takes every message of the registry's queue.
    pub(super) fn poll(&mut self, registry: &mut Registry) {
        for event in registry.drain() {
            let kind = ActorKind::Registry { registry: self.profile.registry.clone() };
            self.command(kind.clone(), DomainCommand::TakeRegistryEvent(event.clone())).unwrap();
            let again = self.command(kind, DomainCommand::TakeRegistryEvent(event)).unwrap();
            assert!(again.is_empty(), "taken twice: {again:?}");
        }
    }

    pub(super) fn observe(&mut self, registry: &Registry) {
        let actual = registry.info(self.now).map(Box::new);
        self.command(ActorKind::Gate, DomainCommand::Observe { actual }).unwrap();
    }

    /// One round of everything that runs by itself.
    pub(super) fn round(&mut self, registry: &mut Registry) {
        registry.advance(self.now);
        self.poll(registry);
        if self.registration.as_ref().is_some_and(|registration| registration.is_adopting && registration.phase == Phase::Registered) {
            self.observe(registry);
        }
        self.tick();
        self.settle_all(registry);
        self.send_notices();
        self.tick();
        self.settle_all(registry);
    }

    /// Lets time pass to `until`, stopping wherever house or registry have something to do.
    pub(super) fn run_until(&mut self, registry: &mut Registry, until: Timestamp) {
        for _ in 0..10_000 {
            self.round(registry);
            let ours = self.registration.as_ref().and_then(|registration| registration.next_due(&self.profile));
            let next = [ours, registry.next_due()].into_iter().flatten().filter(|due| *due > self.now).min();
            match next.filter(|next| *next <= until) {
                Some(next) => self.now = next,
                None => break,
            }
        }
        self.now = until;
        self.round(registry);
        self.check_ledger();
    }

    pub(super) fn registered(&self) -> &Registration {
        self.registration.as_ref().expect("a registration")
    }

    pub(super) fn phase(&self) -> Phase {
        self.registered().phase
    }

    /// A renewal as somebody who looks at the present term asks for it.
    pub(super) fn renew(&mut self, years: u8) -> Result<Verdict, Refusal> {
        let current_expiry = self.registered().expires_at.unwrap_or(self.now);
        self.operator(DomainCommand::Renew(RenewDomain { period: Period::years(years).unwrap(), current_expiry, fee: None }))
    }

    /// The words of the notices ordered so far, in order.
    pub(super) fn notice_words(&self) -> Vec<&'static str> {
        self.notices.iter().map(|notice| notice.kind.word()).collect()
    }

    /// Notices and intents so far, one line each with its day, as a person would tell the story.
    pub(super) fn diary(&self) -> String {
        self.story.iter().map(|(at, what)| format!("{} {what}", crate::calendar::utc_date(*at))).collect::<Vec<_>>().join("\n")
    }

    /// The charges so far, one line each.
    pub(super) fn bill(&self) -> String {
        let line = |charge: &Charge| {
            let kind = serde_json::to_string(&charge.kind).unwrap();
            format!(
                "{} {} {:+} {}",
                crate::calendar::utc_date(charge.at),
                kind.trim_matches('"'),
                charge.years,
                charge.amount.map_or("?".into(), |fee| fee.to_string())
            )
        };
        self.charges.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn years_charged(&self) -> i32 {
        self.charges.iter().map(|charge| i32::from(charge.years)).sum()
    }

    pub(super) fn lapsed(&self) -> Vec<&str> {
        self.duties.iter().filter(|(_, state)| matches!(state, DutyState::Lapsed { .. })).map(|(key, _)| key.as_str()).collect()
    }
}

/// An intent in a few words.
fn tell(intent: &Intent) -> String {
    let detail = match &intent.operation {
        Operation::UpdateDomain { change } => {
            let plus = change
                .add_statuses
                .iter()
                .map(|status| format!(" +{status}"))
                .chain(change.add_nameservers.keys().map(|host| format!(" +{host}")));
            let minus = change.remove_statuses.iter().map(|status| format!(" -{status}"));
            plus.chain(minus).chain(change.remove_nameservers.iter().map(|host| format!(" -{host}"))).collect()
        }
        Operation::RenewDomain { current_expiry, period, .. } => format!(" {period} from {}", crate::calendar::utc_date(*current_expiry)),
        Operation::RenameHost { to } => format!(" to {to}"),
        _ => String::new(),
    };
    match &intent.object {
        ObjectKey::Domain(_) => format!("{}{detail}", intent.operation.word()),
        ObjectKey::Host(host) => format!("{} {host}{detail}", intent.operation.word()),
        ObjectKey::Contact(_) => intent.operation.word().to_owned(),
    }
}
