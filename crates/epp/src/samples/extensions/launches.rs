use model::Secret;

use super::super::domains::{check, create, create_data as domain_create_data, info_data as domain_info_data};
use super::super::{Samples, command, done, next_year, now};
use super::NAME;
use crate::namespace::Namespace;
use crate::wire::domain::{Command, Data, Info as DomainInfo, Update};
use crate::wire::extension::launch::{
    Application, ApplicationStatus, Check, CheckData, CheckForm, ClaimKey, ClaimedName, CodeMark, Create, EncodedSignedMark, Info,
    InfoData, Launch, Notice, ObjectForm, Phase, PhaseKind, Proof, Status,
};
use crate::wire::{Extension, Named};
use crate::xml::Element;

fn claims() -> Phase {
    Phase::new(PhaseKind::Claims)
}

fn sunrise() -> Phase {
    Phase::new(PhaseKind::Sunrise)
}

fn application() -> Application {
    Application { phase: Phase { kind: PhaseKind::Custom, name: Some("land-rush-2".into()) }, id: "abc123".into() }
}

/// A mark of the least the schema asks for.
fn mark() -> Element {
    let leaf = |name: &'static str, text: &str| Element::new(Namespace::Mark, name).with_text(text);
    let address = Element::new(Namespace::Mark, "addr")
        .with_child(leaf("street", "123 Example Dr."))
        .with_child(leaf("city", "Reston"))
        .with_child(leaf("cc", "US"));
    let holder = Element::new(Namespace::Mark, "holder")
        .with_attr("entitlement", "owner")
        .with_child(leaf("org", "Example Inc."))
        .with_child(address);
    let trademark = Element::new(Namespace::Mark, "trademark")
        .with_child(leaf("id", "00052013734689731373468973-65535"))
        .with_child(leaf("markName", "Example One"))
        .with_child(holder)
        .with_child(leaf("jurisdiction", "US"))
        .with_child(leaf("class", "35"))
        .with_child(leaf("label", "example-one"))
        .with_child(leaf("goodsAndServices", "Dirigendas et eiusmod"))
        .with_child(leaf("regNum", "234235"))
        .with_child(leaf("regDate", "2009-08-16T09:00:00.0Z"));
    Element::new(Namespace::Mark, "mark").with_child(trademark)
}

/// A signed mark of the least the schemas ask for; its signature signs nothing.
fn signed_mark() -> Element {
    let leaf = |ns, name: &'static str, text: &str| Element::new(ns, name).with_text(text);
    let method = |name: &'static str, uri: &str| Element::new(Namespace::XmlDsig, name).with_attr("Algorithm", uri);
    let issuer = Element::new(Namespace::SignedMark, "issuerInfo")
        .with_attr("issuerID", "65535")
        .with_child(leaf(Namespace::SignedMark, "org", "Test TMCH"))
        .with_child(leaf(Namespace::SignedMark, "email", "notavailable@example.com"));
    let reference = Element::new(Namespace::XmlDsig, "Reference")
        .with_attr("URI", "#smd-1")
        .with_child(method("DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256"))
        .with_child(leaf(Namespace::XmlDsig, "DigestValue", "wgyW3nZPoEfpptlhRILKnOQnbdtU6ArM7ShrAfHgDFg="));
    let info = Element::new(Namespace::XmlDsig, "SignedInfo")
        .with_child(method("CanonicalizationMethod", "http://www.w3.org/2001/10/xml-exc-c14n#"))
        .with_child(method("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"))
        .with_child(reference);
    let signature = Element::new(Namespace::XmlDsig, "Signature").with_child(info).with_child(leaf(
        Namespace::XmlDsig,
        "SignatureValue",
        "jMu4PfyQGiJBF0GWSEPFCJjmywCEqR2h4LA=",
    ));
    Element::new(Namespace::SignedMark, "signedMark")
        .with_attr("id", "smd-1")
        .with_child(leaf(Namespace::SignedMark, "id", "0000001751376056503931-65535"))
        .with_child(issuer)
        .with_child(leaf(Namespace::SignedMark, "notBefore", "2013-08-09T13:55:03.931Z"))
        .with_child(leaf(Namespace::SignedMark, "notAfter", "2017-07-23T22:00:00.000Z"))
        .with_child(mark())
        .with_child(signature)
}

fn notice() -> Notice {
    Notice { id: "370d0b7c9223372036854775807".into(), validator: Some("tmch".into()), not_after: next_year(), accepted: now() }
}

fn launch_create(phase: Phase, proof: Proof) -> Create {
    Create { phase, form: None, proof, notices: Vec::new() }
}

pub(super) fn claims_check() -> Extension {
    Launch::Check(Check { form: CheckForm::Claims, phase: Some(claims()) }).into()
}

pub(super) fn claims_create() -> Extension {
    Launch::Create(Create { notices: vec![notice()], ..launch_create(claims(), Proof::None) }).into()
}

