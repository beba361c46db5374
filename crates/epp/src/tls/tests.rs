//! Who may talk to whom, over TCP on the loopback; and what people read when it does not work.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::KeyPair;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;
use crate::conn::{ConnectFault, ConnectTarget, Connection, ConnectionSettings, Deadlines};
use crate::testing::{Acceptor, Peer, Pki, Signed, TestClock};

/// What the server learned of one client.
type Learned = JoinHandle<std::io::Result<(Fingerprint, IpAddr)>>;

/// Accepts one connection, greets it, and tells who came.
async fn serve(acceptor: Acceptor) -> (u16, Learned) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let learned = tokio::spawn(async move {
        let (stream, from) = listener.accept().await?;
        let (stream, peer) = acceptor.accept(stream).await?;
        let mut registry = Peer::new(stream);
        registry.greet().await;
        registry.receive().await;
        Ok((peer, from.ip()))
    });
    (port, learned)
}

fn target(host: &str, port: u16, tls: ClientTls) -> ConnectTarget {
    ConnectTarget { host: host.to_owned(), server_name: None, port, source_address: None, tls: Arc::new(ClientTlsSlot::new(tls)) }
}

fn settings() -> ConnectionSettings {
    let deadlines = Deadlines { connect: Duration::from_secs(5), ..Deadlines::default() };
    ConnectionSettings { deadlines, ..ConnectionSettings::new(TestClock::new()) }
}

/// Connects and says what came of it, without the port, which is another each time.
async fn outcome(target: &ConnectTarget) -> String {
    match Connection::connect(target, &settings()).await {
        Ok((_, greeting)) => format!("greeted by {}", greeting.value.server_id),
        Err(fault) => fault.to_string().replace(&format!(":{}", target.port), ":PORT"),
    }
}

