//! `ready.json`: where everything of a world is.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use model::{RegistrarHandle, RegistryId};
use serde::{Deserialize, Serialize};

use super::RegistrarSetup;
use crate::server::Server;

/// The content of `ready.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The registries.
    pub registries: Vec<ReadyRegistry>,
    /// The registrars.
    pub registrars: Vec<ReadyRegistrar>,
    /// The CA of every certificate.
    pub ca: PathBuf,
    /// The control socket.
    pub control: PathBuf,
}

/// A registry that accepts connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyRegistry {
    /// Its id.
    pub id: RegistryId,
    /// Where it listens.
    pub addr: SocketAddr,
    /// The name in its certificate.
    pub server_name: String,
    /// Its TLDs.
    pub tlds: Vec<String>,
}

/// A registrar that may connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyRegistrar {
    /// Its `clID`.
    pub id: RegistrarHandle,
    /// Its certificate (PEM).
    pub cert: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
    /// The file with its password, without a line end.
    pub password_file: PathBuf,
}

impl Ready {
    /// Reads the file of a running world.
    ///
    /// # Errors
    /// The file cannot be read, or is no `ready.json`.
    pub fn read(dir: &Path) -> std::io::Result<Ready> {
        let text = std::fs::read_to_string(dir.join("ready.json"))?;
        serde_json::from_str(&text).map_err(std::io::Error::from)
    }
}

/// Certificate, key and password file of a registrar.
pub(super) fn client_paths(dir: &Path, handle: &RegistrarHandle) -> [PathBuf; 3] {
    // A handle may hold characters that mean something in a path.
    let name: String = handle.as_str().chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let name = if name.starts_with('.') { format!("_{name}") } else { name };
    ["pem", "key", "password"].map(|kind| dir.join("clients").join(format!("{name}.{kind}")))
}

pub(super) fn of(dir: &Path, servers: &[Server], registrars: &[RegistrarSetup]) -> Ready {
    let registries = servers.iter().map(|server| {
        let (registry, _) = server.shared.registry();
        ReadyRegistry {
            id: registry.id().clone(),
            addr: server.address,
            server_name: registry.profile().endpoint.server_name.clone(),
            tlds: registry.tld_names(),
        }
    });
    let registrars = registrars.iter().map(|registrar| {
        let [cert, key, password_file] = client_paths(dir, &registrar.handle);
        ReadyRegistrar { id: registrar.handle.clone(), cert, key, password_file }
    });
    Ready {
        registries: registries.collect(),
        registrars: registrars.collect(),
        ca: dir.join("ca.pem"),
        control: crate::control::socket_path(dir),
    }
}

pub(super) fn to_json(ready: &Ready) -> String {
    serde_json::to_string_pretty(ready).unwrap_or_default() + "\n"
}
