//! A host that something of ours goes to over SFTP: the escrow agent's, or one for backups.

use std::path::{Path, PathBuf};

use escrow::sftp::{HostKey, LoginKey, Target};
use serde::Deserialize;

use crate::failure::{Exit, Failure};

/// The port of SSH.
const SSH_PORT: u16 = 22;

/// A host, and how we log in there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SftpHost {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: Option<u16>,
    /// As whom we log in.
    pub user: String,
    /// Our private SSH key, mode 0600.
    pub key: PathBuf,
    /// The host keys that it may show, as OpenSSH writes them.
    pub host_keys: Vec<String>,
    /// The folder there.
    #[serde(default)]
    pub folder: String,
}

impl SftpHost {
    /// The host with its keys read; paths are below `folder`. `section` is for messages.
    ///
    /// # Errors
    /// [`Failure`] if a key cannot be used.
    pub fn target(&self, folder: &Path, section: &str) -> Result<Target, Failure> {
        let unusable =
            |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, "config", format!("{error}.")).hint(format!("correct `[{section}]`"));
        let key = store::secret_file::read(&folder.join(&self.key)).map_err(|error| unusable(&error))?;
        Ok(Target {
            host: self.host.clone(),
            port: self.port.unwrap_or(SSH_PORT),
            user: self.user.clone(),
            key: LoginKey::parse(key.expose()).map_err(|error| unusable(&error))?,
            host_keys: self.host_keys.iter().map(|key| HostKey::parse(key)).collect::<Result<_, _>>().map_err(|error| unusable(&error))?,
            folder: self.folder.clone(),
        })
    }
}
