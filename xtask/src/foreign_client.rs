//! EPP clients of other people drive the sandbox; afterwards it must hold exactly what they were told.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::command_line::{CommandLine, Failure};
use crate::room::Room;
use crate::running_sandbox::{ReadyRegistrar, RunningSandbox};
use crate::sandbox_table;
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// The clients, each a script under `tests/judges` around a published library.
#[derive(Clone, Copy, Debug)]
pub enum ForeignClient {
    NetEpp,
    Pyepp,
}

impl ForeignClient {
    /// The table that the registry itself must show after the drive.
    fn expected_table(self) -> &'static str {
        match self {
            Self::NetEpp => include_str!("../../tests/judges/expected/net-epp.json"),
            Self::Pyepp => include_str!("../../tests/judges/expected/pyepp.json"),
        }
    }
}

/// What came of a drive.
struct Driven {
    report: Report,
    /// What the registry holds and executed, asked of itself.
    table: Value,
}

/// What a script prints.
#[derive(Debug, Deserialize)]
struct Report {
    client: String,
    steps: Vec<ReportedStep>,
    expected: Vec<Value>,
    actual: Vec<Value>,
    ok: bool,
}

/// One command of a script.
#[derive(Debug, Deserialize)]
struct ReportedStep {
    step: String,
    code: Option<u32>,
    expected: Vec<Value>,
    ok: bool,
    detail: String,
}

/// Starts a sandbox, lets the client work, compares.
pub fn drive(room: &Room, step: &Step, client: ForeignClient) -> Result<Passed, Failed> {
    let again = format!("cargo xtask test --only {}", step.name);
    let log = Some(room.log(step.name));
    let broken = |error: anyhow::Error| Failure { why: format!("{error:#}"), repeat: again.clone(), log: log.clone() };
    let Driven { report, table } = run(room, step, client).map_err(broken)?;
    let expected = serde_json::from_str(client.expected_table()).context("the expected table is not JSON").map_err(broken)?;
    let mut complaints = report.complaints();
    complaints.extend(sandbox_table::differences(&expected, &table));
    if complaints.is_empty() {
        let rows = sandbox_table::row_count(&table);
        let note =
            format!("{}: {} commands answered as expected, {rows} rows of the sandbox as expected", report.client, report.steps.len());
        return Ok(Passed { checks: report.steps.len() + rows, notes: vec![note], left_out: Vec::new() });
    }
    let failed = report.steps.iter().filter(|step| !step.ok).count();
    let passed = report.steps.len() - failed;
    Err(Failed { passed, failed: complaints.len(), failure: Failure { why: complaints.join("; "), repeat: again, log } })
}

/// Leaves the client's report and the registry's table as JSON files for whoever looks into a failure.
fn run(room: &Room, step: &Step, client: ForeignClient) -> Result<Driven> {
    let sandbox = RunningSandbox::start(room, &room.work_dir().join(step.name), &room.log(step.name))?;
    let line = command_line(room, &sandbox, client)?;
    let output = line.command(room.root()).output().with_context(|| format!("`{line}` cannot be started"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    std::fs::write(room.work_dir().join(format!("{}.json", step.name)), text.as_bytes())?;
    let Ok(report) = serde_json::from_str(&text) else {
        bail!("`{line}` ended with {} and no report: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    };
    let registry = sandbox.ready.registries.first().context("the sandbox runs no registry")?;
    let table = sandbox_table::read(&sandbox.control(), &registry.id)?;
    std::fs::write(room.work_dir().join(format!("{}-sandbox.json", step.name)), serde_json::to_vec_pretty(&table)?)?;
    Ok(Driven { report, table })
}

/// The script with everything it needs to find the sandbox and log in twice.
fn command_line(room: &Room, sandbox: &RunningSandbox, client: ForeignClient) -> Result<CommandLine> {
    let registry = sandbox.ready.registries.first().context("the sandbox runs no registry")?;
    let (host, port) = registry.addr.rsplit_once(':').with_context(|| format!("`{}` is no address with a port", registry.addr))?;
    let [first, second, ..] = sandbox.ready.registrars.as_slice() else { bail!("the sandbox knows fewer than two registrars") };
    let tld = registry.tlds.first().unwrap_or(&registry.id);
    let script = match client {
        ForeignClient::NetEpp => vec!["perl".to_owned(), "tests/judges/net_epp.pl".to_owned()],
        ForeignClient::Pyepp => vec![room.judge_python().display().to_string(), "tests/judges/pyepp_drive.py".to_owned()],
    };
    Ok(CommandLine::new(script)
        .args(["--host", host, "--port", port, "--server-name", &registry.server_name, "--tld", tld])
        .args(["--ca".to_owned(), shown(sandbox.ca())])
        .args(login("first", first, sandbox))
        .args(login("second", second, sandbox)))
}

fn login(who: &str, registrar: &ReadyRegistrar, sandbox: &RunningSandbox) -> Vec<String> {
    let files = sandbox.credentials(registrar);
    let values =
        [("id", registrar.id.clone()), ("cert", shown(files.cert)), ("key", shown(files.key)), ("password-file", shown(files.password))];
    values.into_iter().flat_map(|(name, value)| [format!("--{who}-{name}"), value]).collect()
}

fn shown(path: PathBuf) -> String {
    path.display().to_string()
}

impl Report {
    /// What is not as expected, one sentence each.
    fn complaints(&self) -> Vec<String> {
        let mut complaints: Vec<String> = self.steps.iter().filter(|step| !step.ok).map(ReportedStep::complaint).collect();
        if self.expected.is_empty() {
            complaints.push("the client did not come to the end".to_owned());
        }
        complaints.extend(self.expected.iter().filter(|row| !self.actual.contains(row)).map(|row| format!("not found at the end: {row}")));
        if complaints.is_empty() && !self.ok {
            complaints.push("the client is not content and does not say why".to_owned());
        }
        complaints
    }
}

impl ReportedStep {
    fn complaint(&self) -> String {
        let expected: Vec<String> = self.expected.iter().map(ToString::to_string).collect();
        let got = self.code.map_or_else(|| "nothing".to_owned(), |code| code.to_string());
        let detail = if self.detail.is_empty() { String::new() } else { format!(" ({})", self.detail) };
        format!("`{}` answered {got}, expected {}{detail}", self.step, expected.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(report: &str) -> Vec<String> {
        serde_json::from_str::<Report>(report).unwrap().complaints()
    }

    #[test]
    fn a_good_report_has_no_complaint() {
        let report = r#"{"client":"c","steps":[{"step":"hello","code":1000,"expected":[1000],"ok":true,"detail":""}],
            "expected":[{"name":"a"}],"actual":[{"name":"a"}],"ok":true}"#;
        assert_eq!(complaints(report), [""; 0]);
    }

    #[test]
    fn each_difference_is_a_sentence() {
        let report = r#"{"client":"c","steps":[{"step":"renew","code":1000,"expected":[2105,2306],"ok":false,"detail":""},
            {"step":"poll","code":null,"expected":["x"],"ok":false,"detail":"broke"}],
            "expected":[{"name":"a"}],"actual":[{"name":"b"}],"ok":false}"#;
        assert_eq!(
            complaints(report),
            [
                "`renew` answered 1000, expected 2105 or 2306",
                "`poll` answered nothing, expected \"x\" (broke)",
                "not found at the end: {\"name\":\"a\"}",
            ]
        );
    }

    #[test]
    fn a_client_that_gave_up_is_no_success() {
        assert_eq!(complaints(r#"{"client":"c","steps":[],"expected":[],"actual":[],"ok":true}"#), ["the client did not come to the end"]);
    }
}
