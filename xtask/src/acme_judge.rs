//! The directory as an ACME client, judged by Pebble, the test authority of Let's Encrypt: it gives the first certificate and renews it
//! while a connection stays open.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::command_line::{CommandLine, Failure, end, open_log};
use crate::resolver::Resolver;
use crate::room::Room;
use crate::served_directory::{HOST, Prepared, ServedDirectory, free_ports};
use crate::steps::Step;
use crate::tally::{Failed, Passed};

/// How long a certificate is valid, in seconds: it is renewed after two thirds.
const LIFE_S: u32 = 45;

/// How long the first certificate may take, and the renewal after the first.
const LIMIT: Duration = Duration::from_secs(90);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(250);

/// Questions on one connection, five seconds apart: longer than until the renewal.
const QUESTIONS: usize = 9;

/// Lets Pebble give and renew a certificate.
pub fn judge(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    let checks = judge_with_pebble(room, step.name, &log).map_err(|error| {
        let repeat = format!("cargo xtask test --only {}", step.name);
        Failed::from(Failure { why: format!("{error:#}"), repeat, log: Some(log.clone()) })
    })?;
    Ok(Passed { checks, ..Passed::default() })
}

fn judge_with_pebble(room: &Room, name: &str, log: &Path) -> Result<usize> {
    let resolver = Resolver::start()?;
    let mut pebble = None;
    let served = ServedDirectory::start(room, name, log, |prepared| {
        pebble = Some(Pebble::start(room, prepared, &resolver, log)?);
        Ok(())
    })?;
    let pebble = pebble.context("Pebble was not started")?;
    let root = pebble.root(room)?;
    let chain = served.folder.join("rdap.pem");
    let trusted = |address: &str, urls: &str, more: &[&str]| {
        let line = CommandLine::new(["curl", "--silent", "--show-error", "--output", "/dev/null", "--cacert"]).args([root.as_str()]);
        line.args(["--resolve", &format!("{HOST}:{}:{address}", served.ports.https), "--write-out", "%{http_code} %{num_connects}\\n"])
            .args(more.iter().copied())
            .args([format!("https://{HOST}:{}/help?{urls}", served.ports.https)])
    };
    until("the first certificate", || trusted("127.0.0.1", "1", &[]).probe(room.root()).is_some())?;
    for file in ["rdap.pem", "rdap.key", "account.json"] {
        let mode = std::fs::metadata(served.folder.join(file))?.permissions().mode() & 0o777;
        ensure!(mode == 0o600, "`{file}` has the mode {mode:o}");
    }
    let first = std::fs::read(&chain)?;
    let held = trusted("[::1]", &format!("[1-{QUESTIONS}]"), &["--rate", "12/m"]);
    let held = held.command(room.root()).stdout(Stdio::piped()).spawn()?;
    until("the renewal", || std::fs::read(&chain).is_ok_and(|now| now != first))?;
    until("the renewed certificate on show", || trusted("127.0.0.1", "2", &[]).probe(room.root()).is_some())?;
    let said = String::from_utf8_lossy(&held.wait_with_output()?.stdout).into_owned();
    let wanted = format!("200 1\n{}", "200 0\n".repeat(QUESTIONS - 1));
    ensure!(said == wanted, "on one connection across the renewal there came:\n{said}");
    Ok(3 + QUESTIONS + 2)
}

fn until(what: &str, is_so: impl Fn() -> bool) -> Result<()> {
    let start = Instant::now();
    while !is_so() {
        ensure!(start.elapsed() < LIMIT, "{what} did not come within {} s", LIMIT.as_secs());
        std::thread::sleep(GLANCE);
    }
    Ok(())
}

/// An authority that runs until this is dropped.
struct Pebble {
    child: Child,
    folder: PathBuf,
    management: u16,
}

impl Pebble {
    /// Starts it beside a directory, and has the directory order from it: the certificate that lies there is taken away.
    fn start(room: &Room, prepared: &Prepared, resolver: &Resolver, log: &Path) -> Result<Self> {
        let folder = prepared.folder.clone();
        let [acme, management] = free_ports()?;
        let own = |file: &str| folder.join(file).display().to_string();
        let configuration = serde_json::json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{acme}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": own("authority.pem"),
            "privateKey": own("authority.key"),
            "httpPort": prepared.ports.http,
            "tlsPort": prepared.ports.https,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": LIFE_S,
        }});
        std::fs::write(folder.join("pebble.json"), configuration.to_string())?;
        for file in ["rdap.pem", "rdap.key"] {
            std::fs::remove_file(folder.join(file))?;
        }
        let directory = folder.join("directory.toml");
        let mut text = std::fs::read_to_string(&directory)?;
        // Its own probe would trust the certificate that is gone.
        text = text.replace("trust = \"rdap.pem\"\n", "");
        text.push_str(&format!(
            "\n[acme]\nauthority = \"https://127.0.0.1:{acme}/dir\"\nagree_to_terms = true\naccount = \"account.json\"\n\
             authority_trust = \"authority.pem\"\n"
        ));
        std::fs::write(&directory, text)?;
        let line =
            CommandLine::new(["pebble", "-config"]).args([own("pebble.json"), "-dnsserver".to_owned(), resolver.address.to_string()]);
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let child = line.env("PEBBLE_VA_NOSLEEP", "1").command(room.root()).stdout(output).stderr(errors).spawn()?;
        let pebble = Self { child, folder, management };
        until("Pebble", || pebble.fetch_root().probe(room.root()).is_some())?;
        Ok(pebble)
    }

    fn fetch_root(&self) -> CommandLine {
        let trust = self.folder.join("authority.pem").display().to_string();
        let line = CommandLine::new(["curl", "--silent", "--fail", "--cacert", &trust]);
        line.args([format!("https://127.0.0.1:{}/roots/0", self.management)])
    }

    /// The file with the root that its certificates go back to.
    fn root(&self, room: &Room) -> Result<String> {
        let text = self.fetch_root().probe(room.root()).context("Pebble does not give its root")?;
        let file = self.folder.join("pebble-root.pem");
        std::fs::write(&file, text)?;
        Ok(file.display().to_string())
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}
