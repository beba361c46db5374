//! The real directory with names of each kind, served for judges on ports of this machine.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command_line::{CommandLine, end, open_log};
use crate::room::{Room, empty_dir};
use crate::steps::NAMEKEEP;

/// The host that the example's certificate is made out to.
pub const HOST: &str = "rdap.registrar.test";

/// The longest the directory may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// A directory that serves until this is dropped.
pub struct ServedDirectory {
    child: Child,
    /// Its folder.
    pub folder: PathBuf,
    /// Where it listens.
    pub ports: Ports,
    /// The names that it serves.
    pub names: Vec<String>,
}

/// Where a directory listens, on both IP versions but for the metrics.
#[derive(Clone, Copy)]
pub struct Ports {
    pub https: u16,
    pub http: u16,
    pub whois: u16,
    pub metrics: u16,
}

impl ServedDirectory {
    /// Starts one in a folder of that name; `adjust` may change what lies in the folder before.
    pub fn start(room: &Room, name: &str, log: &Path, adjust: impl FnOnce(&Prepared) -> Result<()>) -> Result<Self> {
        let prepared = Prepared::write(room, name)?;
        adjust(&prepared)?;
        let Prepared { folder, ports, names } = prepared;
        let serve = CommandLine::new([NAMEKEEP, "directory", "serve"]).args([folder.join("directory.toml").display().to_string()]);
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let child = serve.command(room.root()).stdout(output).stderr(errors).spawn();
        let child = child.with_context(|| format!("`{serve}` cannot be started"))?;
        let mut served = Self { child, folder, ports, names };
        served.wait_until_it_serves()?;
        Ok(served)
    }

    fn wait_until_it_serves(&mut self) -> Result<()> {
        let start = Instant::now();
        let Ports { https, http, whois, metrics } = self.ports;
        while start.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the directory ended with {status}");
            }
            let is_open = |port: u16| TcpStream::connect((Ipv6Addr::LOCALHOST, port)).is_ok();
            if [https, http, whois].into_iter().all(is_open) && TcpStream::connect((Ipv4Addr::LOCALHOST, metrics)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(GLANCE);
        }
        bail!("the directory does not serve within {} s", START_LIMIT.as_secs())
    }
}

impl Drop for ServedDirectory {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// What a directory is started on.
pub struct Prepared {
    /// Its folder, with `directory.toml`.
    pub folder: PathBuf,
    /// Where it will listen.
    pub ports: Ports,
    names: Vec<String>,
}

impl Prepared {
    fn write(room: &Room, name: &str) -> Result<Self> {
        let folder = room.work_dir().join(name);
        empty_dir(&folder)?;
        let [https, http, whois, metrics] = free_ports().context("no ports are free")?;
        let words =
            ["cargo", "run", "--locked", "--quiet", "--package", "directory", "--all-features", "--example", "names_to_judge", "--"];
        let ports = [https, http, whois, metrics].map(|port| port.to_string());
        let line = CommandLine::new(words).args([folder.display().to_string()]).args(ports);
        let names = line.probe(room.root()).with_context(|| format!("`{line}` fails"))?.lines().map(str::to_owned).collect();
        Ok(Self { folder, ports: Ports { https, http, whois, metrics }, names })
    }
}

/// Ports that are free on both IP versions. Another program could take one before it is used; then the step fails and says so.
pub fn free_ports<const COUNT: usize>() -> io::Result<[u16; COUNT]> {
    let held = [(); COUNT].map(|()| {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = v4.local_addr()?.port();
        TcpListener::bind((Ipv6Addr::LOCALHOST, port)).map(|v6| (port, v4, v6))
    });
    let mut ports = [0; COUNT];
    for (port, held) in ports.iter_mut().zip(&held) {
        match held {
            Ok((free, _, _)) => *port = *free,
            Err(error) => return Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
    Ok(ports)
}
