//! Our registrar in the simulation: the real store, gates, pollers, clock and courier, on a folder that survives its crashes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use model::{RegistrarHandle, RegistryId};
use policy::Actor;
use registrar::actor;
use registrar::contact::HolderChanges;
use registrar::gate::{Gate, GateParts, RegistryPort};
use registrar::notice::Courier;
use registrar::poll::{Poller, PollerParts};
use registrar::reconcile::Reconciler;
use registrar::registry::{ReconcileNames, TakeMessages};
use registrar::retention::PurgeRecords;
use registrar::timer::Clockwork;
use registrar::verification::VerificationLetters;
use registrar::{NoticeSettings, Registrar, RegistrarParts, UseCase, authorise};
use store::{DatabaseUrl, Kek, Rehearsal, SignerKey, Store, Vault, VerifierKey, intents, notices, polls, registrations};

use super::chance::{Chance, ThreadSeeds};
use super::death::{Deaths, Power, Worker};
use super::letters::Letter;
use super::port::{InProcessPort, Weather};
use super::world::{Link, World};
use crate::failure::{Exit, Failure};
use crate::instance::store_failure;

/// Items one step of a worker takes.
const STEP_ITEMS: u32 = 500;
/// Rounds of work in one instant; past it the work feeds itself.
const ROUNDS_MAX: u32 = 10_000;
/// How far the clock is moved when only waiting helps: a retry, a proof that needs the registry's deadline to pass.
const WAIT: SignedDuration = SignedDuration::from_secs(61);
/// How often that may be in one day; the longest pause between two tries is five minutes, and few fail more than three times.
const WAITS_MAX: u32 = 120;

/// Our registrar, running.
pub struct House {
    /// The registrar.
    pub registrar: Registrar,
    /// The operator who gives the orders.
    pub operator: Actor,
    /// The public half of the ledger's key.
    pub ledger_key: VerifierKey,
    lines: Vec<Line>,
    us: RegistrarHandle,
    clockwork: Clockwork,
    holder_changes: HolderChanges,
    verification: VerificationLetters,
    courier: Courier,
    maildrop: PathBuf,
    /// Letters that ask for an answer and that nobody has read.
    letters: Mutex<Vec<Letter>>,
    power: Arc<Power>,
    /// Dropped last: it waits for the work that is on its way to the disk.
    runtime: tokio::runtime::Runtime,
}

struct Line {
    registry: RegistryId,
    link: Arc<Link>,
    gate: Gate,
    poller: Poller,
    reconciler: Reconciler,
}

/// Where a registrar stands, and what may befall it there.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    /// Its folder, which survives its crashes.
    pub folder: &'s Path,
    /// The world around it.
    pub world: &'s World,
    /// The draws of the life.
    pub chance: Chance,
    /// The weather on its wires.
    pub weather: &'s Arc<Weather>,
    /// What was fatal so far.
    pub deaths: &'s Arc<Deaths>,
}

/// Why the work stopped.
pub enum Stop {
    /// The power was cut in the middle of it.
    PowerCut,
    /// It broke, or it never ends.
    Broken(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

impl From<registrar::Failure> for Stop {
    fn from(failure: registrar::Failure) -> Self {
        Self::Broken(failure.into())
    }
}

/// Which workers go first in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The clock, then the registries' words.
    ClockFirst,
    /// The registries' words, then the clock.
    PollFirst,
}

impl House {
    /// Founds a registrar in its folder: keys, an empty database, an operator.
    pub fn found(site: &Site<'_>) -> Result<Self, Failure> {
        SignerKey::generate("simulation.example/ledger")
            .and_then(|key| key.write_new(&site.folder.join("ledger.key")))
            .map_err(store_failure)?;
        Kek::generate().and_then(|key| key.write_new(&site.folder.join("vault.key"))).map_err(store_failure)?;
        Self::start(site, 0, None)
    }

