//! Drills of the program that is shipped, in folders of their own: D0 with an instance of its own, then D1 with the backups that it made while
//! it was killed, D2 with a deposit of it, then what an operator would do on the day.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command_line::{CommandLine, Failure};
use crate::room::Room;
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// D0 of every run: few enough names for a minute, on a database of 10,000.
const CRASH: &[&str] = &["--names", "400", "--kills", "8", "--cuts", "8", "--portfolio", "10000"];

/// The same through a night, on a database of a million names.
const CRASH_LONG: &[&str] = &["--names", "5000", "--kills", "40", "--cuts", "5", "--portfolio", "1000000"];

/// The step `drills`.
pub fn play(room: &Room, step: &Step) -> Result<Passed, Failed> {
    all(room, step, CRASH)
}

/// The step `drills-long`.
pub fn play_long(room: &Room, step: &Step) -> Result<Passed, Failed> {
    all(room, step, CRASH_LONG)
}

fn all(room: &Room, step: &Step, crash: &[&str]) -> Result<Passed, Failed> {
    let folder = room.work_dir().join(step.name);
    // What a drill that found something left to be looked at; where there is none, it cannot be removed.
    drop(fs::remove_dir_all(&folder));
    let shown = room.shown(&folder);
    let log = room.log(step.name);
    let crash = CommandLine::new([NAMEKEEP, "drill", "d0", "--keep", "--folder", &shown]).args(crash.iter().copied());
    crash.run_logged(room.root(), &log, step.pace.limit())?;
    let mut notes = lines(&log, &["killed", "serves again"]);
    let instance = format!("{shown}/registrar");
    let drill = CommandLine::new([NAMEKEEP, "--dir", &instance, "drill", "d1"]);
    drill.run_logged(room.root(), &log, step.pace.limit())?;
    notes.extend(lines(&log, &["objects", "RPO", "RTO"]));
    let (deposit, key) = (CommandLine::new([NAMEKEEP, "--dir", &instance, "escrow", "run"]), format!("{instance}/keys/drill.key"));
    deposit.run_logged(room.root(), &log, step.pace.limit())?;
    let drill = CommandLine::new([NAMEKEEP, "--dir", &instance, "drill", "d2", "--key", &key]);
    drill.run_logged(room.root(), &log, step.pace.limit())?;
    notes.extend(lines(&log, &["objects", "RTO"]));
    let day = Day { room, folder, instance };
    let checks = day.live().map_err(|error| Failed {
        passed: 3,
        failed: 1,
        failure: Failure {
            why: format!("{error:#}"),
            repeat: format!("cargo xtask test --only release --only {}", step.name),
            log: Some(log),
        },
    })?;
    drop(fs::remove_dir_all(&day.folder));
    Ok(Passed { checks: 3 + checks, notes, ..Passed::default() })
}

fn lines(log: &Path, wanted: &[&str]) -> Vec<String> {
    let said = fs::read_to_string(log).unwrap_or_default();
    let wanted = said.lines().filter(|line| wanted.iter().any(|begin| line.starts_with(begin)));
    wanted.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The day on which the database is lost.
struct Day<'r> {
    room: &'r Room,
    folder: PathBuf,
    instance: String,
}

impl Day<'_> {
    /// Gives how many things were checked.
    fn live(&self) -> Result<usize> {
        // What the drills committed since their own shipper ended: nobody serves this instance.
        self.expect(&["backup", "run"], 0, "generation")?;
        self.expect(&["backup", "check"], 0, "every object is signed, whole and in its place")?;
        self.split_and_join()?;
        self.one_flipped_bit()?;
        self.lose_and_restore()?;
        Ok(10)
    }

    /// Any three of five officers open the recovery key; two do not.
    fn split_and_join(&self) -> Result<()> {
        let path = |name: &str| self.room.shown(&self.folder.join(name));
        let (key, out, joined) = (path("registrar/keys/drill.key"), path("officers"), path("joined.key"));
        self.expect(&["backup", "keys", "split", &key, "--out", &out], 0, "3 of these 5 shares open it")?;
        let shares = [1, 4, 5].map(|share| format!("{out}/share-{share}.txt"));
        let sealed = format!("{out}/recovery.sealed");
        let two = ["backup", "keys", "join", &sealed, "--out", &joined, &shares[0], &shares[1]];
        self.expect(&two, 2, "2 shares were given, and 3 open the key")?;
        let three = [&two[..], &[shares[2].as_str()]].concat();
        self.expect(&three, 0, "fingerprint")?;
        let same = fs::read(self.room.root().join(&key))? == fs::read(self.room.root().join(&joined))?;
        ensure!(same, "what the shares open is not the key that was split");
        Ok(())
    }

    /// A backup with one flipped bit is refused and named.
    fn one_flipped_bit(&self) -> Result<()> {
        let backup = self.folder.join("backup");
        let newest = newest_in(&backup)?;
        let segment = newest_in(&newest)?;
        let whole = fs::read(&segment)?;
        let mut flipped = whole.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        fs::write(&segment, flipped)?;
        let name = segment.file_name().and_then(|name| name.to_str()).context("a segment without a name")?;
        self.expect(&["backup", "check"], 7, &format!("/{name}` is damaged"))?;
        fs::write(&segment, whole)?;
        Ok(())
    }

    /// The database is gone; the folder with configuration and keys, and the key out of the shares, are all there is.
    fn lose_and_restore(&self) -> Result<()> {
        let state = self.folder.join("registrar/state");
        fs::remove_dir_all(&state)?;
        let key = self.room.shown(&self.folder.join("joined.key"));
        self.expect(&["restore", "--key", &key], 0, "It is frozen")?;
        self.expect(&["restore", "--key", &key], 1, "a restore writes over nothing")?;
        self.expect(&["ledger", "verify"], 0, "The ledger holds")?;
        self.expect(&["recovery", "status"], 7, "FROZEN since")
    }

    /// Runs a command on the instance, which has to end so and say so.
    fn expect(&self, arguments: &[&str], code: i32, says: &str) -> Result<()> {
        let line = CommandLine::new([NAMEKEEP, "--dir", &self.instance]).args(arguments.iter().copied());
        let output = line.command(self.room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let is_so = output.status.code() == Some(code) && said.contains(says);
        ensure!(is_so, "`{line}` ended with {:?} instead of {code} and `{says}`: {said}", output.status.code());
        Ok(())
    }
}

/// What sorts last in a folder.
fn newest_in(folder: &Path) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    entries.sort();
    entries.pop().with_context(|| format!("{} is empty", folder.display()))
}
