//! The world outside: two registries without sockets, the clock everybody shares, and another registrar.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use epp::{AuthChange, AuthValue, Command, Response, ResultCode, TransferOp, domain};
use jiff::SignedDuration;
use model::{AuthInfo, DomainName, Money, RegistrarHandle, RegistryId, Secret, SeededEntropy, Timestamp};
use policy::profile::{ContactRequirement, FeeTable, RegistryProfile};
use registrar::{Clock as _, ManualClock};
use sandbox::{Exchange, Fault, FaultPlan, InProcess, Options, RegistrarConfig, Scope, Trigger, Wire};

use super::chance::Chance;
use crate::demo::cast::Cast;
use crate::failure::{Exit, Failure};
use crate::shipped::shipped_profiles;

/// Of so many names one has a price of its own, where its TLD knows such names; the first two have.
const NAMES_A_PREMIUM: u64 = 100;
/// What every registrar pays in at each registry, in minor units: more than any life can cost.
const DEPOSIT_MINOR: i64 = 1_000_000_000_000_000;
/// Years for which the other registrar registers: longer than the longest life, so that nothing of its own expires.
const OTHERS_YEARS: u16 = 10;

/// The world of one life.
pub struct World {
    /// Our clock, which may be wrong.
    pub clock: Arc<ManualClock>,
    /// The time it is, by which the registries go.
    pub truth: Arc<ManualClock>,
    /// How far ours is ahead of it.
    skew: Cell<SignedDuration>,
    /// The registries' profiles.
    pub profiles: Vec<RegistryProfile>,
    /// Our handle at both registries.
    pub ours: RegistrarHandle,
    other: RegistrarHandle,
    links: BTreeMap<RegistryId, Arc<Link>>,
}

/// A registry at the far end of a wire.
pub struct Link {
    state: Mutex<LinkState>,
}

struct LinkState {
    process: InProcess,
    /// Commands that are still on their way, by when they arrive.
    late: Vec<(Timestamp, RegistrarHandle, Command)>,
}

impl World {
    /// A world that begins at `now`, for so many names.
    pub fn new(seed: u64, domains: u32, now: Timestamp) -> Result<Self, Failure> {
        let handle = |text| crate::argument::parse::<RegistrarHandle>("account", text);
        let (ours, other) = (handle("NAMEKEEP")?, handle("OTHER-REG")?);
        let chance = Chance::new(seed);
        let mut profiles = shipped_profiles()?.into_iter().map(|(profile, _)| profile).collect::<Vec<_>>();
        price(&mut profiles, chance, domains);
        let mut links = BTreeMap::new();
        for profile in &profiles {
            let password = |who: &RegistrarHandle| Secret::new(format!("rehearsal-{who}"));
            let registrars = [&ours, &other].map(|who| RegistrarConfig {
                handle: who.clone(),
                password: password(who),
                certificate_sha256: None,
                opening_balance_minor: DEPOSIT_MINOR,
                low_balance_minor: 0,
            });
            let mut entropy = SeededEntropy::new(chance.draw(profile.id.as_str(), 0));
            let registry = sandbox::Registry::new(profile.clone(), Options::default(), &registrars, now, &mut entropy);
            let mut process = InProcess::new(registry, Wire::Direct, chance.draw(profile.id.as_str(), 1));
            for who in [&ours, &other] {
                process.connect(who, password(who));
            }
            links.insert(profile.id.clone(), Arc::new(Link { state: Mutex::new(LinkState { process, late: Vec::new() }) }));
        }
        let [clock, truth] = [now, now].map(|now| Arc::new(ManualClock::new(now)));
        Ok(Self { clock, truth, skew: Cell::default(), profiles, ours, other, links })
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.truth.now()
    }

    /// Puts our clock so far ahead of the truth from now on; where it was further ahead it steps back.
    pub fn set_skew(&self, skew: SignedDuration) {
        self.skew.set(skew);
        self.show(self.now());
    }

    fn show(&self, now: Timestamp) {
        self.clock.set(now.saturating_add(self.skew.get()).unwrap_or(now));
    }

    /// Moves time on; registries do what comes due on the way.
    pub fn advance_to(&self, now: Timestamp) {
        self.truth.set(now);
        self.show(now);
        for link in self.links.values() {
            let mut state = link.lock();
            state.arrive(now);
            state.process.registry_mut().advance(now);
        }
    }

    /// The wire to a registry.
    pub fn link(&self, registry: &RegistryId) -> Result<&Arc<Link>, Failure> {
        self.links.get(registry).ok_or_else(|| Failure::new(Exit::Fault, "simulate.world", format!("There is no registry `{registry}`.")))
    }

    /// The registries by id.
    pub fn registries(&self) -> impl Iterator<Item = (&RegistryId, &Arc<Link>)> {
        self.links.iter()
    }

    /// The profile whose registry runs `name`.
    pub fn profile_of(&self, name: &DomainName) -> Result<&RegistryProfile, Failure> {
        let found = self.profiles.iter().find(|profile| profile.tld_of(name).is_some());
        found.ok_or_else(|| Failure::new(Exit::Fault, "simulate.world", format!("No registry runs `{name}`.")))
    }

    /// The fee to agree to for a name with a price of its own, for so many years; none for an ordinary one.
    pub fn own_price(&self, name: &DomainName, years: u8, of: impl Fn(&FeeTable) -> Option<Money>) -> Result<Option<Money>, Failure> {
        let tld = self.profile_of(name)?.tld_of(name).filter(|tld| tld.is_premium(name));
        Ok(tld.and_then(|tld| FeeTable::times(of(tld.fees_of(name)), years)))
    }

