//! An instance: a folder with a configuration, opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use model::{RegistrarHandle, RegistryId, Secret};
use policy::Actor;
use policy::profile::RegistryProfile;
use registrar::{Clock, NoticeSettings, OffsetClock, Registrar, RegistrarParts, SystemClock, SystemEntropy};
use store::settings::{self, InstanceKind};
use store::{DatabaseUrl, PasswordSources, SignerKey, Store, StoreFault, Vault, VerifierKey};

use crate::config::{Config, RegistryAccount};
use crate::failure::{Exit, Failure};

/// The operator's token, in the instance's folder, where `init` puts it.
pub const TOKEN_FILE: &str = "operator.token";

/// Largest token or password file, in bytes.
const SECRET_LIMIT_BYTES: u64 = 4096;

/// An opened instance.
pub struct Instance {
    /// Its folder.
    pub folder: PathBuf,
    /// Its configuration.
    pub config: Config,
    /// The registrar itself.
    pub registrar: Registrar,
    /// Production or rehearsal.
    pub kind: InstanceKind,
    /// The public half of the ledger's key.
    pub ledger_key: VerifierKey,
    /// The registries with the accounts at them, as configured.
    pub accounts: Vec<(RegistryProfile, RegistryAccount)>,
}

impl Instance {
    /// Opens the instance in `folder`.
    ///
    /// # Errors
    /// [`Failure`] naming the file, the line, the key, or what the database said.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        Self::open_configured(folder, Config::read(folder)?)
    }

    /// Opens the instance in `folder` on another database than its configuration says: one that was put back beside it.
    ///
    /// # Errors
    /// As [`Instance::open`].
    pub fn open_at(folder: &Path, database: &str) -> Result<Self, Failure> {
        let mut config = Config::read(folder)?;
        database.clone_into(&mut config.instance.database);
        Self::open_configured(folder, config)
    }

    fn open_configured(folder: &Path, config: Config) -> Result<Self, Failure> {
        let unusable_key =
            |fault| store_failure(fault).hint("correct `[keys]`, or put the key back from its copy; a new one opens nothing old");
        let signer = SignerKey::read(&folder.join(&config.keys.ledger)).map_err(unusable_key)?;
        require_name(folder, &config, &signer)?;
        let ledger_key = signer.verifier().clone();
        let vault = Vault::new(crate::token_config::kek(folder, &config)?);
        require_database(folder, &config)?;
        let store = Store::open_with_signer(&database_url(folder, &config)?, signer)
            .map_err(|fault| store_failure(fault).hint("check `instance.database`; a damaged database is replaced by its backup"))?;
        let (kind, offset_s) = store
            .read(|tx| Ok::<_, StoreFault>((settings::find_instance_kind(tx)?, settings::get_clock_offset_s(tx)?)))
            .map_err(store_failure)?;
        let kind = kind.ok_or_else(|| {
            Failure::new(Exit::Fault, "instance.empty", "The database holds no instance.").hint(
                "correct `instance.database`; `namekeep init DIR --database URL` begins an instance in a database of its own, and none \
                 moves to another by changing the address alone",
            )
        })?;
        let clock: Arc<dyn Clock> = match kind {
            InstanceKind::Production => Arc::new(SystemClock),
            InstanceKind::Rehearsal => Arc::new(OffsetClock::new(SignedDuration::from_secs(offset_s))),
        };
        Self::assemble(folder, config, store, vault, clock, kind, ledger_key)
    }

    /// Puts an instance together from its opened parts; the demo does so with a clock of its own.
    ///
    /// # Errors
    /// As [`Instance::open`].
    pub fn assemble(
        folder: &Path,
        config: Config,
        store: Store,
        vault: Vault,
        clock: Arc<dyn Clock>,
        kind: InstanceKind,
        ledger_key: VerifierKey,
    ) -> Result<Self, Failure> {
        let accounts = read_accounts(folder, &config)?;
        let mut handles: BTreeMap<RegistryId, RegistrarHandle> = BTreeMap::new();
        for (profile, account) in &accounts {
            handles.insert(profile.id.clone(), crate::argument::parse("account", &account.account)?);
        }
        let registrar = Registrar::open(RegistrarParts {
            store,
            vault,
            registries: accounts.iter().map(|(profile, _)| profile.clone()).collect(),
            accounts: handles,
            clock,
            entropy: Arc::new(SystemEntropy),
            notices: notice_settings(folder, &config)?,
        })
        .map_err(|fault| Failure::new(Exit::Usage, "config", fault.to_string()))?;
        Ok(Self { folder: folder.to_owned(), config, registrar, kind, ledger_key, accounts })
    }

    /// The operator whose token lies in `token_file`, or in the instance's folder.
    ///
    /// # Errors
    /// [`Failure`] if there is no token, or it is not valid.
    pub fn operator(&self, token_file: Option<&Path>) -> Result<Actor, Failure> {
        let path = token_file.map_or_else(|| self.folder.join(TOKEN_FILE), Path::to_owned);
        let token = read_secret(&path, "read the operator's token")
            .map_err(|failure| failure.hint("name the file of your token with `--token-file` or the variable NAMEKEEP_TOKEN_FILE"))?;
        Ok(self.registrar.authenticate_operator(&token)?)
    }

    /// Where a path of the configuration is.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

