//! What a piece of work costs: time on the wall and time on the processors.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::process::Process;

/// Wall and processor time; the latter of all threads, in steps of 10 ms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub wall: Duration,
    pub cpu: Duration,
}

impl Cost {
    /// Runs `work` and measures it on this process.
    pub fn of<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Self)> {
        Self::on(&Process::this(), work)
    }

    /// Runs `work` and measures what it costs another process meanwhile.
    pub fn on<T>(process: &Process, work: impl FnOnce() -> Result<T>) -> Result<(T, Self)> {
        let cpu_before = process.cpu_time()?;
        let start = Instant::now();
        let value = work()?;
        let wall = start.elapsed();
        Ok((value, Self { wall, cpu: process.cpu_time()?.saturating_sub(cpu_before) }))
    }

    /// How many of `count` things were done in a second.
    pub fn per_second(self, count: usize) -> f64 {
        count as f64 / self.wall.as_secs_f64()
    }

    /// Processor time of each of `count` things, in microseconds.
    pub fn cpu_micros(self, count: usize) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / count as f64
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s, {:.2} s of processor", self.wall.as_secs_f64(), self.cpu.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
