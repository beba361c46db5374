use model::{EppStatus, RgpStatus, Secret};

use super::super::domains::{create, info_data};
use super::super::hosts;
use super::super::replies::queue;
use super::super::{Samples, command, done, last_year, now, response};
use super::NAME;
use crate::wire::domain::{Command, Data, Info, Update};
use crate::wire::extension::allocation_token::AllocationToken;
use crate::wire::extension::change_poll::{Case, CaseKind, ChangeData, Operation};
use crate::wire::extension::idn::{IdnData, IdnLanguage};
use crate::wire::extension::rgp::{GraceStatus, Report, Rgp};
use crate::wire::extension::secdns::{Delegation, DsRecord, KeyRecord, Records, Remove, SecDns, Update as SecDnsUpdate};
use crate::wire::extension::ttl::{RecordType, Ttl, TtlValue};
use crate::wire::extension::verisign::{Namestore, Sync};
use crate::wire::{Extension, LangText, ResultCode, host};

pub(super) fn add(samples: &mut Samples) {
    secdns(samples);
    rgp(samples);
    change_polls(samples);
    ttls(samples);
    names(samples);
}

fn update(extension: Extension) -> crate::wire::Command {
    command(Command::Update(Update::new(NAME))).with(extension)
}

fn ds(key: Option<KeyRecord>) -> DsRecord {
    DsRecord { key_tag: 12345, algorithm: 13, digest_type: 2, digest: (0..32).collect(), key }
}

fn key() -> KeyRecord {
    KeyRecord { flags: 257, protocol: 3, algorithm: 13, public_key: (0..64).collect() }
}

fn delegation(records: Records) -> Delegation {
    Delegation { max_sig_life: Some(604_800), records }
}

fn ds_records() -> Records {
    Records::Ds(vec![ds(None), ds(Some(key()))])
}

pub(super) fn secdns_create() -> Extension {
    SecDns::Create(delegation(ds_records())).into()
}

pub(super) fn secdns_update() -> Extension {
    let update =
        SecDnsUpdate { is_urgent: true, remove: Some(Remove::All), add: Some(Delegation::ds([ds(None)])), max_sig_life: Some(605_900) };
    SecDns::Update(update).into()
}

pub(super) fn secdns_info() -> Extension {
    SecDns::Info(delegation(ds_records())).into()
}

fn secdns(samples: &mut Samples) {
    let keys = || Records::Keys(vec![key(), key()]);
    samples.command("secdns-create-ds", command(Command::Create(create())).with(secdns_create()));
    samples.command("secdns-create-key", command(Command::Create(create())).with(SecDns::Create(delegation(keys()))));
    samples.command("secdns-update-replace", update(secdns_update()));
    let nothing = SecDnsUpdate::default();
    let updates = [
        ("remove-ds", SecDnsUpdate { remove: Some(Remove::These(Records::Ds(vec![ds(None)]))), ..nothing.clone() }),
        ("remove-key", SecDnsUpdate { remove: Some(Remove::These(keys())), ..nothing.clone() }),
        ("add-key", SecDnsUpdate { add: Some(delegation(keys())), ..nothing.clone() }),
        ("life", SecDnsUpdate { max_sig_life: Some(1), ..nothing.clone() }),
        ("nothing", nothing),
    ];
    for (name, change) in updates {
        samples.command(&format!("secdns-update-{name}"), update(SecDns::Update(change).into()));
    }
    let shown = || done().with_data(Data::Info(Box::new(info_data())));
    samples.response("secdns-info-ds", shown().with(secdns_info()));
    samples.response("secdns-info-key", shown().with(SecDns::Info(delegation(keys()))));
}

pub(super) fn restore_request() -> Extension {
    Rgp::Request.into()
}

pub(super) fn grace() -> Extension {
    let mut statuses: Vec<GraceStatus> = RgpStatus::ALL.iter().copied().map(GraceStatus::from).collect();
    if let Some(first) = statuses.first_mut() {
        first.note = LangText { text: "endDate=2026-11-28T18:30:00Z".into(), lang: Some("en".into()) };
    }
    Rgp::Info(statuses).into()
}

fn rgp(samples: &mut Samples) {
    samples.command("rgp-restore-request", update(restore_request()));
    let report = Report {
        before: "Pre-delete registration data goes here.".into(),
        after: "Post-restore registration data goes here.".into(),
        deleted: last_year(),
        restored: now(),
        reason: "Registrant error.".into(),
        statements: vec!["The registrar has not restored it for itself.".into()],
        other: None,
    };
    samples.command("rgp-restore-report", update(Rgp::Report(Box::new(report.clone())).into()));
    let whole = Report {
        before: "".into(),
        statements: vec!["One.".into(), LangText { text: "Zwei.".into(), lang: Some("de".into()) }],
        other: Some("Supporting information goes here.".into()),
        ..report
    };
    samples.command("rgp-restore-report-whole", update(Rgp::Report(Box::new(whole)).into()));
    samples.response("rgp-info", done().with_data(Data::Info(Box::new(info_data()))).with(grace()));
    for status in RgpStatus::ALL {
        samples.response(&format!("rgp-updated-{status}"), done().with(Rgp::Updated(vec![(*status).into()])));
    }
}

