//! The configuration of an instance: `namekeep.toml` in its folder. Unknown keys are refused with the nearest known one.

pub mod fault;
mod template;

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::backup_config::Backup;
use crate::escrow_config::Escrow;
use crate::failure::{Exit, Failure};
use crate::mail_config::Mail;
use crate::token_config::Token;
pub use template::filled;

/// The name of the configuration file in an instance's folder.
pub const FILE_NAME: &str = "namekeep.toml";

/// The version of the configuration's shape that this program reads.
const SCHEMA: u32 = 1;

/// Largest configuration file we read, in bytes; a real one has a few kilobytes.
const FILE_LIMIT_BYTES: u64 = 1 << 20;

/// The hour at which a night begins where the configuration says nothing: when most registries here have little to do.
const DEFAULT_RECONCILIATION_HOUR: u8 = 3;

/// The last hour of a day.
const LAST_HOUR: u8 = 23;

/// Where every key is explained.
const KEYS_HINT: &str = "`namekeep init DIR` writes a file in which every key is explained; compare the two";

/// A whole configuration. Relative paths are relative to the instance's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The version of the file's shape.
    pub schema: u32,
    /// What this instance is.
    pub instance: Instance,
    /// Where its keys are.
    pub keys: Keys,
    /// How its notices leave.
    pub notices: Notices,
    /// How its notices leave by SMTP, where they do, and how bounces come back.
    pub mail: Option<Mail>,
    /// When it asks its registries about every name.
    #[serde(default)]
    pub reconciliation: Reconciliation,
    /// What the public may read, and where the directory reads it.
    #[serde(default)]
    pub publication: Publication,
    /// What the public sends, and how it is answered.
    #[serde(default)]
    pub desk: Desk,
    /// What it deposits in escrow, and where.
    pub escrow: Option<Escrow>,
    /// How it is backed up, and where.
    pub backup: Option<Backup>,
    /// The registries it has accounts at.
    #[serde(default, rename = "registry")]
    pub registries: Vec<RegistryAccount>,
}

/// What this instance is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Its name: the origin of its ledger, so it never changes. A host name of yours is a good one.
    pub name: String,
    /// `sqlite:PATH` or `postgres://...`.
    pub database: String,
    /// The folder the ledger's tiles and checkpoint are written to, for others to read.
    pub ledger: PathBuf,
}

/// Where its keys are. Files of mode 0600; never in the configuration itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The key-encryption key: what is left of a tree of keys.
    pub vault: PathBuf,
    /// The ledger's signing key (C2SP signed note form).
    pub ledger: PathBuf,
    /// The token that seals the key-encryption key, where there is one.
    pub token: Option<Token>,
}

/// How its notices leave.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// The folder messages are dropped into; the mail server picks them up.
    pub maildrop: PathBuf,
    /// The sender's address.
    pub sender: String,
    /// The sender's name.
    pub sender_name: String,
    /// Where a registrant renews a name; said in the notices.
    pub portal: String,
    /// The address of the form `verification` of the directory; said in letters to holders who have to be verified.
    pub verification_page: Option<String>,
}

/// When it asks its registries about every name. Every night; there is no way to leave a night out.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reconciliation {
    /// The hour of the day at which a night begins, UTC, 0 to 23.
    pub hour: u8,
}

impl Default for Reconciliation {
    fn default() -> Self {
        Self { hour: DEFAULT_RECONCILIATION_HOUR }
    }
}

/// What the public may read, and where the directory reads it. The strictest reading is the default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Publication {
    /// The folder of the feed that directories follow.
    pub feed: PathBuf,
    /// The key that signs the feed; made at the first start.
    pub key: PathBuf,
    /// Whether the data of legal persons is published without their consent (RDP-10).
    pub publishes_legal_persons: bool,
    /// Whether the city is published without consent (RDP-11).
    pub publishes_cities: bool,
    /// Whether the registry's id of a name is withheld.
    pub withholds_registry_ids: bool,
}

impl Default for Publication {
    fn default() -> Self {
        Self {
            feed: PathBuf::from("feed"),
            key: PathBuf::from("keys/feed.key"),
            publishes_legal_persons: false,
            publishes_cities: false,
            withholds_registry_ids: false,
        }
    }
}

impl Publication {
    /// The rules, as the projection takes them.
    pub fn rules(&self) -> policy::publication::PublicationRules {
        let Self { publishes_legal_persons, publishes_cities, withholds_registry_ids, .. } = *self;
        policy::publication::PublicationRules { publishes_legal_persons, publishes_cities, withholds_registry_ids }
    }
}

