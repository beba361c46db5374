//! `namekeep drill ...`: disasters, rehearsed. Each drill is one command that ends with a report, and with a finding where something did not
//! come back.
//!
//! | drill | what is lost | what has to come back |
//! | --- | --- | --- |
//! | D0 | the process, at any instant; the power | every order that was taken, once, here and at the registries |
//! | D1 | the database | every row, as fingerprinted beside the backup; what was acknowledged until a second before; right answers |

mod crash;
mod rehearsal;
mod report;
mod restore;

use std::path::Path;

use crate::cli::{Cli, CrashArgs, DrillArgs, DrillCommand};
use crate::failure::{Exit, Failure};
use crate::output::{Format, print};
use crate::run::{Ending, Session, runtime};

/// Plays a drill.
///
/// # Errors
/// [`Failure`] if it could not be played; what it found is in its report and the exit code.
pub fn run(cli: &Cli, command: &DrillCommand, format: Format) -> Result<Ending, Failure> {
    match command {
        DrillCommand::D1(args) => backup_drill(cli, args, format),
        DrillCommand::D0(args) => crash_drill(args, format),
    }
}

fn crash_drill(args: &CrashArgs, format: Format) -> Result<Ending, Failure> {
    let scratch = Scratch::make(&args.folder)?;
    let report = runtime()?.block_on(crash::play(&args.folder, args))?;
    print(format, &report);
    if report.findings.is_empty() {
        scratch.remove()?;
        Ok(Ending::Done)
    } else {
        Ok(Ending::Noted(Exit::Finding))
    }
}

fn backup_drill(cli: &Cli, args: &DrillArgs, format: Format) -> Result<Ending, Failure> {
    let session = Session::open(cli, format)?;
    let folder = args.folder.clone().unwrap_or_else(|| session.instance.path(Path::new(SCRATCH)));
    let scratch = Scratch::make(&folder)?;
    let ending = restore::play(&session, &folder, args.key.as_deref());
    // A copy of everything that we hold is nothing to leave lying about, whatever was found.
    scratch.remove()?;
    ending
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
