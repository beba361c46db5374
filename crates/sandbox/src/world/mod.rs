//! Several registries with their registrars in one folder: what a rehearsal, a test or the demo starts.
//!
//! The folder holds everything a registrar needs to connect, and nothing else lets anyone in: every client meets TLS and a login.
//!
//! | file | what |
//! | --- | --- |
//! | `ca.pem` | the CA that signed the servers' certificates and the clients' |
//! | `clients/NAME.pem`, `.key`, `.password` | what a registrar shows; key and password for the owner only |
//! | `zones/TLD.zone` | the zone of each TLD |
//! | `control.sock` | the control face, for the owner only |
//! | `ready.json` | where everything is; written last |

mod certificates;
mod files;
mod ready;
mod zones;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use model::{Entropy, RegistrarHandle, RegistryId, Secret};
use policy::profile::RegistryProfile;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::VirtualClock;
use crate::control;
use crate::entropy::OsEntropy;
use crate::registry::{Options, RegistrarConfig, Registry};
use crate::server::{Server, ServerLimits, Shared};
use certificates::Authority;

pub(crate) use zones::write_all as write_zones;

pub use ready::{Ready, ReadyRegistrar, ReadyRegistry};

/// Characters of a generated password: the base schema's most (longer ones would need loginSec at every registry).
const PASSWORD_CHARS: usize = 16;
/// What passwords are made of: no characters that are easily mistaken or need quoting.
const PASSWORD_ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_";
/// How often zones are written when something changed.
const ZONE_INTERVAL: Duration = Duration::from_secs(5);

/// What a world is made of.
#[derive(Clone, Debug)]
pub struct WorldSetup {
    /// The registries.
    pub registries: Vec<RegistrySetup>,
    /// The registrars, each known to every registry.
    pub registrars: Vec<RegistrarSetup>,
    /// The time they all share.
    pub clock: VirtualClock,
    /// Where to listen.
    pub address: IpAddr,
    /// Times the servers keep in real time; `idle` and `lifetime` come from each profile when none.
    pub limits: Option<ServerLimits>,
}

/// A registry of a world.
#[derive(Clone, Debug)]
pub struct RegistrySetup {
    /// Its profile. Its endpoint names the server; the port is only a wish.
    pub profile: RegistryProfile,
    /// Its choices beyond the profile.
    pub options: Options,
    /// The port wanted; any free one when none, or when it is taken.
    pub port: Option<u16>,
}

/// A registrar of a world.
#[derive(Clone, Debug)]
pub struct RegistrarSetup {
    /// Its `clID`.
    pub handle: RegistrarHandle,
    /// What it has paid in at each registry, in minor units.
    pub opening_balance_minor: i64,
    /// At or below this balance it is warned, in minor units.
    pub low_balance_minor: i64,
}

impl WorldSetup {
    /// Registries with usual options on free ports of this machine, and registrars with a million (in major units of two digits) each.
    #[must_use]
    pub fn new(profiles: Vec<RegistryProfile>, registrars: Vec<RegistrarHandle>, clock: VirtualClock) -> WorldSetup {
        let registries = profiles.into_iter().map(|profile| RegistrySetup { profile, options: Options::default(), port: None });
        let registrars =
            registrars.into_iter().map(|handle| RegistrarSetup { handle, opening_balance_minor: 100_000_000, low_balance_minor: 100_000 });
        WorldSetup {
            registries: registries.collect(),
            registrars: registrars.collect(),
            clock,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            limits: None,
        }
    }
}

/// Why a world did not start.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file or folder.
    #[error("`{path}` cannot be written: {source}; choose a folder that is yours")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A socket.
    #[error("registry `{registry}` cannot listen on {address}: {source}")]
    Listen {
        /// Whose.
        registry: RegistryId,
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Keys or certificates.
    #[error("a certificate cannot be made: {0}")]
    Certificate(String),
}

/// Starts worlds.
#[derive(Debug)]
pub struct World;

impl World {
    /// Makes the folder's files, starts every registry and the control face, and writes `ready.json` last.
    ///
    /// # Errors
    /// [`WorldError`] naming what could not be made; nothing is left running then.
    pub async fn start(dir: &Path, setup: WorldSetup) -> Result<RunningWorld, WorldError> {
        // Absolute, so that the paths in `ready.json` hold wherever they are read.
        let dir = &std::path::absolute(dir).map_err(|source| WorldError::File { path: dir.to_owned(), source })?;
        files::prepare(dir)?;
        let authority = Authority::new().map_err(|error| WorldError::Certificate(error.to_string()))?;
        files::write_public(&dir.join("ca.pem"), authority.pem())?;
        let mut entropy = OsEntropy::default();
        let mut configs = Vec::new();
        for registrar in &setup.registrars {
            configs.push(enrol(dir, &authority, registrar, &mut entropy)?);
        }
        let mut servers = Vec::new();
        for registry in &setup.registries {
            servers.push(open(&setup, registry, &authority, &configs, &mut entropy).await?);
        }
        let shared: Vec<Arc<Shared>> = servers.iter().map(|server| Arc::clone(&server.shared)).collect();
        zones::write_all(dir, &shared)?;
        let zone_task = tokio::spawn(zones::keep_writing(dir.to_owned(), shared.clone(), ZONE_INTERVAL));
        let control_task = control::listen(dir, setup.clock.clone(), shared)?;
        let ready = ready::of(dir, &servers, &setup.registrars);
        files::write_public(&dir.join("ready.json"), &ready::to_json(&ready))?;
        Ok(RunningWorld { dir: dir.to_owned(), clock: setup.clock, ready, servers, tasks: vec![zone_task, control_task] })
    }
}