    /// Starts the registrar again after it stopped, in whatever way.
    pub fn restart(site: &Site<'_>, start: u64, operator: Actor) -> Result<Self, Failure> {
        Self::start(site, start, Some(operator))
    }

    fn start(site: &Site<'_>, start: u64, operator: Option<Actor>) -> Result<Self, Failure> {
        let Site { folder, world, chance, weather, deaths } = *site;
        let power = Power::on(chance, Arc::clone(weather), Arc::clone(deaths));
        let signer = SignerKey::read(&folder.join("ledger.key")).map_err(store_failure)?;
        let ledger_key = signer.verifier().clone();
        let rehearsal = Arc::clone(&power) as Arc<dyn Rehearsal>;
        let store =
            Store::open_for_rehearsal(&DatabaseUrl::sqlite(&folder.join("namekeep.db")), signer, rehearsal).map_err(store_failure)?;
        let vault = Vault::new(Kek::read(&folder.join("vault.key")).map_err(store_failure)?);
        let maildrop = folder.join("maildrop");
        let accounts: BTreeMap<RegistryId, RegistrarHandle> =
            world.profiles.iter().map(|profile| (profile.id.clone(), world.ours.clone())).collect();
        let registrar = Registrar::open(RegistrarParts {
            store,
            vault,
            registries: world.profiles.clone(),
            accounts,
            clock: Arc::clone(&world.clock) as Arc<dyn registrar::Clock>,
            entropy: Arc::new(ThreadSeeds::new(chance.draw("start", start))),
            notices: NoticeSettings {
                maildrop: maildrop.clone(),
                sender: crate::argument::email("notices@simulation.example")?,
                sender_name: "Simulated Registrar".to_owned(),
                portal: "https://simulation.example/renew".to_owned(),
                verification_page: None,
            },
        })
        .map_err(registrar::Failure::from)?;
        let operator = match operator {
            Some(operator) => operator,
            None => registrar.enrol_first_operator("Simulation")?.actor,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().max_blocking_threads(1).build();
        let runtime =
            runtime.map_err(|error| Failure::new(Exit::Fault, "simulate.runtime", format!("No runtime could be started: {error}.")))?;
        let lines = world
            .registries()
            .map(|(registry, link)| {
                let port = InProcessPort::new(world, link, chance, weather, &power);
                Line::open(&registrar, &operator, registry, link, Arc::new(port))
            })
            .collect::<Result<_, Failure>>()?;
        let (clockwork, courier) = (Clockwork::new(&registrar), Courier::new(&registrar));
        let (holder_changes, verification) = (HolderChanges::new(&registrar), VerificationLetters::new(&registrar));
        let (us, letters) = (world.ours.clone(), Mutex::default());
        Ok(Self {
            registrar,
            operator,
            ledger_key,
            lines,
            us,
            clockwork,
            holder_changes,
            verification,
            courier,
            maildrop,
            letters,
            power,
            runtime,
        })
    }

    /// Whether the power was cut: whoever waits for an answer gets none.
    pub fn is_dead(&self) -> bool {
        self.power.is_cut()
    }

    /// Whether something that came due by an instant waits for the clock, or a notice for the courier.
    fn is_behind(&self, instant: model::Timestamp) -> Result<bool, Failure> {
        let waits = |tx: &mut store::Tx<'_>| {
            Ok::<_, store::StoreFault>(
                !registrations::list_due(tx, instant, None, 1)?.is_empty() || !notices::list_uncarried(tx, None, instant, 1)?.is_empty(),
            )
        };
        self.registrar.store().read(waits).map_err(store_failure)
    }

    /// Gives an order.
    pub fn order<U: UseCase>(&self, case: U) -> Result<U::Answer, registrar::Failure> {
        self.power.turn_of(Worker::People);
        self.registrar.carry_out(authorise(&self.operator, case)?)
    }