    /// Whether a registrar can do without contacts there.
    pub fn takes_no_contacts(&self, name: &DomainName) -> Result<bool, Failure> {
        let profile = self.profile_of(name)?;
        let rules = profile.tld_of(name).map(|tld| tld.contacts_at(self.now()));
        Ok(rules.is_none_or(|rules| rules.of(model::ContactRole::Registrant) != ContactRequirement::Required))
    }

    /// The other registrar registers a name, for long.
    pub fn other_registers(&self, name: &DomainName) -> Result<ResultCode, Failure> {
        let mut create = domain::Create::new(name, Some(epp::Period::years(OTHERS_YEARS)), AuthValue::empty());
        if !self.takes_no_contacts(name)? {
            let holder = "OTHER-HOLDER";
            self.other_creates_contact(name, holder)?;
            create.registrant = Some(epp::Handle::new(holder));
        }
        self.other_does(name, domain::Command::Create(create))
    }

    /// The other registrar sets a code on a name of its own, for its holder.
    pub fn other_sets_code(&self, name: &DomainName, code: &AuthInfo) -> Result<ResultCode, Failure> {
        let mut update = domain::Update::new(name);
        update.change.auth = Some(AuthChange::Set(AuthValue::from(code)));
        self.other_does(name, domain::Command::Update(update))
    }

    /// The other registrar asks for a name of ours.
    pub fn other_requests(&self, name: &DomainName, code: &Secret) -> Result<ResultCode, Failure> {
        let mut transfer = domain::Transfer::new(TransferOp::Request, name);
        transfer.auth = Some(AuthValue::password(code.expose()));
        self.other_does(name, domain::Command::Transfer(transfer))
    }

    /// The other registrar answers or withdraws a transfer.
    pub fn other_answers(&self, name: &DomainName, op: TransferOp) -> Result<ResultCode, Failure> {
        self.other_does(name, domain::Command::Transfer(domain::Transfer::new(op, name)))
    }

    fn other_creates_contact(&self, name: &DomainName, id: &str) -> Result<(), Failure> {
        let person = Cast::new(1).person().map_err(|words| Failure::new(Exit::Fault, "simulate.cast", words))?;
        let create = epp::contact::Create {
            id: id.into(),
            person: epp::contact::Person::from_contact(&person),
            auth: AuthValue::empty(),
            disclose: None,
        };
        // It is there already from the second name on.
        self.send(name, Command { body: epp::contact::Command::Create(create).into(), extensions: Vec::new(), cltrid: None })?;
        Ok(())
    }

    fn other_does(&self, name: &DomainName, command: domain::Command) -> Result<ResultCode, Failure> {
        Ok(self.send(name, Command { body: command.into(), extensions: Vec::new(), cltrid: None })?.code())
    }

    fn send(&self, name: &DomainName, command: Command) -> Result<Response, Failure> {
        let link = self.link(&self.profile_of(name)?.id)?;
        match link.exchange(&self.other, &command, self.now(), None) {
            Exchange::Answered(response) => Ok(*response),
            Exchange::CutBefore | Exchange::CutAfterExecuted => {
                Err(Failure::new(Exit::Fault, "simulate.world", "The other registrar lost a connection that has no faults."))
            }
        }
    }
}

/// Gives some of the names a price of their own: what the TLD's first such name costs.
fn price(profiles: &mut [RegistryProfile], chance: Chance, domains: u32) {
    let mut cast = Cast::new(0);
    let labels = (0..u64::from(domains)).map(|number| (number, cast.label()));
    let premium: Vec<String> = labels
        .filter(|(number, _)| *number < 2 || chance.below("premium", *number, NAMES_A_PREMIUM) == 0)
        .map(|(_, label)| label)
        .collect();
    for tld in profiles.iter_mut().flat_map(|profile| &mut profile.tlds) {
        if let Some(fees) = tld.premium.values().next().cloned() {
            tld.premium.extend(premium.iter().map(|label| (label.clone(), fees)));
        }
    }
}

impl Link {
    /// Sends a command over the wire, with a fault of the registry's own if so wanted.
    pub fn exchange(&self, who: &RegistrarHandle, command: &Command, now: Timestamp, fault: Option<Fault>) -> Exchange {
        let mut state = self.lock();
        state.arrive(now);
        if let Some(fault) = fault {
            state.process.set_faults(Some(FaultPlan::one(0, Trigger::Always, Scope::Commands, fault)));
        }
        let exchange = state.process.exchange(who, command, now);
        if fault.is_some() {
            state.process.set_faults(None);
        }
        exchange
    }

    /// A command that is lost to its sender and arrives all the same, later.
    pub fn exchange_later(&self, who: &RegistrarHandle, command: Command, at: Timestamp) {
        self.lock().late.push((at, who.clone(), command));
    }

    /// Looks at the registry.
    pub fn look<T>(&self, look: impl FnOnce(&sandbox::Registry) -> T) -> T {
        look(self.lock().process.registry())
    }

    fn lock(&self) -> MutexGuard<'_, LinkState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LinkState {
    /// Lets late commands arrive, each at its own time.
    fn arrive(&mut self, now: Timestamp) {
        if self.late.iter().all(|(at, ..)| *at > now) {
            return;
        }
        self.late.sort_by_key(|(at, ..)| *at);
        let later = self.late.split_off(self.late.partition_point(|(at, ..)| *at <= now));
        for (at, who, command) in std::mem::replace(&mut self.late, later) {
            // Nobody waits for the answer any more.
            let _ = self.process.exchange(&who, &command, at);
        }
    }
}
