//! Reaching a PostgreSQL server: TLS with checked certificates, or plain text on this very machine, and nothing between.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::fault::StoreFault;
use crate::passfile::{Login, PasswordSources};

/// How long a server may take to accept a connection, unless the address says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a server listens unless the address says otherwise.
const USUAL_PORT: u16 = 5432;

/// What to do where a server asks for a password and none was found.
const PASSWORD_ADVICE: &str = "give the password in the environment variable PGPASSWORD or in a passfile (PGPASSFILE, or .pgpass in the \
                               home folder, mode 0600)";

/// Makes connections to one server.
pub(super) struct Connector {
    /// The address without its password, for messages.
    place: String,
    config: Config,
    tls: Option<ClientConfig>,
    /// What to say of the password if the server wants one; none where one was found.
    no_password: Option<String>,
}

impl Connector {
    /// Reads the address, looks for the password, and decides whether the connection is encrypted.
    pub(super) fn new(place: String, address: &str, ca_file: Option<&Path>, passwords: &PasswordSources) -> Result<Self, StoreFault> {
        // The driver's message could repeat parts of the address, and the address may hold a password.
        let mut config: Config = address.parse().map_err(|_| StoreFault::Address {
            reason: format!(
                "`{place}` is not an address that PostgreSQL understands; write for example `postgres://namekeep@db.example/namekeep`"
            ),
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(StoreFault::Address { reason: format!("`{place}` names no host; write `localhost` or a socket folder") });
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        config.application_name("namekeep");
        let no_password = take_password(&mut config, passwords);
        let stays_here = stays_on_this_machine(&config);
        let wants_tls = !stays_here || ca_file.is_some() || config.get_ssl_mode() == SslMode::Require;
        if !stays_here && config.get_ssl_mode() == SslMode::Disable {
            return Err(StoreFault::Address {
                reason: format!(
                    "`{place}` asks for `sslmode=disable`, but plain text is spoken only over a Unix socket or loopback; \
                     remove `sslmode` and name the server's authorities with `sslrootcert=FILE` if they are not public"
                ),
            });
        }
        let tls = if wants_tls {
            config.ssl_mode(SslMode::Require);
            Some(client_config(ca_file)?)
        } else {
            config.ssl_mode(SslMode::Disable);
            None
        };
        Ok(Self { place, config, tls, no_password })
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Result<Client, StoreFault> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(MakeRustlsConnect::new(tls.clone())),
            None => self.config.connect(NoTls),
        };
        client.map_err(|error| {
            let reason = chain(&error);
            let reason = match &self.no_password {
                Some(advice) if reason.contains("password") => format!("{reason}; {advice}"),
                _ => reason,
            };
            StoreFault::Open { place: self.place.clone(), reason }
        })
    }
}

/// Gives the configuration its password, if there is one: the address's own, the environment's, or the passfile's. Says
/// otherwise what to tell whoever needs one: a server that trusts its callers needs none, so an unreadable passfile is no
/// fault before that.
fn take_password(config: &mut Config, passwords: &PasswordSources) -> Option<String> {
    if config.get_password().is_some() {
        return None;
    }
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    let names: Vec<String> = config
        .get_hosts()
        .iter()
        .map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(folder) => folder.display().to_string(),
        })
        .chain(config.get_hostaddrs().iter().map(ToString::to_string))
        .collect();
    let port_of = |at: usize| config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(USUAL_PORT);
    let logins: Vec<Login<'_>> = names.iter().enumerate().map(|(at, host)| Login { host, port: port_of(at), database, user }).collect();
    match passwords.find(&logins) {
        Ok(Some(password)) => {
            config.password(password.expose());
            None
        }
        Ok(None) => Some(PASSWORD_ADVICE.to_owned()),
        Err(fault) => Some(fault.to_string()),
    }
}

/// Whether every host of the address is a Unix socket or loopback.
fn stays_on_this_machine(config: &Config) -> bool {
    let named = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    });
    named && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// TLS that checks the server against public roots or the given authorities.
fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, StoreFault> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path).map_err(|error| StoreFault::file(path, error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| StoreFault::file(path, error))?;
                roots.add(certificate).map_err(|error| StoreFault::file(path, error))?;
            }
            if roots.is_empty() {
                return Err(StoreFault::file(path, "it holds no certificate in PEM form"));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreFault::Address { reason: error.to_string() })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// An error with its causes, because the driver keeps the useful part in the cause.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connector(address: &str) -> Result<Connector, StoreFault> {
        Connector::new(address.to_owned(), address, None, &PasswordSources::default())
    }

    #[test]
    fn plain_text_is_spoken_only_on_this_machine() {
        let cases = [
            ("postgres://u@localhost/d", false),
            ("postgres://u@127.0.0.1/d", false),
            ("postgres://u@[::1]/d", false),
            ("postgres:///d?host=/run/postgresql&user=u", false),
            ("postgres://u@localhost/d?sslmode=require", true),
            ("postgres://u@db.example/d", true),
            ("postgres://u@192.0.2.1/d?sslmode=prefer", true),
            ("postgres://u@localhost,db.example/d", true),
            ("postgres://u@localhost/d?hostaddr=192.0.2.1", true),
        ];
        for (address, is_encrypted) in cases {
            assert_eq!(connector(address).unwrap().tls.is_some(), is_encrypted, "{address}");
        }
    }

    #[test]
    fn switching_encryption_off_towards_another_machine_is_refused() {
        let sentence = connector("postgres://u@db.example/d?sslmode=disable").err().unwrap().to_string();
        assert!(sentence.contains("plain text is spoken only over a Unix socket or loopback"), "{sentence}");
    }

    #[test]
    fn an_address_without_a_host_is_refused() {
        assert!(connector("postgres:///d").err().unwrap().to_string().contains("names no host"));
    }

    /// A server that answers the request for TLS (PostgreSQL manual, "SSL Session Encryption") with `answer`, and after a
    /// handshake refuses the login with a word of its own.
    fn server(answer: u8, tls: Option<rustls::ServerConfig>) -> u16 {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 8];
            stream.read_exact(&mut request).unwrap();
            assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47], "the first thing said is the request for TLS");
            stream.write_all(&[answer]).unwrap();
            let Some(config) = tls else { return };
            let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            if stream.read(&mut [0; 512]).is_ok() {
                let refusal = b"SFATAL\0C28000\0Mreached through TLS\0\0";
                let length = u32::try_from(refusal.len() + 4).unwrap().to_be_bytes();
                stream.write_all(&[&b"E"[..], &length, refusal].concat()).unwrap();
                stream.flush().unwrap();
            }
        });
        port
    }

    /// A certificate for `localhost` that signs itself, written as PEM into `folder`.
    fn authority(folder: &Path, name: &str) -> (std::path::PathBuf, rustls::ServerConfig) {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, made.cert.pem()).unwrap();
        let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        (path, config)
    }

    #[test]
    fn the_server_is_checked_against_the_given_authorities_and_never_spoken_to_in_clear() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, config) = authority(folder.path(), "ours.pem");
        let (other, _) = authority(folder.path(), "other.pem");
        let connect = |port: u16, host: &str, ca_file: &Path| {
            let address = format!("postgres://u@{host}:{port}/d");
            let connector = Connector::new(address.clone(), &address, Some(ca_file), &PasswordSources::default()).unwrap();
            connector.connect().err().unwrap().to_string()
        };
        let reached = connect(server(b'S', Some(config.clone())), "localhost", &ours);
        assert!(reached.contains("reached through TLS"), "{reached}");
        let unknown = connect(server(b'S', Some(config.clone())), "localhost", &other);
        assert!(unknown.contains("invalid peer certificate"), "{unknown}");
        let other_name = connect(server(b'S', Some(config)), "127.0.0.1", &ours);
        assert!(other_name.contains("not valid for name"), "{other_name}");
        let without = connect(server(b'N', None), "localhost", &ours);
        assert!(without.contains("server does not support TLS"), "{without}");
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.pem");
        std::fs::write(&path, "").unwrap();
        let refused =
            Connector::new(String::new(), "postgres://u@db.example/d", Some(&path), &PasswordSources::default()).err().unwrap().to_string();
        assert!(refused.contains("it holds no certificate in PEM form"), "{refused}");
    }
}
