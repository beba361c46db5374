//! One life of a portfolio: day by day on the virtual clock, with everything that the seed has in store for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use jiff::SignedDuration;
use model::{ContactId, Timestamp};
use policy::{DomainCommand, Phase};
use registrar::contact::SaveContact;
use registrar::{DomainOrder, Target};

use super::audit::{Audit, Scene};
use super::chance::Chance;
use super::death::Deaths;
use super::house::{House, Order, Site, Stop};
use super::outages::Outages;
use super::people::{Act, Name, People, SPREAD_DAYS};
use super::port::Weather;
use super::summary::{Deadly, Lived, Tally};
use super::world::World;
use crate::demo::cast::Cast;
use crate::failure::{Exit, Failure};

/// Days of a year, as lives count them.
pub(super) const YEAR_DAYS: u32 = 365;
/// When every life begins.
const BIRTH: &str = "2026-11-23T00:00:00Z";
/// TLDs by how many names in a hundred begin there.
const TLDS: [(u64, &str); 4] = [(45, "alpha"), (30, "minimal"), (20, "manual"), (5, "beta")];
/// One name in so many is at the other registrar at first.
const STRANGERS: u32 = 10;
/// Days in a thousand on which the power is cut between two pieces of work.
const CRASH_PER_MILLE: u64 = 30;
/// Days in a thousand that are followed by an outage of a day.
const OUTAGE_PER_MILLE: u64 = 12;
/// Days in ten thousand that are followed by an outage of weeks.
const LONG_OUTAGE_PER_10_000: u64 = 15;
/// Days that such an outage lasts at least and at most: windows of notices lie in it as a whole.
const LONG_OUTAGE_DAYS: (u64, u64) = (6, 30);
/// Mornings in a thousand on which our clock is wrong by some minutes, until it is put right at noon.
const WRONG_CLOCK_PER_MILLE: u64 = 60;
/// By how many minutes at most, ahead or behind: proofs allow clocks to differ by five (`registrar::gate::prove`).
const WRONG_CLOCK_MINUTES: u64 = 4;
/// Days between two audits of a small portfolio; of a large one, a year.
const AUDIT_DAYS: u32 = 91;
/// From this many names on, a portfolio is large.
const LARGE_NAMES: u32 = 5_000;
/// Crashes within one piece of work at most; past it something crashes again and again.
const CRASHES_MAX: u32 = 200;
/// Names for each of them in a large portfolio: a crash comes after some 1,500 commands, and the first day after weeks of outage has some
/// thirty for each name.
const NAMES_A_CRASH: u32 = 50;

/// How large a life is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many names it has.
    pub domains: u32,
    /// How many people are enrolled at first.
    pub registrants: u32,
    /// How long it lasts.
    pub years: u32,
}

/// A life under way.
pub struct Life {
    seed: u64,
    days: u32,
    /// Whether everything is checked at each audit.
    is_small: bool,
    pub(super) people: People,
    chance: Chance,
    pub(super) world: World,
    weather: Arc<Weather>,
    folder: PathBuf,
    /// None only while the power is off.
    house: Option<House>,
    starts: u64,
    deaths: Arc<Deaths>,
    outages: Outages,
    pub(super) names: Vec<Name>,
    holders: Vec<ContactId>,
    /// Names that were in a proceeding: a registry that does not renew by itself deletes them while we may not.
    pub(super) disputed: BTreeSet<usize>,
    /// Names that were asked for at the other registrar and that no `info` has shown as ours yet.
    pub(super) arrivals: BTreeSet<usize>,
    /// What is to be done, by half days.
    diary: BTreeMap<u32, Vec<(usize, Act)>>,
    /// Tokens that holders will send back, by days.
    pub(super) answers: BTreeMap<u32, Vec<String>>,
    /// Who asked to be erased.
    pub(super) forgotten: BTreeSet<ContactId>,
    audit: Audit,
    pub(super) tally: Tally,
}

