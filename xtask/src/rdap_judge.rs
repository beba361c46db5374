//! The directory, judged by ICANN's own tester: `rdap-test` visits the real program over TLS, on both IP versions, for a name of each kind.

use anyhow::Result;

use crate::command_line::{CommandLine, Failure};
use crate::local_resolver::LocalResolver;
use crate::room::Room;
use crate::running_directory::{HOST, RunningDirectory};
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// A name that the directory does not know, and one with a U-label as it is asked.
const FURTHER: [&str; 2] = ["unknown-name.com", "b%C3%BCcher-name.com"];

/// Has every name visited.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let repeat = format!("cargo xtask test --only {}", step.name);
    let log = room.log(step.name);
    let started = || Ok((RunningDirectory::start(room, &room.work_dir().join(step.name), &log)?, LocalResolver::start()?));
    let broken = |error: anyhow::Error| Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(log.clone()) });
    let (directory, resolver) = started().map_err(broken)?;
    let mut passed = Passed::default();
    let known = directory.names.iter().map(String::as_str).filter(|name| name.is_ascii());
    for name in known.chain(FURTHER) {
        visit(&directory, &resolver, name).run_logged(room.root(), &log, step.pace.limit())?;
        passed.checks += 1;
    }
    Ok(passed)
}

/// The tester ends with 0 where it finds nothing, with 3 where it does.
fn visit(directory: &RunningDirectory, resolver: &LocalResolver, name: &str) -> CommandLine {
    let url = format!("https://{HOST}:{}/domain/{name}", directory.https_port);
    let line = CommandLine::new(["rdap-test", "--allow-invalid-certificates", "--dns-resolver"]).args([resolver.address.to_string(), url]);
    line.args(["-g", "gtld", "-C", "std95-error", "-C", "std95-warn", "-C", "gtld-profile-error", "-O", "json"])
}
