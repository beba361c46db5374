//! `namekeep demo`: two rehearsal registries that speak EPP over TLS, two registrars, a portfolio, a tour.

pub mod cast;
mod house;
mod keys;
mod public_directory;
mod scene;
mod stage;
mod tour;

use std::path::Path;

use serde::Serialize;

use crate::cli::DemoArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print};
use crate::run::{Ending, runtime};

pub use house::{Accounts, configuration, order_of_a_year, started};
pub use public_directory::PublicDirectory;
use stage::Stage;
use tour::{Finding, Tour};

/// What the tour showed.
#[derive(Debug, Serialize)]
pub struct DemoReport {
    seed: u64,
    names: u32,
    findings: Vec<Finding>,
}

impl Report for DemoReport {
    fn text(&self) -> String {
        let failed: Vec<String> =
            self.findings.iter().filter(|one| !one.holds).map(|one| format!("  NOT SO: {} ({})", one.claim, one.detail)).collect();
        match failed.len() {
            0 => format!("The tour held: {} claims, each checked at the registry and in the ledger.", self.findings.len()),
            _ => format!("{} of {} claims did not hold:\n{}", failed.len(), self.findings.len(), failed.join("\n")),
        }
    }
}

/// Plays the demo.
pub fn run(args: &DemoArgs, format: Format) -> Result<Ending, Failure> {
    prepare(&args.folder)?;
    runtime()?.block_on(async {
        let stage = Stage::set(&args.folder, args.seed, args.scale).await?;
        let mut tour = Tour::new(stage, format);
        let played = tour.play().await;
        let report = DemoReport { seed: args.seed, names: args.scale, findings: tour.findings().to_vec() };
        let holds = played.is_ok() && report.findings.iter().all(|finding| finding.holds);
        if played.is_ok() {
            print(format, &report);
        }
        if args.check || !holds {
            tour.stage().strike().await;
            played?;
            return Ok(if holds { Ending::Done } else { Ending::Noted(Exit::Finding) });
        }
        keys::stay(tour.stage(), &args.folder).await?;
        tour.stage().strike().await;
        Ok(Ending::Done)
    })
}

/// Empties the folder of an earlier demo, and of nothing else.
fn prepare(folder: &Path) -> Result<(), Failure> {
    /// Written first into a demo's folder, so that no other folder is ever emptied.
    const MARK: &str = ".namekeep-demo";
    if folder.exists() {
        let is_empty = std::fs::read_dir(folder).map_err(|error| Failure::file(folder, "read the folder", &error))?.next().is_none();
        if !is_empty && !folder.join(MARK).exists() {
            return Err(Failure::new(
                Exit::Refused,
                "demo.folder",
                format!("`{}` is not the folder of a demo; nothing was touched.", folder.display()),
            )
            .hint("name another one with `--folder`"));
        }
        std::fs::remove_dir_all(folder).map_err(|error| Failure::file(folder, "empty the folder", &error))?;
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, "make the folder", &error))?;
    let mark = folder.join(MARK);
    std::fs::write(&mark, "made by `namekeep demo`; it empties this folder when it starts\n")
        .map_err(|error| Failure::file(&mark, "write the file", &error))
}
