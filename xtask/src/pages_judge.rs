//! The directory's pages and metrics, judged by a strict HTML parser and by Prometheus' checker; and what its own probe says of it.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::command_line::{CommandLine, Failure};
use crate::room::Room;
use crate::served_directory::{HOST, ServedDirectory};
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// Paths of pages, and the status each has.
const PAGES: [(&str, &str); 7] = [
    ("/", "200"),
    ("/lookup", "200"),
    ("/lookup?name=redacted-name.com", "200"),
    ("/lookup?name=consented-name.com", "200"),
    ("/lookup?name=b%C3%BCcher-name.com", "200"),
    ("/lookup?name=unknown-name.com", "404"),
    ("/lookup?name=%22%3E%3Cscript%3E", "400"),
];

/// How long the directory may take to read its feed.
const FEED_LIMIT: Duration = Duration::from_secs(20);

/// Asks for every page, then for the metrics, then has the probe ask.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let judged = ServedDirectory::start(room, step.name, &log, |_| Ok(())).and_then(|served| judge_served(room, &served));
    let checks = judged.map_err(|error| {
        let repeat = format!("cargo xtask test --only {}", step.name);
        Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(log.clone()) })
    })?;
    Ok(Passed { checks, ..Passed::default() })
}

fn judge_served(room: &Room, served: &ServedDirectory) -> Result<usize> {
    let metrics = format!("http://127.0.0.1:{}/metrics", served.ports.metrics);
    let curl = || CommandLine::new(["curl", "--silent", "--show-error"]);
    let start = Instant::now();
    while !curl().args([metrics.as_str()]).probe(room.root()).is_some_and(|text| text.contains(&format!("_names {}", served.names.len()))) {
        ensure!(start.elapsed() < FEED_LIMIT, "the directory does not read its feed");
        std::thread::sleep(Duration::from_millis(100));
    }
    for (at, (path, status)) in PAGES.iter().enumerate() {
        let file = served.folder.join(format!("page-{at}.html"));
        let root = served.folder.join("rdap.pem");
        let line = curl()
            .args(["--header", "Accept: text/html", "--cacert", &root.display().to_string(), "--output", &file.display().to_string()])
            .args(["--resolve", &format!("{HOST}:{}:127.0.0.1", served.ports.https), "--write-out", "%{http_code}"])
            .args([format!("https://{HOST}:{}{path}", served.ports.https)]);
        let said = line.probe(room.root()).with_context(|| format!("`{line}` fails"))?;
        ensure!(said == *status, "{path} is answered with {said}, not {status}");
        pass(
            room,
            &CommandLine::new([room.judge_python().display().to_string()])
                .args(["tests/judges/strict_html.py", &file.display().to_string()]),
        )?;
    }
    let text = curl().args([metrics]).probe(room.root()).context("the metrics are gone")?;
    check_metrics(room.root(), &text)?;
    let configuration = served.folder.join("directory.toml").display().to_string();
    for word in ["probe", "report"] {
        pass(room, &CommandLine::new([NAMEKEEP, "directory", word]).args([configuration.as_str()]))?;
    }
    Ok(PAGES.len() + 3)
}

/// Runs a judge that ends with 0 where it finds nothing.
fn pass(room: &Room, line: &CommandLine) -> Result<()> {
    let output = line.command(room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
    if !output.status.success() {
        bail!("`{line}` finds: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn check_metrics(dir: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let line = CommandLine::new(["promtool", "check", "metrics"]);
    let mut child = line.command(dir).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().context("promtool takes no input")?.write_all(format!("{text}\n").as_bytes())?;
    let output = child.wait_with_output()?;
    let said = [output.stdout, output.stderr].concat();
    ensure!(output.status.success() && said.is_empty(), "promtool finds: {}", String::from_utf8_lossy(&said));
    Ok(())
}
