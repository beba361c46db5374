//! A visit to a real server on loopback, over TLS and plain HTTP, IPv4 and IPv6.
#![allow(clippy::unwrap_used, clippy::panic, reason = "the helpers of a test are tests too")]

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rdap_check::network::{Target, judge, visit};
use rdap_check::{Registrar, Trouble};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::collections::BTreeSet;
use std::net::Ipv6Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const HOST: &str = "rdap.registrar.example";
const NAME: &str = "nk-example-one.com";

/// How a server answers a path: status, further headers, body.
type Site = Arc<dyn Fn(&str, &str) -> (u16, String, String) + Send + Sync>;

/// A good site: what a registrar's RDAP service should be.
fn good(scheme: &str, path: &str) -> (u16, String, String) {
    let headers = "Content-Type: application/rdap+json\r\nAccess-Control-Allow-Origin: *\r\n".to_owned();
    if scheme == "http" {
        return (301, format!("Location: https://{HOST}{path}\r\n"), String::new());
    }
    match path {
        "/help" => (200, headers, include_str!("golden/help.json").into()),
        path if path.eq_ignore_ascii_case(&format!("/domain/{NAME}")) => {
            let golden = include_str!("golden/domain.json");
            let asked = format!("\"https://{HOST}{path}\"");
            (200, headers, golden.replace(&format!("\"https://{HOST}/domain/{NAME}\""), &asked))
        }
        _ => (404, headers, include_str!("golden/not-found.json").into()),
    }
}

/// A server with a certificate of its own authority.
struct Server {
    target: Target,
}

#[derive(Clone, Copy)]
struct Certificate {
    host: &'static str,
    last_year: i32,
}

const GOOD_CERTIFICATE: Certificate = Certificate { host: HOST, last_year: 2100 };

/// The provider with the four suites of TLS 1.2 that the profile allows, and those of 1.3.
fn allowed_suites() -> CryptoProvider {
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| {
        let id = u16::from(suite.suite());
        suite.tls13().is_some() || [0xc02b, 0xc02c, 0xc02f, 0xc030].contains(&id)
    });
    provider
}

impl Server {
    async fn start(certificate: Certificate, provider: CryptoProvider, site: Site) -> Self {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([certificate.host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(certificate.last_year, 1, 1);
        let leaf = params.signed_by(&key, &authority).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))
            .unwrap();
        let https_port = listen(Some(TlsAcceptor::from(Arc::new(config))), &site).await;
        let http_port = listen(None, &site).await;
        let target = Target {
            base_url: format!("https://{HOST}/"),
            addresses: vec!["127.0.0.1".parse().unwrap(), Ipv6Addr::LOCALHOST.into()],
            https_port: Some(https_port),
            http_port: Some(http_port),
            roots: vec![CertificateDer::from(authority.der().to_vec())],
            allow_special_addresses: true,
            ..Target::default()
        };
        Self { target }
    }

    async fn good(site: impl Fn(&str, &str) -> (u16, String, String) + Send + Sync + 'static) -> Self {
        Self::start(GOOD_CERTIFICATE, allowed_suites(), Arc::new(site)).await
    }

    async fn ids(&self) -> BTreeSet<i32> {
        let registrar = Registrar { iana_id: 9999, base_url: self.target.base_url.clone() };
        let findings = judge(&self.target, NAME, &registrar).await.unwrap();
        findings.iter().map(|finding| finding.id).collect()
    }
}

