//! The key file sealed by a token, judged by SoftHSM 2: every test that needs a token, and the program that is shipped, which has no
//! PKCS#11 and must say so.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::command_line::{CommandLine, Failure};
use crate::room::{Room, empty_dir};
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};
use crate::test::run_tests;

/// The tests with a token. They share the build of the step `tests`.
pub const TESTS: &[&str] =
    &["cargo", "nextest", "run", "--locked", "--workspace", "--all-features", "--no-tests", "fail", "-E", "test(/(^|::)hsm::/)"];

/// What names a token in a configuration.
const SECTION: &str = "\n[keys.token]\nmodule = \"none.so\"\ntoken_label = \"none\"\npin_file = \"none\"\nkey_label = \"none\"\n";

/// The step `hsm`.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let mut passed = run_tests(room, step, &CommandLine::new(TESTS.iter().copied()))?;
    let folder = room.work_dir().join("hsm");
    refused_by_the_shipped(room, &folder).map_err(|error| Failed {
        passed: passed.checks,
        failed: 1,
        failure: Failure { why: format!("{error:#}"), repeat: "cargo xtask test --only release --only hsm".to_owned(), log: None },
    })?;
    passed.checks += 1;
    Ok(passed)
}

/// The program without the feature refuses the section and names it.
fn refused_by_the_shipped(room: &Room, folder: &Path) -> Result<()> {
    empty_dir(folder)?;
    let instance = folder.join("instance").display().to_string();
    CommandLine::new([NAMEKEEP, "init", &instance, "--operator", "judge"]).probe(room.root()).context("`namekeep init` failed")?;
    let configuration = folder.join("instance/namekeep.toml");
    fs::write(&configuration, fs::read_to_string(&configuration)? + SECTION)?;
    let output = CommandLine::new([NAMEKEEP, "--dir", &instance, "config", "check"]).command(room.root()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let refuses = output.status.code() == Some(2) && said.contains("this program was built without PKCS#11");
    ensure!(refuses, "the shipped program does not refuse `[keys.token]`: {said}");
    Ok(())
}