/// The name is the one that the ledger's key bears: it was signed into every checkpoint and cannot be changed by an editor.
fn require_name(folder: &Path, config: &Config, signer: &SignerKey) -> Result<(), Failure> {
    let (configured, signed) = (&config.instance.name, signer.name());
    if configured == signed {
        return Ok(());
    }
    let path = folder.join(crate::config::FILE_NAME);
    Err(Failure::new(
        Exit::Usage,
        "config",
        format!("`{}` names the instance `{configured}`, but its ledger is `{signed}`.", path.display()),
    )
    .hint(format!("write `name = \"{signed}\"`; another name needs another instance (`namekeep init DIR --name {configured}`)")))
}

/// Reads and checks the profiles of all accounts.
fn read_accounts(folder: &Path, config: &Config) -> Result<Vec<(RegistryProfile, RegistryAccount)>, Failure> {
    config.registries.iter().map(|account| Ok((read_profile(&folder.join(&account.profile))?, account.clone()))).collect()
}

/// Reads one profile file; all faults in one failure, a line each.
pub fn read_profile(path: &Path) -> Result<RegistryProfile, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, "read the profile", &error))?;
    RegistryProfile::parse(&text, &path.display().to_string()).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Failure::new(Exit::Usage, "profile", lines.join("\n"))
    })
}

/// The database's address, a relative SQLite path taken from the instance's folder.
pub fn database_url(folder: &Path, config: &Config) -> Result<DatabaseUrl, Failure> {
    match config.instance.database.strip_prefix("sqlite:") {
        Some(path) if !path.is_empty() => {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(|error| Failure::file(parent, "make the folder", &error))?;
            }
            Ok(DatabaseUrl::sqlite(&path))
        }
        _ => {
            let url = DatabaseUrl::parse(&config.instance.database).map_err(|fault| {
                let mut failure =
                    store_failure(fault).hint(format!("correct `database` in `{}`", folder.join(crate::config::FILE_NAME).display()));
                failure.exit = Exit::Usage;
                failure
            })?;
            Ok(url.with_passwords(password_sources()))
        }
    }
}

/// Where a database server's password may be, by the variables that PostgreSQL's own programs go by.
fn password_sources() -> PasswordSources {
    let set = |variable: &str| std::env::var_os(variable).filter(|value| !value.is_empty());
    PasswordSources {
        password: set("PGPASSWORD").and_then(|password| password.into_string().ok()).map(Secret::new),
        passfile: set("PGPASSFILE").map(PathBuf::from).or_else(|| set("HOME").map(|home| Path::new(&home).join(".pgpass"))),
    }
}

/// Reads a secret from a file: one line, not larger than a secret is.
pub fn read_secret(path: &Path, doing: &str) -> Result<Secret, Failure> {
    let size = std::fs::metadata(path).map_err(|error| Failure::file(path, doing, &error))?.len();
    if size > SECRET_LIMIT_BYTES {
        return Err(Failure::usage(format!("`{}` has {size} bytes; a secret has at most {SECRET_LIMIT_BYTES}.", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, doing, &error))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}

fn notice_settings(folder: &Path, config: &Config) -> Result<NoticeSettings, Failure> {
    let maildrop = folder.join(&config.notices.maildrop);
    std::fs::create_dir_all(&maildrop).map_err(|error| Failure::file(&maildrop, "make the folder", &error))?;
    Ok(NoticeSettings {
        maildrop,
        sender: crate::argument::email(&config.notices.sender)?,
        sender_name: config.notices.sender_name.clone(),
        portal: config.notices.portal.clone(),
        verification_page: config.notices.verification_page.clone(),
    })
}

/// A fault of the store, as the command line says it.
pub fn store_failure(fault: StoreFault) -> Failure {
    Failure::new(Exit::Fault, "store", format!("{}.", capitalised(&fault.to_string())))
}

/// A sentence with a capital at its beginning.
pub fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A database in a file that went away is not made anew: what was in it is in the backup.
fn require_database(folder: &Path, config: &Config) -> Result<(), Failure> {
    let Some(path) = config.instance.database.strip_prefix("sqlite:").map(|path| folder.join(path)) else {
        return Ok(());
    };
    std::fs::metadata(&path).map(drop).map_err(|error| {
        Failure::file(&path, "find the database", &error).hint("restore it from your backup, or correct `instance.database`")
    })
}

impl From<registrar::Failure> for Failure {
    fn from(failure: registrar::Failure) -> Self {
        let exit = match &failure {
            registrar::Failure::Refused(_) if failure.code().ends_with(".unknown") => Exit::NotFound,
            registrar::Failure::Refused(_) => Exit::Refused,
            registrar::Failure::Denied(_) => Exit::Denied,
            registrar::Failure::Fault(_) => Exit::Fault,
        };
        // Who types a command here may read the log as well, so a fault is told whole.
        let made = Self::new(exit, failure.code(), failure.for_operators());
        match failure.hint() {
            Some(hint) => made.hint(hint),
            None => made,
        }
    }
}
