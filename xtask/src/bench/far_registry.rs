//! A registry in a process of its own, so that what it costs is never taken for ours: the sandbox over TLS on the loopback.

use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use epp::tls::{ClientTls, IdentityFiles, Trust};
use model::{RegistrarHandle, RegistryId, Secret};
use policy::profile::RegistryProfile;
use sandbox::{Ready, ReadyRegistrar, ReadyRegistry, VirtualClock, World, WorldSetup};

use super::process::Process;

/// The hidden chore that [`serve`] is started by.
pub const CHORE: &str = "bench-registry";

/// Its profile, as a file holds it.
pub const TOML: &str = include_str!("far_registry.toml");

/// Who we are there.
const HANDLE: &str = "NAMEKEEP-1";

/// What is paid in, in minor units: more than any benchmark can spend.
const BALANCE_MINOR: i64 = 1 << 50;

/// Longest wait for it to be ready; it makes a few keys first.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How often it is looked at until then.
const GLANCE: Duration = Duration::from_millis(10);

/// A running registry. It ends when this is dropped, and by itself when this process ends.
pub struct FarRegistry {
    child: Child,
    /// The registry ends when it is closed.
    _leash: Option<ChildStdin>,
    dir: PathBuf,
    ready: Ready,
}

/// The profile, as both sides know it.
pub fn profile() -> Result<RegistryProfile> {
    RegistryProfile::parse(TOML, "far_registry.toml").map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(lines.join("\n"))
    })
}

/// Our handle there.
pub fn handle() -> Result<RegistrarHandle> {
    Ok(RegistrarHandle::parse(HANDLE)?)
}

/// The other process: serves until its input closes. One worker thread, so that its share of a core is easy to read.
pub fn serve(dir: &Path) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut setup = WorldSetup::new(vec![profile()?], vec![handle()?], VirtualClock::real());
    setup.registrars.iter_mut().for_each(|registrar| registrar.opening_balance_minor = BALANCE_MINOR);
    let world = runtime.block_on(World::start(dir, setup))?;
    io::stdin().read_to_end(&mut Vec::new())?;
    drop(world);
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

impl FarRegistry {
    /// Starts one in an empty folder of its own below `dir`.
    pub fn start(dir: &Path) -> Result<Self> {
        let dir = dir.join("registry");
        let mut child = Command::new(std::env::current_exe()?)
            .arg(CHORE)
            .arg(&dir)
            .stdin(Stdio::piped())
            .spawn()
            .context("the registry's process cannot be started")?;
        let leash = child.stdin.take();
        let begin = Instant::now();
        let ready = loop {
            match Ready::read(&dir) {
                Ok(ready) => break ready,
                Err(_) if begin.elapsed() < START_LIMIT && child.try_wait()?.is_none() => thread::sleep(GLANCE),
                Err(error) => bail!("the registry did not start: {error}"),
            }
        };
        Ok(Self { child, _leash: leash, dir, ready })
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr> {
        Ok(self.registry()?.addr)
    }

    /// Its id.
    pub fn id(&self) -> Result<RegistryId> {
        Ok(self.registry()?.id.clone())
    }

    /// What a client needs to connect: trust and certificate.
    pub fn tls(&self) -> Result<ClientTls> {
        Ok(ClientTls::load(&self.trust(), &self.identities()?)?)
    }

    /// Whom to trust.
    pub fn trust(&self) -> Trust {
        Trust::PrivateCa(vec![self.ready.ca.clone()])
    }

    /// The certificate to trust.
    pub fn ca(&self) -> &Path {
        &self.ready.ca
    }

    /// Our certificate.
    pub fn identities(&self) -> Result<Vec<IdentityFiles>> {
        let registrar = self.registrar()?;
        Ok(vec![IdentityFiles { chain: registrar.cert.clone(), key: registrar.key.clone() }])
    }

    /// The file with our password.
    pub fn password_file(&self) -> Result<&Path> {
        Ok(&self.registrar()?.password_file)
    }

    /// Our password.
    pub fn password(&self) -> Result<Secret> {
        Ok(Secret::new(std::fs::read_to_string(self.password_file()?)?))
    }

    /// Its control face.
    pub async fn control(&self) -> Result<sandbox::control::Client> {
        Ok(sandbox::control::Client::connect(&self.dir).await?)
    }

    /// Its process, to be measured.
    pub fn process(&self) -> Process {
        Process::of(self.child.id())
    }

    fn registry(&self) -> Result<&ReadyRegistry> {
        self.ready.registries.first().context("the sandbox runs no registry")
    }

    fn registrar(&self) -> Result<&ReadyRegistrar> {
        self.ready.registrars.first().context("the sandbox knows no registrar")
    }
}

impl Drop for FarRegistry {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