pub(super) fn change() -> Extension {
    change_data(Operation::Update, None).into()
}

fn change_data(operation: Operation, case: Option<Case>) -> ChangeData {
    ChangeData {
        is_before: false,
        operation,
        sub_operation: None,
        date: now(),
        svtrid: "12345-XYZ".into(),
        who: "URS Admin".into(),
        case,
        reason: Some("URS Lock".into()),
    }
}

fn change_polls(samples: &mut Samples) {
    let message = |change: ChangeData| {
        let mut message = response(ResultCode::ACK_TO_DEQUEUE).with_data(Data::Info(Box::new(info_data()))).with(change);
        message.queue = Some(queue());
        message
    };
    for operation in Operation::ALL {
        samples.response(&format!("change-{operation}"), message(change_data(*operation, None)));
    }
    for kind in CaseKind::ALL {
        let case = Case { id: "urs123".into(), kind: *kind, name: (*kind == CaseKind::Custom).then(|| "court".into()) };
        samples.response(&format!("change-case-{kind}"), message(change_data(Operation::Update, Some(case))));
    }
    let before =
        ChangeData { is_before: true, sub_operation: Some("request".into()), reason: None, ..change_data(Operation::Transfer, None) };
    samples.response("change-before", message(before));
}

fn ttl_values() -> Vec<TtlValue> {
    vec![TtlValue::new(RecordType::Ns, Some(172_800)), TtlValue::new(RecordType::Ds, Some(0)), TtlValue::new(RecordType::A, None)]
}

pub(super) fn ttl_create() -> Extension {
    Ttl::Create(ttl_values()).into()
}

pub(super) fn ttl_update() -> Extension {
    Ttl::Update(ttl_values()).into()
}

pub(super) fn ttl_info() -> Extension {
    Ttl::Info { wants_policy: true }.into()
}

pub(super) fn ttl_data() -> Extension {
    let policy =
        |record| TtlValue { min: Some(60), default: Some(86_400), max: Some(i32::MAX as u32), ..TtlValue::new(record, Some(172_800)) };
    let custom = TtlValue { custom: Some("DELEG".into()), ..TtlValue::new(RecordType::Custom, Some(3_600)) };
    Ttl::InfoData(vec![policy(RecordType::Ns), policy(RecordType::Dname), TtlValue::new(RecordType::Aaaa, None), custom]).into()
}

fn ttls(samples: &mut Samples) {
    samples.command("ttl-create", command(Command::Create(create())).with(ttl_create()));
    samples.command("ttl-update", update(ttl_update()));
    samples.command("ttl-info", command(Command::Info(Info::new(NAME))).with(Ttl::Info { wants_policy: false }));
    let host = host::Command::Create(host::Create::new("ns1.example.alpha", hosts::addresses()));
    samples.command("ttl-host-create", command(host).with(ttl_create()));
    samples.response("ttl-info-data", done().with_data(host::Data::Info(Box::new(hosts::info_data()))).with(ttl_data()));
}

pub(super) fn token() -> Extension {
    AllocationToken::Token(Secret::new("abc123-token-sample")).into()
}

pub(super) fn token_info() -> Extension {
    AllocationToken::Info.into()
}

pub(super) fn idn() -> Extension {
    IdnData { table: "de".into(), unicode_name: Some("bücher.alpha".into()) }.into()
}

pub(super) fn idn_language() -> Extension {
    IdnLanguage { tag: "GER".into() }.into()
}

pub(super) fn namestore() -> Extension {
    Namestore::Product("dotCOM".into()).into()
}

pub(super) fn sync() -> Extension {
    Sync { month: 2, day: 29 }.into()
}

fn names(samples: &mut Samples) {
    let creates = [("token", token()), ("idn", idn()), ("idn-language", idn_language()), ("namestore", namestore())];
    for (name, extension) in creates {
        samples.command(&format!("{name}-create"), command(Command::Create(create())).with(extension));
    }
    samples.command("idn-table-only", command(Command::Create(create())).with(IdnData { table: "de".into(), unicode_name: None }));
    samples.command("token-info", command(Command::Info(Info::new(NAME))).with(token_info()));
    samples.response("token-info-data", done().with_data(Data::Info(Box::new(info_data()))).with(token()));
    samples.command("sync-update", update(sync()));
    let refused = Namestore::Error { code: 1, message: "Specified sub-product does not exist".into() };
    samples.response("namestore-error", response(ResultCode::POLICY_ERROR).with(refused));
    let mut held = Update::new(NAME);
    held.add.statuses.push(EppStatus::ClientHold.into());
    samples.command("namestore-update", command(Command::Update(held)).with(namestore()));
}
