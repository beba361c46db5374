//! A world in its folder: files and their modes, the control face, zones, several registries on one clock.

use std::os::unix::fs::PermissionsExt;

use epp::domain::NameServers;
use jiff::SignedDuration;
use model::RegistryId;
use sandbox::control::{Client, ControlError, Request};
use sandbox::{AdminAction, Ready, Verb, VirtualClock, World, WorldSetup};

use crate::link::*;
use crate::rig::*;

#[tokio::test]
async fn the_folder_holds_what_a_registrar_needs_and_secrets_for_the_owner_only() {
    let stage = stage().await;
    let ready = Ready::read(stage.folder.path()).unwrap();
    assert_eq!(&ready, stage.world.ready());
    assert_eq!(ready.registries.iter().map(|registry| registry.id.as_str()).collect::<Vec<_>>(), ["thick", "thin"]);
    assert_eq!(ready.registries[1].tlds, ["manual", "thin"]);
    assert_eq!(ready.registries[0].server_name, "epp.thick.test");
    let mode = |name: &str| std::fs::metadata(stage.path(name)).unwrap().permissions().mode() & 0o777;
    #[rustfmt::skip]
    let table = [
        ("ca.pem", 0o644), ("clients/ALPHA-1.pem", 0o644), ("ready.json", 0o644), ("zones/thick.zone", 0o644),
        ("clients/ALPHA-1.key", 0o600), ("clients/ALPHA-1.password", 0o600), ("control.sock", 0o600), ("clients", 0o700),
    ];
    for (file, expected) in table {
        assert_eq!(mode(file), expected, "{file}");
    }
    assert_ne!(stage.password(A), stage.password(B));
    let folder = stage.folder;
    stage.world.stop();
    assert!(!folder.path().join("control.sock").exists(), "a stopped world leaves no socket behind");
    assert!(matches!(Client::connect(folder.path()).await, Err(ControlError::Io(_))));
}

#[tokio::test]
async fn a_taken_port_moves_aside() {
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let mut setup = WorldSetup::new(vec![profile("thin")], vec![handle(A)], VirtualClock::real());
    setup.registries[0].port = Some(port);
    let world = World::start(folder.path(), setup).await.unwrap();
    assert_ne!(world.ready().registries[0].addr.port(), port);
}

