//! `[backup]`: where backups go, who can open them, how often they are whole (facts on escrow, 5).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::backup::place::{Folder, Place, Sftp};
use ::backup::retention::Retention;
use escrow::openpgp::Sealer;
use jiff::SignedDuration;
use registrar::backup::BackupOrder;
use serde::Deserialize;

use crate::config::{Config, fault};
use crate::escrow_config::{read_certificate, read_key};
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, database_url};
use crate::sftp_config::SftpHost;

/// Where the shipper keeps how far it is.
const STATE_FILE: &str = "state/backup.json";

/// Where it says how it stands.
const STANDING_FILE: &str = "state/backup-standing.json";

/// How backups are made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The folder that they go to: another disk, another machine's file system. Never the one that the database is on.
    pub folder: Option<PathBuf>,
    /// Or the host that they go to.
    pub sftp: Option<SftpHost>,
    /// The secret key that signs them, mode 0600.
    pub key: PathBuf,
    /// Certificates that they are encrypted for: the recovery key's, whose secret half is split among officers, and the drill's.
    pub recipients: Vec<PathBuf>,
    /// The secret key that drills open them with, mode 0600; without it drills are played where it is.
    pub drill_key: Option<PathBuf>,
    /// Hours from one whole copy to the next.
    #[serde(default = "default_base_hours")]
    pub base_hours: u32,
    /// Hours from one manifest to the next.
    #[serde(default = "default_manifest_hours")]
    pub manifest_hours: u32,
    /// Gibibytes of the database's log that may wait for a place that takes nothing; a database that is larger may have as much as itself.
    #[serde(default = "default_log_gigabytes")]
    pub log_gigabytes: u32,
    /// Days back to which any moment can be restored.
    #[serde(default = "default_keep_days")]
    pub keep_days: u32,
    /// Whether old generations are removed from here; not where this machine may only add.
    #[serde(default = "default_prune")]
    pub prune: bool,
}

fn default_base_hours() -> u32 {
    24
}

fn default_manifest_hours() -> u32 {
    6
}

fn default_log_gigabytes() -> u32 {
    4
}

fn default_keep_days() -> u32 {
    35
}

fn default_prune() -> bool {
    true
}

/// Whole generations that are kept whatever their age.
const LEAST_GENERATIONS: usize = 2;

impl Backup {
    /// The checks that a type cannot make.
    ///
    /// # Errors
    /// [`Failure`] with the line and the key.
    pub fn check(&self, text: &str, path: &Path) -> Result<(), Failure> {
        let wrong = |key: &str, problem: &str, advice: &str| Err(fault::at_key(text, path, key, problem, advice));
        if self.folder.is_some() == self.sftp.is_some() {
            return wrong("folder", "backups go to one place, a folder or a host", "give either `folder` or `[backup.sftp]`");
        }
        if self.sftp.as_ref().is_some_and(|host| host.host_keys.is_empty()) {
            return wrong(
                "host_keys",
                "no key is pinned",
                "write the host's key as `ssh-keyscan` shows it, after asking whoever keeps the host",
            );
        }
        if self.recipients.is_empty() {
            return wrong(
                "recipients",
                "nobody could open the backups",
                "name the recovery certificate; `namekeep backup keys new` makes the key",
            );
        }
        for (key, value, most) in [
            ("base_hours", self.base_hours, 24 * 31),
            ("manifest_hours", self.manifest_hours, 24 * 31),
            ("keep_days", self.keep_days, 3650),
            ("log_gigabytes", self.log_gigabytes, 1 << 14),
        ] {
            if value == 0 || value > most {
                return wrong(key, &format!("it is 1 to {most}"), "leave it out for what most registrars want");
            }
        }
        Ok(())
    }

    /// The place that they go to; paths are below `folder`.
    ///
    /// # Errors
    /// [`Failure`] if a key of the host cannot be used.
    pub fn place(&self, folder: &Path) -> Result<Arc<dyn Place>, Failure> {
        match (&self.folder, &self.sftp) {
            (Some(place), None) => Ok(Arc::new(Folder::new(&folder.join(place)))),
            (None, Some(host)) => Ok(Arc::new(Sftp::new(host.target(folder, "backup.sftp")?))),
            _ => Err(Failure::new(Exit::Usage, "config", "`[backup]` names not one place that backups go to.")
                .hint("give either `folder` or `[backup.sftp]`")),
        }
    }
}

/// The `[backup]` of an instance.
///
/// # Errors
/// [`Failure`] if it has none.
pub fn section(config: &Config) -> Result<&Backup, Failure> {
    config.backup.as_ref().ok_or_else(|| {
        Failure::new(Exit::Usage, "backup.absent", "This instance makes no backups: its configuration has no `[backup]`.")
            .hint("`namekeep init DIR` writes a file in which every key is explained; `docs/operations.md` has the steps")
    })
}

/// How backups of an instance are made.
///
/// # Errors
/// [`Failure`] if a file that `[backup]` names cannot be used, or the database is none that is followed.
pub fn order(instance: &Instance) -> Result<BackupOrder, Failure> {
    let backup = section(&instance.config)?;
    let url = database_url(&instance.folder, &instance.config)?;
    let Some(path) = url.file() else {
        return Err(Failure::new(
            Exit::Usage,
            "backup.engine",
            format!("`{url}` is no file: its backups are made by PostgreSQL's own tools."),
        )
        .hint("take `[backup]` out, and archive with pg_basebackup and WAL archiving"));
    };
    let recipients = backup.recipients.iter().map(|path| read_certificate(&instance.path(path))).collect::<Result<Vec<_>, _>>()?;
    let sealer = Sealer::new(read_key(&instance.path(&backup.key))?, recipients, instance.registrar.now());
    let sealer = sealer
        .map_err(|error| Failure::new(Exit::Usage, "config", format!("Backups cannot be sealed: {error}.")).hint("correct `[backup]`"))?;
    let hours = |hours: u32| SignedDuration::from_hours(i64::from(hours));
    Ok(BackupOrder {
        database: path.to_owned(),
        instance: instance.config.instance.name.clone(),
        place: backup.place(&instance.folder)?,
        sealer: Arc::new(sealer),
        state: instance.path(Path::new(STATE_FILE)),
        standing: instance.path(Path::new(STANDING_FILE)),
        base_every: hours(backup.base_hours),
        manifest_every: hours(backup.manifest_hours),
        log_limit: u64::from(backup.log_gigabytes) << 30,
        retention: backup.prune.then(|| Retention { reach: hours(backup.keep_days * 24), least: LEAST_GENERATIONS }),
    })
}

/// Where the standing of backups is.
#[must_use]
pub fn standing_file(instance: &Instance) -> PathBuf {
    instance.path(Path::new(STANDING_FILE))
}
