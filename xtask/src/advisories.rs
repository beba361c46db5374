//! `cargo deny`, honest about what could be checked: the advisories live in a git repository that not every machine reaches.

use crate::command_line::CommandLine;
use crate::room::Room;
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// Licences, bans and sources always; advisories when their database can be fetched, otherwise said in the result.
pub fn check(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let deny = |words: &[&str]| {
        let line = CommandLine::new(["cargo", "deny", "--locked"]).args(words.iter().copied());
        line.run_logged(room.root(), &log, step.pace.limit())
    };
    deny(&["check", "--hide-inclusion-graph", "licenses", "bans", "sources"])?;
    if let Err(failure) = deny(&["fetch", "db"]) {
        let why = format!("the advisory database cannot be fetched (`{}`), so advisories were not checked", failure.repeat);
        return Ok(Passed { checks: 3, notes: vec!["licences, bans and sources checked".to_owned()], left_out: vec![why] });
    }
    deny(&["check", "advisories"])?;
    Ok(Passed { checks: 4, notes: vec!["licences, bans, sources and advisories checked".to_owned()], left_out: Vec::new() })
}
