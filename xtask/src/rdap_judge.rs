//! The directory, judged by ICANN's own tester: `rdap-test` visits the real program over TLS, on both IP versions, for a name of each kind.

use crate::command_line::{CommandLine, Failure};
use crate::resolver::Resolver;
use crate::room::Room;
use crate::served_directory::{HOST, ServedDirectory};
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// A name that the directory does not know, and one with a U-label as it is asked.
const FURTHER: [&str; 2] = ["unknown-name.com", "b%C3%BCcher-name.com"];

/// Has every name visited.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let failed = |error: anyhow::Error| {
        let repeat = format!("cargo xtask test --only {}", step.name);
        Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(log.clone()) })
    };
    let served = ServedDirectory::start(room, step.name, &log, |_| Ok(())).map_err(failed)?;
    let resolver = Resolver::start().map_err(|error| failed(error.into()))?;
    let mut passed = Passed::default();
    let names = served.names.iter().map(String::as_str).filter(|name| name.is_ascii());
    for name in names.chain(FURTHER) {
        visit(&served, &resolver, name).run_logged(room.root(), &log, step.pace.limit())?;
        passed.checks += 1;
    }
    Ok(passed)
}

/// The tester ends with 0 where it finds nothing, with 3 where it does.
fn visit(served: &ServedDirectory, resolver: &Resolver, name: &str) -> CommandLine {
    let url = format!("https://{HOST}:{}/domain/{name}", served.ports.https);
    let line = CommandLine::new(["rdap-test", "--allow-invalid-certificates", "--dns-resolver"]).args([resolver.address.to_string(), url]);
    line.args(["-g", "gtld", "-C", "std95-error", "-C", "std95-warn", "-C", "gtld-profile-error", "-O", "json"])
}
