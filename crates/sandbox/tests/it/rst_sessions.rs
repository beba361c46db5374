//! ICANN's registry system tests (RST v2.0), the cases on greeting and login. Named after the cases.

use epp::{Login, Namespace, ResultCode};
use model::Secret;
use sandbox::SessionState;

use crate::rig::*;

#[test]
fn epp_02_greeting() {
    let rig = Rig::new("thick");
    let greeting = rig.registry.greeting(rig.now);
    assert_eq!((greeting.versions, greeting.languages), (vec!["1.0".to_owned()], vec!["en".to_owned()]));
    assert_eq!(greeting.server_date, Some(rig.now));
    let wanted = [
        Namespace::SecDns,
        Namespace::Rgp,
        Namespace::Launch,
        Namespace::SecureAuthInfo,
        Namespace::UnhandledNamespaces,
        Namespace::LoginSec,
        Namespace::ChangePoll,
    ];
    for namespace in wanted {
        assert!(greeting.extensions.iter().any(|urn| urn == namespace.urn()), "{namespace}");
    }
    assert_eq!(greeting.objects.len(), 4, "domain, host, contact and maintenance: {:?}", greeting.objects);
    let thin = Rig::new("thin").registry;
    assert_eq!(thin.greeting(rig.now).objects, [Namespace::Domain.urn()], "no contacts and no host objects in a minimal-data registry");
}

#[test]
fn epp_03_login() {
    let mut rig = Rig::new("thick");
    let try_login = |rig: &mut Rig, who: &str, password: &str| {
        rig.sessions.insert(C, SessionState::new());
        let objects = vec![Namespace::Domain.urn().to_owned()];
        rig.code(C, Login::new(who, Secret::new(password), objects, vec![]))
    };
    assert_eq!(try_login(&mut rig, C, PASSWORD), 1000);
    assert_eq!(try_login(&mut rig, C, "wrong password"), 2200);
    assert_eq!(try_login(&mut rig, "NOBODY-9", PASSWORD), 2200);
    assert_eq!(try_login(&mut rig, A, "wrong password"), 2200);
    // On one connection the third failure closes it.
    rig.sessions.insert(C, SessionState::new());
    let login = || Login::new(C, Secret::new("wrong password"), vec![Namespace::Domain.urn().to_owned()], vec![]);
    assert_eq!([rig.code(C, login()), rig.code(C, login()), rig.code(C, login())], [2200, 2200, 2501]);
    assert!(rig.sessions[C].is_ended());
    // Unknown namespaces.
    rig.sessions.insert(C, SessionState::new());
    assert_eq!(rig.code(C, Login::new(C, Secret::new(PASSWORD), vec!["urn:example:none".into()], vec![])), 2307);
    let extension = Login::new(C, Secret::new(PASSWORD), vec![Namespace::Domain.urn().into()], vec!["urn:example:none".into()]);
    assert_eq!(rig.code(C, extension), 2103);
    // A session is opened once, and closed by logout.
    assert_eq!(rig.code(A, Login::new(A, Secret::new(PASSWORD), vec![Namespace::Domain.urn().into()], vec![])), 2002);
    assert_eq!(rig.send(A, epp::CommandBody::Logout).code(), ResultCode::ENDING_SESSION);
    assert!(rig.sessions[A].is_ended());
}

#[test]
fn epp_03_password_change() {
    let mut rig = Rig::new("thick");
    let mut login = Login::new(C, Secret::new(PASSWORD), vec![Namespace::Domain.urn().to_owned()], vec![]);
    login.new_password = Some(Secret::new(PASSWORD));
    rig.sessions.insert(C, SessionState::new());
    assert_eq!(rig.code(C, login.clone()), 2306, "the same password is no change");
    login.new_password = Some(Secret::new("another one 42"));
    assert_eq!(rig.code(C, login), 1000);
    rig.sessions.insert(C, SessionState::new());
    assert_eq!(rig.login(C, &[]).code().get(), 2200, "the old password is of no use");
    rig.sessions.insert(C, SessionState::new());
    let login = Login::new(C, Secret::new("another one 42"), vec![Namespace::Domain.urn().to_owned()], vec![]);
    assert_eq!(rig.code(C, login), 1000);
}
