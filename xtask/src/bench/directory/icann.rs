//! ICANN's own server as a peer: `icann-rdap-srv` 0.0.30 in memory mode, with the same names and the same answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::super::process::Process;
use super::cores::{self, Core};
use super::load::{Load, Way};
use super::records::name;
use crate::command_line::CommandLine;

/// The program.
const PROGRAM: &str = "rdap-srv";

/// How it is had.
pub const INSTALL: &str = "cargo install --locked icann-rdap-srv@0.0.30";

/// What stands before `domain/NAME`.
const BASE: &str = "/rdap/";

/// The longest it may take to load its names.
const LOAD_LIMIT: Duration = Duration::from_secs(300);

/// How often it is looked at until then.
const GLANCE: Duration = Duration::from_millis(100);

/// It, until this is dropped.
pub struct IcannServer {
    child: Child,
    address: SocketAddr,
}

impl IcannServer {
    /// Whether it is installed.
    pub fn is_here() -> bool {
        CommandLine::new(["sh", "-c", "command -v rdap-srv"]).probe(Path::new("/")).is_some()
    }

    /// Starts it with so many names, each answered with `answer` under its own name.
    pub fn start(dir: &Path, names: usize, answer: &[u8]) -> Result<Self> {
        let data = dir.join(format!("icann-{names}"));
        std::fs::create_dir_all(&data)?;
        let object: Value = serde_json::from_slice(answer).context("an answer is no JSON")?;
        let ids: Vec<Value> = (0..names).map(|number| json!({ "ldhName": name(number) })).collect();
        let template = json!({ "domain": { "object": object }, "ids": ids });
        std::fs::write(data.join("names.template"), serde_json::to_vec(&template)?)?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let child = cores::on(Core::Server, Path::new(PROGRAM))
            .env("RDAP_SRV_LOG", "error")
            .env("RDAP_SRV_LISTEN_ADDR", address.ip().to_string())
            .env("RDAP_SRV_LISTEN_PORT", address.port().to_string())
            .env("RDAP_SRV_STORAGE", "memory")
            .env("RDAP_SRV_DATA_DIR", &data)
            .env("RDAP_SRV_AUTO_RELOAD", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("rdap-srv cannot be started")?;
        let mut server = Self { child, address };
        server.wait_until_it_serves(names)?;
        Ok(server)
    }

    fn wait_until_it_serves(&mut self, names: usize) -> Result<()> {
        let start = Instant::now();
        let question = Load { names, clients: 1, millis: 0, rate: None, way: self.way(), address: self.address };
        while start.elapsed() < LOAD_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("rdap-srv ended with {status}");
            }
            if TcpStream::connect(self.address).is_ok() && question.ask_once().is_ok() {
                return Ok(());
            }
            thread::sleep(GLANCE);
        }
        bail!("rdap-srv does not serve within {} s", LOAD_LIMIT.as_secs())
    }

    /// How it is asked.
    pub fn way(&self) -> Way {
        Way::Http { base: BASE.to_owned() }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process, to be measured.
    pub fn process(&self) -> Process {
        Process::of(self.child.id())
    }
}

impl Drop for IcannServer {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
