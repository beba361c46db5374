//! The outside judges: programs and libraries that nobody here wrote and that the work is measured against.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::command_line::CommandLine;
use crate::install;
use crate::room::Room;

/// Every judge, by the name the steps use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgeId {
    Nextest,
    Deny,
    Xmllint,
    Postgres,
    NetEpp,
    Python,
    Pyepp,
    GoSumdb,
    CargoFuzz,
    RdapTest,
    Html5lib,
    Curl,
    Promtool,
    Pebble,
    Tidy,
    Cryptography,
    Aiosmtpd,
    Postfix,
    SoftHsm,
    OpenSsh,
    GnuPg,
    Sequoia,
}

/// One judge.
pub struct Judge {
    /// How the steps call it.
    pub id: JudgeId,
    /// How people call it.
    pub name: &'static str,
    /// What it judges.
    pub covers: &'static str,
    /// Where it comes from.
    pub source: Source,
    /// How its presence is seen.
    probe: Probe,
}

/// Where a judge is installed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Packages of Debian, whatever version the release carries.
    Debian(&'static [&'static str]),
    /// A program from crates.io at the version it was tried with.
    Cargo { program: &'static str, version: &'static str },
    /// A library from PyPI; `tests/judges/requirements.txt` pins it with its digests.
    PyPi { version: &'static str },
}

/// A question whose answer, if there is one, tells the version.
enum Probe {
    Words(&'static [&'static str]),
    /// Python of the judges' own environment.
    Python(&'static str),
    /// Debian keeps the server's programs off the path, one directory a version.
    PostgresServer,
}

