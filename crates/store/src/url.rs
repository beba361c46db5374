//! The address of the database: `sqlite:PATH` or `postgres://...`, and nothing else decides which engine runs.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::fault::StoreFault;
use crate::passfile::PasswordSources;

/// Where the state lives. Debug and Display never show a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    target: Target,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// One file.
    Sqlite(PathBuf),
    /// A server.
    Postgres {
        /// The address as `tokio-postgres` reads it, without our own parameters.
        address: String,
        /// Certificate authorities to trust instead of the public roots, PEM.
        ca_file: Option<PathBuf>,
        /// Where its password may be found, if the address holds none.
        passwords: PasswordSources,
    },
}

/// Our own parameter of a `postgres://` address; libpq has the same name and meaning.
const CA_PARAMETER: &str = "sslrootcert";

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://USER@HOST/DATABASE`. A `sslrootcert=FILE` parameter names the authorities to trust.
    ///
    /// # Errors
    /// [`StoreFault::Address`] with the two accepted forms, if it is neither.
    pub fn parse(text: &str) -> Result<Self, StoreFault> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() || path == ":memory:" {
                return Err(StoreFault::Address {
                    reason: "`sqlite:` needs the path of a file, for example `sqlite:data/namekeep.db`".to_owned(),
                });
            }
            return Ok(Self { target: Target::Sqlite(PathBuf::from(path)) });
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let (address, ca_file) = take_parameter(text, CA_PARAMETER);
            let (ca_file, passwords) = (ca_file.map(PathBuf::from), PasswordSources::default());
            return Ok(Self { target: Target::Postgres { address, ca_file, passwords } });
        }
        Err(StoreFault::Address {
            reason: "it starts with neither `sqlite:` nor `postgres://`; write for example `sqlite:data/namekeep.db` or \
                     `postgres://namekeep@db.example/namekeep`"
                .to_owned(),
        })
    }

    /// The address of a SQLite file.
    #[must_use]
    pub fn sqlite(path: &Path) -> Self {
        Self { target: Target::Sqlite(path.to_owned()) }
    }

    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::Sqlite(path) => Some(path),
            Target::Postgres { .. } => None,
        }
    }

    /// The same address, with where a server's password may be found. A file needs none.
    #[must_use]
    pub fn with_passwords(mut self, sources: PasswordSources) -> Self {
        if let Target::Postgres { passwords, .. } = &mut self.target {
            *passwords = sources;
        }
        self
    }

    /// What it points at.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.target {
            Target::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Target::Postgres { address, .. } => f.write_str(&without_password(address)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Removes `name=value` from the query of `url` and gives the value back.
fn take_parameter(url: &str, name: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut found = None;
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| match pair.split_once('=') {
            Some((key, value)) if key == name => {
                found = Some(value.to_owned());
                false
            }
            _ => true,
        })
        .collect();
    if kept.is_empty() { (base.to_owned(), found) } else { (format!("{base}?{}", kept.join("&")), found) }
}

/// The address without the password of its user part and without a `password` parameter.
fn without_password(address: &str) -> String {
    let (address, _) = take_parameter(address, "password");
    let Some((scheme, rest)) = address.split_once("://") else { return String::from("postgres://?") };
    let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let cases = [
            ("sqlite:data/n.db", "sqlite:data/n.db"),
            ("sqlite:///var/lib/n.db", "sqlite:/var/lib/n.db"),
            ("postgres://nk:canary@db.example/nk", "postgres://nk@db.example/nk"),
            ("postgres://nk:ca@na:ry@db.example:5432/nk?sslrootcert=/etc/ca.pem", "postgres://nk@db.example:5432/nk"),
            ("postgresql://db.example/nk?password=canary&sslmode=require", "postgresql://db.example/nk?sslmode=require"),
        ];
        for (text, shown) in cases {
            let url = DatabaseUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("canary"));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_accepted_forms() {
        for text in ["", "mysql://x", "data/namekeep.db", "sqlite:", "sqlite::memory:"] {
            let sentence = DatabaseUrl::parse(text).unwrap_err().to_string();
            assert!(sentence.contains("sqlite:data/namekeep.db"), "{text}: {sentence}");
        }
    }

    #[test]
    fn the_authorities_file_is_ours_and_not_the_drivers() {
        let url = DatabaseUrl::parse("postgres://db.example/nk?sslrootcert=/etc/ca.pem&connect_timeout=3").unwrap();
        let Target::Postgres { address, ca_file, .. } = url.target() else { panic!("not postgres") };
        assert_eq!(address, "postgres://db.example/nk?connect_timeout=3");
        assert_eq!(ca_file.as_deref(), Some(Path::new("/etc/ca.pem")));
    }
}