/// Listens on both IP versions at one port.
async fn listen(tls: Option<TlsAcceptor>, site: &Site) -> u16 {
    let (v4, v6) = loop {
        let v4 = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = v4.local_addr().unwrap().port();
        if let Ok(v6) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            break (v4, v6);
        }
    };
    let port = v4.local_addr().unwrap().port();
    for listener in [v4, v6] {
        let (tls, site) = (tls.clone(), Arc::clone(site));
        tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let (tls, site) = (tls.clone(), Arc::clone(&site));
                tokio::spawn(async move {
                    match tls {
                        None => serve(tcp, "http", &site).await,
                        Some(tls) => match tls.accept(tcp).await {
                            Ok(stream) => serve(stream, "https", &site).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
    }
    port
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, scheme: &str, site: &Site) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut words = head.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let (status, headers, body) = site(scheme, path);
    let length = body.len();
    let body = if method == "HEAD" { String::new() } else { body };
    let answer = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

#[tokio::test]
async fn a_good_server_has_no_findings() {
    let server = Server::good(good).await;
    assert_eq!(server.ids().await, [].into());
    let session = visit(&server.target, NAME).await.unwrap();
    assert_eq!((session.gets.len(), session.heads.len()), (4, 2));
    assert!(session.gets.iter().all(|get| get.outcome.is_ok()));
    assert_eq!(session.plain.unwrap().outcome.unwrap().status, 301);
    assert_eq!(session.folded.unwrap().url, format!("https://{HOST}/domain/nK-ExAmPlE-OnE.CoM"));
}

#[tokio::test]
async fn a_careless_server_is_found_out() {
    let careless = |_: &str, path: &str| {
        let (status, _, body) = good("https", path);
        if path == "/domain/test.invalid" {
            return (302, format!("Location: {path}\r\n"), body);
        }
        // Not folded, and the same over plain HTTP.
        let status = if path.starts_with("/domain/") && path != format!("/domain/{NAME}") { 404 } else { status };
        (status, "Content-Type: application/json\r\n".into(), body)
    };
    let server = Server::good(careless).await;
    assert_eq!(server.ids().await, [-20500, -20101, -13005, -13000, -10403].into());
}

#[tokio::test]
async fn other_suites_are_found_out() {
    let server = Server::start(GOOD_CERTIFICATE, rustls::crypto::aws_lc_rs::default_provider(), Arc::new(good)).await;
    assert_eq!(server.ids().await, [-61101].into());
}

#[tokio::test]
async fn certificates_are_told_apart() {
    let trouble = async |certificate: Certificate, is_trusted: bool| {
        let mut server = Server::start(certificate, allowed_suites(), Arc::new(good)).await;
        if !is_trusted {
            server.target.roots.clear();
        }
        visit(&server.target, NAME).await.unwrap().gets[0].outcome.clone().unwrap_err()
    };
    assert_eq!(trouble(GOOD_CERTIFICATE, false).await, Trouble::CertificateUntrusted);
    assert_eq!(trouble(Certificate { host: "www.registrar.example", ..GOOD_CERTIFICATE }, true).await, Trouble::CertificateInvalid);
    assert_eq!(trouble(Certificate { last_year: 2021, ..GOOD_CERTIFICATE }, true).await, Trouble::CertificateExpired);
}

#[tokio::test]
async fn redirects_are_followed_so_far() {
    let endless = |scheme: &str, path: &str| match path {
        "/help" => good(scheme, path),
        path => (302, format!("Location: {path}\r\n"), String::new()),
    };
    let server = Server::good(endless).await;
    let session = visit(&server.target, NAME).await.unwrap();
    assert_eq!(session.gets[0].outcome, Err(Trouble::TooManyRedirects));
    assert_eq!(session.gets[0].redirects.len(), 4);
}

#[tokio::test]
async fn a_busy_server_is_waited_for_once() {
    let asked = AtomicU32::new(0);
    let busy = move |scheme: &str, path: &str| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => (429, "Retry-After: 0\r\n".into(), String::new()),
        _ => good(scheme, path),
    };
    let server = Server::good(busy).await;
    assert_eq!(server.ids().await, [].into());
}

#[tokio::test]
async fn addresses_behind_a_firewall_are_left_alone() {
    let mut server = Server::good(|_, path| panic!("{path} was asked for")).await;
    server.target.allow_special_addresses = false;
    assert_eq!(server.ids().await, [-20400, -20401].into());
}

#[tokio::test]
async fn a_refused_connection_is_told() {
    let mut server = Server::good(good).await;
    server.target.https_port = Some(1);
    let session = visit(&server.target, NAME).await.unwrap();
    assert_eq!(session.gets[0].outcome, Err(Trouble::Refused));
}
