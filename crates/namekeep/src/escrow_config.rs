//! `[escrow]`: what is deposited, by which keys, and where it goes (ESC-1 to ESC-6).

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use escrow::deposit::{Placeholders, Settings};
use escrow::openpgp::{Certificate, OwnKey};
use escrow::sftp::HostKey;
use escrow::{IanaId, Specification};
use registrar::deposit::DepositOrder;
use serde::Deserialize;

use crate::config::fault;
use crate::failure::{Exit, Failure};
use crate::instance::Instance;
use crate::sftp_config::SftpHost;

/// Largest certificate file, in bytes.
const CERTIFICATE_LIMIT_BYTES: u64 = 1 << 20;

/// The last hour of a day.
const LAST_HOUR: u8 = 23;

/// How deposits are made and where they go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escrow {
    /// Our number at IANA.
    pub iana_id: u32,
    /// `2024` or `2007`.
    #[serde(default = "newest")]
    pub specification: Specification,
    /// The hour of the day from which the deposit is due, UTC.
    #[serde(default = "default_hour")]
    pub hour: u8,
    /// The folder that deposits are written to, sealed.
    #[serde(default = "default_folder")]
    pub folder: PathBuf,
    /// The secret key that signs them, mode 0600.
    pub key: PathBuf,
    /// Certificates that they are encrypted for: the agent's, and one of ours whose secret half lies elsewhere.
    pub recipients: Vec<PathBuf>,
    /// Most rows of a part.
    pub part_rows: Option<NonZeroU64>,
    /// Level of gzip, 1 to 12.
    pub compression: Option<u8>,
    /// What stands where a holder has no state or province, at agents that take no empty cell.
    pub state_placeholder: Option<String>,
    /// The same for a postcode.
    pub postcode_placeholder: Option<String>,
    /// Where they go; without it a person carries them.
    pub agent: Option<SftpHost>,
}

fn newest() -> Specification {
    Specification::Y2024
}

fn default_hour() -> u8 {
    1
}

fn default_folder() -> PathBuf {
    PathBuf::from("deposits")
}

impl Escrow {
    /// The checks that a type cannot make.
    ///
    /// # Errors
    /// [`Failure`] with the line and the key.
    pub fn check(&self, text: &str, path: &Path) -> Result<(), Failure> {
        let wrong = |key: &str, problem: &str, advice: &str| Err(fault::at_key(text, path, key, problem, advice));
        if let Err(error) = IanaId::new(self.iana_id) {
            return wrong("iana_id", &error.to_string(), "write the number that IANA lists you under");
        }
        if self.hour > LAST_HOUR {
            return wrong("hour", "a day has the hours 0 to 23", "write the hour, in UTC, from which the deposit is due");
        }
        if self.compression.is_some_and(|level| !(1..=12).contains(&level)) {
            return wrong(
                "compression",
                "gzip has the levels 1 to 12",
                "leave it out: level 1 is nearly as small as 6 and many times as fast",
            );
        }
        if self.recipients.is_empty() {
            return wrong("recipients", "nobody is named", "name the agent's certificate, and one of your own for the drill");
        }
        if let Some(agent) = &self.agent {
            if agent.host_keys.is_empty() {
                return wrong(
                    "host_keys",
                    "no key of the agent's host is pinned",
                    "ask the agent for it; there is no way to trust blindly",
                );
            }
            for key in &agent.host_keys {
                if let Err(error) = HostKey::parse(key) {
                    return wrong("host_keys", &error.to_string(), "write it as `ssh-ed25519 AAAA...`");
                }
            }
        }
        Ok(())
    }

    /// What stands in empty cells.
    #[must_use]
    pub fn placeholders(&self) -> Placeholders {
        Placeholders { state: self.state_placeholder.clone(), postcode: self.postcode_placeholder.clone() }
    }

    /// Our number at IANA.
    ///
    /// # Errors
    /// If it is none, which [`Escrow::check`] said before.
    pub fn registrar(&self) -> Result<IanaId, Failure> {
        IanaId::new(self.iana_id).map_err(|error| unusable(&error))
    }
}

/// The `[escrow]` of an instance.
///
/// # Errors
/// [`Failure`] if it has none.
pub fn section(instance: &Instance) -> Result<&Escrow, Failure> {
    instance.config.escrow.as_ref().ok_or_else(|| {
        Failure::new(Exit::Usage, "escrow.absent", "This instance deposits nothing: its configuration has no `[escrow]`.")
            .hint("`namekeep init DIR` writes a file in which every key is explained; `docs/operations.md` has the steps")
    })
}

/// How deposits of an instance are made.
///
/// # Errors
/// [`Failure`] if a file that `[escrow]` names cannot be used.
pub fn order(instance: &Instance) -> Result<DepositOrder, Failure> {
    let escrow = section(instance)?;
    let mut settings = Settings::of(escrow.registrar()?, escrow.specification);
    settings.placeholders = escrow.placeholders();
    settings.part_rows = escrow.part_rows.unwrap_or(settings.part_rows);
    settings.compression = escrow.compression.unwrap_or(settings.compression);
    let recipients = read_recipients(instance)?;
    let target = escrow.agent.as_ref().map(|agent| agent.target(&instance.folder, "escrow.agent")).transpose()?;
    Ok(DepositOrder {
        settings,
        folder: instance.path(&escrow.folder),
        signer: read_key(&instance.path(&escrow.key))?,
        recipients,
        target,
        hour: escrow.hour,
    })
}

/// The certificates that deposits of an instance are encrypted for.
///
/// # Errors
/// [`Failure`] naming the file.
pub fn read_recipients(instance: &Instance) -> Result<Vec<Certificate>, Failure> {
    section(instance)?.recipients.iter().map(|path| read_certificate(&instance.path(path))).collect()
}

/// A secret OpenPGP key from a file that only its owner reads.
///
/// # Errors
/// [`Failure`] naming the file.
pub fn read_key(path: &Path) -> Result<OwnKey, Failure> {
    let bytes = store::secret_file::read(path).map_err(|error| unusable(&error))?;
    OwnKey::read(bytes.expose()).map_err(|error| unusable_file(path, &error))
}

/// A certificate from a file.
///
/// # Errors
/// [`Failure`] naming the file.
pub fn read_certificate(path: &Path) -> Result<Certificate, Failure> {
    let size = std::fs::metadata(path).map_err(|error| Failure::file(path, "read the certificate", &error))?.len();
    if size > CERTIFICATE_LIMIT_BYTES {
        return Err(unusable_file(path, &"it is larger than any certificate"));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, "read the certificate", &error))?;
    Certificate::read(&bytes).map_err(|error| unusable_file(path, &error))
}

fn unusable_file(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    unusable(&format!("`{}`: {error}", path.display()))
}

fn unusable(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, "config", format!("A file or value of `[escrow]` cannot be used: {error}.")).hint("correct `[escrow]`")
}