/// The judges, in the order of their first use.
pub const JUDGES: &[Judge] = &[
    Judge {
        id: JudgeId::Nextest,
        name: "cargo-nextest",
        covers: "runs the tests, each in its own process",
        source: Source::Cargo { program: "cargo-nextest", version: "0.9.143" },
        probe: Probe::Words(&["cargo", "nextest", "--version"]),
    },
    Judge {
        id: JudgeId::Deny,
        name: "cargo-deny",
        covers: "licences, banned crates, sources and advisories of the dependencies",
        source: Source::Cargo { program: "cargo-deny", version: "0.20.2" },
        probe: Probe::Words(&["cargo", "deny", "--version"]),
    },
    Judge {
        id: JudgeId::Postgres,
        name: "PostgreSQL",
        covers: "the second engine of the store, in a private cluster",
        source: Source::Debian(&["postgresql"]),
        probe: Probe::PostgresServer,
    },
    Judge {
        id: JudgeId::Xmllint,
        name: "xmllint",
        covers: "every EPP frame that client and sandbox emit, against the published schemas",
        source: Source::Debian(&["libxml2-utils"]),
        probe: Probe::Words(&["xmllint", "--version"]),
    },
    Judge {
        id: JudgeId::NetEpp,
        name: "Net::EPP",
        covers: "the sandbox as an EPP server: a Perl client drives it",
        source: Source::Debian(&["libnet-epp-perl", "libio-socket-ssl-perl"]),
        probe: Probe::Words(&[
            "perl",
            "-MNet::EPP::Simple",
            "-MIO::Socket::SSL",
            "-MNet::EPP",
            "-e",
            "print $Net::EPP::VERSION // 'present'",
        ]),
    },
    Judge {
        id: JudgeId::Python,
        name: "Python",
        covers: "runs the judges from PyPI in an environment of their own",
        source: Source::Debian(&["python3", "python3-venv"]),
        probe: Probe::Words(&["python3", "-c", "import ensurepip, platform, venv; print(platform.python_version())"]),
    },
    Judge {
        id: JudgeId::Pyepp,
        name: "pyepp",
        covers: "the sandbox as an EPP server: a Python client drives it",
        source: Source::PyPi { version: "0.3.2" },
        probe: Probe::Python("import pyepp; print(pyepp.__version__)"),
    },
    Judge {
        id: JudgeId::GoSumdb,
        name: "Go sumdb",
        covers: "the ledger: signed checkpoint, tiles and proofs, by the log client of the Go project",
        source: Source::Debian(&["golang-go", "golang-golang-x-mod-dev"]),
        probe: Probe::Words(&["sh", "-c", "go version > /dev/null && dpkg-query --show --showformat '${Version}' golang-golang-x-mod-dev"]),
    },
    Judge {
        id: JudgeId::CargoFuzz,
        name: "cargo-fuzz",
        covers: "every parser that meets the network, by libFuzzer (long)",
        source: Source::Cargo { program: "cargo-fuzz", version: "0.13.2" },
        probe: Probe::Words(&["cargo", "fuzz", "--version"]),
    },
    Judge {
        id: JudgeId::RdapTest,
        name: "rdap-test",
        covers: "the directory over TLS and both IP versions, by ICANN's own tester",
        source: Source::Cargo { program: "icann-rdap-cli", version: "0.0.30" },
        probe: Probe::Words(&["rdap-test", "--version"]),
    },
    Judge {
        id: JudgeId::Html5lib,
        name: "html5lib",
        covers: "the directory's pages, by a strict parser of HTML",
        source: Source::PyPi { version: "1.1" },
        probe: Probe::Python("import html5lib; print(html5lib.__version__)"),
    },
    Judge {
        id: JudgeId::Curl,
        name: "curl",
        covers: "fetches the directory's pages and checks its certificates",
        source: Source::Debian(&["curl"]),
        probe: Probe::Words(&["curl", "--version"]),
    },
    Judge {
        id: JudgeId::Promtool,
        name: "promtool",
        covers: "the directory's metrics, by Prometheus' own checker",
        source: Source::Debian(&["prometheus"]),
        probe: Probe::Words(&["promtool", "--version"]),
    },
    Judge {
        id: JudgeId::Pebble,
        name: "Pebble",
        covers: "the directory as an ACME client: Let's Encrypt's test authority gives and renews its certificate",
        source: Source::Debian(&["pebble"]),
        probe: Probe::Words(&["sh", "-c", "command -v pebble > /dev/null && dpkg-query --show --showformat '${Version}' pebble"]),
    },
    Judge {
        id: JudgeId::Tidy,
        name: "HTML Tidy",
        covers: "the pages that the public fills in, as HTML",
        source: Source::Debian(&["tidy"]),
        probe: Probe::Words(&["tidy", "-version"]),
    },
    Judge {
        id: JudgeId::Cryptography,
        name: "cryptography",
        covers: "the sealing of forms: a script written from RFC 9180 opens them",
        source: Source::Debian(&["python3-cryptography"]),
        probe: Probe::Words(&["python3", "-c", "import cryptography; print(cryptography.__version__)"]),
    },
    Judge {
        id: JudgeId::Aiosmtpd,
        name: "aiosmtpd",
        covers: "the mail client: STARTTLS, login, refusals, cut lines, by a mail server in Python",
        source: Source::PyPi { version: "1.4.6" },
        probe: Probe::Python("import aiosmtpd; print(aiosmtpd.__version__)"),
    },
    Judge {
        id: JudgeId::Postfix,
        name: "Postfix",
        covers: "notices that leave and real bounces that come back, in an instance of its own",
        source: Source::Debian(&["postfix"]),
        probe: Probe::Words(&["/usr/sbin/postconf", "-d", "-h", "mail_version"]),
    },
    Judge {
        id: JudgeId::SoftHsm,
        name: "SoftHSM",
        covers: "the key file sealed by a PKCS#11 token",
        source: Source::Debian(&["softhsm2"]),
        probe: Probe::Words(&["softhsm2-util", "--version"]),
    },
    Judge {
        id: JudgeId::OpenSsh,
        name: "OpenSSH",
        covers: "the sending of deposits: a server that shuts its user into a folder",
        source: Source::Debian(&["openssh-server", "openssh-client"]),
        probe: Probe::Words(&["sh", "-c", "test -x /usr/sbin/sshd && dpkg-query --show --showformat '${Version}' openssh-server"]),
    },
    Judge {
        id: JudgeId::GnuPg,
        name: "GnuPG",
        covers: "deposits for agents who do not read RFC 9580: opens them and checks who signed",
        source: Source::Debian(&["gnupg"]),
        probe: Probe::Words(&["sh", "-c", "gpg --version | head -n 1"]),
    },
    Judge {
        id: JudgeId::Sequoia,
        name: "pysequoia",
        covers: "deposits by RFC 9580: opens them and checks who signed",
        source: Source::PyPi { version: "0.1.35" },
        probe: Probe::Python("import importlib.metadata, pysequoia; print(importlib.metadata.version('pysequoia'))"),
    },
];

