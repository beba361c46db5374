//! What a piece of work costs: time on the wall and time on the processors.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Ticks of `/proc/self/stat` in a second: `USER_HZ`, 100 on every Linux architecture we build for (proc(5)).
const TICKS_PER_SECOND: u64 = 100;

/// Wall and processor time; the latter of all threads, in steps of 10 ms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: Duration,
    pub cpu: Duration,
}

impl Cost {
    /// Runs `work` and measures it.
    pub fn of<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Self)> {
        let cpu_before = cpu_time()?;
        let start = Instant::now();
        let value = work()?;
        let wall = start.elapsed();
        Ok((value, Self { wall, cpu: cpu_time()?.saturating_sub(cpu_before) }))
    }

    /// How many of `count` things were done in a second.
    pub fn per_second(self, count: usize) -> f64 {
        count as f64 / self.wall.as_secs_f64()
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s, {:.2} s of processor", self.wall.as_secs_f64(), self.cpu.as_secs_f64())
    }
}

/// User and system time of this process.
fn cpu_time() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("processor time is read from /proc, which is not here")?;
    let ticks = ticks_in(&stat).context("/proc/self/stat does not read as proc(5) says")?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

/// Fields 14 and 15, counted after the program's name, which may hold anything.
fn ticks_in(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
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
    fn work_costs_processor_time_and_sleep_does_not() {
        let spin = || {
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(150) {}
            Ok(())
        };
        let (_, busy) = Cost::of(spin).unwrap();
        let (_, idle) = Cost::of(|| {
            std::thread::sleep(Duration::from_millis(150));
            Ok(())
        })
        .unwrap();
        assert!(busy.wall >= Duration::from_millis(150) && idle.wall >= Duration::from_millis(150));
        assert!(busy.cpu > idle.cpu, "{busy} against {idle}");
    }
}
