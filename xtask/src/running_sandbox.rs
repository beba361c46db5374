//! The sandbox registry as a process of its own, started for a judge and ended with it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::command_line::{CommandLine, end, open_log};
use crate::room::{Room, empty_dir};
use crate::steps::NAMEKEEP;

/// The longest a sandbox may take until it serves.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// What the sandbox says of itself in `ready.json` once it serves.
#[derive(Debug, Deserialize)]
pub struct Ready {
    pub registries: Vec<ReadyRegistry>,
    pub registrars: Vec<ReadyRegistrar>,
}

/// A registry that can be reached.
#[derive(Debug, Deserialize)]
pub struct ReadyRegistry {
    pub id: String,
    /// Address and port.
    pub addr: String,
    /// The name in its certificate.
    pub server_name: String,
    /// The TLDs it runs; a registry that does not say is named after its only one.
    #[serde(default)]
    pub tlds: Vec<String>,
}

/// A registrar that may log in everywhere.
#[derive(Debug, Deserialize)]
pub struct ReadyRegistrar {
    pub id: String,
    /// Holds its password in one line; relative to the sandbox's directory.
    pub password_file: PathBuf,
}

/// The files a registrar logs in with.
pub struct Credentials {
    pub cert: PathBuf,
    pub key: PathBuf,
    pub password: PathBuf,
}

/// A sandbox that serves until this is dropped.
pub struct RunningSandbox {
    child: Child,
    dir: PathBuf,
    pub ready: Ready,
}

impl RunningSandbox {
    /// Starts one with empty state in `dir` and waits until it serves.
    pub fn start(room: &Room, dir: &Path, log: &Path) -> Result<Self> {
        empty_dir(dir)?;
        let line = CommandLine::new([NAMEKEEP, "sandbox", "--folder"]).args([dir.display().to_string()]);
        let output = open_log(log)?;
        let errors = output.try_clone()?;
        let child =
            line.command(room.root()).stdout(output).stderr(errors).spawn().with_context(|| format!("`{line}` cannot be started"))?;
        let mut guard = Guard(Some(child));
        let ready = wait_until_ready(&mut guard, &dir.join("ready.json")).with_context(|| format!("`{line}` does not serve"))?;
        let child = guard.0.take().context("the sandbox is gone")?;
        Ok(Self { child, dir: dir.to_path_buf(), ready })
    }

    /// The certificate that signed all others.
    pub fn ca(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// The socket on which it tells what it holds.
    pub fn control(&self) -> PathBuf {
        self.dir.join("control.sock")
    }

    /// What a registrar logs in with.
    pub fn credentials(&self, registrar: &ReadyRegistrar) -> Credentials {
        let clients = self.dir.join("clients");
        Credentials {
            cert: clients.join(format!("{}.pem", registrar.id)),
            key: clients.join(format!("{}.key", registrar.id)),
            password: self.dir.join(&registrar.password_file),
        }
    }
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a child that never became a sandbox.
struct Guard(Option<Child>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

fn wait_until_ready(guard: &mut Guard, path: &Path) -> Result<Ready> {
    let start = Instant::now();
    while start.elapsed() < START_LIMIT {
        // A file that is still being written is not yet JSON.
        if let Ok(file) = File::open(path)
            && let Ok(ready) = serde_json::from_reader(file)
        {
            return Ok(ready);
        }
        if let Some(child) = &mut guard.0
            && let Some(status) = child.try_wait()?
        {
            bail!("it ended with {status} before it wrote {}", path.display());
        }
        std::thread::sleep(GLANCE);
    }
    bail!("no readable {} within {} s", path.display(), START_LIMIT.as_secs())
}
