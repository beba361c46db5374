//! D2: database and backups are lost; the deposit at the escrow agent is all there is. A new instance is made of it alone, with the registries'
//! profiles, and everything in it is compared with the deposit. Nothing of it is public before the registries were asked about it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use escrow::deposit::Placeholders;
use escrow::verify::{Expect, Opener};
use policy::Actor;
use registrar::authorise;
use registrar::backup::{Drill, RunBackup};
use registrar::deposit::{Comparison, RunDeposit, compare};
use registrar::recovery::{FreezeRegistrar, ImportDeposit, Imported, import};

use super::report::DrillReport;
use super::restore::{blank, copy_parts};
use crate::cli::DepositDrillArgs;
use crate::config::FILE_NAME;
use crate::escrow_config::{read_key, section};
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::progress::Progress;
use crate::run::init;

/// What a new instance is given beside the deposit: which registries there are, and how to log in there.
const GIVEN: [&str; 2] = ["registries", "secrets"];

/// Plays the drill in `scratch`, by the leave of `actor`.
///
/// # Errors
/// [`Failure`] if it could not be played; what it found is in its report.
pub fn play(instance: &Instance, actor: &Actor, scratch: &Path, args: &DepositDrillArgs) -> Result<DrillReport, Failure> {
    authorise(actor, RunBackup).map_err(registrar::Failure::from)?;
    let config = section(instance)?;
    let folder = args.deposit.clone().map_or_else(|| newest(&instance.path(&config.folder)), Ok)?;
    let (key, signers) = (read_key(&args.key)?, [read_key(&instance.path(&config.key))?.certificate().clone()]);
    let placeholders: Placeholders = config.placeholders();
    let progress = Progress::waiting("an instance is made of the deposit");
    let begun = Instant::now();
    let house = scratch.join("registrar");
    let (made, operator) = make(instance, &house)?;
    let now = instance.registrar.now();
    let expect = Expect {
        registrar: None,
        day: None,
        specification: None,
        opener: Some(Opener { key: &key, signers: &signers, recipients: None }),
        tlds: None,
        mapping: None,
        placeholders: &placeholders,
        now,
    };
    let leave = authorise(&operator, ImportDeposit).map_err(registrar::Failure::from)?;
    let imported = import(&made.registrar, &leave, &folder, &expect, &mut |_| ())?;
    let mut report = blank(instance, Drill::Deposit, None);
    (report.restored_ms, report.rto_ms) = (begun.elapsed().as_millis() as u64, begun.elapsed().as_millis() as u64);
    report.source = format!("{}: {} names, {} people", folder.display(), imported.names, imported.people);
    drop(progress);
    let leave = authorise(&operator, RunDeposit).map_err(registrar::Failure::from)?;
    let (read, comparison) = compare(&made.registrar, &leave, &folder, &expect, None)?;
    report.findings.extend(read.findings.iter().map(|finding| format!("the deposit: {finding}")));
    judge(&mut report, &comparison, imported);
    report.verify_ledger(made.registrar.store(), &made.ledger_key)?;
    report.at = instance.registrar.now();
    report.keep(instance, actor)?;
    Ok(report)
}

fn judge(report: &mut DrillReport, comparison: &Comparison, imported: Imported) {
    let Comparison { compared, missing, extra, different, .. } = comparison;
    report.equal = compared.saturating_sub(different.count);
    (report.missing, report.extra, report.different) = (extra.count, missing.count, different.count);
    for (what, told) in [("not taken on", extra), ("not in the deposit", missing), ("not what it was", different)] {
        report.findings.extend(told.first.iter().map(|name| format!("{what}: {name}")));
    }
    report.findings.extend(imported.first_exceptions.iter().map(|row| format!("for a person: {}: {}", row.place, row.why)));
    report.irrecoverable = imported.irrecoverable.iter().map(ToString::to_string).collect();
}

/// A new instance, frozen, with the configuration of the old one.
fn make(old: &Instance, house: &Path) -> Result<(Instance, Actor), Failure> {
    let file = old.folder.join(FILE_NAME);
    let text = std::fs::read_to_string(&file).map_err(|error| Failure::file(&file, "read the configuration", &error))?;
    if !old.config.instance.database.starts_with("sqlite:") {
        return Err(Failure::new(Exit::Usage, "drill.engine", "This drill is played with an instance on SQLite.")
            .hint("give it a folder whose configuration names a file"));
    }
    let fresh = init::make(house, &text, old.kind)?;
    copy_parts(&old.folder, house, &GIVEN)?;
    fresh.enrol("drill")?;
    let made = Instance::open(house)?;
    let operator = made.operator(None)?;
    let freeze = FreezeRegistrar { source: "drill, deposit".to_owned(), point: None };
    made.registrar.carry_out(authorise(&operator, freeze).map_err(registrar::Failure::from)?)?;
    Ok((made, operator))
}

/// The newest deposit in a folder, by its name.
fn newest(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| Failure::file(folder, "read the folder of deposits", &error))?;
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders.pop().ok_or_else(|| {
        Failure::new(Exit::NotFound, "drill.deposit", format!("`{}` holds no deposit.", folder.display()))
            .hint("`namekeep escrow run` writes one")
    })
}
