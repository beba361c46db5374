//! `namekeep simulate`: a portfolio's life against two registries in process, on the virtual clock, with lost connections, crashes
//! on the wire and around commits, clocks that step back and weeks of outage; at quiet moments and at the end everything is held
//! against the registries' own books.
//!
//! ```text
//!  people --orders--> house (registrar, store, gates, pollers, clock, courier) --port--> world (registries, another registrar)
//!                       |  ^                                                      |
//!                       +--+ crashes, restarts                                    +-- lost, late and failed commands
//!  audit: agreement, books, truth, duties, history
//! ```
//!
//! Every choice is a draw from the seed about the thing it concerns, never from a running stream, so that a failure is replayed by
//! its seed.

mod acts;
pub(crate) mod audit;
mod chance;
mod death;
mod erasure;
mod house;
mod letters;
mod life;
mod outages;
mod people;
mod port;
mod summary;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::SimulateArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Format, print};
use crate::run::Ending;

use life::{Life, Size, YEAR_DAYS};
use summary::{Lived, Summary};

/// Up to so many names a life is kept in memory, where the machine has a file system there. What crashes in it is a process, never
/// the machine.
const IN_MEMORY_NAMES: u32 = 2_000;
/// Where Linux keeps a file system in memory.
const MEMORY: &str = "/dev/shm";

/// Lives the lives, one on each processor, and prints what they came to.
pub fn run(args: &SimulateArgs, format: Format) -> Result<Ending, Failure> {
    let progress = progress(args);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64).min(u64::from(args.seeds));
    let (next, has_failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let lived: Mutex<Vec<(u64, Result<Lived, Failure>)>> = Mutex::default();
    let work = || {
        while !has_failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= u64::from(args.seeds) {
                return;
            }
            let life = live(args.seed.saturating_add(index), args, &progress);
            has_failed.fetch_or(life.is_err(), Ordering::Relaxed);
            lived.lock().unwrap_or_else(PoisonError::into_inner).push((index, life));
        }
    };
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    progress.finish_and_clear();
    let mut lived = lived.into_inner().unwrap_or_else(PoisonError::into_inner);
    lived.sort_by_key(|(index, _)| *index);
    let lives = lived.into_iter().map(|(_, life)| life).collect::<Result<Vec<_>, _>>()?;
    print(format, &Summary { domains: args.domains, years: args.years, lives });
    Ok(Ending::Done)
}

/// One life in a folder of its own, which stays only when something is found.
fn live(seed: u64, args: &SimulateArgs, progress: &ProgressBar) -> Result<Lived, Failure> {
    let folder = place(args.domains).join(format!("namekeep-simulate-{}-{seed}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, "make the folder", &error))?;
    let lived = Life::new(seed, args.into(), folder.clone()).and_then(|life| life.live(|| progress.inc(1)));
    match lived {
        Ok(lived) => {
            std::fs::remove_dir_all(&folder).map_err(|error| Failure::file(&folder, "remove the folder", &error))?;
            Ok(lived)
        }
        Err(failure) => Err(replayable(failure, seed, args, &folder)),
    }
}

impl From<&SimulateArgs> for Size {
    fn from(args: &SimulateArgs) -> Self {
        let registrants = args.registrants.unwrap_or_else(|| args.domains.div_ceil(4).clamp(4, 20_000));
        Self { domains: args.domains, registrants, years: args.years }
    }
}

/// Where lives of so many names are kept.
fn place(domains: u32) -> PathBuf {
    let memory = Path::new(MEMORY);
    if domains <= IN_MEMORY_NAMES && memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// Says how to live the same life again, and where what is left of it lies.
fn replayable(failure: Failure, seed: u64, args: &SimulateArgs, folder: &Path) -> Failure {
    let registrants = args.registrants.map(|count| format!(" --registrants {count}")).unwrap_or_default();
    let replay = format!("namekeep simulate --domains {}{registrants} --years {} --seed {seed}", args.domains, args.years);
    Failure { exit: Exit::Finding, ..failure }.hint(format!("replay it with `{replay}`; what is left of it is in `{}`", folder.display()))
}

/// A bar on the terminal, if there is one: the days of all lives.
fn progress(args: &SimulateArgs) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(args.seeds) * u64::from(args.years) * u64::from(YEAR_DAYS));
    match ProgressStyle::with_template("{wide_bar} day {pos} of {len}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lived(seed: u64, domains: u32, years: u32) -> Lived {
        let folder = tempfile::tempdir().unwrap();
        let size = Size { domains, registrants: domains / 4, years };
        Life::new(seed, size, folder.path().to_owned()).unwrap().live(|| {}).unwrap()
    }

    #[test]
    fn the_same_seed_lives_the_same_life() {
        let (first, again, other) = (lived(7, 24, 2), lived(7, 24, 2), lived(8, 24, 2));
        assert_eq!(first.tally, again.tally);
        assert_ne!(first.tally, other.tally);
    }

    #[test]
    fn a_life_sees_every_kind_of_thing() {
        let tally = lived(3, 60, 2).tally;
        assert!(tally.registered > 40 && tally.auto_renewed > 20 && tally.expired > 10, "{tally:?}");
        assert!(tally.transferred_in > 0 && tally.transferred_out > 0 && tally.deleted > 0 && tally.restored > 0, "{tally:?}");
        assert!(tally.erasures_asked > 1 && tally.erased > 0, "{tally:?}");
        assert!(tally.lost_answers > 0 && tally.reconciled > 0 && tally.crashes > 0, "{tally:?}");
    }
}