pub(super) fn info() -> Extension {
    Launch::Info(Info { phase: sunrise(), application: Some("abc123".into()), wants_mark: true }).into()
}

pub(super) fn create_data() -> Extension {
    Launch::CreateData(application()).into()
}

pub(super) fn info_data() -> Extension {
    let status = Status {
        status: ApplicationStatus::PendingAllocation,
        name: None,
        note: crate::wire::LangText { text: "Waits for the end of sunrise".into(), lang: Some("en".into()) },
    };
    Launch::InfoData(InfoData { phase: sunrise(), application: Some("abc123".into()), status: Some(status), marks: vec![mark()] }).into()
}

pub(super) fn add(samples: &mut Samples) {
    for form in CheckForm::ALL {
        let phase = (*form != CheckForm::Trademark).then(claims);
        samples.command(&format!("launch-check-{form}"), command(check()).with(Launch::Check(Check { form: *form, phase })));
    }
    creates(samples);
    let plain_info = Launch::Info(Info { phase: claims(), application: None, wants_mark: false });
    samples.command("launch-info-least", command(Command::Info(DomainInfo::new(NAME))).with(plain_info));
    samples.command("launch-info", command(Command::Info(DomainInfo::new(NAME))).with(info()));
    samples.command("launch-update", command(Command::Update(Update::new(NAME))).with(Launch::Update(application())));
    samples.command("launch-delete", command(Command::Delete(Named::new(NAME))).with(Launch::Delete(application())));
    responses(samples);
}

fn creates(samples: &mut Samples) {
    samples.command("launch-create-claims", command(Command::Create(create())).with(claims_create()));
    let encoded = || EncodedSignedMark::new("PD94bWwgdmVyc2lvbj0iMS4w\nIiBlbmNvZGluZz0iVVRGLTgi\n");
    let codes = vec![
        CodeMark { code: Some(Secret::new("49FD46E6C4B45C55D4AC")), validator: None, mark: None },
        CodeMark { code: Some(Secret::new("49FD46E6C4B45C55D4AD")), validator: Some("sample".into()), mark: Some(mark()) },
        CodeMark { code: None, validator: None, mark: Some(mark()) },
    ];
    let other = EncodedSignedMark { encoding: Some("base64url".into()), ..encoded() };
    let proofs = [
        ("encoded", Proof::EncodedSignedMarks(vec![encoded(), other])),
        ("codes", Proof::CodeMarks(codes)),
        ("signed", Proof::SignedMarks(vec![signed_mark()])),
    ];
    for (name, proof) in proofs {
        let extension = Launch::Create(launch_create(sunrise(), proof));
        samples.command(&format!("launch-create-sunrise-{name}"), command(Command::Create(create())).with(extension));
    }
    for kind in PhaseKind::ALL {
        let phase = Phase { kind: *kind, name: Some("part-1".into()) };
        let extension = Launch::Create(Create { form: Some(ObjectForm::Application), ..launch_create(phase, Proof::None) });
        samples.command(&format!("launch-create-application-{kind}"), command(Command::Create(create())).with(extension));
    }
    let unnamed = Notice { validator: None, ..notice() };
    let two = Create { form: Some(ObjectForm::Registration), notices: vec![notice(), unnamed], ..launch_create(claims(), Proof::None) };
    samples.command("launch-create-two-notices", command(Command::Create(create())).with(Launch::Create(two)));
}

fn responses(samples: &mut Samples) {
    let key = |validator: Option<&str>| ClaimKey {
        key: "2013041500/2/6/9/rJ1NrDO92vDsAzf7EQzgjX4R0000000001".into(),
        validator: validator.map(Into::into),
    };
    let names = vec![
        ClaimedName { name: NAME.into(), has_claims: false, keys: Vec::new() },
        ClaimedName { name: "example2.alpha".into(), has_claims: true, keys: vec![key(Some("tmch")), key(None)] },
    ];
    for (name, phase) in [("phase", Some(claims())), ("trademark", None)] {
        let data = Launch::CheckData(CheckData { phase, names: names.clone() });
        samples.response(&format!("launch-check-data-{name}"), done().with(data));
    }
    samples.response("launch-create-data", done().with_data(domain_create_data()).with(create_data()));
    samples.response("launch-info-data", done().with_data(Data::Info(Box::new(domain_info_data()))).with(info_data()));
    for status in ApplicationStatus::ALL {
        let name = (*status == ApplicationStatus::Custom).then(|| "inReview".into());
        let status_shown = Status { status: *status, name, note: crate::wire::LangText::default() };
        let data = InfoData { phase: claims(), application: None, status: Some(status_shown), marks: Vec::new() };
        samples.response(&format!("launch-info-data-{status}"), done().with(Launch::InfoData(data)));
    }
}
