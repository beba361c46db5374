//! The public directory as a process of its own, with a name of each kind, started for a judge and ended with it.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command_line::{CommandLine, end, open_log};
use crate::room::{Room, empty_dir};
use crate::steps::NAMEKEEP;

/// The host that the directory's certificate is made out to.
pub const HOST: &str = "rdap.registrar.test";

/// The longest the directory may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// A directory that serves until this is dropped.
pub struct RunningDirectory {
    child: Child,
    /// Where RDAP answers, on both IP versions.
    pub https_port: u16,
    /// Where WHOIS answers, on both IP versions.
    pub whois_port: u16,
    /// The names that it answers for, in the letters that people write.
    pub names: Vec<String>,
}

impl RunningDirectory {
    /// Starts one in `folder` and waits until it serves.
    pub fn start(room: &Room, folder: &Path, log: &Path) -> Result<Self> {
        empty_dir(folder)?;
        let ports = free_ports().context("no ports are free")?;
        let [https_port, http_port, whois_port] = ports;
        let words =
            ["cargo", "run", "--locked", "--quiet", "--package", "directory", "--all-features", "--example", "names_to_judge", "--"];
        let line = CommandLine::new(words).args([folder.display().to_string()]).args(ports.map(|port| port.to_string()));
        let names = line.probe(room.root()).with_context(|| format!("`{line}` fails"))?.lines().map(str::to_owned).collect();
        let serve = CommandLine::new([NAMEKEEP, "directory", "serve"]).args([folder.join("directory.toml").display().to_string()]);
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let child = serve.command(room.root()).stdout(output).stderr(errors).spawn();
        let child = child.with_context(|| format!("`{serve}` cannot be started"))?;
        let mut directory = Self { child, https_port, whois_port, names };
        directory.wait_until_it_serves([https_port, http_port, whois_port])?;
        Ok(directory)
    }

    fn wait_until_it_serves(&mut self, ports: [u16; 3]) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the directory ended with {status}");
            }
            if ports.iter().all(|port| TcpStream::connect((Ipv6Addr::LOCALHOST, *port)).is_ok()) {
                return Ok(());
            }
            std::thread::sleep(GLANCE);
        }
        bail!("the directory does not serve within {} s", START_LIMIT.as_secs())
    }
}

impl Drop for RunningDirectory {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ports that are free on both IP versions. Another program could take one before it is used; then the step fails and says so.
fn free_ports() -> io::Result<[u16; 3]> {
    let held = [(); 3].map(|()| {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = v4.local_addr()?.port();
        TcpListener::bind((Ipv6Addr::LOCALHOST, port)).map(|v6| (port, v4, v6))
    });
    let [first, second, third] = held;
    Ok([first?.0, second?.0, third?.0])
}