    /// Works until nothing is left to do: at this instant, and after the waits that lost answers need.
    pub fn rest(&self, world: &World, order: Order) -> Result<(), Stop> {
        let mut rounds = 0;
        for _ in 0..WAITS_MAX {
            while self.round(order)? > 0 {
                rounds += 1;
                if rounds > ROUNDS_MAX {
                    return Err(restless(&format!("still busy after {ROUNDS_MAX} rounds of work in one day")).into());
                }
            }
            if self.is_settled()? {
                return self.post_mail().map_err(Stop::from);
            }
            let later = world.now().saturating_add(WAIT).unwrap_or(world.now());
            world.advance_to(later);
        }
        Err(restless(&format!("intents are still open after {WAITS_MAX} waits of {} s in one day", WAIT.as_secs())).into())
    }

    /// Asks its registry about one name, as the nightly reconciliation does.
    pub fn look(&self, registry: &RegistryId, name: &model::DomainName) -> Result<(), Stop> {
        for line in self.lines.iter().filter(|line| line.registry == *registry) {
            self.drive(Worker::Reconciler, line.reconciler.one(name))?;
        }
        Ok(())
    }

    /// Asks the registries about every name; gives what differs, in sentences.
    pub fn reconcile(&self) -> Result<Vec<String>, Failure> {
        let mut found = Vec::new();
        for line in &self.lines {
            let mut after = None;
            loop {
                let page = self.runtime.block_on(line.reconciler.page(None, after, STEP_ITEMS))?;
                for report in page.reports {
                    found.push(format!("`{}` differs at its registry: {report:?}", report.name));
                }
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok(found)
    }

    /// Brings the key file up to the database, as every night.
    pub fn sweep_keys(&self) -> Result<(), Stop> {
        self.alone(Worker::Clock, || self.registrar.sweep_keys()).map(drop)
    }

    /// Lets go of what has been kept long enough, as every night.
    pub fn purge(&self) -> Result<(), Failure> {
        loop {
            let purge = authorise(&actor::timer(), PurgeRecords { limit: STEP_ITEMS }).map_err(registrar::Failure::from)?;
            if self.registrar.carry_out(purge)? == 0 {
                break;
            }
        }
        self.registrar.sweep_keys()?;
        Ok(())
    }

    /// One round of all workers; gives how much was done.
    fn round(&self, order: Order) -> Result<usize, Stop> {
        let mut done = 0;
        if order == Order::PollFirst {
            done += self.poll()?;
        }
        done += self.alone(Worker::Clock, || self.clockwork.step(STEP_ITEMS as usize))?;
        done += self.alone(Worker::Clock, || self.holder_changes.step())?;
        done += self.alone(Worker::Clock, || self.verification.step())?;
        done += self.alone(Worker::Courier, || self.courier.step(STEP_ITEMS as usize))?;
        for line in &self.lines {
            if self.open_intents(&line.registry)? > 0 {
                let round = self.drive(Worker::Gate, line.gate.step())?;
                done += usize::from(!round.is_idle());
            }
        }
        if order == Order::ClockFirst {
            done += self.poll()?;
        }
        Ok(done)
    }

    fn poll(&self) -> Result<usize, Stop> {
        let by = authorise(&self.operator, TakeMessages).map_err(registrar::Failure::from)?;
        let mut done = 0;
        for line in &self.lines {
            if !self.has_messages(line)? {
                continue;
            }
            let round = self.drive(Worker::Poller, line.poller.step(&by, STEP_ITEMS))?;
            done += round.received + round.repeated + round.processed + round.kept + usize::from(round.trouble.is_some());
        }
        Ok(done)
    }

    /// Does work to its end, or to the power cut.
    fn alone<T>(&self, worker: Worker, work: impl FnOnce() -> Result<T, registrar::Failure>) -> Result<T, Stop> {
        self.power.turn_of(worker);
        let done = work();
        // Whatever the dying process made of it, nobody hears.
        if self.power.is_cut() { Err(Stop::PowerCut) } else { Ok(done?) }
    }

    /// Drives work to its end, or to the power cut.
    fn drive<T>(&self, worker: Worker, work: impl Future<Output = Result<T, registrar::Failure>>) -> Result<T, Stop> {
        self.power.turn_of(worker);
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.power.wait_for_cut() => Err(Stop::PowerCut),
                done = work => if self.power.is_cut() { Err(Stop::PowerCut) } else { Ok(done?) },
            }
        })
    }

