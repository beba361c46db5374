//! The steps of `cargo xtask test`, in order. A row here is all it takes to add one.

use std::time::Duration;

use crate::acme_judge;
use crate::advisories;
use crate::command_line::CommandLine;
use crate::drills;
use crate::escrow_judge;
use crate::foreign_client::{self, ForeignClient};
use crate::forms_judge;
use crate::frames;
use crate::fuzz;
use crate::hsm_judge;
use crate::judges::JudgeId;
use crate::ledger_judge;
use crate::mail_judge;
use crate::pages_judge;
use crate::rdap_client;
use crate::rdap_judge;
use crate::room::Room;
use crate::tally::{Failed, Passed};

/// The program under test, as the release build leaves it.
pub const NAMEKEEP: &str = "target/release/namekeep";

/// The tests that kill and restart; how many transforms they send is in their environment. All runs of tests select the
/// whole workspace with all features, so that they share one build.
const EXACTLY_ONCE: &[&str] =
    &["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-tests", "fail", "-E", "test(/exactly_once/)"];

/// The tests that plant secrets and search for them.
const CANARY: &[&str] =
    &["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-tests", "fail", "-E", "test(/canary/)"];

/// The tests that judge answers of the directory.
const CONFORMANCE: &[&str] =
    &["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-tests", "fail", "-E", "test(/conformance/)"];

/// The limits of `.config/nextest.toml` for tests that do a hundred times their usual work.
const LONG_PROFILE: (&str, &str) = ("NEXTEST_PROFILE", "long");

/// One thing that must pass.
pub struct Step {
    /// What `--only` and the log file call it.
    pub name: &'static str,
    /// What its passing shows.
    pub shows: &'static str,
    /// The judges without which it cannot run.
    pub needs: &'static [JudgeId],
    /// Whether it belongs to every run.
    pub pace: Pace,
    /// What it does.
    pub action: Action,
}

/// How long a step may take, and when it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// In every run: all of them together stay under half an hour on two cores.
    Always,
    /// Only with `--long`.
    Long,
}

impl Pace {
    /// The longest one command of a step may take.
    pub fn limit(self) -> Duration {
        match self {
            Self::Always => Duration::from_secs(25 * 60),
            Self::Long => Duration::from_secs(12 * 60 * 60),
        }
    }
}

