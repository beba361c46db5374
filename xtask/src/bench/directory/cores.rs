//! A core for the servers and one for the load.

use std::path::Path;
use std::process::Command;

/// Who runs where.
#[derive(Clone, Copy, Debug)]
pub enum Core {
    /// Whoever is asked.
    Server = 0,
    /// Whoever asks.
    Load = 1,
}

/// A command that stays on its core; where it wants where there is only one, or nothing to bind it with.
pub fn on(core: Core, program: &Path) -> Command {
    if !can_bind() {
        return Command::new(program);
    }
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &(core as u8).to_string()]).arg(program);
    command
}

fn can_bind() -> bool {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores >= 2 && Command::new("taskset").arg("--version").output().is_ok_and(|output| output.status.success())
}
