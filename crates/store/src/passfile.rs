//! The password for a PostgreSQL server: never in the address, but in the environment or in a passfile of libpq's format
//! (PostgreSQL manual, "The Password File").

use std::path::{Path, PathBuf};

use model::Secret;

use crate::fault::StoreFault;
use crate::secret_file;

/// Where a password may be found. The binary fills it from its environment: the store reads no variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordSources {
    /// The password itself (`PGPASSWORD`); goes before the file.
    pub password: Option<Secret>,
    /// The passfile (`PGPASSFILE`, or `.pgpass` in the home folder).
    pub passfile: Option<PathBuf>,
}

/// Whom a password is for.
pub(crate) struct Login<'a> {
    /// The server's name as the address has it, or the folder of its socket.
    pub(crate) host: &'a str,
    /// Its port.
    pub(crate) port: u16,
    /// The database.
    pub(crate) database: &'a str,
    /// The role.
    pub(crate) user: &'a str,
}

/// Socket folders that servers are built with. A login over one of them goes by the name `localhost` too, as in libpq.
const USUAL_SOCKET_FOLDERS: [&str; 3] = ["/tmp", "/run/postgresql", "/var/run/postgresql"];

impl PasswordSources {
    /// The password of the first of `logins` that has one; a passfile that is not there has none.
    ///
    /// # Errors
    /// [`StoreFault::File`] if others can read the passfile (libpq leaves it unread for that too), or it cannot be read.
    pub(crate) fn find(&self, logins: &[Login<'_>]) -> Result<Option<Secret>, StoreFault> {
        if let Some(password) = &self.password {
            return Ok(Some(password.clone()));
        }
        match self.passfile.as_deref() {
            Some(path) if path.exists() => of_file(path, logins),
            _ => Ok(None),
        }
    }
}

fn of_file(path: &Path, logins: &[Login<'_>]) -> Result<Option<Secret>, StoreFault> {
    let content = secret_file::read(path)?;
    let text = std::str::from_utf8(content.expose()).map_err(|_| StoreFault::file(path, "it is not UTF-8 text"))?;
    Ok(logins.iter().find_map(|login| text.lines().find_map(|line| of_line(line, login))))
}

/// The password of `host:port:database:user:password`, if the line is for this login. The first line that fits counts.
fn of_line(line: &str, login: &Login<'_>) -> Option<Secret> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    let mut next = || field(&mut rest);
    let (host, port, database, user) = (next()?, next()?, next()?, next()?);
    let is_localhost = host == "localhost" && USUAL_SOCKET_FOLDERS.contains(&login.host);
    let fits = |field: &str, value: &str| field == "*" || field == value;
    let is_meant = (fits(&host, login.host) || is_localhost)
        && fits(&port, &login.port.to_string())
        && fits(&database, login.database)
        && fits(&user, login.user);
    is_meant.then(|| Secret::new(unescaped(rest.trim_end_matches('\r'))))
}

/// Takes one field and the colon behind it; none if there is no such colon. `\:` and `\\` stand for the characters themselves.
fn field(rest: &mut &str) -> Option<String> {
    let mut is_escaped = false;
    let end = rest.char_indices().find(|(_, c)| {
        let is_end = *c == ':' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    let (at, _) = end?;
    let field = unescaped(&rest[..at]);
    *rest = &rest[at + 1..];
    Some(field)
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const LOGIN: Login<'static> = Login { host: "db.example", port: 5432, database: "nk", user: "keeper" };

    fn found(text: &str, login: &Login<'_>) -> Option<String> {
        text.lines().find_map(|line| of_line(line, login)).map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let cases = [
            ("db.example:5432:nk:keeper:pass", Some("pass")),
            ("*:*:*:keeper:any", Some("any")),
            ("# db.example:5432:nk:keeper:no\ndb.example:5432:nk:keeper:yes", Some("yes")),
            ("*:*:*:*:first\ndb.example:5432:nk:keeper:second", Some("first")),
            (r"db.example:5432:nk:keeper:a\:b\\c", Some(r"a:b\c")),
            ("db.example:5432:nk:keeper:a:b", Some("a:b")),
            ("db.example:5433:nk:keeper:pass", None),
            ("other.example:5432:nk:keeper:pass", None),
            ("db.example:5432:other:keeper:pass", None),
            ("db.example:5432:nk:ada:pass", None),
            ("localhost:5432:nk:keeper:pass", None),
            ("keeper:pass", None),
            ("", None),
        ];
        for (text, password) in cases {
            assert_eq!(found(text, &LOGIN).as_deref(), password, "{text}");
        }
        assert_eq!(found(r"db\:1:*:*:*:x", &Login { host: "db:1", ..LOGIN }).as_deref(), Some("x"));
    }

    #[test]
    fn a_usual_socket_goes_by_the_name_localhost() {
        let socket = |host| found("localhost:*:*:*:pass", &Login { host, ..LOGIN });
        assert_eq!(socket("/var/run/postgresql").as_deref(), Some("pass"));
        assert_eq!(socket("/srv/socket"), None);
    }

    #[test]
    fn a_passfile_that_others_can_read_is_left_unread() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        let sources = PasswordSources { password: None, passfile: Some(path.clone()) };
        assert_eq!(sources.find(&[LOGIN]), Ok(None), "no file, no password");
        std::fs::write(&path, "*:*:*:*:canary\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let sentence = sources.find(&[LOGIN]).unwrap_err().to_string();
        assert!(sentence.contains("chmod 600") && !sentence.contains("canary"), "{sentence}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(sources.find(&[LOGIN]), Ok(Some(Secret::new("canary"))));
        let given = PasswordSources { password: Some(Secret::new("given")), passfile: Some(path) };
        assert_eq!(given.find(&[LOGIN]), Ok(Some(Secret::new("given"))), "the environment goes before the file");
    }
}
