//! `cargo xtask test`: installs or names the judges, runs the steps in order, stops at the first that fails.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::TestArgs;
use crate::command_line::{CommandLine, tail};
use crate::install;
use crate::judges::{self, Judge};
use crate::room::Room;
use crate::steps::{Action, Pace, STEPS, Step};
use crate::tally::{Failed, Passed, Tally, count_tests};

/// Prints every step and its command.
pub fn list(args: &TestArgs) -> ExitCode {
    for step in STEPS.iter().filter(|step| is_wanted(step, args)) {
        println!("{:<18} {}{}", step.name, step.shows, if step.pace == Pace::Long { " (long)" } else { "" });
        println!("{:<18}   {}", "", step.action.describe());
    }
    ExitCode::SUCCESS
}

/// Runs what was asked for.
pub fn run(room: &Room, args: &TestArgs) -> Result<ExitCode> {
    if let Some(unknown) = args.only.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        bail!("there is no step `{unknown}`; `cargo xtask test --list --long` names them all");
    }
    let steps: Vec<&Step> = STEPS.iter().filter(|step| is_wanted(step, args)).collect();
    let missing = fetch_judges(room, args, &steps);
    let mut tally = Tally::default();
    let mut left_out = Vec::new();
    let mut not_run = Vec::new();
    let mut must_stop = false;
    for step in steps {
        if must_stop {
            not_run.push(step.name);
            continue;
        }
        if let Some(judge) = missing.iter().find(|judge| step.needs.contains(&judge.id)) {
            skip(room, step, judge, &mut tally);
            continue;
        }
        let has_passed = take(room, step, &mut tally, &mut left_out);
        must_stop = !has_passed && !args.keep_going;
    }
    close(room, args, &tally, &left_out, &not_run);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_wanted(step: &Step, args: &TestArgs) -> bool {
    if args.only.is_empty() { args.long || step.pace == Pace::Always } else { args.only.iter().any(|name| name == step.name) }
}

/// Installs the judges that these steps need, and gives those that are still missing.
fn fetch_judges(room: &Room, args: &TestArgs, steps: &[&Step]) -> Vec<&'static Judge> {
    let is_needed = |judge: &&Judge| steps.iter().any(|step| step.needs.contains(&judge.id));
    let needed = |judges: Vec<&'static Judge>| judges.into_iter().filter(is_needed).collect::<Vec<_>>();
    let missing = needed(judges::missing(room));
    if missing.is_empty() || args.no_install {
        return missing;
    }
    install::install(room, &missing);
    needed(judges::missing(room))
}

/// Lists a step whose judge is missing. Where nobody watches that is a failure, but none that stops the others: the work
/// was not judged.
fn skip(room: &Room, step: &Step, judge: &Judge, tally: &mut Tally) {
    println!("{:<18} skipped: {} is missing (from {})", step.name, judge.name, judge.source.describe());
    if room.is_ci() {
        println!("{:<18} counted as failed, because CI=true", "");
        tally.failed += 1;
    } else {
        tally.skipped += 1;
    }
}

/// Runs one step and says how it went; whether it passed.
fn take(room: &Room, step: &Step, tally: &mut Tally, left_out: &mut Vec<String>) -> bool {
    println!("{:<18} {}", step.name, step.action.describe());
    let start = Instant::now();
    // A missing log is as good as an empty one.
    drop(std::fs::remove_file(room.log(step.name)));
    let result = act(room, step);
    let seconds = start.elapsed().as_secs_f64();
    match result {
        Ok(passed) => {
            println!("{:<18} ok in {seconds:.1} s{}", "", notes(&passed));
            tally.passed += passed.checks;
            tally.skipped += passed.left_out.len();
            left_out.extend(passed.left_out.into_iter().map(|part| format!("{}: {part}", step.name)));
            true
        }
        Err(failed) => {
            tally.passed += failed.passed;
            tally.failed += failed.failed;
            report(room, step, &failed, seconds);
            false
        }
    }
}

fn act(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    match &step.action {
        Action::Command(words) => {
            CommandLine::new(words.iter().copied()).run_logged(room.root(), &log, step.pace.limit())?;
            Ok(Passed { checks: 1, ..Passed::default() })
        }
        Action::Tests(words, env) => {
            let line = env.iter().fold(CommandLine::new(words.iter().copied()), |line, (name, value)| line.env(name, *value));
            run_tests(room, step, &line)
        }
        Action::Chore(_, chore) => chore(room, step),
    }
}

/// Runs a command that runs tests, and counts them.
pub fn run_tests(room: &Room, step: &Step, line: &CommandLine) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let result = line.run_logged(room.root(), &log, step.pace.limit());
    let (passed, failed) = count_tests(&String::from_utf8_lossy(&std::fs::read(&log).unwrap_or_default()));
    match result {
        Ok(()) => Ok(Passed { checks: passed, notes: vec![format!("{passed} tests")], left_out: Vec::new() }),
        Err(failure) => Err(Failed { passed, failed: failed.max(1), failure }),
    }
}

fn notes(passed: &Passed) -> String {
    passed.notes.iter().map(|note| format!(", {note}")).collect()
}

/// The end of the log and the command that repeats it.
fn report(room: &Room, step: &Step, failed: &Failed, seconds: f64) {
    println!("{:<18} FAILED after {seconds:.1} s: {}", "", failed.failure.why);
    if let Some(log) = &failed.failure.log {
        tail(log).iter().for_each(|line| println!("    | {line}"));
        println!("    the whole log: {}", room.shown(log));
    }
    println!("    repeat it with: {}", failed.failure.repeat);
    println!("    or the step:    cargo xtask test --only {}", step.name);
}

/// What was left out, then the closing line.
fn close(room: &Room, args: &TestArgs, tally: &Tally, left_out: &[String], not_run: &[&str]) {
    println!();
    for part in left_out {
        println!("left out: {part}");
    }
    if !not_run.is_empty() {
        println!("not run after the failure: {}", not_run.join(", "));
    }
    if !args.long && args.only.is_empty() && !room.is_ci() {
        let long: Vec<&str> = STEPS.iter().filter(|step| step.pace == Pace::Long).map(|step| step.name).collect();
        println!("long steps, run with --long: {}", long.join(", "));
    }
    println!("{}", tally.line());
}
