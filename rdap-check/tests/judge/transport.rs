//! HTTP, TLS, transport.

use super::scene::{Case, Scene, ask, body, change, domain, drop, of, set, visit};
use rdap_check::{Answer, Redirect, Session, TlsOffer, Trouble};
use serde_json::json;

fn session(id: i32, what: impl Fn(&mut Session) + 'static) -> Case {
    of(Scene::session, id, &[], [visit(what)])
}

fn header(name: &'static str, value: &'static str) -> super::scene::Change {
    change(move |scene| {
        scene.answer.headers.retain(|(given, _)| given != name);
        scene.answer.headers.push((name.into(), value.into()));
    })
}

fn trouble(id: i32, trouble: Trouble) -> Case {
    session(id, move |session| session.gets[0].outcome = Err(trouble))
}

fn all_answer(session: &mut Session, answer: &Answer) {
    for exchange in session.gets.iter_mut().chain(&mut session.heads).chain(&mut session.folded) {
        exchange.outcome = Ok(answer.clone());
    }
}

fn redirect(to: &'static str) -> impl Fn(&mut Session) {
    move |session| {
        let exchange = session.test_invalid.as_mut().unwrap();
        let mut answer = Answer::new(302, "");
        answer.headers.push(("location".into(), to.into()));
        exchange.outcome = Ok(answer);
    }
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        domain(-13000, &[], [header("content-type", "application/json")]),
        domain(-13001, &[], [change(|scene| scene.answer.body = b"<html>".into())]),
        domain(-13002, &[], [change(|scene| scene.answer.status = 500)]),
        domain(-13003, &[], [drop("/nameservers/0/objectClassName")]),
        domain(-13003, &[], [drop("/entities/0/entities/0/objectClassName")]),
        domain(-13003, &[], [drop("/objectClassName")]),
        domain(-20100, &[], [ask("http://rdap.registrar.example/domain/nk-example-one.com")]),
        domain(-20500, &[], [header("access-control-allow-origin", "https://www.registrar.example")]),
        domain(-10302, &[], [ask("https://rdap.registrar.example/domain/localhost")]),
        of(Scene::error, -13020, &[], []),
        of(Scene::help, -20701, &[-61200], [drop("/notices")]),
        of(Scene::help, -20701, &[-13002], [change(|scene| scene.answer.status = 501)]),
        of(Scene::unknown_name, -65300, &[], [change(|scene| scene.answer.status = 200)]),
        of(Scene::unknown_name, -65300, &[-12107], [drop("/rdapConformance")]),
        of(Scene::help, -12500, &[-20701], [body(json!([]))]),
        session(-13006, |session| session.test_invalid.as_mut().unwrap().outcome = Ok(Answer::new(200, "{}"))),
        session(-13005, redirect("https://rdap.registrar.example/domain/test.invalid")),
        session(-13005, redirect("/domain/test.invalid")),
        session(-13004, |session| {
            session.gets[1].redirects =
                vec![Redirect { from: "https://a.example/domain/a.com?x=1".into(), to: "https://b.example/domain/a.com?x=1".into() }];
        }),
        // The 404 beside the 200s is, for itself, a warning.
        of(
            Scene::session,
            -13018,
            &[-13020],
            [visit(|session| session.gets[2].outcome = session.unknown_name.as_ref().unwrap().1.outcome.clone())],
        ),
        session(-20300, |session| session.heads[1].outcome = Ok(Answer::new(405, ""))),
        session(-20101, |session| session.plain.as_mut().unwrap().outcome = session.gets[0].outcome.clone()),
        session(-20400, |session| session.addresses.retain(std::net::IpAddr::is_ipv6)),
        session(-20400, |session| session.addresses.push("10.0.0.1".parse().unwrap())),
        session(-20401, |session| session.addresses.retain(std::net::IpAddr::is_ipv4)),
        of(Scene::session, -13019, &[-20400, -20401], [visit(|session| session.addresses.clear())]),
        session(-61100, |session| session.accepted_offers.push(TlsOffer::Tls10)),
        session(-61100, |session| session.accepted_offers.push(TlsOffer::Tls11)),
        session(-61101, |session| session.accepted_offers.push(TlsOffer::Tls12WithOtherSuite(0x002f))),
        session(-10403, |session| session.folded.as_mut().unwrap().outcome = Ok(Answer::new(404, "{}"))),
        session(-10403, |session| session.folded.as_mut().unwrap().outcome = Ok(Answer::new(200, "{}"))),
        session(-10403, |session| session.folded.as_mut().unwrap().outcome = Err(Trouble::NotReceived)),
        // A busy server is judged by its status alone.
        of(Scene::session, -13002, &[], [visit(|session| all_answer(session, &Answer::new(429, "")))]),
        trouble(-13007, Trouble::NotConnected),
        trouble(-13008, Trouble::HandshakeFailed),
        trouble(-13009, Trouble::CertificateInvalid),
        trouble(-13010, Trouble::CertificateRevoked),
        trouble(-13011, Trouble::CertificateExpired),
        trouble(-13012, Trouble::CertificateUntrusted),
        trouble(-13013, Trouble::TooManyRedirects),
        trouble(-13014, Trouble::HttpFault),
        trouble(-13016, Trouble::NotSent),
        trouble(-13017, Trouble::NotReceived),
        trouble(-13021, Trouble::Refused),
        of(Scene::error, -12108, &[], [set("/errorCode", 400)]),
    ]
}
