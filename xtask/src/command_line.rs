//! A command line that can be run, logged, limited in time and shown so that a reader can repeat it.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How often a running command is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// How often a long command says that it is still at work; build services end silent jobs after ten minutes.
const SIGN_OF_LIFE: Duration = Duration::from_secs(60);

/// The longest a program may take to end after it was asked to.
const END_LIMIT: Duration = Duration::from_secs(20);

/// Lines of a log shown after a failure.
const TAIL_LINES: usize = 40;

/// A program with arguments and environment.
#[derive(Clone, Debug)]
pub struct CommandLine {
    program: String,
    args: Vec<String>,
    env: Vec<(String, String)>,
}

/// Why a step did not pass, and how to see it again.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong, one sentence.
    pub why: String,
    /// The command that repeats it.
    pub repeat: String,
    /// Where the whole output is.
    pub log: Option<PathBuf>,
}

impl CommandLine {
    /// A command line of words as they stand.
    pub fn new<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        let mut words = words.into_iter().map(Into::into);
        Self { program: words.next().unwrap_or_default(), args: words.collect(), env: Vec::new() }
    }

    /// Adds arguments.
    pub fn args<S: Into<String>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        self.args.extend(words.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// The command, to be run in `dir`.
    pub fn command(&self, dir: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().cloned()).current_dir(dir).stdin(Stdio::null());
        command
    }

    /// Runs it with all output appended to `log`, for at most `limit`.
    pub fn run_logged(&self, dir: &Path, log: &Path, limit: Duration) -> Result<(), Failure> {
        let status = self.run_into(dir, log, limit);
        let why = match status {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => format!("ended with {status}"),
            Ok(None) => format!("was ended after {} s without a result", limit.as_secs()),
            Err(error) => format!("{error:#}"),
        };
        Err(Failure { why, repeat: self.to_string(), log: Some(log.to_path_buf()) })
    }

    /// Runs it to its end; nothing if it had to be ended.
    fn run_into(&self, dir: &Path, log: &Path, limit: Duration) -> Result<Option<ExitStatus>> {
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let mut child = self
            .command(dir)
            .env("CARGO_TERM_COLOR", "never")
            .stdout(output)
            .stderr(errors)
            .spawn()
            .with_context(|| format!("`{}` cannot be started", self.program))?;
        wait(&mut child, limit)
    }

    /// Runs it and gives its standard output and error as one text, or nothing if it is missing or fails.
    pub fn probe(&self, dir: &Path) -> Option<String> {
        let output = self.command(dir).output().ok().filter(|output| output.status.success())?;
        let text = [output.stdout, output.stderr].concat();
        Some(String::from_utf8_lossy(&text).trim().to_owned())
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.env {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&quoted(&self.program))?;
        self.args.iter().try_for_each(|word| write!(f, " {}", quoted(word)))
    }
}

/// Waits for a child for at most `limit`; one that takes longer is ended.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let elapsed = start.elapsed();
        if elapsed >= limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        if elapsed >= next_sign {
            println!("             still at work after {} s", elapsed.as_secs());
            next_sign += SIGN_OF_LIFE;
        }
        std::thread::sleep(GLANCE);
    }
}

/// Asks a child to end, so that it can close its files, and ends it if it does not.
pub fn end(child: &mut Child) {
    let asked = CommandLine::new(["kill", "-TERM"]).args([child.id().to_string()]).probe(Path::new("/")).is_some();
    let start = Instant::now();
    while asked && start.elapsed() < END_LIMIT {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(GLANCE);
    }
    // Already gone is what we want.
    drop(child.kill());
    drop(child.wait());
}

/// Opens a log for more lines.
pub fn open_log(path: &Path) -> Result<File> {
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    OpenOptions::new().create(true).append(true).open(path).with_context(|| format!("{} cannot be written", path.display()))
}

/// The last lines of a log.
pub fn tail(path: &Path) -> Vec<String> {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].iter().map(|line| (*line).to_owned()).collect()
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_shown_as_a_shell_takes_it() {
        let line = CommandLine::new(["cargo", "nextest", "run", "-E", "not test(/canary/)"]).env("SEEDS", "1 2");
        assert_eq!(line.to_string(), "SEEDS='1 2' cargo nextest run -E 'not test(/canary/)'");
        assert_eq!(CommandLine::new(["echo", "it's", ""]).to_string(), r"echo 'it'\''s' ''");
    }

    #[test]
    fn a_failure_names_the_command_and_keeps_the_output() {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("logs/step.log");
        let line = CommandLine::new(["sh", "-c", "echo out; echo err >&2; exit 3"]);
        let failure = line.run_logged(dir.path(), &log, Duration::from_secs(10)).unwrap_err();
        assert!(failure.why.contains('3'), "{}", failure.why);
        assert_eq!(failure.repeat, "sh -c 'echo out; echo err >&2; exit 3'");
        assert_eq!(tail(&log), ["out", "err"]);
    }

    #[test]
    fn a_command_that_hangs_is_ended() {
        let dir = tempfile::tempdir().unwrap();
        let line = CommandLine::new(["sleep", "60"]);
        let failure = line.run_logged(dir.path(), &dir.path().join("log"), Duration::from_millis(100)).unwrap_err();
        assert!(failure.why.contains("was ended"), "{}", failure.why);
    }

    #[test]
    fn a_missing_program_is_a_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let line = CommandLine::new(["no-such-program-here"]);
        let failure = line.run_logged(dir.path(), &dir.path().join("log"), Duration::from_secs(1)).unwrap_err();
        assert!(failure.why.starts_with("`no-such-program-here` cannot be started"), "{}", failure.why);
        assert_eq!(line.probe(dir.path()), None);
    }
}
