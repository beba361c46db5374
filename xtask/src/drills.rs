//! Drills of the program that is shipped, in folders of their own.

use std::fs;

use crate::command_line::CommandLine;
use crate::room::Room;
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// D0: names, kills and cuts of every run; few enough for a minute.
const CRASH: &[&str] = &["--names", "400", "--kills", "10", "--cuts", "10"];

/// The same through a night, on a database of a million names.
const CRASH_LONG: &[&str] = &["--names", "20000", "--kills", "200", "--cuts", "20", "--portfolio", "1000000"];

/// The step `crash-drill`.
pub fn crash(room: &Room, step: &Step) -> Result<Passed, Failed> {
    play(room, step, CRASH)
}

/// The step `crash-drill-long`.
pub fn crash_long(room: &Room, step: &Step) -> Result<Passed, Failed> {
    play(room, step, CRASH_LONG)
}

fn play(room: &Room, step: &Step, arguments: &[&str]) -> Result<Passed, Failed> {
    let folder = room.work_dir().join(step.name);
    // What a drill that found something left to be looked at; where there is none, it cannot be removed.
    drop(fs::remove_dir_all(&folder));
    let line = CommandLine::new([NAMEKEEP, "drill", "d0", "--folder"]).args([room.shown(&folder)]).args(arguments.iter().copied());
    let log = room.log(step.name);
    line.run_logged(room.root(), &log, step.pace.limit())?;
    let said = fs::read_to_string(&log).unwrap_or_default();
    let notes = said.lines().filter(|line| line.starts_with("killed") || line.starts_with("serves again")).map(squeezed).collect();
    Ok(Passed { checks: 1, notes, ..Passed::default() })
}

fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
