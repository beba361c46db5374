//! Installing the judges: from Debian as root, from crates.io, from PyPI into an environment of their own.

use std::path::Path;
use std::time::Duration;

use crate::command_line::{CommandLine, tail};
use crate::judges::{Judge, Source};
use crate::room::Room;

/// The longest an installation may take; the slowest is a Rust program built from source.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Tries to install `judges`. What cannot be installed is named with the command that would do it; whether that is a
/// failure is decided by who needs the judge.
pub fn install(room: &Room, judges: &[&Judge]) {
    let lines = command_lines(room, judges, can_install_packages());
    for (name, line) in lines {
        println!("  installing {name}: {line}");
        let log = room.log(&format!("install-{name}"));
        if let Err(failure) = line.run_logged(room.root(), &log, LIMIT) {
            println!("  {name} {}; the log is {}:", failure.why, room.shown(&log));
            tail(&log).iter().for_each(|line| println!("    | {line}"));
        }
    }
}

/// The installations for `judges`, Debian first because PyPI needs its Python.
fn command_lines(room: &Room, judges: &[&Judge], may_use_apt: bool) -> Vec<(String, CommandLine)> {
    let mut packages: Vec<&str> = Vec::new();
    let mut programs = Vec::new();
    let mut needs_pypi = false;
    for judge in judges {
        match judge.source {
            Source::Debian(names) => packages.extend(names),
            Source::Cargo { program, version } => programs.push((program, version)),
            Source::PyPi { .. } => needs_pypi = true,
        }
    }
    let mut lines = Vec::new();
    if !packages.is_empty() && may_use_apt {
        let quiet = |line: CommandLine| line.env("DEBIAN_FRONTEND", "noninteractive");
        lines.push(("package-lists".to_owned(), quiet(CommandLine::new(["apt-get", "update"]))));
        let install = CommandLine::new(["apt-get", "install", "--yes", "--no-install-recommends"]);
        lines.push(("packages".to_owned(), quiet(install.args(packages))));
    } else if !packages.is_empty() {
        println!("  packages are missing and only root on Debian may install them: apt-get install {}", packages.join(" "));
    }
    for (program, version) in programs {
        // Unoptimised: these run for seconds, and building them well takes minutes.
        let line = CommandLine::new(["cargo", "install", "--locked", "--debug"]).args([format!("{program}@{version}")]);
        lines.push((program.to_owned(), line));
    }
    if needs_pypi {
        lines.extend(python_lines(room));
    }
    lines
}

/// A fresh environment with exactly the pinned libraries.
fn python_lines(room: &Room) -> [(String, CommandLine); 2] {
    let environment = room.judge_dir().join("venv").display().to_string();
    let make = CommandLine::new(["python3", "-m", "venv", "--clear"]).args([environment]);
    let fill = CommandLine::new([room.judge_python().display().to_string()])
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"])
        .args(["--requirement", "tests/judges/requirements.txt"]);
    [("python-environment".to_owned(), make), ("python-libraries".to_owned(), fill)]
}

/// Whether this is Debian and we are root there.
fn can_install_packages() -> bool {
    is_root() && Path::new("/etc/debian_version").exists()
}

/// Whether we are root: `id` is asked because the standard library knows no user ids.
pub fn is_root() -> bool {
    CommandLine::new(["id", "-u"]).probe(Path::new("/")).is_some_and(|id| id == "0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judges::JUDGES;

    fn shown(may_use_apt: bool) -> Vec<String> {
        let room = Room::find().unwrap();
        let judges: Vec<&Judge> = JUDGES.iter().collect();
        let root = format!("{}/", room.root().display());
        command_lines(&room, &judges, may_use_apt).iter().map(|(_, line)| line.to_string().replace(&root, "")).collect()
    }

    #[test]
    fn root_on_debian_installs_everything_at_pinned_versions() {
        assert_eq!(
            shown(true),
            [
                "DEBIAN_FRONTEND=noninteractive apt-get update",
                "DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends postgresql libxml2-utils libnet-epp-perl \
                 libio-socket-ssl-perl python3 python3-venv golang-go golang-golang-x-mod-dev curl prometheus pebble tidy python3-cryptography \
                 postfix softhsm2 openssh-server openssh-client gnupg",
                "cargo install --locked --debug cargo-nextest@0.9.143",
                "cargo install --locked --debug cargo-deny@0.20.2",
                "cargo install --locked --debug cargo-fuzz@0.13.2",
                "cargo install --locked --debug icann-rdap-cli@0.0.30",
                "python3 -m venv --clear target/judges/venv",
                "target/judges/venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement \
                 tests/judges/requirements.txt",
            ]
        );
    }

    #[test]
    fn others_never_touch_the_packages() {
        assert!(shown(false).iter().all(|line| !line.contains("apt-get")));
    }
}