#[tokio::test]
async fn both_sides_prove_who_they_are() {
    let pki = Pki::new();
    let ours = pki.sign("registrar.example", 2020, 2090);
    let (port, learned) = serve(pki.acceptor()).await;
    let tls = ClientTls::load(&pki.trust(), std::slice::from_ref(&ours.files)).unwrap();
    assert_eq!(outcome(&target("localhost", port, tls)).await, "greeted by Test registry");
    let (peer, _) = learned.await.unwrap().unwrap();
    let shown = pem::certificates(&ours.files.chain).unwrap();
    assert_eq!(peer, Fingerprint::of(&shown[0]));
    assert_eq!(peer.to_string().len(), 64);
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_name_is_refused() {
    let (pki, other) = (Pki::new(), Pki::new());
    let (good, expired, elsewhere) =
        (pki.sign("localhost", 2020, 2090), pki.sign("localhost", 2019, 2021), pki.sign("elsewhere.example", 2020, 2090));
    let pins = |signed: &Signed| Trust::Pins(vec![signed.pin]);
    let cases = [
        ("private CA", &good, pki.trust()),
        ("wrong CA", &good, other.trust()),
        ("public roots", &good, Trust::PublicRoots),
        ("wrong host name", &elsewhere, pki.trust()),
        ("expired", &expired, pki.trust()),
        ("pinned", &good, pins(&good)),
        ("pinned, another name", &elsewhere, pins(&elsewhere)),
        ("pin of another key", &good, pins(&elsewhere)),
        ("pinned, expired", &expired, pins(&expired)),
    ];
    let mut table = String::new();
    for (name, server, trust) in cases {
        let (port, _learned) = serve(Acceptor::load(&server.files, std::slice::from_ref(&pki.ca))).await;
        let tls = ClientTls::load(&trust, &[pki.sign("registrar.example", 2020, 2090).files]).unwrap();
        let outcome = outcome(&target("localhost", port, tls)).await.replace(&server.pin.to_string(), "sha256/PIN");
        table.push_str(&format!("{name}: {outcome}\n"));
    }
    insta::assert_snapshot!(table, @r"
    private CA: greeted by Test registry
    wrong CA: TLS with localhost:PORT failed: its certificate was not issued by a CA that this registry's `trust` names; if the registry changed its CA, verify that with the registry and name the new one
    public roots: TLS with localhost:PORT failed: its certificate was not issued by a CA that this registry's `trust` names; if the registry changed its CA, verify that with the registry and name the new one
    wrong host name: TLS with localhost:PORT failed: its certificate is for another host name; check the host in the registry's settings
    expired: TLS with localhost:PORT failed: its certificate has expired; tell the registry
    pinned: greeted by Test registry
    pinned, another name: greeted by Test registry
    pin of another key: TLS with localhost:PORT failed: the server's key is sha256/PIN, which is not pinned for this registry; if the registry changed its key, verify that with the registry and pin the new one
    pinned, expired: TLS with localhost:PORT failed: its certificate has expired; tell the registry
    ");
}

#[tokio::test]
async fn the_certificates_name_may_be_another_than_the_host_connected_to() {
    let pki = Pki::new();
    let server = pki.sign("epp.registry.example", 2020, 2090);
    let mut outcomes = Vec::new();
    for name in ["epp.registry.example", "localhost"] {
        let (port, _learned) = serve(Acceptor::load(&server.files, std::slice::from_ref(&pki.ca))).await;
        let target = ConnectTarget { server_name: Some(name.to_owned()), ..target("localhost", port, pki.client()) };
        outcomes.push(outcome(&target).await);
    }
    assert_eq!(outcomes[0], "greeted by Test registry");
    assert!(outcomes[1].contains("its certificate is for another host name"), "{}", outcomes[1]);
}

#[tokio::test]
async fn a_client_that_cannot_prove_who_it_is_is_refused() {
    let (pki, other) = (Pki::new(), Pki::new());
    let stranger = other.sign("registrar.example", 2020, 2090);
    let expired = pki.sign("registrar.example", 2019, 2021);
    let mut table = String::new();
    for (name, files) in [("no certificate", None), ("of another CA", Some(stranger.files)), ("expired", Some(expired.files))] {
        let (port, learned) = serve(pki.acceptor()).await;
        let tls = ClientTls::load(&pki.trust(), files.as_slice()).unwrap();
        let target = target("localhost", port, tls);
        // A clock that is years behind lets us show a certificate that has expired.
        let settings = ConnectionSettings { clock: TestClock::at("2020-06-01T00:00:00Z"), ..settings() };
        let fault = Connection::connect(&target, &settings).await.expect_err("refused").to_string();
        table.push_str(&format!("{name}: {}\n", fault.replace(&format!(":{port}"), ":PORT")));
        assert!(learned.await.unwrap().is_err());
    }
    insta::assert_snapshot!(table, @r"
    no certificate: TLS with localhost:PORT failed: it asks for a client certificate and none is configured
    of another CA: TLS with localhost:PORT failed: it refused our client certificate (DecryptError); check which certificate the registry has on file for us
    expired: TLS with localhost:PORT failed: it refused our client certificate (CertificateExpired); check which certificate the registry has on file for us
    ");
}

#[tokio::test]
async fn a_server_of_tls_1_2_is_spoken_to() {
    let pki = Pki::new();
    let identity = ClientIdentity::load(&pki.sign("localhost", 2020, 2090).files).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(identity.resolver());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        let mut registry = Peer::new(acceptor.accept(listener.accept().await.unwrap().0).await.unwrap());
        registry.greet().await;
        registry.receive().await;
    });
    let without_certificate = ClientTls::load(&pki.trust(), &[]).unwrap();
    assert_eq!(outcome(&target("localhost", port, without_certificate)).await, "greeted by Test registry");
}

#[tokio::test]
async fn we_come_from_the_address_we_are_told() {
    let pki = Pki::new();
    let (port, learned) = serve(pki.acceptor()).await;
    let source = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let target = ConnectTarget { source_address: Some(source), ..target("localhost", port, pki.client()) };
    let connected = Connection::connect(&target, &settings()).await.unwrap();
    drop(connected);
    assert_eq!(learned.await.unwrap().unwrap().1, source);
}

#[tokio::test]
async fn of_two_certificates_the_newer_is_shown_and_a_reload_takes_effect() {
    let pki = Pki::new();
    let (old, new) = (pki.sign("registrar.example", 2020, 2080), pki.sign("registrar.example", 2026, 2090));
    let load = |identities: &[&Signed]| {
        ClientTls::load(&pki.trust(), &identities.iter().map(|signed| signed.files.clone()).collect::<Vec<_>>()).unwrap()
    };
    let target = |port| target("localhost", port, load(&[&old]));
    let fingerprint = |signed: &Signed| Fingerprint::of(&pem::certificates(&signed.files.chain).unwrap()[0]);

    let (port, learned) = serve(pki.acceptor()).await;
    let mut target = target(port);
    drop(Connection::connect(&target, &settings()).await.unwrap());
    assert_eq!(learned.await.unwrap().unwrap().0, fingerprint(&old));

    target.tls.replace(load(&[&old, &new]));
    let (port, learned) = serve(pki.acceptor()).await;
    target.port = port;
    drop(Connection::connect(&target, &settings()).await.unwrap());
    assert_eq!(learned.await.unwrap().unwrap().0, fingerprint(&new));
}

#[tokio::test]
async fn what_cannot_be_reached_is_explained() {
    let pki = Pki::new();
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port();
    let mute = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mute_port = mute.local_addr().unwrap().port();
    let mut table = String::new();
    for (name, host, port) in [("nobody listens", "127.0.0.1", nobody), ("no name", "not a name", 700), ("mute", "127.0.0.1", mute_port)] {
        let deadlines = Deadlines { connect: Duration::from_secs(1), ..Deadlines::default() };
        let target = target(host, port, pki.client());
        let fault = Connection::connect(&target, &ConnectionSettings { deadlines, ..settings() }).await.expect_err("no connection");
        table.push_str(&format!("{name}: {}\n", fault.to_string().replace(&format!(":{port}"), ":PORT")));
    }
    insta::assert_snapshot!(table, @r"
    nobody listens: 127.0.0.1:PORT (127.0.0.1:PORT) cannot be reached: Connection refused (os error 111); check host and port, and that the registry's allow-list holds our address
    no name: `not a name` cannot be resolved: it is neither a host name nor an address; check the host in the registry's settings and the resolver of this machine
    mute: 127.0.0.1:PORT did not get as far as a greeting within 1 s; check that the registry's allow-list holds our address
    ");
}

#[test]
fn bad_files_get_a_sentence() {
    let pki = Pki::new();
    let (one, two) = (pki.sign("one.example", 2020, 2090), pki.sign("two.example", 2020, 2090));
    let write = |name: &str, text: &str| {
        let path = pki.path(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let key = KeyPair::generate().unwrap().serialize_pem();
    let cut_off = write("cut-off.pem", &std::fs::read_to_string(&one.files.chain).unwrap()[..200]);
    let empty = write("empty.pem", "");
    let encrypted = write("encrypted.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let garbage = write("garbage.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let not_base64 = write("not-base64.pem", "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    let only_key = write("only-key.pem", &key);
    let identity = |chain: &Path, key: &Path| ClientIdentity::load(&IdentityFiles { chain: chain.into(), key: key.into() }).map(|_| ());
    let trust = |files: &[&Path]| ClientTls::load(&Trust::PrivateCa(files.iter().map(|p| p.into()).collect()), &[]).map(|_| ());
    let faults = [
        identity(&pki.path("absent.pem"), &one.files.key),
        identity(&only_key, &one.files.key),
        identity(&cut_off, &one.files.key),
        identity(&garbage, &one.files.key),
        identity(&not_base64, &one.files.key),
        identity(&one.files.chain, &two.files.key),
        identity(&one.files.chain, &one.files.chain),
        identity(&one.files.chain, &encrypted),
        trust(&[]),
        trust(&[&empty]),
        trust(&[&garbage]),
        ClientTls::load(&Trust::Pins(Vec::new()), &[]).map(|_| ()),
    ];
    let folder = pki.path("").display().to_string();
    let table: Vec<String> = faults.into_iter().map(|fault| fault.unwrap_err().to_string().replace(&folder, "DIR/")).collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    `DIR/absent.pem`: there is no such file; check the path in the configuration and the mode of the file
    `DIR/only-key.pem`: holds no certificate; the file must hold one or more PEM blocks that begin with `-----BEGIN CERTIFICATE-----`
    `DIR/cut-off.pem`: a PEM block has no end line, so the file is probably cut off; copy the file again from where it was issued
    `DIR/garbage.pem`: its first certificate is not an X.509 certificate; copy the file again from where it was issued
    `DIR/not-base64.pem`: a PEM block holds something other than base64; copy the file again from where it was issued
    `DIR/two.example-2020.key`: is not the key of the certificate in `DIR/one.example-2020.pem`; name the two files that were made together, the certificate before its intermediates
    `DIR/one.example-2020.pem`: holds no private key; the file must hold one unencrypted key that begins with `-----BEGIN PRIVATE KEY-----` (PKCS#8, or the older RSA and EC forms)
    `DIR/encrypted.key`: holds a key under a passphrase; decrypt it with `openssl pkey` and protect the file by its mode
    no CA file is named; name the file with the CA's certificate
    `DIR/empty.pem`: holds no certificate; the file must hold one or more PEM blocks that begin with `-----BEGIN CERTIFICATE-----`
    `DIR/garbage.pem`: holds a certificate that cannot be read as a trust anchor; name the CA's own certificate
    the list of pins is empty; pin at least one key of the server, or name its CA
    ");
}

#[test]
fn without_a_valid_certificate_no_connection_is_tried() {
    let pki = Pki::new();
    let tls = ClientTls::load(&pki.trust(), &[pki.sign("registrar.example", 2019, 2021).files]).unwrap();
    let now = "2026-11-23T00:00:00Z".parse().unwrap();
    assert_eq!(tls.alarm(now), Some(ExpiryAlarm::Expired));
    insta::assert_snapshot!(tls.config_at(now).unwrap_err(), @"no client certificate for this registry is valid at 2026-11-23T00:00:00Z (they run 2019-01-01T00:00:00Z to 2021-01-01T00:00:00Z); install a current certificate and reload");
    let fault: ConnectFault = tls.config_at(now).unwrap_err().into();
    assert!(matches!(fault, ConnectFault::Tls(_)));
}
