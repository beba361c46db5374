//! The server over TLS: who gets in, how frames may come, what ends a connection.

use std::time::Duration;

use epp::{CommandBody, Login, Namespace, ServerMessage, encode_command, encode_hello};
use sandbox::ServerLimits;
use tokio::io::AsyncReadExt;

use crate::link::*;
use crate::rig::*;

#[tokio::test]
async fn only_the_registrars_own_certificate_with_its_password_gets_in() {
    let stage = stage().await;
    let (a, b) = (stage.password(A), stage.password(B));
    let wrong = model::Secret::new("not this one");
    let table = [
        (Shows::Of(A), A, &a, 1000),
        (Shows::Of(A), A, &wrong, 2200),
        (Shows::Of(A), A, &b, 2200),
        (Shows::Of(B), A, &a, 2200),
        (Shows::Of(A), B, &b, 2200),
        (Shows::Nothing, A, &a, 2200),
        (Shows::Foreign, A, &a, 2200),
        (Shows::Of(A), "NOBODY-9", &a, 2200),
    ];
    for (shows, who, password, code) in table {
        let mut link = stage.connect(shows).await;
        assert_eq!(link.login(who, password).await.code().get(), code, "{shows:?} as {who}");
        let expected = if code == 1000 { 1000 } else { 2002 };
        assert_eq!(link.code(check(&["free.thick"])).await, expected);
    }
    let mut link = stage.connect(Shows::Nothing).await;
    let codes = [link.login(A, &a).await.code().get(), link.login(A, &a).await.code().get(), link.login(A, &a).await.code().get()];
    assert_eq!(codes, [2200, 2200, 2501]);
    assert!(link.frame().await.is_none(), "2501 closes the connection");
}

#[tokio::test]
async fn one_session_too_many_is_refused_and_a_seat_is_free_again_after_a_close() {
    let stage = stage().await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(stage.session(A).await);
    }
    let mut fourth = stage.connect(Shows::Of(A)).await;
    assert_eq!(fourth.login(A, &stage.password(A)).await.code().get(), 2502);
    assert!(fourth.frame().await.is_none());
    stage.session(B).await;
    assert_eq!(sessions[0].code(CommandBody::Logout).await, 1500);
    assert!(sessions[0].frame().await.is_none());
    for attempt in 0.. {
        let mut again = stage.connect(Shows::Of(A)).await;
        if again.login(A, &stage.password(A)).await.is_success() {
            break;
        }
        assert!(attempt < 50, "the seat of the closed session stays taken");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn hello_is_answered_at_any_time_and_pipelined_commands_in_order() {
    let stage = stage().await;
    let mut link = stage.connect(Shows::Of(A)).await;
    link.write_frame(&encode_hello().unwrap()).await;
    assert!(matches!(link.message().await, Some(ServerMessage::Greeting(_))), "before login");
    link.login(A, &stage.password(A)).await;
    let mut unit = Vec::new();
    let mut ids = Vec::new();
    for name in ["one.thick", "two.thick", "three.thick"] {
        let command = link.command(check(&[name]));
        ids.push(command.cltrid.clone());
        unit.extend(epp::frame::encode(&encode_command(&command).unwrap(), 100_000).unwrap());
    }
    unit.extend(epp::frame::encode(&encode_hello().unwrap(), 100_000).unwrap());
    link.write(&unit).await;
    for id in ids {
        assert_eq!(link.response().await.unwrap().cltrid, id);
    }
    assert!(matches!(link.message().await, Some(ServerMessage::Greeting(_))));
}

#[tokio::test]
async fn frames_may_come_as_clients_send_them() {
    let stage = stage().await;
    let mut link = stage.session(A).await;
    let command = link.command(check(&["free.thick"]));
    let body = encode_command(&command).unwrap();
    // Like pyepp: the header in a record of its own, and CR LF after the document.
    let mut with_line_end = body.clone();
    with_line_end.extend_from_slice(b"\r\n");
    let unit = epp::frame::encode(&with_line_end, 100_000).unwrap();
    link.write(&unit[..4]).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    link.write(&unit[4..]).await;
    assert_eq!(link.response().await.unwrap().code().get(), 1000);
    // Byte by byte.
    for byte in epp::frame::encode(&body, 100_000).unwrap() {
        link.write(&[byte]).await;
    }
    assert_eq!(link.response().await.unwrap().code().get(), 1000);
}

#[tokio::test]
async fn what_is_no_command_is_answered_and_the_session_lives() {
    let stage = stage().await;
    let mut link = stage.session(A).await;
    let head = r#"<?xml version="1.0" encoding="UTF-8"?><epp xmlns="urn:ietf:params:xml:ns:epp-1.0">"#;
    let table = [
        ("this is no document", 2001),
        ("<!DOCTYPE epp [<!ENTITY x 'y'>]><epp/>", 2001),
        (&format!("{head}<command><fly/><clTRID>ABC-1</clTRID></command></epp>"), 2000),
        (&format!("{head}<command><poll op=\"ack\"/><clTRID>ABC-1</clTRID></command></epp>"), 2003),
        (&format!("{head}<extension/></epp>"), 2101),
    ];
    for (body, code) in table {
        link.write_frame(body.as_bytes()).await;
        let response = link.response().await.unwrap();
        assert_eq!(response.code().get(), code, "{body}");
        if body.contains("ABC-1") {
            assert_eq!(response.cltrid, Some("ABC-1".into()));
        }
    }
    assert_eq!(link.code(check(&["free.thick"])).await, 1000);
}

#[tokio::test]
async fn absurd_lengths_end_the_connection_at_once() {
    for length in [u32::MAX, 1024 * 1024 + 1, 4, 0] {
        let stage = stage().await;
        let mut link = stage.session(A).await;
        link.write(&length.to_be_bytes()).await;
        assert!(link.frame().await.is_none(), "{length}");
        assert_eq!(stage.session(A).await.code(check(&["free.thick"])).await, 1000, "the server lives");
    }
}

#[tokio::test]
async fn idle_and_slow_clients_are_closed() {
    let limits = ServerLimits { idle: Duration::from_millis(300), frame: Duration::from_millis(300), ..ServerLimits::default() };
    let stage = stage_with(Some(limits)).await;
    let mut idle = stage.session(A).await;
    assert!(idle.frame().await.is_none(), "idle");
    let mut slow = stage.session(A).await;
    slow.write(&[0, 0, 1]).await;
    assert!(slow.frame().await.is_none(), "slow-loris");
}

#[tokio::test]
async fn an_old_tls_version_or_plain_text_gets_nowhere() {
    let stage = stage().await;
    let address = stage.world.ready().registries[0].addr;
    let mut plain = tokio::net::TcpStream::connect(address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut plain, &epp::frame::encode(&encode_hello().unwrap(), 1000).unwrap()).await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.windows(8).any(|window| window == b"greeting"), "no greeting without TLS");
}