#[tokio::test]
async fn the_clock_moves_every_registry_and_never_back() {
    let stage = stage().await;
    let control = stage.control().await;
    let mut link = stage.session(A).await;
    link.send(contact_create("REG-1", person())).await.unwrap();
    link.send(create_with("example.thick", |c| c.registrant = Some("REG-1".into()))).await.unwrap();
    let start = control.now().await.unwrap();
    let later = control.advance(SignedDuration::from_hours(24 * 366)).await.unwrap();
    assert_eq!(later.duration_since(start), SignedDuration::from_hours(24 * 366));
    let thick = control.state(&thick()).await.unwrap();
    assert_eq!((thick.now, thick.domains.len()), (later, 1));
    let thin = control.state(&RegistryId::parse("thin").unwrap()).await.unwrap();
    assert_eq!(thin.now, later, "every registry has caught up");
    let last = control.ledger(&thick.id, 0).await.unwrap().pop().unwrap();
    assert_eq!(last.verb, Verb::AutoRenew);
    assert_eq!(control.ledger(&thick.id, last.seq).await.unwrap(), []);
    assert_eq!(link.send(epp::Poll::Request).await.unwrap().code().get(), 1301);
    match control.set_clock(start).await {
        Err(ControlError::Refused(message)) => insta::assert_snapshot!(
            message,
            @"the clock shows 2027-06-02T12:00:00Z and cannot go back to 2026-06-01T12:00:00Z; choose a later instant"
        ),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn orders_are_carried_out_or_refused_in_a_sentence() {
    let stage = stage().await;
    let control = stage.control().await;
    let refusal = |result: Result<(), ControlError>| match result {
        Err(ControlError::Refused(message)) => message,
        other => panic!("{other:?}"),
    };
    let hold = |domain: &str| AdminAction::Hold { name: name(domain), on: true };
    let missing = refusal(control.administer(&thick(), hold("missing.thick")).await);
    insta::assert_snapshot!(missing, @"`missing.thick` does not exist at this registry; its state lists what does");
    let elsewhere = refusal(control.administer(&RegistryId::parse("nowhere").unwrap(), hold("missing.thick")).await);
    insta::assert_snapshot!(elsewhere, @"there is no registry `nowhere` here; there are thick, thin");
    control.administer(&thick(), AdminAction::Reserve { name: name("kept.thick"), token: None }).await.unwrap();
    let mut link = stage.session(A).await;
    let response = link.send(check(&["kept.thick"])).await.unwrap();
    let Some(epp::domain::Data::Check(data)) = response.domain() else { panic!("{response:?}") };
    assert_eq!(data.items[0].reason.as_ref().unwrap().text, "Reserved");
}

#[tokio::test]
async fn a_line_that_is_no_request_is_answered_and_the_next_one_works() {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let stage = stage().await;
    let stream = tokio::net::UnixStream::connect(stage.path("control.sock")).await.unwrap();
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"{\"request\":\"dance\"}\n").await.unwrap();
    let answer = lines.next_line().await.unwrap().unwrap();
    assert!(answer.contains("\"refused\"") && answer.contains("dance"), "{answer}");
    let request = serde_json::to_string(&Request::Clock).unwrap();
    write.write_all(format!("{request}\n").as_bytes()).await.unwrap();
    let answer = lines.next_line().await.unwrap().unwrap();
    assert_eq!(answer, r#"{"answer":"clock","now":"2026-06-01T12:00:00Z","is_running":false}"#);
}

#[tokio::test]
async fn zones_hold_what_should_resolve() {
    let stage = stage().await;
    let control = stage.control().await;
    let mut link = stage.session(A).await;
    link.send(contact_create("REG-1", person())).await.unwrap();
    link.send(host_create("ns1.elsewhere.example", &[])).await.unwrap();
    let with = |domain: &str, servers: &'static [&'static str]| {
        create_with(domain, |c| {
            c.registrant = Some("REG-1".into());
            c.name_servers = (!servers.is_empty()).then(|| NameServers::objects(servers.iter().copied()));
        })
    };
    for domain in ["example.thick", "held.thick", "deleted.thick", "away.thick"] {
        assert!(link.send(with(domain, &["ns1.elsewhere.example"])).await.unwrap().is_success());
    }
    assert!(link.send(with("idle.thick", &[])).await.unwrap().is_success());
    link.send(host_create("ns1.example.thick", &["192.0.2.53", "2001:db8::53"])).await.unwrap();
    link.send(update("example.thick", |u| u.add.name_servers = Some(NameServers::objects(["ns1.example.thick"])))).await.unwrap();
    link.send(add_status("held.thick", model::EppStatus::ClientHold)).await.unwrap();
    control.advance(SignedDuration::from_hours(24 * 10)).await.unwrap();
    link.send(delete("deleted.thick")).await.unwrap();
    assert_eq!(control.write_zones().await.unwrap(), 4);
    let zone = std::fs::read_to_string(stage.path("zones/thick.zone")).unwrap();
    insta::assert_snapshot!(zone, @r"
    $ORIGIN .
    thick. 3600 IN SOA ns1.nic.thick. hostmaster.nic.thick. 1781179200 1800 900 604800 900
    thick. 3600 IN NS ns1.nic.thick.
    ns1.nic.thick. 3600 IN A 127.0.0.1
    away.thick. 3600 IN NS ns1.elsewhere.example.
    example.thick. 3600 IN NS ns1.elsewhere.example.
    example.thick. 3600 IN NS ns1.example.thick.
    ns1.example.thick. 3600 IN A 192.0.2.53
    ns1.example.thick. 3600 IN AAAA 2001:db8::53
    ");
    control.write_zones().await.unwrap();
    assert_eq!(std::fs::read_to_string(stage.path("zones/thick.zone")).unwrap(), zone, "the same state gives the same text");
}

#[test]
fn every_request_in_the_readme_is_understood() {
    let readme = include_str!("../../README.md");
    let requests: Vec<&str> = readme.lines().filter(|line| line.starts_with("{\"request\"")).collect();
    assert!(requests.len() >= 15);
    for line in requests {
        serde_json::from_str::<Request>(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}
