use model::Secret;

use super::{SampleMessage, Samples, command, done, next_year, now, response};
use crate::namespace::{Namespace, NamespaceKind};
use crate::wire::extension::login_sec::{EventKind, EventLevel, LoginSec, LoginSecurity, SecurityEvent, UserAgent};
use crate::wire::{
    Access, CommandBody, DataCollectionPolicy, Greeting, LOGIN_SECURITY_PASSWORD, Login, PolicyExpiry, Poll, Purpose, Recipient,
    ResultCode, Retention, Statement,
};

fn offered() -> Vec<Namespace> {
    let announced = |n: &Namespace| matches!(n.kind(), NamespaceKind::Object | NamespaceKind::Extension);
    Namespace::ALL.iter().copied().filter(announced).collect()
}

fn login() -> Login {
    let urns = |kind| offered().into_iter().filter(|n| n.kind() == kind).map(|n| n.urn().to_owned()).collect();
    Login::new("NAMEKEEP-1", Secret::new("foo-BAR2"), urns(NamespaceKind::Object), urns(NamespaceKind::Extension))
}

pub(super) fn add(samples: &mut Samples) {
    samples.push("hello", SampleMessage::Hello);
    greetings(samples);
    samples.plain("login", login());
    let new_password = Login { new_password: Some(Secret::new("bar-FOO2")), extensions: Vec::new(), ..login() };
    samples.plain("login-new-password", new_password);
    login_security(samples);
    samples.plain("logout", CommandBody::Logout);
    samples.response("logout-done", response(ResultCode::ENDING_SESSION));
    samples.plain("poll-request", Poll::Request);
    samples.plain("poll-acknowledge", Poll::Acknowledge { message_id: "-12345".into() });
    let mut anonymous = command(CommandBody::Logout);
    anonymous.cltrid = None;
    samples.command("logout-without-cltrid", anonymous);
}

fn greetings(samples: &mut Samples) {
    let plain = Greeting::new("Alpha registry EPP server", now(), &[Namespace::Domain]);
    samples.push("greeting-least", SampleMessage::Greeting(Box::new(plain)));
    let mut whole = Greeting::new("Alpha registry EPP server", now(), &offered());
    whole.languages.push("de".into());
    let everything = Statement {
        purposes: Purpose::ALL.to_vec(),
        recipients: Recipient::ALL.to_vec(),
        ours_description: Some("The registry and its escrow agent".into()),
        retention: Retention::Legal,
    };
    for (name, expiry) in [("absolute", PolicyExpiry::Absolute(next_year())), ("relative", PolicyExpiry::Relative("P1Y".into()))] {
        whole.policy = Some(DataCollectionPolicy {
            access: Access::PersonalAndOther,
            statements: vec![everything.clone(), everything.clone()],
            expiry: Some(expiry),
        });
        samples.push(&format!("greeting-policy-{name}"), SampleMessage::Greeting(Box::new(whole.clone())));
    }
}

fn login_security(samples: &mut Samples) {
    let bare =
        Login { password: Secret::new(LOGIN_SECURITY_PASSWORD), new_password: Some(Secret::new(LOGIN_SECURITY_PASSWORD)), ..login() };
    let agents = [
        UserAgent { app: Some("Namekeep 0.1".into()), tech: Some("rustls".into()), os: Some("Linux".into()) },
        UserAgent { app: None, tech: Some("rustls".into()), os: None },
        UserAgent { app: None, tech: None, os: Some("Linux".into()) },
    ];
    for (index, agent) in agents.into_iter().enumerate() {
        let security = LoginSecurity {
            user_agent: Some(agent),
            password: Some(Secret::new("this is a long password")),
            new_password: Some(Secret::new("this is a longer password")),
        };
        samples.command(&format!("login-security-{index}"), command(bare.clone()).with(LoginSec::Login(security)));
    }
    let events = EventKind::ALL.iter().map(|kind| SecurityEvent {
        kind: *kind,
        name: matches!(kind, EventKind::Statistics | EventKind::Custom).then(|| "failedLogins".into()),
        level: if *kind == EventKind::Password { EventLevel::Error } else { EventLevel::Warning },
        expires: matches!(kind, EventKind::Password | EventKind::Certificate).then(next_year),
        value: (*kind == EventKind::TlsProtocol).then(|| "TLSv1.0".into()),
        duration: (*kind == EventKind::Statistics).then(|| "P1D".into()),
        lang: Some("en".into()),
        text: "Please act before it fails".into(),
    });
    samples.response("login-security-events", done().with(LoginSec::Events(events.collect())));
}
