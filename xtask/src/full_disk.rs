//! Disks that are full: a file system in memory that can grow, and a registrar whose database lies on one.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::command_line::CommandLine;
use crate::house::House;
use crate::room::Room;
use crate::running_sandbox::RunningSandbox;
use crate::wait::wait_for;

/// A size that holds what these judges write.
pub const ROOMY: &str = "64m";

/// The longest that a worker may take to see that its disk has room again.
pub const RECOVERY_LIMIT: Duration = Duration::from_secs(180);

/// Bytes beside a new database on the small disk, and the most orders that fill them.
const LITTLE_ROOM: u64 = 6 << 20;
const ORDERS: usize = 400;

/// The exit code of an order that was taken and is not settled yet.
const UNSETTLED: i32 = 5;

/// A holder.
const SOMEBODY: &str = "kind = \"natural\"\nname = \"Some Body\"\nemail = \"some@body.example\"\nphone = { number = \"+44.2079460123\" }\n\n\
    [address]\nstreet = [\"1 Example Street\"]\ncity = \"London\"\npostcode = \"EC1A 1BB\"\ncountry = \"GB\"\n";

/// The disk of the database is full: orders are refused with a sentence, and once there is room the instance goes on by itself, with every
/// order that it took.
pub fn full_database(room: &Room, folder: &Path, sandbox: &RunningSandbox, registry: &str, log: &Path) -> Result<usize> {
    let house = House::make(room, &folder.join("small"), sandbox, registry)?;
    house.configure("")?;
    let state = house.folder.join("state");
    let aside = folder.join("small-state");
    fs::rename(&state, &aside)?;
    let used: u64 = fs::read_dir(&aside)?.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum();
    let disk = SmallDisk::mount(room, &state, &(used + LITTLE_ROOM).to_string())?;
    for entry in fs::read_dir(&aside)?.flatten() {
        fs::copy(entry.path(), state.join(entry.file_name()))?;
    }
    let mut serving = house.serve(log, "")?;
    let file = house.folder.join("holder.toml");
    fs::write(&file, SOMEBODY)?;
    let holder = house.says(&["contact", "save", &file.display().to_string()])?;
    house.says(&["contact", "verify", &holder, "--evidence", "testing"])?;
    let name = |number: usize| format!("full-{number}.{registry}");
    let order = |number: usize| house.tries(&["domain", "register", &name(number), "--registrant", &holder, "--wait", "1"]);
    // Taken and settled, or taken.
    let is_taken = |answer: &Output| matches!(answer.status.code(), Some(0 | UNSETTLED));
    let (mut taken, mut refused) = (Vec::new(), None);
    for number in 0..ORDERS {
        let answer = order(number)?;
        if is_taken(&answer) {
            taken.push(number);
        } else {
            refused = Some(String::from_utf8_lossy(&answer.stderr).into_owned());
            break;
        }
    }
    let refused = refused.with_context(|| format!("{} orders did not fill the disk", taken.len()))?;
    ensure!(refused.contains("full"), "an order that a full disk refused is told: {refused}");
    let said = house.doctor()?;
    ensure!(said.contains("make room"), "`doctor` says of a full disk: {said}");
    disk.grow(ROOMY)?;
    wait_for("orders to be taken again", RECOVERY_LIMIT, || order(ORDERS).ok().filter(is_taken))?;
    taken.push(ORDERS);
    for number in &taken {
        let info = || house.says(&["domain", "info", &name(*number)]).ok();
        wait_for("an order of before to be settled", RECOVERY_LIMIT, || info().filter(|said| said.contains("registered")))?;
    }
    serving.end();
    house.says(&["ledger", "verify"])?;
    Ok(taken.len() + 4)
}

/// A file system in memory, of a size; gone with this.
pub struct SmallDisk<'r> {
    room: &'r Room,
    folder: String,
}

impl<'r> SmallDisk<'r> {
    /// Mounts it on a folder.
    pub fn mount(room: &'r Room, folder: &Path, size: &str) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let disk = Self { room, folder: folder.display().to_string() };
        disk.run(&["mount", "-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", &disk.folder])?;
        Ok(disk)
    }

    /// Gives it another size.
    pub fn grow(&self, size: &str) -> Result<()> {
        self.run(&["mount", "-o", &format!("remount,size={size}"), &self.folder])
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        let line = CommandLine::new(words.iter().copied());
        line.probe(self.room.root()).map(drop).with_context(|| format!("`{line}` fails"))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Somebody may still look into it.
        let _ = self.run(&["umount", "--lazy", &self.folder]);
    }
}
