//! What the public sends, judged: HTML Tidy reads every page, and a script written from RFC 9180 opens what was sealed.

use anyhow::{Context, bail};

use crate::command_line::{CommandLine, Failure};
use crate::room::{Room, empty_dir};
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// Has every page read and every sealed form opened.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let repeat = "cargo xtask test --only forms".to_owned();
    let written = write(room).map_err(|error| Failed::from(Failure { why: format!("{error:#}"), repeat, log: None }))?;
    let key = room.work_dir().join("forms/intake.key").display().to_string();
    let mut passed = Passed::default();
    for line in written.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            // Tidy ends with 0 where it finds neither error nor warning.
            ["page", file] => {
                CommandLine::new(["tidy", "-quiet", "-errors", "-utf8"]).args([*file]).run_logged(room.root(), &log, step.pace.limit())?
            }
            ["sealed", file, place, word] => {
                let open = CommandLine::new(["python3", "tests/judges/hpke_open.py", "--key", &key, "--place", place]).args([*file]);
                let text = open.probe(room.root()).unwrap_or_default();
                if !text.contains(word) {
                    return Err(Failed::from(Failure { why: format!("`{open}` does not open it"), repeat: open.to_string(), log: None }));
                }
            }
            _ => continue,
        }
        passed.checks += 1;
    }
    Ok(passed)
}

fn write(room: &Room) -> anyhow::Result<String> {
    let folder = room.work_dir().join("forms");
    empty_dir(&folder)?;
    let words = ["cargo", "run", "--locked", "--quiet", "--package", "directory", "--all-features", "--example", "forms_to_judge", "--"];
    let line = CommandLine::new(words).args([folder.display().to_string()]);
    let written = line.probe(room.root()).with_context(|| format!("`{line}` fails"))?;
    if written.lines().filter(|line| line.starts_with("sealed ")).count() != 4 {
        bail!("`{line}` sealed something else than four forms");
    }
    Ok(written)
}
