//! From the registry's confirmation of a change to the public's answer: the real path, each part a process of its own. A change is ordered,
//! the program's gate sends it, the registry confirms it, the publisher projects and writes the feed, the directory follows it, and a client
//! that asks over TLS all the while sees the new name servers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use model::{DomainName, HostName, IntentId, Timestamp};
use registrar::command::ChangeNameservers;
use registrar::{Failure, Receipt, Registrar};
use store::intents;

use super::super::far_registry::{FarRegistry, TOML, handle};
use super::super::house::House;
use super::super::names::name_of;
use super::super::{Figure, Goal, Ratio, Setup};
use super::load::Client;
use super::program::{Directory, Program};

/// Names whose servers change in turn, so that no change waits for another of its name.
const NAMES: usize = 50;

/// Changes, usually and behind `--long`.
const CHANGES: [usize; 2] = [500, 5_000];

/// One change every so often.
const PACE: Duration = Duration::from_millis(100);

/// Pause between two rounds of questions: how exactly the answer's moment is known.
const GLANCE: Duration = Duration::from_millis(5);

/// The longest an order or an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the 95th percentile should be, in seconds.
const GOAL_S: f64 = 2.0;

/// A change that is under way.
struct Change {
    name: String,
    /// The server that its answer has to name.
    host: String,
    intents: Vec<IntentId>,
    ordered_at: Timestamp,
}

/// Measures.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let registry = FarRegistry::start(&setup.dir)?;
    let folder = found_instance(&setup.dir, &registry)?;
    let house = House::beside(&folder)?;
    let _serving = Program::start(Command::new(Program::path()?).arg("--dir").arg(&folder).arg("serve"))?;
    let orders = (0..NAMES).map(|number| house.registrar.carry_out(house.authorised(house.order(number)?)?).map_err(Into::into));
    let receipts = orders.collect::<Result<Vec<Receipt>>>()?;
    let wanted: Vec<IntentId> = receipts.iter().flat_map(|receipt| receipt.intents.clone()).collect();
    let settled = house.registrar.await_settled(&wanted, PATIENCE)?;
    ensure!(settled.iter().all(|one| !one.state.is_open()), "the names were not registered within {} s", PATIENCE.as_secs());
    let mut directory = Directory::start(&setup.dir, &folder.join("feed"), &key_of(&folder)?)?;
    directory.wait_for(&name_of(NAMES - 1))?;
    let (sender, receiver) = channel();
    let (client, registrar) = (directory.tls_client()?, house.registrar.clone());
    let watching = thread::spawn(move || watch(client, &registrar, &receiver));
    let (start, count) = (Instant::now(), CHANGES[usize::from(setup.is_long)]);
    for turn in 0..count {
        thread::sleep((start + PACE * u32::try_from(turn)?).saturating_duration_since(Instant::now()));
        sender.send(change(&house, turn)?)?;
    }
    drop(sender);
    let seen = watching.join().map_err(|_| anyhow::anyhow!("the watch broke"))??;
    let (mut confirmed, mut ordered) = (Vec::new(), Vec::new());
    for (change, at) in &seen {
        confirmed.push(at.duration_since(confirmed_at(&house.registrar, change)?).as_secs_f64());
        ordered.push(at.duration_since(change.ordered_at).as_secs_f64());
    }
    let seconds =
        |what, sorted: &[f64], percent: usize| Figure::new(what, sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)], "s");
    confirmed.sort_by(f64::total_cmp);
    ordered.sort_by(f64::total_cmp);
    Ok(vec![Ratio {
        setting: format!(
            "{count} changes, {:.0} a second, from the registry's confirmation to the answer over TLS",
            1.0 / PACE.as_secs_f64()
        ),
        ours: seconds("95th percentile", &confirmed, 95),
        peer: Figure::new("the goal", GOAL_S, "s"),
        besides: vec![
            seconds("median", &confirmed, 50),
            seconds("99th percentile", &confirmed, 99),
            seconds("longest", &confirmed, 100),
            seconds("95th percentile from the order", &ordered, 95),
        ],
        goal: Goal::AtMost(1.0),
    }])
}

