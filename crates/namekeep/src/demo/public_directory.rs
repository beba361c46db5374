//! The demo's public directory: a process of its own, in a folder without any key of the registrar, asked over the wire.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::failure::{Exit, Failure};

/// The name in the demo's certificate.
const HOST: &str = "rdap.registrar.example";

/// The longest the directory may take until it has read the feed, and until it has followed a change.
const LIMIT: Duration = Duration::from_secs(20);

/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// A directory that serves until this is dropped.
pub struct PublicDirectory {
    child: Child,
    folder: PathBuf,
    rdap: SocketAddr,
    whois: SocketAddr,
    tls: Arc<ClientConfig>,
}

impl PublicDirectory {
    /// Starts one in `folder` on the feed that is signed with `key`.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be started.
    pub fn start(folder: &Path, feed: &Path, key: &str) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, "make the folder", &error))?;
        let (rdap, whois) = free_addresses()?;
        let certificate = certify(folder)?;
        let feed = std::fs::canonicalize(feed).map_err(|error| Failure::file(feed, "find the feed", &error))?;
        let file = folder.join("directory.toml");
        std::fs::write(&file, configuration(&feed, key, rdap, whois)).map_err(|error| Failure::file(&file, "write the file", &error))?;
        let program = std::env::current_exe().map_err(|error| broken(&error))?;
        let log = std::fs::File::create(folder.join("directory.log")).map_err(|error| Failure::file(folder, "write the log", &error))?;
        let child = Command::new(program)
            .args(["directory", "serve", "directory.toml"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| broken(&error))?;
        let mut roots = RootCertStore::empty();
        roots.add(certificate).map_err(|error| broken(&error))?;
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| broken(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { child, folder: folder.to_owned(), rdap, whois, tls: Arc::new(tls) })
    }

    /// The answer over WHOIS, once it is as wanted; the last one where it never is.
    pub fn whois_until(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> String {
        until(is_wanted, || self.whois(name))
    }

    /// The answer over RDAP, head and body, once it is as wanted; the last one where it never is.
    pub fn rdap_until(&self, name: &str, is_wanted: impl Fn(&str) -> bool) -> String {
        until(is_wanted, || self.rdap(name))
    }

    /// What lies in its folder.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        files.sort();
        files
    }

    /// Commands that ask it.
    pub fn commands(&self, name: &str) -> [String; 2] {
        [
            format!("curl --insecure https://{}/domain/{name}", self.rdap),
            format!("whois -h {} -p {} {name}", self.whois.ip(), self.whois.port()),
        ]
    }

    fn whois(&self, name: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.whois, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        write!(stream, "{name}\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn rdap(&self, name: &str) -> std::io::Result<String> {
        let stream = TcpStream::connect_timeout(&self.rdap, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        let host = ServerName::try_from(HOST).map_err(std::io::Error::other)?;
        let connection = ClientConnection::new(Arc::clone(&self.tls), host).map_err(std::io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        write!(stream, "GET /domain/{name} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        // A server that closes without a goodbye has said all it had to say: the length stands in its head.
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for PublicDirectory {
    fn drop(&mut self) {
        // Already gone is what we want.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn until(is_wanted: impl Fn(&str) -> bool, ask: impl Fn() -> std::io::Result<String>) -> String {
    let start = Instant::now();
    loop {
        let answer = ask().unwrap_or_else(|error| error.to_string());
        if is_wanted(&answer) || start.elapsed() > LIMIT {
            return answer;
        }
        std::thread::sleep(GLANCE);
    }
}

/// Two addresses of this machine that are free. Another program could take one before it is used; then the demo says so.
fn free_addresses() -> Result<(SocketAddr, SocketAddr), Failure> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| broken(&error));
    let (first, second) = (listen()?, listen()?);
    Ok((first.local_addr().map_err(|error| broken(&error))?, second.local_addr().map_err(|error| broken(&error))?))
}

fn certify(folder: &Path) -> Result<CertificateDer<'static>, Failure> {
    let key = rcgen::KeyPair::generate().map_err(|error| broken(&error))?;
    let certificate = rcgen::CertificateParams::new([HOST.to_owned()]).and_then(|params| params.self_signed(&key));
    let pem = certificate.map_err(|error| broken(&error))?.pem();
    let path = folder.join("rdap.pem");
    std::fs::write(&path, &pem).map_err(|error| Failure::file(&path, "write the file", &error))?;
    store::secret_file::write(&folder.join("rdap.key"), key.serialize_pem().as_bytes()).map_err(|error| broken(&error))?;
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| broken(&error))
}

fn configuration(feed: &Path, key: &str, rdap: SocketAddr, whois: SocketAddr) -> String {
    let feed = toml::Value::String(feed.display().to_string());
    format!(
        "# The public directory of `namekeep demo`, as an operator would write it.\nschema = 1\n\n[feed]\nfolder = {feed}\nkey = \"{key}\"\n\n\
         [registrar]\niana_id = 9999\nname = \"Registrar Example\"\nurl = \"https://www.registrar.example/\"\n\
         abuse_phone = \"+1.2025550101\"\nabuse_email = \"abuse@registrar.example\"\n\
         terms_url = \"https://www.registrar.example/rdap-terms\"\nterms = \"A rehearsal: nothing here is registered anywhere.\"\n\
         contact_form_url = \"https://www.registrar.example/contact\"\n\n[rdap]\nbase_url = \"https://{HOST}/\"\n\
         listen = [\"{rdap}\"]\ncertificate = \"rdap.pem\"\nkey = \"rdap.key\"\n\n[whois]\nhost = \"whois.registrar.example\"\n\
         listen = [\"{whois}\"]\n\n[limits]\nexempt = [\"127.0.0.0/8\"]\n"
    )
}

fn broken(error: &impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Fault, "demo.directory", format!("The public directory of the demo does not work: {error}."))
}
