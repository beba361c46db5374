//! `namekeep simulate`: a portfolio's life against two registries in process, on the virtual clock, with lost connections, crashes
//! and outages; at quiet moments and at the end everything is held against the registries' own books.
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
mod audit;
mod chance;
mod house;
mod life;
mod people;
mod port;
mod summary;
mod world;

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::SimulateArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Format, print};
use crate::run::Ending;

use life::Life;
use summary::{Lived, Summary};

/// Lives the lives and prints what they came to.
pub fn run(args: &SimulateArgs, format: Format) -> Result<Ending, Failure> {
    let mut lives = Vec::new();
    for seed in (0..u64::from(args.seeds)).map(|index| args.seed.saturating_add(index)) {
        lives.push(live(seed, args)?);
    }
    print(format, &Summary { domains: args.domains, years: args.years, lives });
    Ok(Ending::Done)
}

/// One life in a folder of its own, which stays only when something is found.
fn live(seed: u64, args: &SimulateArgs) -> Result<Lived, Failure> {
    let folder = std::env::temp_dir().join(format!("namekeep-simulate-{}-{seed}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| Failure::file(&folder, "make the folder", &error))?;
    let progress = progress(seed, args);
    let lived = Life::new(seed, args.domains, args.years, folder.clone()).and_then(|life| {
        progress.set_length(u64::from(life.days()));
        life.live(|day| progress.set_position(u64::from(day)))
    });
    progress.finish_and_clear();
    match lived {
        Ok(lived) => {
            std::fs::remove_dir_all(&folder).map_err(|error| Failure::file(&folder, "remove the folder", &error))?;
            Ok(lived)
        }
        Err(failure) => Err(replayable(failure, seed, args, &folder)),
    }
}

/// Says how to live the same life again, and where what is left of it lies.
fn replayable(failure: Failure, seed: u64, args: &SimulateArgs, folder: &Path) -> Failure {
    let replay = format!("namekeep simulate --domains {} --years {} --seed {seed}", args.domains, args.years);
    let folder: PathBuf = folder.to_owned();
    Failure { exit: Exit::Finding, ..failure }.hint(format!("replay it with `{replay}`; what is left of it is in `{}`", folder.display()))
}

/// A bar on the terminal, if there is one.
fn progress(seed: u64, args: &SimulateArgs) -> ProgressBar {
    let bar = ProgressBar::new(u64::from(args.years) * 365);
    let style = ProgressStyle::with_template("life {prefix} {wide_bar} day {pos} of {len}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.with_prefix(seed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lived(seed: u64, domains: u32, years: u32) -> Lived {
        let folder = tempfile::tempdir().unwrap();
        Life::new(seed, domains, years, folder.path().to_owned()).unwrap().live(|_| {}).unwrap()
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
        assert!(tally.lost_answers > 0 && tally.reconciled > 0 && tally.crashes > 0, "{tally:?}");
    }
}