/// A world at work. Dropping it stops everything in it; its files stay.
#[derive(Debug)]
pub struct RunningWorld {
    dir: PathBuf,
    clock: VirtualClock,
    ready: Ready,
    servers: Vec<Server>,
    tasks: Vec<JoinHandle<()>>,
}

impl RunningWorld {
    /// Where everything is: the content of `ready.json`.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The time all registries share.
    #[must_use]
    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// Looks at one registry as it is now, for tests in the same process; none when there is no such registry.
    pub fn look<T>(&self, id: &RegistryId, look: impl FnOnce(&Registry) -> T) -> Option<T> {
        let server = self.servers.iter().find(|server| server.shared.registry().0.id() == id)?;
        let (registry, _) = server.shared.registry();
        Some(look(&registry))
    }

    /// Stops everything and takes the control socket away.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for RunningWorld {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        let _ = std::fs::remove_file(control::socket_path(&self.dir));
    }
}

/// Gives a registrar its certificate and password.
fn enrol(dir: &Path, authority: &Authority, registrar: &RegistrarSetup, entropy: &mut OsEntropy) -> Result<RegistrarConfig, WorldError> {
    let issued = authority.client(registrar.handle.as_str()).map_err(|error| WorldError::Certificate(error.to_string()))?;
    let password = generate_password(entropy);
    let [cert, key, password_file] = ready::client_paths(dir, &registrar.handle);
    files::write_public(&cert, &issued.chain_pem)?;
    files::write_private(&key, &issued.key_pem)?;
    files::write_private(&password_file, password.expose())?;
    Ok(RegistrarConfig {
        handle: registrar.handle.clone(),
        password,
        certificate_sha256: Some(issued.sha256),
        opening_balance_minor: registrar.opening_balance_minor,
        low_balance_minor: registrar.low_balance_minor,
    })
}

fn generate_password(entropy: &mut dyn Entropy) -> Secret {
    let mut text = String::with_capacity(PASSWORD_CHARS);
    while text.len() < PASSWORD_CHARS {
        let mut byte = [0u8];
        entropy.fill(&mut byte);
        // Values beyond a whole number of alphabets would make some characters likelier.
        let usable = 256 - 256 % PASSWORD_ALPHABET.len();
        if usize::from(byte[0]) < usable {
            text.push(char::from(PASSWORD_ALPHABET[usize::from(byte[0]) % PASSWORD_ALPHABET.len()]));
        }
    }
    Secret::new(text)
}

/// Opens one registry: certificate, listener, server.
async fn open(
    setup: &WorldSetup,
    registry: &RegistrySetup,
    authority: &Authority,
    registrars: &[RegistrarConfig],
    entropy: &mut OsEntropy,
) -> Result<Server, WorldError> {
    let profile = &registry.profile;
    let failed = |error: &dyn std::fmt::Display| WorldError::Certificate(error.to_string());
    let issued = authority.server(&profile.endpoint.server_name, setup.address).map_err(|error| failed(&error))?;
    let config = crate::server::server_config(issued.chain, issued.key).map_err(|error| failed(&error))?;
    let limits = setup.limits.unwrap_or_else(|| ServerLimits {
        idle: Duration::from_secs(u64::from(profile.limits.idle_seconds)),
        lifetime: Duration::from_secs(u64::from(profile.limits.lifetime_seconds)),
        ..ServerLimits::default()
    });
    let core = Registry::new(profile.clone(), registry.options.clone(), registrars, setup.clock.now(), entropy);
    let shared = Arc::new(Shared::new(core, setup.clock.clone(), limits));
    let (listener, address) = bind(setup.address, registry.port).await.map_err(|(address, source)| WorldError::Listen {
        registry: profile.id.clone(),
        address,
        source,
    })?;
    Server::start(listener, config, shared).map_err(|source| WorldError::Listen { registry: profile.id.clone(), address, source })
}

/// Binds the port wanted, or any free one when it is taken.
async fn bind(address: IpAddr, port: Option<u16>) -> Result<(TcpListener, SocketAddr), (SocketAddr, io::Error)> {
    let wanted = SocketAddr::new(address, port.unwrap_or(0));
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok((listener, wanted)),
        Err(_) if port.is_some() => {
            let free = SocketAddr::new(address, 0);
            TcpListener::bind(free).await.map(|listener| (listener, free)).map_err(|error| (free, error))
        }
        Err(error) => Err((wanted, error)),
    }
}
