//! The real servers on loopback, over both IP versions, visited as ICANN's tool visits.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rdap_check::network::{Target, judge};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::http::{HttpLimits, Redirector, Server, tls};
use crate::limit::Rate;
use crate::testing::{record_of, settings, shown, withheld};
use crate::whois::{self, WhoisLimits};
use crate::{Database, Service};

const HOST: &str = "rdap.registrar.example";

/// A directory that serves on loopback until it is dropped.
pub(super) struct Served {
    target: Target,
    pub(super) whois_port: u16,
    _stop: watch::Sender<bool>,
    folder: tempfile::TempDir,
}

impl Served {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = certify(folder.path());
        let service = Arc::new(Service::new(&settings(), database(), Rate { burst: 10_000, ..Rate::default() }));
        let (stop, stopped) = watch::channel(false);
        let certificate = tls::Certificate::read(&folder.path().join("chain.pem"), &folder.path().join("key.pem")).unwrap();
        let config = Arc::new(tls::server_config(Arc::new(certificate)).unwrap());
        let limits = HttpLimits { header: Duration::from_secs(1), ..HttpLimits::default() };
        let server = Arc::new(Server::new(Arc::clone(&service), limits));
        let redirector = Arc::new(Redirector::new(&settings(), HttpLimits::default()));
        let whois = Arc::new(whois::Server::new(service, WhoisLimits { read: Duration::from_secs(1), ..WhoisLimits::default() }));
        let (https_port, https) = listen().await;
        let (http_port, http) = listen().await;
        let (whois_port, port43) = listen().await;
        for listener in https {
            tokio::spawn(Arc::clone(&server).run(listener, Arc::clone(&config), stopped.clone()));
        }
        for listener in http {
            tokio::spawn(Arc::clone(&redirector).run(listener, stopped.clone()));
        }
        for listener in port43 {
            tokio::spawn(Arc::clone(&whois).run(listener, stopped.clone()));
        }
        let target = Target {
            base_url: settings().base_url.as_str().to_owned(),
            addresses: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            https_port: Some(https_port),
            http_port: Some(http_port),
            roots: vec![root],
            allow_special_addresses: true,
            ..Target::default()
        };
        Self { target, whois_port, _stop: stop, folder }
    }

    pub(super) fn https_port(&self) -> u16 {
        self.target.https_port.unwrap()
    }

    pub(super) fn addresses(&self) -> Vec<std::net::IpAddr> {
        self.target.addresses.clone()
    }

    /// The file with the authority that its certificate is from.
    pub(super) fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("root.pem")
    }
}

fn database() -> Arc<Database> {
    let database = Database::new();
    let mut consented = record_of("consented.com");
    consented.registrant = shown_with_roid();
    let mut technical = record_of("technical.com");
    technical.technical = Some(withheld(false));
    for mut record in [record_of("withheld.com"), record_of("xn--bcher-kva.com"), consented, technical] {
        record.roid = policy::publication::Element::Shown("2336799_DOMAIN_COM-VRSN");
        database.put(&record.to_bytes().unwrap()).unwrap();
    }
    database.set_position(1, 1_787_306_400);
    Arc::new(database)
}

/// A contact shown in full, but for the id, which a registry would have to be known for.
fn shown_with_roid() -> policy::publication::PublicContact<'static> {
    policy::publication::PublicContact { roid: policy::publication::Element::Withheld, ..shown() }
}

/// Writes a chain and its key; gives the authority's certificate.
fn certify(folder: &Path) -> CertificateDer<'static> {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new([HOST.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    std::fs::write(folder.join("root.pem"), authority.pem()).unwrap();
    std::fs::write(folder.join("chain.pem"), leaf.pem()).unwrap();
    store::secret_file::write(&folder.join("key.pem"), key.serialize_pem().as_bytes()).unwrap();
    CertificateDer::from(authority.der().to_vec())
}

/// One port on both IP versions.
async fn listen() -> (u16, [TcpListener; 2]) {
    loop {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = v4.local_addr().unwrap().port();
        if let Ok(v6) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            return (port, [v4, v6]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_as_icann_makes_it_finds_nothing() {
    let served = Served::start().await;
    let registrar = rdap_check::Registrar { iana_id: 9999, base_url: served.target.base_url.clone() };
    for name in ["withheld.com", "consented.com", "technical.com", "xn--bcher-kva.com", "b%C3%BCcher.com"] {
        let findings = judge(&served.target, name, &registrar).await.unwrap();
        let findings: Vec<_> = findings.iter().filter(|finding| finding.level != rdap_check::Level::Ignored).collect();
        assert!(findings.is_empty(), "{name}: {findings:#?}");
    }
}

async fn ask_whois(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect((Ipv6Addr::LOCALHOST, port)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_and_oversized_clients_do_not_delay_others() {
    let served = Served::start().await;
    let port = served.whois_port;
    // Clients that never finish their line, and that never finish their handshake.
    let mut slow = Vec::new();
    for port in [port, served.https_port()] {
        for _ in 0..50 {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            stream.write_all(b"exam").await.unwrap();
            slow.push(stream);
        }
    }
    assert!(ask_whois(port, b"withheld.com\r\n").await.starts_with("Domain Name: withheld.com\r\n"));
    assert!(ask_whois(port, &[b'a'; 600]).await.starts_with("Error: a question has at most 512 bytes."));
    assert!(ask_whois(port, b"\xFF\xFE\r\n").await.starts_with("Error: the query is not UTF-8"));
    let registrar = rdap_check::Registrar { iana_id: 9999, base_url: served.target.base_url.clone() };
    assert!(
        judge(&served.target, "withheld.com", &registrar).await.unwrap().iter().all(|finding| finding.level == rdap_check::Level::Ignored)
    );
    // The slow ones are let go.
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "a connection that says nothing is not closed");
    }
}
