//! `[mail]`: the relay that notices leave by, and the folder that bounces come back to. Without it notices go to the maildrop.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mail::smtp::{Login, Relay, RelaySettings, Security, Trust};
use registrar::notice::{Courier, RelayRoute};
use serde::Deserialize;

use crate::config::fault;
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, read_secret};

/// Largest file of certificates, in bytes.
const CERTIFICATES_LIMIT_BYTES: u64 = 1 << 20;

/// How notices leave by SMTP, and where bounces come back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The relay; its certificate must be made out to this name.
    pub host: String,
    /// Its port, where it is not the usual one of `tls`.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// PEM file with the authority of the relay's certificate, where it is not a public one.
    pub ca_file: Option<PathBuf>,
    /// The account at the relay, if it wants one.
    pub user: Option<String>,
    /// A file with its password, mode 0600.
    pub password_file: Option<PathBuf>,
    /// The domain that bounces come back to; the sender's where nothing is said.
    pub return_domain: Option<String>,
    /// The Maildir that the mail server puts bounces into.
    pub bounces: Option<PathBuf>,
}

/// How the connection is protected. There is no "if possible".
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// From the first byte (port 465).
    #[default]
    Implicit,
    /// By STARTTLS, demanded (port 587).
    Starttls,
    /// Not at all, and only to this machine (port 25).
    LoopbackOnly,
}

impl Tls {
    fn port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Starttls => 587,
            Self::LoopbackOnly => 25,
        }
    }
}

impl Mail {
    /// The checks that a type cannot make.
    ///
    /// # Errors
    /// [`Failure`] with the line and the key.
    pub fn check(&self, text: &str, path: &Path) -> Result<(), Failure> {
        let wrong = |key: &str, problem: &str, advice: &str| Err(fault::at_key(text, path, key, problem, advice));
        if self.user.is_some() != self.password_file.is_some() {
            let key = if self.user.is_some() { "user" } else { "password_file" };
            return wrong(
                key,
                "a user and the file of the password belong together",
                "give both, or neither where the relay knows us by our address",
            );
        }
        if let Some(domain) = &self.return_domain
            && let Err(error) = model::DomainName::parse(domain)
        {
            return wrong("return_domain", &error.to_string(), "write the domain whose mail for `bounce+...` reaches us");
        }
        Ok(())
    }
}

/// The courier of an instance: by the relay of `[mail]`, else by the maildrop.
///
/// # Errors
/// [`Failure`] if a file that `[mail]` names cannot be used.
pub fn courier(instance: &Instance) -> Result<Courier, Failure> {
    let Some(mail) = &instance.config.mail else {
        return Ok(Courier::new(&instance.registrar));
    };
    let login = match (&mail.user, &mail.password_file) {
        (Some(user), Some(file)) => {
            Some(Login { user: user.clone(), password: read_secret(&instance.path(file), "read the password for the mail relay")? })
        }
        _ => None,
    };
    let trust = match &mail.ca_file {
        None => Trust::PublicRoots,
        Some(file) => Trust::PrivateCa(read_certificates(&instance.path(file))?),
    };
    let security = match mail.tls {
        Tls::Implicit => Security::Implicit,
        Tls::Starttls => Security::StartTls,
        Tls::LoopbackOnly => Security::LoopbackOnly,
    };
    let settings = RelaySettings {
        host: mail.host.clone(),
        port: mail.port.unwrap_or_else(|| mail.tls.port()),
        security,
        trust,
        login,
        hello: instance.config.instance.name.clone(),
    };
    let relay = Relay::new(settings).map_err(|fault| {
        Failure::new(Exit::Usage, "config", format!("The mail relay cannot be used: {fault}.")).hint("correct `[mail]`")
    })?;
    let return_domain = match &mail.return_domain {
        Some(domain) => crate::argument::domain(domain)?.to_string(),
        None => crate::argument::email(&instance.config.notices.sender)?.domain().to_owned(),
    };
    Ok(Courier::by_relay(&instance.registrar, RelayRoute { relay: Arc::new(relay), return_domain }))
}

fn read_certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    let failure = |error: &std::io::Error| Failure::file(path, "read the certificates of the mail relay", error);
    let size = std::fs::metadata(path).map_err(|error| failure(&error))?.len();
    if size > CERTIFICATES_LIMIT_BYTES {
        return Err(Failure::usage(format!(
            "`{}` has {size} bytes; certificates have at most {CERTIFICATES_LIMIT_BYTES}.",
            path.display()
        )));
    }
    std::fs::read(path).map_err(|error| failure(&error))
}
