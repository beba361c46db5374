//! What a process has cost and holds, as the kernel tells it.

use std::time::Duration;

use anyhow::{Context, Result};

/// Ticks of `/proc/PID/stat` in a second: `USER_HZ`, 100 on every Linux architecture we build for (proc(5)).
const TICKS_PER_SECOND: u64 = 100;

/// A process, by the name of its folder below `/proc`.
pub struct Process(String);

impl Process {
    /// This one.
    pub fn this() -> Self {
        Self("self".to_owned())
    }

    /// Another one.
    pub fn of(id: u32) -> Self {
        Self(id.to_string())
    }

    /// User and system time of all its threads, in steps of 10 ms.
    pub fn cpu_time(&self) -> Result<Duration> {
        let stat = self.read("stat")?;
        let ticks = ticks_in(&stat).context("`stat` of a process does not read as proc(5) says")?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }

    /// Bytes of it that are in memory.
    pub fn resident_bytes(&self) -> Result<u64> {
        let status = self.read("status")?;
        kib_in(&status, "VmRSS:").map(|kib| kib * 1024).context("`status` of a process has no VmRSS")
    }

    /// The most bytes of it that ever were.
    pub fn peak_bytes(&self) -> Result<u64> {
        let status = self.read("status")?;
        kib_in(&status, "VmHWM:").map(|kib| kib * 1024).context("`status` of a process has no VmHWM")
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = format!("/proc/{}/{file}", self.0);
        std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
    }
}

/// Fields 14 and 15, counted after the program's name, which may hold anything.
fn ticks_in(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

fn kib_in(status: &str, key: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(key))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_program_name() {
        let stat = "42 (a) b (c) R 1 42 42 0 -1 4194304 100 0 0 0 31 11 0 0 20 0 1 0 5 0 0";
        assert_eq!(ticks_in(stat), Some(42));
        assert_eq!(ticks_in("nothing"), None);
    }

    #[test]
    fn memory_is_found_by_its_key() {
        assert_eq!(kib_in("Name:\ta\nVmRSS:\t    1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(kib_in("Name:\ta\n", "VmRSS:"), None);
    }

    #[test]
    fn memory_that_is_touched_is_resident() {
        const BYTES: usize = 32 << 20;
        let before = Process::this().resident_bytes().unwrap();
        let touched = std::hint::black_box(vec![1_u8; BYTES]);
        let after = Process::this().resident_bytes().unwrap();
        assert!(after - before > BYTES as u64 / 2, "{before} to {after} with {}", touched.len());
    }
}