impl Judge {
    /// The version that is here, or nothing. A library from PyPI counts only at its pinned version.
    pub fn version(&self, room: &Room) -> Option<String> {
        let text = match &self.probe {
            Probe::Words(words) => CommandLine::new(words.iter().copied()).probe(room.root()),
            Probe::Python(program) => {
                CommandLine::new([room.judge_python().display().to_string(), "-c".to_owned(), (*program).to_owned()]).probe(room.root())
            }
            Probe::PostgresServer => postgres_server(),
        };
        let version = text.map(|text| version_in(&text))?;
        match self.source {
            Source::PyPi { version: pinned } if version != pinned => None,
            _ => Some(version),
        }
    }
}

/// The judges that are not here.
pub fn missing(room: &Room) -> Vec<&'static Judge> {
    JUDGES.iter().filter(|judge| judge.version(room).is_none()).collect()
}

/// Prints the table of judges, after installing what is missing if asked to.
pub fn show(room: &Room, install: bool) -> Result<ExitCode> {
    if install {
        install::install(room, &missing(room));
    }
    let mut are_all_here = true;
    for judge in JUDGES {
        let version = judge.version(room);
        are_all_here &= version.is_some();
        println!("{:<14} {:<9} {}", judge.name, version.as_deref().unwrap_or("missing"), judge.covers);
        println!("{:<24} from {}", "", judge.source.describe());
    }
    if !are_all_here && !install {
        println!("\nhint: `cargo xtask judges --install` fetches what is missing");
    }
    Ok(if are_all_here || !install { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Source {
    /// The source in words.
    pub fn describe(self) -> String {
        match self {
            Self::Debian(packages) => format!("Debian: {}", packages.join(", ")),
            Self::Cargo { program, version } => format!("crates.io: {program} {version}"),
            Self::PyPi { version } => format!("PyPI: {version}, pinned in tests/judges/requirements.txt"),
        }
    }
}

/// The version of the newest server that Debian's packages left, or of one on the path.
fn postgres_server() -> Option<String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let mut servers: Vec<_> = versions.map(|entry| entry.path().join("bin/postgres")).filter(|path| path.exists()).collect();
    servers.sort();
    let program = servers.pop().map_or_else(|| "postgres".to_owned(), |path| path.display().to_string());
    CommandLine::new([program.as_str(), "--version"]).probe(Path::new("/"))
}

/// The first word of a version text that looks like a number, or its first word.
fn version_in(text: &str) -> String {
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    text.split_whitespace().find(is_number).or_else(|| text.split_whitespace().next()).unwrap_or("present").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_in_what_programs_say() {
        let cases = [
            ("cargo-deny 0.20.2", "0.20.2"),
            ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143", "0.9.143"),
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18"),
            ("xmllint: using libxml version 20914\n   compiled with: Threads", "20914"),
            ("0.3.2", "0.3.2"),
            ("", "present"),
        ];
        for (text, version) in cases {
            assert_eq!(version_in(text), version, "{text}");
        }
    }

    #[test]
    fn pinned_libraries_are_the_ones_in_the_requirements() {
        let requirements = include_str!("../../tests/judges/requirements.txt");
        for judge in JUDGES {
            if let Source::PyPi { version } = judge.source {
                assert!(requirements.contains(&format!("\n{}=={version} ", judge.name)), "{} {version}", judge.name);
            }
        }
    }
}