impl Life {
    /// A life in an empty folder.
    pub fn new(seed: u64, size: Size, folder: PathBuf) -> Result<Self, Failure> {
        let Size { domains, registrants, years } = size;
        let chance = Chance::new(seed);
        let birth: Timestamp = crate::argument::parse("instant", BIRTH)?;
        let world = World::new(seed, domains, birth)?;
        let weather = Arc::new(Weather::default());
        // Nothing goes wrong before the life begins.
        weather.set_fair(true);
        let deaths = Arc::new(Deaths::default());
        let house = House::found(&Site { folder: &folder, world: &world, chance, weather: &weather, deaths: &deaths })?;
        let people = People::new(chance);
        let mut life = Self {
            seed,
            days: years * YEAR_DAYS,
            is_small: domains < LARGE_NAMES,
            people,
            chance,
            world,
            weather,
            folder,
            house: Some(house),
            starts: 0,
            deaths,
            outages: Outages::default(),
            names: Vec::new(),
            holders: Vec::new(),
            disputed: BTreeSet::new(),
            arrivals: BTreeSet::new(),
            diary: BTreeMap::new(),
            answers: BTreeMap::new(),
            forgotten: BTreeSet::new(),
            audit: Audit::new(domains < LARGE_NAMES),
            tally: Tally::default(),
        };
        life.cast(domains, registrants)?;
        Ok(life)
    }

    /// How many days it has.
    pub fn days(&self) -> u32 {
        self.days
    }