/// What a step does.
pub enum Action {
    /// One command that passes by ending with 0.
    Command(&'static [&'static str]),
    /// A run of tests, counted, with its environment.
    Tests(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// A chore of its own, described by the command that is its heart.
    Chore(&'static str, fn(&Room, &Step) -> Result<Passed, Failed>),
}

impl Action {
    /// What it runs, as text.
    pub fn describe(&self) -> String {
        match self {
            Self::Command(words) => CommandLine::new(words.iter().copied()).to_string(),
            Self::Tests(words, env) => {
                env.iter().fold(CommandLine::new(words.iter().copied()), |line, (name, value)| line.env(name, *value)).to_string()
            }
            Self::Chore(heart, _) => (*heart).to_owned(),
        }
    }
}

/// All steps. Cheap ones first, so that a slip shows within seconds.
pub const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        shows: "the code is formatted",
        needs: &[],
        pace: Pace::Always,
        action: Action::Command(&["cargo", "fmt", "--all", "--check"]),
    },
    Step {
        name: "clippy",
        shows: "no warning anywhere, tests and benchmarks included",
        needs: &[],
        pace: Pace::Always,
        action: Action::Command(&["cargo", "clippy", "--locked", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
    },
    Step {
        name: "deny",
        shows: "licences, banned crates and sources of all dependencies; advisories when their database can be had",
        needs: &[JudgeId::Deny],
        pace: Pace::Always,
        action: Action::Chore("cargo deny --locked check licenses bans sources", advisories::check),
    },
    Step {
        name: "tests",
        shows: "every test of every room, on SQLite and PostgreSQL",
        needs: &[JudgeId::Nextest, JudgeId::Postgres],
        pace: Pace::Always,
        action: Action::Chore(
            "cargo nextest run --locked --workspace --all-features --no-fail-fast -E 'not (test(/exactly_once/) | test(/canary/) | test(/(^|::)hsm::/))'",
            frames::run_tests_and_keep_frames,
        ),
    },
    Step {
        name: "doc-tests",
        shows: "the examples in the documentation run",
        needs: &[],
        pace: Pace::Always,
        action: Action::Tests(&["cargo", "test", "--locked", "--workspace", "--all-features", "--doc"], &[]),
    },
    Step {
        name: "exactly-once",
        shows: "200 transforms under cuts and kills: nothing lost, nothing doubled, each charge once",
        needs: &[JudgeId::Nextest],
        pace: Pace::Always,
        action: Action::Chore("NAMEKEEP_TRANSFORMS=200 cargo nextest run ... -E 'test(/exactly_once/)'", |room, step| {
            frames::run_more_tests_and_keep_frames(room, step, EXACTLY_ONCE, &[("NAMEKEEP_TRANSFORMS", "200")])
        }),
    },
    Step {
        name: "canary",
        shows: "planted secrets appear in no log, error, trace, clear column or frame dump, and withheld data in no public byte",
        needs: &[JudgeId::Nextest],
        pace: Pace::Always,
        action: Action::Chore("cargo nextest run ... -E 'test(/canary/)'", |room, step| {
            frames::run_more_tests_and_keep_frames(room, step, CANARY, &[])
        }),
    },
    Step {
        name: "frames",
        shows: "every frame that the tests, the tour of the demo, the fire and the canaries emitted is valid by the schemas (the long fire's are not kept)",
        needs: &[JudgeId::Xmllint],
        pace: Pace::Always,
        action: Action::Chore("xmllint --nonet --noout --schema tests/judges/epp-schemas/all.xsd target/xtask/frames/*.xml", frames::judge),
    },
    Step {
        name: "release",
        shows: "the program builds as it is shipped",
        needs: &[],
        pace: Pace::Always,
        action: Action::Command(&["cargo", "build", "--locked", "--release"]),
    },
    Step {
        name: "demo",
        shows: "the tour runs and each of its results is as told",
        needs: &[],
        pace: Pace::Always,
        action: Action::Command(&[NAMEKEEP, "demo", "--check", "--folder", "target/xtask/demo"]),
    },
    Step {
        name: "drills",
        shows: "a registrar that is killed and cut off under load loses and doubles no order; its backups restore it row for row; a flipped bit is named",
        needs: &[],
        pace: Pace::Always,
        action: Action::Chore("namekeep drill d0, drill d1, backup check, restore", drills::play),
    },
    Step {
        name: "ledger",
        shows: "another project's log client accepts the ledger of the demo and a proof from it",
        needs: &[JudgeId::GoSumdb],
        pace: Pace::Always,
        action: Action::Chore("go run tests/judges/tlog/main.go", ledger_judge::judge),
    },
    Step {
        name: "rdap",
        shows: "ICANN's own tester finds nothing in what the directory answers, for a name of each kind",
        needs: &[JudgeId::RdapTest],
        pace: Pace::Always,
        action: Action::Chore("rdap-test ... https://rdap.registrar.test:PORT/domain/NAME -g gtld", rdap_judge::judge),
    },
    Step {
        name: "pages",
        shows: "a strict HTML parser and Prometheus' checker find nothing in the directory's pages and metrics; its own probe finds it up",
        needs: &[JudgeId::Html5lib, JudgeId::Curl, JudgeId::Promtool],
        pace: Pace::Always,
        action: Action::Chore("python3 tests/judges/strict_html.py, promtool check metrics, namekeep directory probe", pages_judge::judge),
    },
    Step {
        name: "acme",
        shows: "Let's Encrypt's test authority gives the directory a certificate and renews it without a dropped connection",
        needs: &[JudgeId::Pebble, JudgeId::Curl],
        pace: Pace::Always,
        action: Action::Chore("pebble -config ..., namekeep directory serve", acme_judge::judge),
    },
    Step {
        name: "forms",
        shows: "HTML Tidy finds nothing in the pages that the public fills in, and a script from RFC 9180 opens what was sealed",
        needs: &[JudgeId::Tidy, JudgeId::Cryptography],
        pace: Pace::Always,
        action: Action::Chore("tidy -quiet -errors -utf8 PAGE; python3 tests/judges/hpke_open.py FILE", forms_judge::judge),
    },
    Step {
        name: "mail",
        shows: "notices leave through other projects' mail servers, and a real bounce of theirs comes back to the notice",
        needs: &[JudgeId::Python, JudgeId::Aiosmtpd, JudgeId::Postfix],
        pace: Pace::Always,
        action: Action::Chore("cargo run --package mail --example against_aiosmtpd; namekeep serve with postfix", mail_judge::judge),
    },
    Step {
        name: "hsm",
        shows: "a token of SoftHSM seals the key file: no former copy of it opens, no death at any step loses it; without the feature the token is refused",
        needs: &[JudgeId::Nextest, JudgeId::SoftHsm],
        pace: Pace::Always,
        action: Action::Chore("cargo nextest run ... -E 'test(/(^|::)hsm::/)'; namekeep config check", hsm_judge::judge),
    },
    Step {
        name: "escrow",
        shows: "deposits arrive at OpenSSH's server; Sequoia, GnuPG, sha256sum and a script of our own accept them, and refuse what was damaged",
        needs: &[JudgeId::Python, JudgeId::OpenSsh, JudgeId::GnuPg, JudgeId::Sequoia],
        pace: Pace::Always,
        action: Action::Chore("namekeep escrow run; python3 tests/judges/escrow_check.py FOLDER", escrow_judge::judge),
    },
    Step {
        name: "rdap-client",
        shows: "ICANN's client follows every path of our redactions, and makes of our RDAP answers what our WHOIS says",
        needs: &[JudgeId::RdapTest],
        pace: Pace::Always,
        action: Action::Chore("rdap --base-url https://127.0.0.1:PORT/ -O gtld-whois NAME", rdap_client::compare),
    },
    Step {
        name: "net-epp",
        shows: "Debian's Perl client works with the sandbox and leaves the expected table",
        needs: &[JudgeId::NetEpp],
        pace: Pace::Always,
        action: Action::Chore("perl tests/judges/net_epp.pl", |room, step| foreign_client::drive(room, step, ForeignClient::NetEpp)),
    },
    Step {
        name: "pyepp",
        shows: "PyPI's Python client works with the sandbox and leaves the expected table",
        needs: &[JudgeId::Pyepp],
        pace: Pace::Always,
        action: Action::Chore("target/judges/venv/bin/python tests/judges/pyepp_drive.py", |room, step| {
            foreign_client::drive(room, step, ForeignClient::Pyepp)
        }),
    },
    Step {
        name: "simulate",
        shows: "three years of a small portfolio under faults, 20 seeds: no broken invariant, no missed duty",
        needs: &[],
        pace: Pace::Always,
        action: Action::Command(&[NAMEKEEP, "simulate", "--domains", "200", "--years", "3", "--seeds", "20"]),
    },
    Step {
        name: "fuzz",
        shows: "no bytes from the network make a parser panic, hang or contradict its encoder, by coverage-guided fuzzing",
        needs: &[JudgeId::CargoFuzz],
        pace: Pace::Long,
        action: Action::Chore("cargo fuzz run --sanitizer none TARGET, for each target", fuzz::run),
    },
    Step {
        name: "rdap-long",
        shows: "100,000 records of every kind without a finding by any row of ICANN's conformance list",
        needs: &[JudgeId::Nextest],
        pace: Pace::Long,
        action: Action::Tests(CONFORMANCE, &[("NAMEKEEP_RDAP_RECORDS", "100000"), LONG_PROFILE]),
    },
    Step {
        name: "simulate-long",
        shows: "three years of 100,000 domains under faults: no broken invariant, no missed duty",
        needs: &[],
        pace: Pace::Long,
        action: Action::Command(&[NAMEKEEP, "simulate", "--domains", "100000", "--years", "3", "--seed", "7"]),
    },
    Step {
        name: "registrants-long",
        shows: "a year of 70,000 people, most of whom hold a name: nobody unverified and unsuspended after day 15, nobody written to once erased",
        needs: &[],
        pace: Pace::Long,
        action: Action::Command(&[NAMEKEEP, "simulate", "--domains", "100000", "--registrants", "70000", "--years", "1", "--seed", "3"]),
    },
    Step {
        name: "exactly-once-long",
        shows: "10,000 transforms under cuts and kills: nothing lost, nothing doubled, each charge once",
        needs: &[JudgeId::Nextest],
        pace: Pace::Long,
        action: Action::Tests(EXACTLY_ONCE, &[("NAMEKEEP_TRANSFORMS", "10000"), LONG_PROFILE]),
    },
    Step {
        name: "drills-long",
        shows: "the same with 40 kills, on a database of a million names",
        needs: &[],
        pace: Pace::Long,
        action: Action::Chore("namekeep drill d0 --portfolio 1000000, drill d1, backup check, restore", drills::play_long),
    },
    Step {
        name: "escrow-long",
        shows: "a deposit of 100,000 names, each ordered from a registry, passes the same judges in both forms and equals the database",
        needs: &[JudgeId::Python, JudgeId::OpenSsh, JudgeId::GnuPg, JudgeId::Sequoia],
        pace: Pace::Long,
        action: Action::Chore(
            "namekeep drill d0 --names 100000, escrow run, verify, diff; the judges of `escrow`",
            escrow_judge::judge_long,
        ),
    },
    Step {
        name: "canary-long",
        shows: "10,000 planted values of which policy withholds most: none of those in any public byte or in the directory's memory",
        needs: &[JudgeId::Nextest],
        pace: Pace::Long,
        action: Action::Tests(CANARY, &[("NAMEKEEP_CANARIES", "10000"), LONG_PROFILE]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_called_by_its_name() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