/// What the public sends, and how it is answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Desk {
    /// The folder that directories put forms into.
    pub intake: PathBuf,
    /// The key that opens them; made at the first start.
    pub key: PathBuf,
    /// Whether requests are answered within 72 hours (NIS2 article 28; EUL-4).
    pub nis2: bool,
    /// Days on which nobody works at the principal office, besides Saturdays and Sundays.
    #[serde(deserialize_with = "dates")]
    pub holidays: Vec<jiff::civil::Date>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { intake: PathBuf::from("intake"), key: PathBuf::from("keys/intake.key"), nis2: false, holidays: Vec::new() }
    }
}

fn dates<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<jiff::civil::Date>, D::Error> {
    let date = |text: String| text.parse().map_err(|_| serde::de::Error::custom(format!("`{text}` is no date such as `2026-12-25`")));
    Vec::<String>::deserialize(deserializer)?.into_iter().map(date).collect()
}

/// An account at a registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistryAccount {
    /// The registry's profile.
    pub profile: PathBuf,
    /// Our account: the `clID` of the login.
    pub account: String,
    /// A file with the account's password, read when the account is first used; later changes live in the vault.
    pub password_file: PathBuf,
    /// `ADDRESS:PORT` to connect to, where it is not the profile's own.
    pub address: Option<String>,
    /// What makes us trust the server.
    pub trust: Trust,
    /// Our certificates; of those valid now, the one that expires last is used.
    #[serde(default)]
    pub client_certificates: Vec<ClientCertificate>,
    /// The address to connect from, where the registry keeps a list.
    pub source_address: Option<IpAddr>,
}

/// What makes us trust a registry's server. There is no way to trust blindly.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub enum Trust {
    /// A public certificate authority, and the host name.
    PublicRoots,
    /// A certificate authority of the registry's own, and the host name.
    PrivateCa {
        /// PEM file with its certificates.
        file: PathBuf,
    },
    /// The SHA-256 of the server's public key (SPKI), in hexadecimal; several while it rolls.
    Pin {
        /// The pins.
        sha256: Vec<String>,
    },
}

/// A client certificate with its key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificate {
    /// PEM file with the chain, our certificate first.
    pub chain: PathBuf,
    /// PEM file with the private key, mode 0600.
    pub key: PathBuf,
}

impl Config {
    /// Reads the configuration of the instance in `folder`.
    ///
    /// # Errors
    /// [`Failure`] with the line, the key, what is wrong and what to do.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(FILE_NAME);
        let text = read_text(&path, "`namekeep init DIR` makes an instance, `--dir DIR` names one, `namekeep demo` needs none")?;
        Self::parse(&text, &path)
    }

    /// Parses a configuration; `path` is only named in faults.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let config: Self = toml::from_str(text).map_err(|error| fault::of_toml(text, path, &error).or_hint(KEYS_HINT))?;
        config.check(text, path)?;
        Ok(config)
    }

    /// The checks that a type cannot make.
    fn check(&self, text: &str, path: &Path) -> Result<(), Failure> {
        let fault = |key: &str, problem: &str, advice: &str| Err(fault::at_key(text, path, key, problem, advice));
        if self.schema != SCHEMA {
            return fault("schema", "this program reads schema 1", "write `schema = 1`, or use the program this file was written for");
        }
        if self.instance.name.is_empty() || self.instance.name.len() > 64 || !self.instance.name.bytes().all(is_name_byte) {
            return fault(
                "name",
                "a name has 1 to 64 letters, digits, dots, hyphens",
                "use a host name of yours, such as `registrar.example`",
            );
        }
        if holds_password(&self.instance.database) {
            return fault(
                "database",
                "a password does not belong into this file",
                "take it out; give it in the environment variable PGPASSWORD or in a passfile",
            );
        }
        if let Err(error) = model::Email::parse(&self.notices.sender) {
            return fault("sender", &error.to_string(), "write the address that registrants may answer to");
        }
        if self.reconciliation.hour > LAST_HOUR {
            let problem = format!("a day has the hours 0 to {LAST_HOUR}, not {}", self.reconciliation.hour);
            return fault("hour", &problem, "write the hour, in UTC, at which the registries are quiet");
        }
        if let Some(token) = &self.keys.token {
            token.check(text, path)?;
        }
        if let Some(mail) = &self.mail {
            mail.check(text, path)?;
        }
        if let Some(escrow) = &self.escrow {
            escrow.check(text, path)?;
        }
        if let Some(backup) = &self.backup {
            backup.check(text, path)?;
        }
        for account in &self.registries {
            if let Trust::Pin { sha256 } = &account.trust
                && (sha256.is_empty() || !sha256.iter().all(|pin| pin.len() == 64 && pin.bytes().all(|byte| byte.is_ascii_hexdigit())))
            {
                return fault(
                    "sha256",
                    "a pin has 64 hexadecimal digits, and there is at least one",
                    "ask the registry for the SHA-256 of its server's public key (SPKI); for a key that does not fit, `registry status` says \
                     which one the server showed",
                );
            }
        }
        Ok(())
    }
}