    /// Lives it; says whenever a day has passed.
    pub fn live(mut self, passed: impl Fn()) -> Result<Lived, Failure> {
        let began = Instant::now();
        self.weather.set_fair(false);
        let mut works_from = 0;
        for day in 0..self.days {
            passed();
            if day < works_from {
                continue;
            }
            let left_at = self.world.now();
            self.begin(day)?;
            if day > 0 && works_from == day {
                self.outages.add(left_at, self.world.now());
            }
            self.day(day).map_err(|failure| self.on_day(day, failure))?;
            let away = self.days_away(day);
            if away > 0 && day + away + 1 < self.days {
                self.tally.outages += 1;
                works_from = day + away + 1;
            }
        }
        self.end().map_err(|failure| self.on_day(self.days, failure))?;
        let wall_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Lived { seed: self.seed, tally: self.tally, wall_ms })
    }

    /// Days after this one on which nothing of ours runs: for it the clock jumps.
    fn days_away(&self, day: u32) -> u32 {
        let number = u64::from(day);
        if self.chance.below("long-outage", number, 10_000) < LONG_OUTAGE_PER_10_000 {
            let (least, most) = LONG_OUTAGE_DAYS;
            return u32::try_from(least + self.chance.below("outage-days", number, most - least + 1)).unwrap_or(0);
        }
        u32::from(self.chance.per_mille("outage", number, OUTAGE_PER_MILLE))
    }

    /// How often our process was started again.
    pub(super) fn starts(&self) -> u64 {
        self.starts
    }

    /// The registrar at work.
    pub(super) fn house(&self) -> Result<&House, Failure> {
        self.house.as_ref().ok_or_else(|| Failure::new(Exit::Fault, "simulate.power", "The registrar is asked for while it is off."))
    }

    /// Enters something into the diary. Half 0 of a day is its morning, half 1 its afternoon.
    pub(super) fn plan(&mut self, day: u32, half: u32, index: usize, act: Act) {
        if day < self.days {
            self.diary.entry(day * 2 + half).or_default().push((index, act));
        }
    }

    /// A holder for a name, another on another day.
    pub(super) fn holder(&self, number: u64, day: u32) -> Result<ContactId, Failure> {
        let count = u64::try_from(self.holders.len()).unwrap_or(1);
        let index = usize::try_from(self.people.below("holder", number, day, count)).unwrap_or(0);
        self.holders.get(index).copied().ok_or_else(|| Failure::new(Exit::Fault, "simulate.cast", "Nobody can hold a name."))
    }

    /// Where its registrants are enrolled and its names come from.
    fn cast(&mut self, domains: u32, registrants: u32) -> Result<(), Failure> {
        let mut cast = Cast::new(self.seed);
        for _ in 0..registrants {
            let contact = cast.person().map_err(|words| Failure::new(Exit::Fault, "simulate.cast", words))?;
            let holder = self.house()?.order(SaveContact { id: None, contact })?;
            self.holders.push(holder);
        }
        for index in 0..domains as usize {
            let number = index as u64;
            let tld = self.tld(number);
            let name = crate::argument::domain(&format!("{}.{tld}", cast.label()))?;
            let is_stranger = number % u64::from(STRANGERS) == u64::from(STRANGERS) - 1 && tld != "manual";
            self.names.push(Name { name: name.clone(), number });
            if is_stranger {
                self.world.other_registers(&name)?;
                let day = self.people.between("arrival", number, 0, 61, self.days);
                self.plan(day, 0, index, Act::Arrive);
            } else {
                let day = self.people.below("birthday", number, 0, u64::from(SPREAD_DAYS));
                self.plan(day, 0, index, Act::Register);
            }
        }
        Ok(())
    }

    fn tld(&self, number: u64) -> &'static str {
        let mut draw = self.chance.below("tld", number, 100);
        for (part, tld) in TLDS {
            if draw < part {
                return tld;
            }
            draw -= part;
        }
        "alpha"
    }

    /// Lets the time pass until some second of the morning, so that no day's work falls on the very instant at which something of another
    /// day ends; now and then the power was off.
    fn begin(&mut self, day: u32) -> Result<(), Failure> {
        let seconds = self.chance.below("second", u64::from(day), 12 * 3600);
        let birth: Timestamp = crate::argument::parse("instant", BIRTH)?;
        let moment = SignedDuration::from_secs(i64::from(day) * 24 * 3600 + i64::try_from(seconds).unwrap_or(0));
        let now = birth.saturating_add(moment).unwrap_or(birth).max(self.world.now());
        self.world.advance_to(now);
        self.world.set_skew(self.skew(day));
        if self.chance.per_mille("crash", u64::from(day), CRASH_PER_MILLE) {
            self.crash()?;
        }
        Ok(())
    }

    /// How wrong our clock is this morning.
    fn skew(&self, day: u32) -> SignedDuration {
        let number = u64::from(day);
        if !self.chance.per_mille("wrong-clock", number, WRONG_CLOCK_PER_MILLE) {
            return SignedDuration::ZERO;
        }
        let minutes = i64::try_from(self.chance.below("wrong-minutes", number, WRONG_CLOCK_MINUTES)).unwrap_or(0) + 1;
        SignedDuration::from_mins(if self.chance.per_mille("clock-ahead", number, 700) { minutes } else { -minutes })
    }

    fn day(&mut self, day: u32) -> Result<(), Failure> {
        let order = if self.chance.per_mille("order", u64::from(day), 500) { Order::ClockFirst } else { Order::PollFirst };
        self.work(order)?;
        self.answer_letters(day)?;
        for half in 0..2 {
            if half == 1 {
                self.world.set_skew(SignedDuration::ZERO);
            }
            // What the outage kept people from doing is done now.
            while let Some(entry) = self.diary.first_entry().filter(|entry| *entry.key() <= day * 2 + half) {
                for (index, act) in entry.remove() {
                    self.act(day, index, act)?;
                }
            }
            self.work(order)?;
        }
        self.read_letters(day)?;
        self.sweep_keys()?;
        self.look_at_arrivals(order)?;
        self.resolve_drift(order)?;
        if (day + 1).is_multiple_of(if self.is_small { AUDIT_DAYS } else { YEAR_DAYS }) {
            self.check(false)?;
        }
        Ok(())
    }

    /// Works until nothing is left to do, whatever crashes on the way.
    fn work(&mut self, order: Order) -> Result<(), Failure> {
        let most = CRASHES_MAX.max(u32::try_from(self.names.len()).unwrap_or(u32::MAX) / NAMES_A_CRASH);
        for _ in 0..most {
            match self.house()?.rest(&self.world, order) {
                Ok(()) => {
                    self.outages.worked_off(self.world.now());
                    return Ok(());
                }
                Err(Stop::Broken(failure)) => return Err(failure),
                Err(Stop::PowerCut) => self.crash()?,
            }
        }
        Err(Failure::new(Exit::Finding, "simulate.livelock", format!("The registrar crashed {most} times in one piece of work.")))
    }

    /// Asks about names that came from elsewhere and that no `info` has shown yet: what the nightly reconciliation is for.
    fn look_at_arrivals(&mut self, order: Order) -> Result<(), Failure> {
        for index in std::mem::take(&mut self.arrivals) {
            let Some(name) = self.names.get(index).cloned() else { continue };
            let Some(registration) = self.find(&name)? else { continue };
            let is_here = registration.phase == Phase::Registered;
            if is_here && (registration.actual.is_none() || registration.is_adopting) {
                match self.house()?.look(&registration.registry, &name.name) {
                    Ok(()) => {}
                    Err(Stop::PowerCut) => self.crash()?,
                    Err(Stop::Broken(failure)) => return Err(failure),
                }
                self.work(order)?;
            }
            if self.find(&name)?.is_some_and(|after| after.phase == Phase::TransferringIn || after.is_adopting || after.actual.is_none()) {
                self.arrivals.insert(index);
            }
        }
        Ok(())
    }

    /// The operator sees that a registry deleted a name that a proceeding kept, and accepts it: nothing else can be done.
    fn resolve_drift(&mut self, order: Order) -> Result<(), Failure> {
        for index in self.disputed.clone() {
            let Some(name) = self.names.get(index).cloned() else { continue };
            let Some(registration) = self.find(&name)?.filter(|registration| !registration.drift.is_empty()) else { continue };
            let accept = DomainOrder::new(Target::Existing(registration.id), DomainCommand::AcceptActual);
            self.order(accept)?;
            self.work(order)?;
        }
        Ok(())
    }

    /// The power is cut, and back after some minutes.
    pub(super) fn crash(&mut self) -> Result<(), Failure> {
        let operator = self.house()?.operator.clone();
        self.house = None;
        self.starts += 1;
        self.tally.crashes += 1;
        let minutes = i64::try_from(self.chance.below("downtime", self.starts, 10)).unwrap_or(0);
        self.world.advance_to(self.world.now().saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(self.world.now()));
        let site = Site { folder: &self.folder, world: &self.world, chance: self.chance, weather: &self.weather, deaths: &self.deaths };
        let house = House::restart(&site, self.starts, operator)?;
        self.house = Some(house);
        Ok(())
    }

    /// The weather clears, everything open ends, and everything is checked.
    fn end(&mut self) -> Result<(), Failure> {
        self.weather.set_fair(true);
        self.work(Order::PollFirst)?;
        self.check(true)?;
        self.let_go()?;
        self.tally.lost_answers = self.weather.lost_answers();
        self.tally.registrants = self.holders.len() as u64;
        self.tally.days = u64::from(self.days);
        self.tally.deaths = self.deaths.counts().map(|(worker, before, after)| (worker.to_owned(), Deadly { before, after })).collect();
        Ok(())
    }

    /// Reconciles, lets the registrar rest, and checks everything.
    fn check(&mut self, is_last: bool) -> Result<(), Failure> {
        self.weather.set_fair(true);
        let mut findings = Vec::new();
        if self.is_small || is_last {
            // What differs the first time may be mended by having been looked at; what still differs then is a finding.
            if !self.house()?.reconcile()?.is_empty() {
                self.work(Order::PollFirst)?;
                findings = self.house()?.reconcile()?;
            }
            self.work(Order::PollFirst)?;
        }
        let house =
            self.house.as_ref().ok_or_else(|| Failure::new(Exit::Fault, "simulate.power", "The registrar is audited while it is off."))?;
        findings.extend(self.audit.check(
            &Scene { world: &self.world, house, outages: self.outages.spans(), forgotten: &self.forgotten, is_last },
            &mut self.tally,
        )?);
        self.weather.set_fair(is_last);
        broken(&findings)
    }

    fn on_day(&self, day: u32, failure: Failure) -> Failure {
        Failure {
            sentence: format!("On day {day} ({}) of the life of seed {}: {}", self.world.now(), self.seed, failure.sentence),
            ..failure
        }
    }
}

/// A failure that says what was found; none where nothing was.
pub(super) fn broken(findings: &[String]) -> Result<(), Failure> {
    /// Findings said in full; the others are counted.
    const SAID: usize = 60;
    if findings.is_empty() {
        return Ok(());
    }
    let mut words = findings.iter().take(SAID).map(|finding| format!("  {finding}")).collect::<Vec<_>>();
    if findings.len() > SAID {
        words.push(format!("  and {} more", findings.len() - SAID));
    }
    Err(Failure::new(Exit::Finding, "simulate.broken", format!("{} findings:\n{}", findings.len(), words.join("\n"))))
}
