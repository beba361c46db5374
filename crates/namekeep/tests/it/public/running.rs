//! The real directory on the feed of a scene's instance, asked over the wire.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::scene::Scene;

const NAMEKEEP: &str = env!("CARGO_BIN_EXE_namekeep");

/// The name in its certificate.
pub const HOST: &str = "rdap.registrar.example";

/// The longest anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A directory that serves until this is dropped.
pub struct PublicDirectory {
    child: Child,
    folder: PathBuf,
    https_port: u16,
    whois_port: u16,
    tls: Arc<ClientConfig>,
}

impl PublicDirectory {
    /// Starts one in `folder`; the feed need not be there yet. Its whole log goes to `directory.log` there. Who asks over IPv6 has
    /// little patience to expect.
    pub async fn start(scene: &Scene, folder: &Path) -> Self {
        let said = scene.namekeep(&scene.instance, &["directory", "key"]).await;
        assert!(said.status.success(), "{}", said.printed);
        let key = said.printed.lines().next().unwrap().to_owned();
        std::fs::create_dir_all(folder).unwrap();
        let (https_port, whois_port) = (free_port(), free_port());
        let certificate = certify(folder);
        let feed = scene.instance.join("feed");
        std::fs::write(folder.join("directory.toml"), configuration(&feed, &key, https_port, whois_port)).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let directory = Self { child: serve(folder), folder: folder.to_owned(), https_port, whois_port, tls: Arc::new(tls) };
        directory.wait_until_it_listens();
        directory
    }

    /// Kills it and starts it again.
    pub fn restart(&mut self) {
        self.kill();
        self.child = serve(&self.folder);
        self.wait_until_it_listens();
    }

    fn wait_until_it_listens(&self) {
        until("the directory to listen", || TcpStream::connect((Ipv4Addr::LOCALHOST, self.whois_port)).is_ok());
    }

    fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it answers to a method and a target over RDAP: every byte, head and body.
    pub fn rdap(&self, from: IpAddr, method: &str, target: &str) -> Vec<u8> {
        let stream = TcpStream::connect(SocketAddr::new(from, self.https_port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let session = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from(HOST).unwrap()).unwrap();
        let mut stream = StreamOwned::new(session, stream);
        write!(stream, "{method} {target} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        // A server that closes without a goodbye has said all it had to say: the length stands in its head.
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => panic!("{method} {target}: {error}"),
            _ => answer,
        }
    }

    /// The same for a name, as text.
    pub fn domain(&self, name: &str) -> String {
        String::from_utf8(self.rdap(Ipv4Addr::LOCALHOST.into(), "GET", &format!("/domain/{name}"))).unwrap()
    }

    /// What it answers to a line over WHOIS.
    pub fn whois(&self, line: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.whois_port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(line).unwrap();
        stream.write_all(b"\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        answer
    }
}

impl Drop for PublicDirectory {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Both families: who asks from the first has no limit, who asks from the second soon meets it.
pub const FRIENDLY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub const LIMITED: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn serve(folder: &Path) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("directory.log")).unwrap();
    let mut command = Command::new(NAMEKEEP);
    command.args(["directory", "serve", "directory.toml"]).current_dir(folder).env("NAMEKEEP_LOG", "trace").stdin(Stdio::null());
    command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap()
}

/// A port that is free on both families. Another program could take it before it is used; then the test fails and says so.
fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        if TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

fn certify(folder: &Path) -> CertificateDer<'static> {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new([HOST.to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(folder.join("rdap.pem"), certificate.pem()).unwrap();
    store::secret_file::write(&folder.join("rdap.key"), key.serialize_pem().as_bytes()).unwrap();
    certificate.der().clone()
}

fn configuration(feed: &Path, key: &str, https_port: u16, whois_port: u16) -> String {
    format!(
        r#"schema = 1

[feed]
folder = "{feed}"
key = "{key}"

[registrar]
iana_id = 9999
name = "Example Registrar"
url = "https://www.registrar.example/"
abuse_phone = "+1.2025550101"
abuse_email = "abuse@registrar.example"
terms_url = "https://www.registrar.example/rdap-terms"
terms = "Access to this registration data is provided for lawful purposes only."
contact_form_url = "https://www.registrar.example/contact"

[rdap]
base_url = "https://{HOST}/"
listen = ["127.0.0.1:{https_port}", "[::1]:{https_port}"]
certificate = "rdap.pem"
key = "rdap.key"

[whois]
host = "whois.registrar.example"
listen = ["127.0.0.1:{whois_port}"]

[limits]
per_second = 1
burst = 8
miss_cost = 1
exempt = ["127.0.0.0/8"]
"#,
        feed = feed.display()
    )
}