#[tokio::test]
async fn commands_need_the_namespaces_the_login_declared() {
    let stage = stage().await;
    let mut link = stage.connect(Shows::Of(A)).await;
    let login = Login::new(A, stage.password(A), vec![Namespace::Domain.urn().to_owned()], vec![]);
    assert_eq!(link.code(login).await, 1000);
    assert_eq!(link.code(check(&["free.thick"])).await, 1000);
    assert_eq!(link.code(host_info("ns1.elsewhere.example")).await, 2002);
    let mut signed = link.command(create("signed.thick", 1));
    signed.extensions = ds(1);
    link.write_frame(&encode_command(&signed).unwrap()).await;
    assert_eq!(link.response().await.unwrap().code().get(), 2002);
}

#[tokio::test]
async fn limits_of_the_profile_are_kept() {
    let mut limited = profile("thick");
    limited.limits.commands_per_session = Some(4);
    let stage = stage_of(vec![limited], None).await;
    let mut link = stage.session(A).await;
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(link.code(check(&["free.thick"])).await);
    }
    assert_eq!(codes, [1000, 1000, 1000, 2502], "the login was the first of four");
    assert!(link.frame().await.is_none());

    let mut limited = profile("thick");
    limited.limits.commands_per_minute = Some(3);
    let stage = stage_of(vec![limited], None).await;
    let (mut one, mut two) = (stage.session(A).await, stage.session(A).await);
    let codes = [one.code(check(&["a.thick"])).await, two.code(check(&["b.thick"])).await, one.code(check(&["c.thick"])).await];
    assert_eq!((codes, two.code(check(&["d.thick"])).await), ([1000; 3], 2308), "counted over all sessions of the account");

    let mut limited = profile("thick");
    limited.quirks.insert(policy::profile::Quirk::OneWriteFrames);
    let stage = stage_of(vec![limited], None).await;
    let mut link = stage.session(A).await;
    let command = link.command(check(&["free.thick"]));
    let unit = epp::frame::encode(&encode_command(&command).unwrap(), 100_000).unwrap();
    link.write(&unit[..10]).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    link.write(&unit[10..]).await;
    assert!(link.frame().await.is_none(), "a frame in pieces closes the connection there");
}

/// Memory of this process, in kB.
fn resident_kb() -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_idle_session_costs_at_most_64_kb_on_both_sides_together() {
    const SESSIONS: usize = 200;
    let stage = stage().await;
    let mut links = Vec::new();
    for _ in 0..20 {
        links.push(stage.connect(Shows::Nothing).await);
    }
    let before = resident_kb();
    for _ in 0..SESSIONS {
        links.push(stage.connect(Shows::Nothing).await);
    }
    let each = (resident_kb() - before) / SESSIONS;
    assert!(each <= 64, "{each} kB");
    for link in &mut links {
        link.write_frame(&encode_hello().unwrap()).await;
        assert!(link.message().await.is_some(), "every one of them is served");
    }
}
