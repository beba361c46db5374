//! Mail, judged by other projects' servers: the client against aiosmtpd, and the whole way round through Postfix: a notice to somebody
//! unknown leaves, Postfix's own report comes back, and the notice knows.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::command_line::{CommandLine, Failure};
use crate::house::House;
use crate::install::is_root;
use crate::postfix::{HOLDERS, Postfix, RETURNS};
use crate::room::{Room, empty_dir};
use crate::running_sandbox::RunningSandbox;
use crate::steps::Step;
use crate::tally::{Failed, Passed};
use crate::wait::wait_for;

/// The registry whose names are registered.
const REGISTRY: &str = "alpha";

/// The longest a message may be on its way through one machine.
const WAY_LIMIT: Duration = Duration::from_secs(60);

/// The holder whom nobody knows at the other end.
const HOLDER: &str = r#"kind = "natural"
name = "Nobody Here"
email = "nobody-here@holder.test"
phone = { number = "+44.2079460123" }

[address]
street = ["1 Example Street"]
city = "London"
postcode = "EC1A 1BB"
country = "GB"
"#;

/// Runs both judges.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let folder = room.work_dir().join("mail");
    let broken = |error: anyhow::Error| {
        Failed::from(Failure { why: format!("{error:#}"), repeat: "cargo xtask test --only mail".to_owned(), log: Some(log.clone()) })
    };
    empty_dir(&folder).map_err(broken)?;
    let words = ["cargo", "run", "--locked", "--quiet", "--package", "mail", "--example", "against_aiosmtpd", "--"];
    CommandLine::new(words)
        .args([room.judge_python().display().to_string().as_str(), "tests/judges/smtp_server.py"])
        .args([folder.join("servers").display().to_string()])
        .run_logged(room.root(), &log, step.pace.limit())?;
    let mut passed = Passed { checks: 1, notes: vec!["aiosmtpd content".to_owned()], left_out: Vec::new() };
    if !is_root() {
        passed.left_out.push("mail: Postfix is started by root alone".to_owned());
        return Ok(passed);
    }
    passed.checks += way_round(room, &folder, &log).map_err(broken)?;
    passed.notes.push("two bounces of Postfix came back".to_owned());
    Ok(passed)
}

/// A notice out and its bounce back, once through the pipe and once through the Maildir; gives the checks made.
fn way_round(room: &Room, folder: &Path, log: &Path) -> Result<usize> {
    let postfix = Postfix::start()?;
    let sandbox = RunningSandbox::start(room, &folder.join("sandbox"), log)?;
    let house = MailHouse::make(room, folder, &sandbox, &postfix)?;

    let mut serving = house.house.serve(log, "")?;
    let first = house.registered("piped.alpha")?;
    let message = wait_for("the bounce to arrive", WAY_LIMIT, || newest(&postfix.bounces().join("new"))).context(postfix.log())?;
    let said = house.pipe(&message)?;
    ensure!(said.contains("bounced-hard (5.1.1)"), "`mail bounce` says: {said}");
    ensure!(house.outcome(&first)? == "bounced-hard", "the first notice does not know that it bounced");
    let again = house.pipe(&message)?;
    ensure!(again.contains("known already"), "`mail bounce` says of the same again: {again}");
    let forged = house.pipe(&forged(&message))?;
    ensure!(forged.contains("bounce.unsealed"), "`mail bounce` says of a forgery: {forged}");
    serving.end();

    let _serving = house.house.serve(log, &format!("bounces = \"{}\"\n", postfix.bounces().display()))?;
    let second = house.registered("watched.alpha")?;
    wait_for("the second notice to know that it bounced", WAY_LIMIT, || (house.outcome(&second).ok()? == "bounced-hard").then_some(()))
        .context(postfix.log())?;
    ensure!(newest(&postfix.bounces().join("new")).is_none(), "a bounce was left lying in `new`");
    Ok(6)
}

/// A message whose seal is one digit off, wherever it stands.
fn forged(message: &str) -> String {
    let Some(at) = message.find(&format!("@{RETURNS}")) else { return String::new() };
    let digit = &message[at - 1..at];
    let other = if digit == "0" { "1" } else { "0" };
    let seal = &message[at - 20..at];
    let cut = message.split("Content-Type: message/rfc822").next().unwrap_or_default();
    cut.replace(seal, &format!("{}{other}", &seal[..19]))
}

/// An instance whose mail goes to the judge.
struct MailHouse<'r> {
    house: House<'r>,
}

impl<'r> MailHouse<'r> {
    fn make(room: &'r Room, folder: &Path, sandbox: &RunningSandbox, postfix: &Postfix) -> Result<Self> {
        let mut house = House::make(room, &folder.join("registrar"), sandbox, REGISTRY)?;
        let mail =
            format!("\n[mail]\nhost = \"localhost\"\ntls = \"loopback-only\"\nport = {}\nreturn_domain = \"{RETURNS}\"\n", postfix.port);
        house.configuration.push_str(&mail);
        fs::write(house.folder.join("holder.toml"), HOLDER.replace("holder.test", HOLDERS))?;
        Ok(Self { house })
    }

    /// Registers a name for the holder and gives the id of its notice.
    fn registered(&self, name: &str) -> Result<String> {
        let file = self.house.folder.join("holder.toml").display().to_string();
        let holder = self.house.says(&["contact", "save", &file])?;
        // Known to the house, so that one notice leaves.
        self.house.says(&["contact", "verify", &holder, "--evidence", "testing"])?;
        let servers = ["--ns", "ns1.provider.example", "--ns", "ns2.provider.example"];
        let order = ["domain", "register", name, "--registrant", &holder, "--admin", &holder, "--tech", &holder];
        self.house.says(&[&order[..], &servers].concat())?;
        let notices = self.notices(&["--name", name])?;
        notices.first().and_then(|notice| notice["id"].as_str()).map(str::to_owned).with_context(|| format!("no notice for {name}"))
    }

    fn outcome(&self, notice: &str) -> Result<String> {
        let notices = self.notices(&[])?;
        let found = notices.iter().find(|found| found["id"] == notice).and_then(|found| found["outcome"].as_str());
        found.map(str::to_owned).with_context(|| format!("{notice} is not listed"))
    }

    fn notices(&self, more: &[&str]) -> Result<Vec<Value>> {
        let text = self.house.says(&[&["--json", "notice", "list"], more].concat())?;
        let report: Value = serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))?;
        report["notices"].as_array().cloned().context("no list of notices")
    }

    /// Gives a message to `namekeep mail bounce`, as the pipe of a mail server does.
    fn pipe(&self, message: &str) -> Result<String> {
        let line = self.house.line().args(["mail", "bounce"]);
        let mut child = line.command(self.house.root()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        child.stdin.take().context("no input")?.write_all(message.as_bytes())?;
        let output = child.wait_with_output()?;
        if !output.status.success() {
            bail!("`{line}` ended with {}", output.status);
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A message in a folder.
fn newest(folder: &Path) -> Option<String> {
    let entry = fs::read_dir(folder).ok()?.flatten().next()?;
    fs::read_to_string(entry.path()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forgery_differs_by_one_digit_wherever_the_seal_stands() {
        let seal = "0123456789abcdef0123";
        let message = format!("To: bounce+ntc_1-{seal}@{RETURNS}\nX: {seal}\nContent-Type: message/rfc822\n\nMessage-ID: <y>\n");
        assert_eq!(forged(&message), format!("To: bounce+ntc_1-0123456789abcdef0120@{RETURNS}\nX: 0123456789abcdef0120\n"));
        assert_eq!(forged("no seal"), "");
    }
}