    /// Whether nothing is due, no notice waits, and no intent waits for anything but a registry's own decision (1001). The lease of a
    /// worker that died keeps its work from its successor for some minutes.
    fn is_settled(&self) -> Result<bool, Failure> {
        let now = self.registrar.now();
        let are_letters_ordered = self.verification.next_due()?.is_none_or(|at| at > now);
        let is_idle = !self.is_behind(now)? && self.holder_changes.is_idle()? && are_letters_ordered;
        self.lines.iter().try_fold(is_idle, |settled, line| Ok(settled && self.open_intents(&line.registry)? == 0))
    }

    /// Intents of a registry that the gate can do something about. It is asked only then: a gate at rest still renews its lease with
    /// every round, a commit each, and most of a life is rest.
    fn open_intents(&self, registry: &RegistryId) -> Result<u64, Failure> {
        let counts = self.registrar.store().read(|tx| intents::count_by_state(tx, registry)).map_err(store_failure)?;
        Ok(counts.into_iter().filter(|(state, _)| state != "pending").map(|(_, count)| count).sum())
    }

    /// Whether messages wait at the registry, or with us.
    fn has_messages(&self, line: &Line) -> Result<bool, Failure> {
        let (fetched, _) = self.registrar.store().read(|tx| polls::count_open(tx, line.registry.as_str())).map_err(store_failure)?;
        Ok(fetched > 0 || line.link.look(|registry| registry.message_count(&self.us)) > 0)
    }

    /// The letters that came since they were taken last.
    pub fn take_letters(&self) -> Vec<Letter> {
        std::mem::take(&mut *self.letters.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The mail system takes what lies in the maildrop; who is asked for an answer gets to read it.
    fn post_mail(&self) -> Result<(), Failure> {
        let Ok(folder) = std::fs::read_dir(&self.maildrop) else { return Ok(()) };
        let mut paths = Vec::new();
        for entry in folder {
            paths.push(entry.map_err(|error| Failure::file(&self.maildrop, "read the folder", &error))?.path());
        }
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).map_err(|error| Failure::file(&path, "read the message", &error))?;
            self.letters.lock().unwrap_or_else(PoisonError::into_inner).extend(Letter::read(&text));
            std::fs::remove_file(&path).map_err(|error| Failure::file(&path, "take the message", &error))?;
        }
        Ok(())
    }
}

impl Line {
    fn open(
        registrar: &Registrar,
        operator: &Actor,
        registry: &RegistryId,
        link: &Arc<Link>,
        port: Arc<dyn RegistryPort>,
    ) -> Result<Self, Failure> {
        let gate = Gate::open(GateParts {
            registrar: registrar.clone(),
            registry: registry.clone(),
            port: Arc::clone(&port),
            owner: "simulation".to_owned(),
            concurrency: Some(1),
        })
        .map_err(registrar::Failure::from)?;
        let poller = Poller::open(PollerParts {
            registrar: registrar.clone(),
            registry: registry.clone(),
            port: Arc::clone(&port),
            owner: "simulation".to_owned(),
        })
        .map_err(registrar::Failure::from)?;
        let by = authorise(operator, ReconcileNames).map_err(registrar::Failure::from)?;
        let reconciler = Reconciler::open(&by, registrar.clone(), registry, port).map_err(registrar::Failure::from)?;
        Ok(Self { registry: registry.clone(), link: Arc::clone(link), gate, poller, reconciler })
    }
}

fn restless(what: &str) -> Failure {
    Failure::new(Exit::Finding, "simulate.livelock", format!("The registrar finds no rest: {what}."))
}
