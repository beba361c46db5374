//! `namekeep drill ...`: disasters, rehearsed. Each drill is one command that ends with a report, and with a finding where something did not
//! come back.
//!
//! | drill | what is lost | what has to come back |
//! | --- | --- | --- |
//! | D0 | the process, at any instant; the power | every order that was taken, once, here and at the registries |
//! | D1 | the database | every row, as fingerprinted beside the backup; what was acknowledged until a second before; right answers |
//! | D2 | the database and every backup | every name and holder of the deposit, cell by cell |

mod crash;
mod deposit;
mod rehearsal;
mod report;
mod restore;

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use model::Timestamp;
use registrar::backup::{AskDrills, Drill};
use registrar::{Registrar, authorise};

use self::report::DrillReport;
use crate::cli::{Cli, CrashArgs, DrillCommand};
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::output::{Format, print};
use crate::run::{Ending, Session, runtime};

/// Plays a drill.
///
/// # Errors
/// [`Failure`] if it could not be played; what it found is in its report and the exit code.
pub fn run(cli: &Cli, command: &DrillCommand, format: Format) -> Result<Ending, Failure> {
    match command {
        DrillCommand::D0(args) => crash_drill(args, format),
        DrillCommand::D1(args) => in_scratch(cli, args.folder.as_deref(), format, |session, scratch| {
            restore::play(&session.instance, &session.actor, scratch, args.key.as_deref())
        }),
        DrillCommand::D2(args) => in_scratch(cli, args.folder.as_deref(), format, |session, scratch| {
            deposit::play(&session.instance, &session.actor, scratch, args)
        }),
    }
}

fn crash_drill(args: &CrashArgs, format: Format) -> Result<Ending, Failure> {
    let scratch = Scratch::make(&args.folder)?;
    let report = runtime()?.block_on(crash::play(&args.folder, args))?;
    print(format, &report);
    if report.findings.is_empty() {
        if !args.keep {
            scratch.remove()?;
        }
        Ok(Ending::Done)
    } else {
        Ok(Ending::Noted(Exit::Finding))
    }
}

/// Plays a drill of the instance in a folder of its own.
fn in_scratch(
    cli: &Cli,
    folder: Option<&Path>,
    format: Format,
    play: impl FnOnce(&Session, &Path) -> Result<DrillReport, Failure>,
) -> Result<Ending, Failure> {
    let session = Session::open(cli, format)?;
    let folder = folder.map_or_else(|| session.instance.path(Path::new(SCRATCH)), Path::to_owned);
    let scratch = Scratch::make(&folder)?;
    let played = play(&session, &folder);
    // A copy of everything that we hold is nothing to leave lying about, whatever was found.
    scratch.remove()?;
    let report = played?;
    print(format, &report);
    Ok(if report.findings.is_empty() { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

/// Plays D1 by itself, every night: what was never restored is a hope. Idle where no key is here that opens the backups, and in a freeze.
pub struct NightlyDrill {
    folder: PathBuf,
    tried_at: Option<Timestamp>,
}

/// What could not be played, or did not hold, is not tried again at once: a drill reads everything.
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// From one drill to the next.
const DRILL_EVERY: SignedDuration = SignedDuration::from_hours(24);

impl NightlyDrill {
    /// The drill of the instance in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), tried_at: None }
    }

    /// Plays it if the last that held is a day old; how many were played.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be played. What it finds is an alarm.
    pub fn step(&mut self, registrar: &Registrar) -> Result<usize, Failure> {
        let timer = registrar::actor::timer();
        let asked = authorise(&timer, AskDrills).map_err(registrar::Failure::from)?;
        let last = registrar.ask(asked)?.into_iter().find(|record| record.drill == Drill::Backup);
        let now = registrar.now();
        let is_due = last.is_none_or(|record| now.duration_since(record.at).abs() >= DRILL_EVERY);
        let was_tried = self.tried_at.is_some_and(|at| now.duration_since(at).abs() < TRY_AGAIN_AFTER);
        if !is_due || was_tried || registrar.is_at_rest()? {
            return Ok(0);
        }
        self.tried_at = Some(now);
        let scratch = self.folder.join(SCRATCH);
        if scratch.exists() {
            // Of a process that was killed while it played; nothing in it is ours alone.
            std::fs::remove_dir_all(&scratch).map_err(|error| Failure::file(&scratch, "remove the folder", &error))?;
        }
        let scratch = Scratch::make(&scratch)?;
        let played = Instance::open(&self.folder).and_then(|instance| restore::play(&instance, &timer, scratch.0, None));
        scratch.remove()?;
        played.map(|_| 1)
    }
}

/// Where a drill restores to, in the instance's folder.
const SCRATCH: &str = "drill-scratch";

/// A folder that a drill made and may remove. It stays where something was found.
struct Scratch<'a>(&'a Path);

impl<'a> Scratch<'a> {
    fn make(folder: &'a Path) -> Result<Self, Failure> {
        std::fs::create_dir(folder).map_err(|error| {
            Failure::file(folder, "make the folder", &error).or_hint("name a folder that does not exist yet: a drill removes it afterwards")
        })?;
        Ok(Self(folder))
    }

    fn remove(self) -> Result<(), Failure> {
        std::fs::remove_dir_all(self.0).map_err(|error| Failure::file(self.0, "remove the folder", &error))
    }
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Fault, "drill.scene", format!("The drill could not be played: {error}."))
}