/// Whether a database's address has the form `postgres://USER:PASSWORD@HOST`, or a parameter `password`.
fn holds_password(address: &str) -> bool {
    let parameters = address.split_once('?').map_or("", |(_, query)| query);
    if parameters.split('&').any(|parameter| parameter.starts_with("password=")) {
        return true;
    }
    let authority = address.split_once("://").and_then(|(_, rest)| rest.split('/').next());
    authority.and_then(|authority| authority.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':'))
}

/// Bytes of an instance's name: safe in a checkpoint's origin line and in file names.
fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
}

/// The text of a configuration; `hint` says where one comes from.
pub fn read_text(path: &Path, hint: &str) -> Result<String, Failure> {
    let size = std::fs::metadata(path).map_err(|error| Failure::file(path, "read the configuration", &error).hint(hint))?.len();
    if size > FILE_LIMIT_BYTES {
        return Err(Failure::new(
            Exit::Usage,
            "config.size",
            format!("`{}` has {size} bytes; a configuration has at most {FILE_LIMIT_BYTES}.", path.display()),
        ));
    }
    std::fs::read_to_string(path).map_err(|error| Failure::file(path, "read the configuration", &error))
}

#[cfg(test)]
mod tests {
    use super::template::TEMPLATE;
    use super::*;

    fn fault_of(change: impl FnOnce(String) -> String) -> String {
        let text = change(TEMPLATE.to_owned());
        match Config::parse(&text, Path::new("namekeep.toml")) {
            Ok(_) => "accepted".to_owned(),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn the_template_of_init_is_a_valid_configuration() {
        assert_eq!(fault_of(|text| text), "accepted");
    }

    #[test]
    fn the_template_takes_the_name_and_the_database_of_init() {
        let config = Config::parse(&filled("nk.example", "postgres://nk@db.example/n\"k"), Path::new("namekeep.toml")).unwrap();
        assert_eq!((config.instance.name.as_str(), config.instance.database.as_str()), ("nk.example", "postgres://nk@db.example/n\"k"));
    }

    #[test]
    fn a_password_in_the_address_is_refused_and_not_repeated() {
        for address in ["postgres://nk:canary@db.example/nk", "postgres://nk@db.example/nk?sslmode=require&password=canary"] {
            let said = match Config::parse(&filled("nk.example", address), Path::new("namekeep.toml")) {
                Ok(_) => "accepted".to_owned(),
                Err(failure) => failure.to_string(),
            };
            assert!(said.contains("PGPASSWORD") && !said.contains("canary"), "{said}");
        }
    }

    #[test]
    fn faults_name_the_line_the_key_and_the_way_out() {
        insta::assert_snapshot!(fault_of(|text| text.replace("database =", "databse =")), @r"
        namekeep.toml:12: unknown field `databse`, expected one of `name`, `database`, `ledger`.
        hint: did you mean `database`?
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("schema = 1", "schema = 9")), @r"
        namekeep.toml:4: `schema`: this program reads schema 1.
        hint: write `schema = 1`, or use the program this file was written for
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("schema = 1", "schema = \"one\"")), @r#"
        namekeep.toml:4: `schema`: invalid type: string "one", expected a whole number.
        hint: `namekeep init DIR` writes a file in which every key is explained; compare the two
        "#);
        insta::assert_snapshot!(fault_of(|text| text.replace("[notices]", "[notices")), @r"
        namekeep.toml:23: unclosed table, expected `]`.
        hint: `namekeep init DIR` writes a file in which every key is explained; compare the two
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("name = \"registrar.example\"", "name = \"a b\"")), @r"
        namekeep.toml:8: `name`: a name has 1 to 64 letters, digits, dots, hyphens.
        hint: use a host name of yours, such as `registrar.example`
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("hour = 3", "hour = 24")), @r"
        namekeep.toml:36: `hour`: a day has the hours 0 to 23, not 24.
        hint: write the hour, in UTC, at which the registries are quiet
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("hour = 3", "hours = 3")), @r"
        namekeep.toml:36: unknown field `hours`, expected `hour`.
        hint: did you mean `hour`?
        ");
        insta::assert_snapshot!(fault_of(|text| text.replace("hour = 3", "hour = 3\nenabled = false")), @r"
        namekeep.toml:37: unknown field `enabled`, expected `hour`.
        hint: `namekeep init DIR` writes a file in which every key is explained; compare the two
        ");
    }

    #[test]
    fn a_configuration_from_before_the_section_is_still_good() {
        assert_eq!(fault_of(|text| text.replace("[reconciliation]\n", "").replace("hour = 3\n", "")), "accepted");
    }
}
