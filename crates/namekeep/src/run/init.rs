//! `namekeep init`: a new instance with its configuration, its keys and its first operator. No password is preset.

use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use serde::Serialize;
use store::settings::{self, InstanceKind};
use store::{DatabaseUrl, Kek, SignerKey, Store, StoreFault};

use crate::cli::InitArgs;
use crate::config::{Config, FILE_NAME, filled};
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, TOKEN_FILE, database_url, store_failure};
use crate::output::{Report, fields};

/// What was made.
#[derive(Debug, Serialize)]
pub struct InitReport {
    folder: String,
    configuration: String,
    database: String,
    operator: String,
    token_file: String,
    ledger_key: String,
}

impl Report for InitReport {
    fn text(&self) -> String {
        let rows = fields(&[
            ("instance", self.folder.clone()),
            ("configuration", self.configuration.clone()),
            ("database", self.database.clone()),
            ("operator", self.operator.clone()),
            ("token", format!("{} (mode 0600; move it to the operator's own place)", self.token_file)),
            ("ledger key", self.ledger_key.clone()),
        ]);
        format!(
            "{rows}\n\nNext: write your registries into the configuration, then `namekeep --dir {0} config check` and `namekeep --dir {0} serve`.",
            self.folder
        )
    }
}

/// Makes an instance in an empty or absent folder.
pub fn run(args: &InitArgs) -> Result<InitReport, Failure> {
    let folder = &args.folder;
    let configuration = filled(&args.name, &args.database);
    let token = make(folder, &configuration, InstanceKind::Production)?.enrol(&args.operator)?;
    let instance = Instance::open(folder)?;
    Ok(InitReport {
        folder: folder.display().to_string(),
        configuration: folder.join(FILE_NAME).display().to_string(),
        database: instance.config.instance.database.clone(),
        operator: args.operator.clone(),
        token_file: token,
        ledger_key: instance.ledger_key.to_string(),
    })
}

/// A fresh instance that has no operator yet.
pub struct Fresh<'a> {
    folder: &'a Path,
}

/// Makes the folder, the keys and the configuration of an instance, and begins it in its database. The database is reached
/// before anything but empty folders is made, so that a wrong address or password leaves nothing behind that a repeat would
/// stumble over.
///
/// # Errors
/// [`Failure`] if an instance is in the folder or in the database already, or something cannot be reached or written.
pub fn make<'a>(folder: &'a Path, configuration: &str, kind: InstanceKind) -> Result<Fresh<'a>, Failure> {
    if folder.join(FILE_NAME).exists() {
        return Err(Failure::new(
            Exit::Refused,
            "init.exists",
            format!("`{}` holds an instance already; nothing was changed.", folder.display()),
        )
        .hint("choose another folder"));
    }
    let config = Config::parse(configuration, &folder.join(FILE_NAME))?;
    for part in ["", "keys", "secrets", "registries", "state", "maildrop", "ledger"] {
        private_folder(&folder.join(part))?;
    }
    let signer = SignerKey::generate(&config.instance.name).map_err(store_failure)?;
    let url = database_url(folder, &config)?;
    let store = Store::open(&url).map_err(store_failure)?;
    if store.read(settings::find_instance_kind).map_err(store_failure)?.is_some() {
        return Err(taken(&url));
    }
    drop(store);
    Kek::generate().and_then(|key| key.write_new(&folder.join(&config.keys.vault))).map_err(store_failure)?;
    signer.write_new(&folder.join(&config.keys.ledger)).map_err(store_failure)?;
    let store = Store::open_with_signer(&url, signer).map_err(store_failure)?;
    let is_ours = store.write(move |tx| {
        let is_free = settings::find_instance_kind(tx)?.is_none();
        if is_free {
            settings::fix_instance_kind(tx, kind)?;
        }
        Ok::<_, StoreFault>(is_free)
    });
    if !is_ours.map_err(store_failure)? {
        return Err(taken(&url));
    }
    write_new(&folder.join(FILE_NAME), configuration.as_bytes(), 0o640)?;
    Ok(Fresh { folder })
}

fn taken(url: &DatabaseUrl) -> Failure {
    Failure::new(Exit::Refused, "init.database-taken", format!("The database `{url}` holds an instance already; it was left alone."))
        .hint("name an empty database with `--database`")
}

impl Fresh<'_> {
    /// Enrols the first operator and writes the token; returns the token's file.
    ///
    /// # Errors
    /// [`Failure`] if the instance cannot be opened or the file cannot be written.
    pub fn enrol(&self, name: &str) -> Result<String, Failure> {
        let instance = Instance::open(self.folder)?;
        let enrolled = instance.registrar.enrol_first_operator(name)?;
        let path = self.folder.join(TOKEN_FILE);
        write_new(&path, format!("{}\n", enrolled.token.expose()).as_bytes(), 0o600)?;
        Ok(path.display().to_string())
    }
}

fn private_folder(path: &Path) -> Result<(), Failure> {
    std::fs::DirBuilder::new().recursive(true).mode(0o750).create(path).map_err(|error| Failure::file(path, "make the folder", &error))
}

/// A file of one's own that is made before the deed whose fruit it will hold, so that the deed is not done in vain. Gone
/// again unless filled.
pub struct ReservedFile<'a> {
    path: &'a Path,
    file: Option<std::fs::File>,
}

impl<'a> ReservedFile<'a> {
    /// Makes the empty file, mode 0600; it must not exist yet.
    ///
    /// # Errors
    /// [`Failure`] if it exists or cannot be made.
    pub fn make(path: &'a Path) -> Result<Self, Failure> {
        Ok(Self { path, file: Some(make_new(path, 0o600)?) })
    }

    /// Fills the file with one line of text, synced.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be written.
    pub fn fill(mut self, line: &str) -> Result<(), Failure> {
        match self.file.take() {
            Some(file) => write_whole(file, self.path, format!("{line}\n").as_bytes()),
            None => Ok(()),
        }
    }
}

impl Drop for ReservedFile<'_> {
    fn drop(&mut self) {
        if self.file.is_some() {
            // An empty file left behind harms nobody.
            let _ = std::fs::remove_file(self.path);
        }
    }
}

/// Writes a file that must not exist yet, whole and synced.
pub fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<(), Failure> {
    write_whole(make_new(path, mode)?, path, content)
}

fn make_new(path: &Path, mode: u32) -> Result<std::fs::File, Failure> {
    std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(|error| {
        let failure = Failure::file(path, "make the file", &error);
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            failure.hint("nothing is written over; name another file")
        } else {
            failure.hint("name a file in a folder that you may write to")
        }
    })
}

fn write_whole(mut file: std::fs::File, path: &Path, content: &[u8]) -> Result<(), Failure> {
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| Failure::file(path, "write the file", &error))
}
