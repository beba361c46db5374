//! The fuzzers: every function that reads bytes from the network, driven by coverage for a while (long step).

use crate::command_line::CommandLine;
use crate::room::Room;
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// The targets of `fuzz/Cargo.toml`. None reads JSON: nothing takes it from the network yet.
const TARGETS: &[&str] = &[
    "frames",
    "xml",
    "server_frame",
    "client_frame",
    "redact",
    "rdap_path",
    "whois_line",
    "page_query",
    "public_record",
    "phone",
    "address",
    "form_body",
    "spool_file",
    "bounce",
];

/// How long each target is fuzzed, in seconds, unless `NAMEKEEP_FUZZ_SECONDS` says otherwise.
const SECONDS: u64 = 60;

/// The variable that sets another time.
const SECONDS_VARIABLE: &str = "NAMEKEEP_FUZZ_SECONDS";

/// Longest input, in bytes: beyond it the limits on frames have been met many times.
const INPUT_BYTES: usize = 16_384;

/// Fuzzes each target, beginning with the frames of the samples and what earlier runs found. A find ends the run; its input lies
/// in `fuzz/artifacts`.
pub fn run(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let seeds = room.work_dir().join("fuzz/seeds").display().to_string();
    CommandLine::new(["cargo", "run", "--locked", "--quiet", "-p", "epp", "--example", "seeds", "--"]).args([seeds.as_str()]).run_logged(
        room.root(),
        &log,
        step.pace.limit(),
    )?;
    let seconds = std::env::var(SECONDS_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let mut passed = Passed::default();
    for target in TARGETS {
        let corpus = room.work_dir().join("fuzz").join(target);
        std::fs::create_dir_all(&corpus).map_err(|error| Failed::from(unwritable(room, &corpus, &error)))?;
        // Our rooms hold no `unsafe` code, so no sanitizer is needed, and the toolchain of the project will do.
        CommandLine::new(["cargo", "fuzz", "run", "--sanitizer", "none", target])
            .args([corpus.display().to_string().as_str(), seeds.as_str(), "--"])
            .args([format!("-max_total_time={seconds}").as_str(), format!("-max_len={INPUT_BYTES}").as_str(), "-timeout=10"])
            .run_logged(room.root(), &log, step.pace.limit())?;
        passed.checks += 1;
    }
    passed.notes.push(format!("{} targets, {seconds} s each", TARGETS.len()));
    Ok(passed)
}

fn unwritable(room: &Room, path: &std::path::Path, error: &std::io::Error) -> crate::command_line::Failure {
    let why = format!("the folder {} cannot be made: {error}", room.shown(path));
    crate::command_line::Failure { why, repeat: "cargo xtask test --only fuzz".to_owned(), log: None }
}
