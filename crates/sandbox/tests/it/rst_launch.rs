//! ICANN's registry system tests (RST v2.0), the cases on internationalised names and launch phases. Named after the cases.

use epp::Extension;
use epp::extension::launch::{
    Check as LaunchCheck, CheckForm, Create as LaunchCreate, EncodedSignedMark, Launch, Notice, Phase, PhaseKind, Proof,
};
use jiff::SignedDuration;
use sandbox::Options;

use crate::rig::*;

const NAME: &str = "example.thick";

#[test]
fn idn_01_02_tables_and_ascii() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let idn = |table: &str| vec![Extension::Idn(epp::extension::idn::IdnData { table: table.into(), unicode_name: None })];
    assert_eq!(rig.code(A, create("xn--bcher-kva.thick", 1)), 2003);
    assert_eq!(rig.send_with(A, create("xn--bcher-kva.thick", 1), idn("Cyrl")).code().get(), 2306);
    assert_eq!(rig.send_with(A, create("xn--bcher-kva.thick", 1), idn("Latn")).code().get(), 1000);
    let tag = vec![Extension::IdnLang(epp::extension::idn::IdnLanguage { tag: "de".into() })];
    assert_eq!(rig.send_with(A, create("xn--mnchen-3ya.thick", 1), tag).code().get(), 1000);
    let mut thin = Rig::new("thin");
    assert_eq!(thin.code(A, create_with("xn--bcher-kva.thin", |_| ())), 2306, "a TLD of ASCII names");
}

fn claims() -> Options {
    Options { claims: [("trademark".to_owned(), "2026061500/A/1/abc".to_owned())].into(), ..Options::default() }
}

#[test]
fn minimum_rpms_01_claims_check() {
    let mut rig = Rig::with(profile("thick"), claims());
    let extension = Launch::Check(LaunchCheck { form: CheckForm::Claims, phase: Some(Phase::new(PhaseKind::Claims)) });
    let response = rig.send_with(A, check(&["trademark.launch", "other.launch"]), vec![extension.into()]);
    let Some(Extension::Launch(launch)) = response.extensions.first() else { panic!("{response:?}") };
    let Launch::CheckData(data) = launch.as_ref() else { panic!("{launch:?}") };
    assert_eq!(data.names.iter().map(|name| (name.has_claims, name.keys.len())).collect::<Vec<_>>(), [(true, 1), (false, 0)]);
    assert!(response.data.is_empty());
    let claimed = |rig: &mut Rig| {
        let extension = Launch::Check(LaunchCheck { form: CheckForm::Claims, phase: Some(Phase::new(PhaseKind::Claims)) });
        let response = rig.send_with(A, check(&["other.launch"]), vec![extension.into()]);
        let Some(Extension::Launch(launch)) = response.extensions.first() else { panic!("{response:?}") };
        let Launch::CheckData(data) = launch.as_ref() else { panic!("{launch:?}") };
        data.names[0].has_claims
    };
    for (key, is_claimed) in [(Some("2026061500/A/1/def".to_owned()), true), (None, false)] {
        rig.administer(&sandbox::AdminAction::Claim { label: "other".to_owned(), key }).unwrap();
        assert_eq!(claimed(&mut rig), is_claimed);
    }
}

/// A rig whose launch phases stand as they did so many days before the rig opens.
fn days_ago(days: i64) -> Rig {
    let mut profile = profile("thick");
    for phase in profile.tlds.iter_mut().flat_map(|tld| &mut tld.phases) {
        phase.from = phase.from.checked_add(jiff::Span::new().days(days)).unwrap();
        phase.to = phase.to.map(|to| to.checked_add(jiff::Span::new().days(days)).unwrap());
    }
    Rig::with(profile, claims())
}

fn launch_create(kind: PhaseKind, proof: Proof, notices: Vec<Notice>) -> Vec<Extension> {
    vec![Launch::Create(LaunchCreate { phase: Phase::new(kind), form: None, proof, notices }).into()]
}

#[test]
fn minimum_rpms_02_sunrise() {
    let mut rig = days_ago(137);
    let plain = |name: &str| create_with(name, |_| ());
    let mark = || Proof::EncodedSignedMarks(vec![EncodedSignedMark::new("PHNtZDpzaWduZWRNYXJrPg==")]);
    assert_eq!(rig.code(A, plain("trademark.launch")), 2003, "no mark");
    assert_eq!(
        rig.send_with(A, plain("trademark.launch"), launch_create(PhaseKind::Claims, mark(), vec![])).code().get(),
        2306,
        "wrong phase"
    );
    assert_eq!(rig.send_with(A, plain("trademark.launch"), launch_create(PhaseKind::Sunrise, Proof::None, vec![])).code().get(), 2003);
    assert_eq!(rig.send_with(A, plain("trademark.launch"), launch_create(PhaseKind::Sunrise, mark(), vec![])).code().get(), 1000);
}

#[test]
fn minimum_rpms_03_claims_create() {
    let mut rig = days_ago(78);
    let plain = |name: &str| create_with(name, |_| ());
    let hours = |rig: &Rig, hours: i64| rig.now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let notice = |rig: &Rig, id: &str, not_after: i64, accepted: i64| {
        let notice = Notice { id: id.into(), validator: None, not_after: hours(rig, not_after), accepted: hours(rig, accepted) };
        launch_create(PhaseKind::Claims, Proof::None, vec![notice])
    };
    const ID: &str = "49FD46E6C4B45C55D4AC";
    const GOOD: &str = "370d0b7c9223372036854775807";
    assert_eq!(rig.code(A, plain("other.launch")), 1000, "a name without claim needs no notice");
    assert_eq!(rig.code(A, plain("trademark.launch")), 2003, "no notice");
    for (id, not_after, accepted, code) in
        [(ID, 24, -1, 2005), (GOOD, -1, -2, 2306), (GOOD, 24, 1, 2004), (GOOD, 24, -49, 2306), (GOOD, 24, -1, 1000)]
    {
        let extension = notice(&rig, id, not_after, accepted);
        assert_eq!(rig.send_with(A, plain("trademark.launch"), extension).code().get(), code, "{id} {not_after} {accepted}");
    }
}
