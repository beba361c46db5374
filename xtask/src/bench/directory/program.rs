//! The real program as a public directory, on some feed.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::super::process::Process;
use super::load::{Client, Load, Way};
use super::records::HOST;
use super::server::{certificate, certify};
use crate::room::Room;
use crate::steps::NAMEKEEP;

/// The longest it is waited for.
const LIMIT: Duration = Duration::from_secs(120);

/// How often it is looked at until then.
const GLANCE: Duration = Duration::from_millis(5);

/// A process of the program that ends when this is dropped.
pub struct Program(Child);

impl Program {
    /// Where the program is.
    pub fn path() -> Result<PathBuf> {
        let path = Room::find()?.root().join(NAMEKEEP);
        ensure!(path.exists(), "the program is not built: cargo build --locked --release");
        Ok(path)
    }

    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Ok(Self(child.context("the program cannot be started")?))
    }

    /// It, to be measured.
    pub fn process(&self) -> Process {
        Process::of(self.0.id())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory and where it answers.
pub struct Directory {
    pub program: Program,
    https: SocketAddr,
    whois: SocketAddr,
    trust: PathBuf,
}

impl Directory {
    /// Starts one on the feed in `folder` that `key` signs, its own files in `dir`. It does not answer yet.
    pub fn start(dir: &Path, folder: &Path, key: &str) -> Result<Self> {
        certify(dir)?;
        let held = [TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?];
        // Another program could take a port before it is used; then the benchmark breaks and says so.
        let [https, whois] = [held[0].local_addr()?, held[1].local_addr()?];
        drop(held);
        let file = dir.join("directory.toml");
        std::fs::write(&file, configuration(dir, folder, key, https, whois))?;
        let program = Program::start(Command::new(Program::path()?).args(["directory", "serve"]).arg(&file))?;
        Ok(Self { program, https, whois, trust: certificate(dir) })
    }

    /// Waits until it knows a name.
    pub fn wait_for(&mut self, name: &str) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            if let Some(status) = self.program.0.try_wait()? {
                bail!("the directory ended with {status}");
            }
            if self.client(Way::Whois, self.whois)?.ask_for(name).is_ok() {
                return Ok(());
            }
            thread::sleep(GLANCE);
        }
        bail!("the directory does not answer within {} s", LIMIT.as_secs())
    }

    /// A client over TLS that keeps its connection.
    pub fn tls_client(&self) -> Result<Client> {
        self.client(Way::Https { trust: self.trust.clone() }, self.https)
    }

    fn client(&self, way: Way, address: SocketAddr) -> Result<Client> {
        Client::new(&Load { way, address, names: 1, clients: 1, millis: 0, rate: None })
    }
}

fn configuration(dir: &Path, folder: &Path, key: &str, https: SocketAddr, whois: SocketAddr) -> String {
    format!(
        r#"schema = 1

[feed]
folder = "{folder}"
key = "{key}"

[registrar]
iana_id = 9999
name = "Example Registrar LLC"
url = "https://www.registrar.example/"
abuse_phone = "+1.2025550101"
abuse_email = "abuse@registrar.example"
terms_url = "https://www.registrar.example/rdap-terms"
terms = "Access to this registration data is provided for lawful purposes only."
contact_form_url = "https://www.registrar.example/contact"

[rdap]
base_url = "https://{HOST}/"
listen = ["{https}"]
redirect = []
certificate = "{chain}"
key = "{private}"

[whois]
host = "whois.registrar.example"
listen = ["{whois}"]

[limits]
exempt = ["127.0.0.0/8"]
"#,
        folder = folder.display(),
        chain = certificate(dir).display(),
        private = dir.join("key.pem").display(),
    )
}
