//! What becomes of a message, for each way in which a relay can answer.

use model::Email;

use super::*;
use crate::testing::{CUT, MailServer};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

const TEXT: &str = "Subject: x\r\n\r\n.dots\r\n..and more\r\n";
const PATH: &str = "bounce+ntc_1-0@registrar.example";

fn submit(relay: &Relay, copy: Option<&str>) -> Submission {
    let (to, copy) = (email("ada@holder.example"), copy.map(email));
    relay.submit(&Letter { return_path: PATH, to: &to, copy: copy.as_ref(), text: TEXT })
}

fn said(submission: Submission) -> String {
    match submission {
        Submission::Accepted { reply, refused } => {
            let refused = refused.map(|reply| format!(", the holder refused: {reply}")).unwrap_or_default();
            format!("accepted {reply} as {}{refused}", reply.queue_id().unwrap_or("-"))
        }
        Submission::Refused(reply) => format!("refused {reply}"),
        Submission::TryAgain(obstacle) => format!("{}: {}", obstacle.kind.word(), obstacle.reason()),
    }
}

#[test]
fn each_answer_has_its_outcome() {
    let server = MailServer::start().unwrap();
    let relay = Relay::new(server.settings()).unwrap();
    let cases: &[(&str, &str, &str)] = &[
        ("NOOP", "250 ok", "accepted 250 2.0.0 as 4Zq1X93mN5z2"),
        ("RCPT", "550 5.1.1 <ada@holder.example>: no such user", "refused 550 5.1.1"),
        ("RCPT", "550 No such user here", "refused 550"),
        ("RCPT", "553 5.1.2 no such domain", "refused 553 5.1.2"),
        ("RCPT", "450 4.2.0 greylisted", "message: 4.2.0"),
        ("RCPT", "452 4.2.2 full", "message: 4.2.2"),
        ("RCPT", "552 5.2.2 full", "message: 5.2.2"),
        ("RCPT", "554 5.7.1 Relay access denied", "relay: 5.7.1"),
        ("RCPT", "550 relay not permitted", "relay: 550"),
        ("RCPT", "530 5.7.0 log in first", "relay: 5.7.0"),
        ("RCPT", CUT, "unreachable: unreachable"),
        ("MAIL", "553 5.1.8 who are you", "relay: 5.1.8"),
        ("MAIL", "452 4.3.1 no room", "relay: 4.3.1"),
        ("DATA", "451 4.3.0 later", "message: 4.3.0"),
        (".", "550 5.1.1 no such user after all", "refused 550 5.1.1"),
        (".", "554 5.6.0 I do not like it", "message: 5.6.0"),
        (".", "451 4.3.0 later", "message: 4.3.0"),
        (".", CUT, "unsure: unsure"),
        ("CONNECT", "421 4.3.2 closing", "relay: 4.3.2"),
        ("CONNECT", "554 no mail here", "relay: 554"),
        ("CONNECT", "hello", "protocol: protocol"),
        ("CONNECT", CUT, "unreachable: unreachable"),
        ("EHLO", "502 what", "relay: 502"),
    ];
    for (command, answer, want) in cases {
        relay.hang_up();
        server.take_everything();
        server.answer(command, answer);
        assert_eq!(said(submit(&relay, None)), *want, "{command} {answer}");
        server.take_everything();
        assert_eq!(said(submit(&relay, None)), "accepted 250 2.0.0 as 4Zq1X93mN5z2", "after {command} {answer}");
    }
}

#[test]
fn a_message_arrives_as_it_was_written() {
    let server = MailServer::start().unwrap();
    let relay = Relay::new(server.settings()).unwrap();
    submit(&relay, Some("tech@elsewhere.example"));
    let delivered = server.delivered();
    let [message] = delivered.as_slice() else { panic!("{delivered:?}") };
    assert_eq!(message.from, PATH);
    assert_eq!(message.to, ["ada@holder.example", "tech@elsewhere.example"]);
    assert_eq!(message.text, TEXT.replace("\r\n", "\n"));
}

#[test]
fn the_outcome_is_that_of_whom_the_message_is_for() {
    let server = MailServer::start().unwrap();
    let relay = Relay::new(server.settings()).unwrap();
    let copy = Some("tech@elsewhere.example");
    server.answer("RCPT tech@elsewhere.example", "550 5.1.1 unknown");
    assert_eq!(said(submit(&relay, copy)), "accepted 250 2.0.0 as 4Zq1X93mN5z2");
    server.answer("RCPT ada@holder.example", "550 5.1.1 unknown");
    assert_eq!(said(submit(&relay, copy)), "refused 550 5.1.1");
    server.take_everything();
    server.answer("RCPT ada@holder.example", "550 5.1.1 unknown");
    assert_eq!(said(submit(&relay, copy)), "accepted 250 2.0.0 as 4Zq1X93mN5z2, the holder refused: 550 5.1.1");
    assert_eq!(server.delivered().last().unwrap().to, ["tech@elsewhere.example"]);
    server.answer("RCPT ada@holder.example", "450 4.2.0 greylisted");
    assert_eq!(said(submit(&relay, copy)), "message: 4.2.0");
    assert_eq!(server.delivered().len(), 2);
}

#[test]
fn one_connection_serves_many_messages() {
    let server = MailServer::start().unwrap();
    let relay = Relay::new(server.settings()).unwrap();
    for _ in 0..120 {
        submit(&relay, None);
    }
    assert_eq!((server.delivered().len(), server.connections()), (120, 3));
}

#[test]
fn nothing_goes_out_without_the_protection_that_was_asked_for() {
    let server = MailServer::start().unwrap();
    let starttls = Relay::new(RelaySettings { security: Security::StartTls, ..server.settings() }).unwrap();
    assert_eq!(said(submit(&starttls, None)), "tls: tls");
    let login = Login { user: "namekeep".to_owned(), password: model::Secret::new("canary-password") };
    let with_login = RelaySettings { login: Some(login), ..server.settings() };
    assert!(!format!("{with_login:?}").contains("canary"));
    assert_eq!(said(submit(&Relay::new(with_login).unwrap(), None)), "login: login");
    assert_eq!(server.delivered(), []);
    for host in ["mail.example", "192.0.2.1", "localhost.example"] {
        let elsewhere = RelaySettings { host: host.to_owned(), ..server.settings() };
        assert_eq!(Relay::new(elsewhere).err(), Some(RelayFault::PlainToElsewhere { host: host.to_owned() }));
    }
}

#[test]
fn an_authority_without_a_certificate_is_found_at_once() {
    let settings = MailServer::start().unwrap().settings();
    for pem in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"] {
        let trust = Trust::PrivateCa(pem.as_bytes().to_vec());
        let relay = Relay::new(RelaySettings { trust, security: Security::Implicit, ..settings.clone() });
        assert!(matches!(relay, Err(RelayFault::Certificates { .. })), "{pem}");
    }
}

#[test]
fn a_relay_that_is_not_there_is_unreachable() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let relay = Relay::new(RelaySettings { port, ..MailServer::start().unwrap().settings() }).unwrap();
    assert_eq!(said(submit(&relay, None)), "unreachable: unreachable");
}