/// An instance as an operator would make it, with its account at the registry.
fn found_instance(dir: &Path, registry: &FarRegistry) -> Result<PathBuf> {
    let folder = dir.join("instance");
    let made = Command::new(Program::path()?).arg("init").arg(&folder).stdin(Stdio::null()).output()?;
    ensure!(made.status.success(), "no instance could be made: {}", String::from_utf8_lossy(&made.stderr));
    std::fs::write(folder.join("registries/bench.toml"), TOML)?;
    let identities = registry.identities()?;
    let identity = identities.first().context("we have no certificate there")?;
    let account = format!(
        "\n[[registry]]\nprofile = \"registries/bench.toml\"\naccount = \"{}\"\naddress = \"{}\"\npassword_file = \"{}\"\n\
         trust = {{ kind = \"private-ca\", file = \"{}\" }}\nclient_certificates = [{{ chain = \"{}\", key = \"{}\" }}]\n",
        handle()?.as_str(),
        registry.address()?,
        registry.password_file()?.display(),
        registry.ca().display(),
        identity.chain.display(),
        identity.key.display(),
    );
    let path = folder.join("namekeep.toml");
    std::fs::write(&path, std::fs::read_to_string(&path)? + &account)?;
    Ok(folder)
}

/// The key of the instance's feed.
fn key_of(folder: &Path) -> Result<String> {
    let said = Command::new(Program::path()?).arg("--dir").arg(folder).args(["directory", "key"]).stdin(Stdio::null()).output()?;
    ensure!(said.status.success(), "the feed has no key: {}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?.trim().to_owned())
}

fn change(house: &House, turn: usize) -> Result<Change> {
    let (name, host) = (name_of(turn % NAMES), format!("ns1.change-{turn}.example"));
    let hosts = [host.clone(), format!("ns2.change-{turn}.example")];
    let nameservers: BTreeMap<_, _> = hosts.iter().map(|host| Ok((HostName::parse(host)?, BTreeSet::new()))).collect::<Result<_>>()?;
    let ordered_at = house.registrar.now();
    let order = ChangeNameservers { name: DomainName::parse(&name)?, nameservers };
    let receipt = house.registrar.carry_out(house.authorised(order)?)?;
    Ok(Change { name, host, intents: receipt.intents, ordered_at })
}

/// Asks for every name whose change is not public yet, until all are; gives when each answer came.
fn watch(client: Client, registrar: &Registrar, changes: &Receiver<Change>) -> Result<Vec<(Change, Timestamp)>> {
    let (mut client, mut under_way, mut seen, mut is_complete) = (client, VecDeque::new(), Vec::new(), false);
    while !is_complete || !under_way.is_empty() {
        loop {
            match changes.try_recv() {
                Ok(change) => under_way.push_back(change),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    is_complete = true;
                    break;
                }
            }
        }
        for _ in 0..under_way.len() {
            let Some(change) = under_way.pop_front() else { break };
            let answer = client.ask_for(&change.name)?;
            let now = registrar.now();
            if holds(answer, change.host.as_bytes()) {
                seen.push((change, now));
            } else if now.duration_since(change.ordered_at).as_secs_f64() > PATIENCE.as_secs_f64() {
                bail!("`{}` is not public after {} s", change.host, PATIENCE.as_secs());
            } else {
                under_way.push_back(change);
            }
        }
        thread::sleep(GLANCE);
    }
    Ok(seen)
}

/// When the registry's answer was on record.
fn confirmed_at(registrar: &Registrar, change: &Change) -> Result<Timestamp> {
    let mut latest = None;
    for intent in &change.intents {
        let attempts = registrar.store().read::<_, Failure>(|tx| Ok(intents::list_attempts(tx, *intent)?))?;
        latest = latest.max(attempts.iter().filter_map(|attempt| attempt.ended_at).max());
    }
    latest.context("a change is public that no registry confirmed")
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
