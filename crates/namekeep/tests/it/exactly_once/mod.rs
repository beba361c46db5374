//! Exactly once under fire: transforms with connections cut at random bytes in both directions and the program killed at random
//! moments. Afterwards the registries' ledgers and ours agree entry for entry: nothing lost, nothing doubled.
//!
//! `NAMEKEEP_TRANSFORMS` says how many transforms (200 unless set; 10,000 for the long run), `NAMEKEEP_SEED` which fire.

mod career;
pub mod desk;
mod stranger;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use model::{DomainName, RegistrarHandle, SeededEntropy};
use sandbox::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};

use crate::scene::{OURS, Scene};
use career::{Career, Fate, STEPS};
use desk::Desk;
use namekeep::{agreement, books};
use stranger::Stranger;

/// Transforms unless the environment says otherwise.
const TRANSFORMS: usize = 200;
/// Names under way at once.
const AT_ONCE: usize = 40;
/// Between two kills, in milliseconds: at least, and at most so much more.
const KILL_MS: (u64, u64) = (1_500, 3_500);
/// A fire that lasts longer than this for each transform, and two minutes, found no end.
const LIMIT_PER_TRANSFORM: Duration = Duration::from_millis(1_500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_once_under_fire() {
    let transforms = number("NAMEKEEP_TRANSFORMS").unwrap_or(TRANSFORMS);
    let seed = number("NAMEKEEP_SEED").map_or(7, |seed| seed as u64);
    let scene = Scene::set().await;
    let desk = Desk::open(&scene);
    let mut chance = SeededEntropy::new(seed);
    let names: VecDeque<(DomainName, Fate)> = (0..transforms.div_ceil(STEPS)).map(|number| (name(number), Fate::of(number))).collect();
    let mut stranger = Stranger::connect(&scene);
    for (name, _) in names.iter().filter(|(_, fate)| *fate == Fate::Arriving) {
        stranger.hold(name, &mut chance).await;
    }
    for registry in Scene::registries() {
        scene.control.set_faults(Some(&registry), fire(seed)).await.unwrap();
    }
    let began = Instant::now();
    let kills = burn(&scene, &desk, &stranger, names, &mut chance).await;

    let us = RegistrarHandle::parse(OURS).unwrap();
    let (mut findings, mut ledgers, mut counted) = (Vec::new(), Vec::new(), agreement::Agreement::default());
    for registry in Scene::registries() {
        let ledger = scene.world.look(&registry, |registry| registry.ledger().to_vec()).unwrap();
        let compared = agreement::compare(desk.store(), &registry, &us, &ledger).unwrap();
        counted.intents += compared.intents;
        counted.transforms += compared.transforms;
        counted.attempts += compared.attempts;
        counted.reconciled += compared.reconciled;
        findings.extend(compared.findings);
        ledgers.push((registry, ledger));
    }
    let (sums, lines) = books::check(&ledgers, &us, desk.store(), &desk.portfolio(), &mut findings).unwrap();
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

/// Takes every name through its steps while the program is killed again and again; gives how often it was. Returns when all is
/// settled, in quiet at the end.
async fn burn(
    scene: &Scene,
    desk: &Desk,
    stranger: &Stranger,
    mut names: VecDeque<(DomainName, Fate)>,
    chance: &mut SeededEntropy,
) -> usize {
    let transforms = u32::try_from(names.len() * STEPS).unwrap();
    let (began, limit) = (Instant::now(), Duration::from_secs(120) + LIMIT_PER_TRANSFORM * transforms);
    let log = scene.path("serve.log");
    let mut under_way: Vec<Career> = Vec::new();
    let mut server = scene.serve(&log, "warn");
    let (mut kills, mut next_kill) = (0, Instant::now() + pause(chance));
    while !(names.is_empty() && under_way.is_empty()) {
        let stuck = || format!("{} names are not settled after {limit:?}; see {}", under_way.len(), desk.stuck(&under_way, &log));
        assert!(began.elapsed() < limit, "{}", stuck());
        while under_way.len() < AT_ONCE
            && let Some((name, fate)) = names.pop_front()
        {
            under_way.push(Career::begin(desk, stranger, name, fate));
        }
        let mut going_on = Vec::with_capacity(under_way.len());
        for career in under_way {
            going_on.extend(career.go_on(desk, stranger).await);
        }
        under_way = going_on;
        if Instant::now() >= next_kill {
            drop(server);
            kills += 1;
            server = scene.serve(&log, "warn");
            next_kill = Instant::now() + pause(chance);
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    kills
}

/// Cuts in both directions at random bytes, for changes, questions and logins.
fn fire(seed: u64) -> FaultPlan {
    let rule = |only, per_million, fault| FaultRule { when: Trigger::PerMillion(per_million), only, fault, times: None };
    let cut = Fault::CutResponse(Position::Random);
    let rules = vec![
        rule(Scope::Transforms, 60_000, Fault::CutRequest(Position::Random)),
        rule(Scope::Transforms, 80_000, cut),
        rule(Scope::Queries, 20_000, Fault::CutRequest(Position::Random)),
        rule(Scope::Queries, 20_000, cut),
        rule(Scope::Sessions, 20_000, cut),
    ];
    FaultPlan { seed, rules }
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
