use super::super::domains::transfer_data as domain_transfer_data;
use super::super::domains::{
    check as domain_check, create as domain_create, create_data as domain_create_data, renew as domain_renew, request,
};
use super::super::{Samples, command, done};
use super::{NAME, VERSIONS};
use crate::wire::domain::{CheckData as DomainCheckData, CheckItem, Command, Data, Update};
use crate::wire::extension::fee::{
    Applied, Check, CheckData, CommandFees, CreditLine, Decimal, Fee, FeeBody, FeeCommand, FeeLine, FeeVersion, ObjectFees, PricedVerb,
    Transform, TransformData,
};
use crate::wire::{Extension, LangText, Period};

fn amount(text: &str) -> Decimal {
    Decimal::parse(text).unwrap_or_else(|| Decimal::from(model::Money::zero(usd())))
}

fn usd() -> model::Currency {
    model::Currency::USD
}

fn fee_line(version: FeeVersion) -> FeeLine {
    FeeLine {
        description: Some("Registration fee".into()),
        lang: (version == FeeVersion::V1_0).then(|| "en".into()),
        is_refundable: Some(true),
        grace_period: Some("P5D".into()),
        applied: Some(Applied::Immediate),
        ..FeeLine::new(amount("5.00"))
    }
}

fn credit_line(version: FeeVersion) -> CreditLine {
    let lang = (version == FeeVersion::V1_0).then(|| "en".into());
    CreditLine { description: Some("AGP credit".into()), lang, ..CreditLine::new(amount("-5.00")) }
}

fn transform(version: FeeVersion) -> Transform {
    Transform {
        currency: Some("USD".into()),
        fees: vec![fee_line(version), FeeLine::new(amount("100.00"))],
        credits: vec![credit_line(version)],
    }
}

fn data(version: FeeVersion) -> TransformData {
    TransformData {
        currency: Some("USD".into()),
        period: None,
        fees: vec![fee_line(version)],
        credits: vec![credit_line(version)],
        balance: Some(amount("-5.00")),
        credit_limit: Some(amount("1000.00")),
    }
}

fn extension(version: FeeVersion, body: FeeBody) -> Extension {
    Fee::new(version, body).into()
}

pub(super) fn create(version: FeeVersion) -> Extension {
    extension(version, FeeBody::Create(transform(version)))
}

pub(super) fn renew(version: FeeVersion) -> Extension {
    extension(version, FeeBody::Renew(transform(version)))
}

pub(super) fn transfer(version: FeeVersion) -> Extension {
    extension(version, FeeBody::Transfer(transform(version)))
}

pub(super) fn update(version: FeeVersion) -> Extension {
    extension(version, FeeBody::Update(transform(version)))
}

pub(super) fn create_data(version: FeeVersion) -> Extension {
    extension(version, FeeBody::CreateData(data(version)))
}

pub(super) fn transfer_data(version: FeeVersion) -> Extension {
    let (balance, credit_limit) = if version == FeeVersion::V0_11 { (None, None) } else { (Some(amount("10.00")), Some(amount("1000"))) };
    extension(version, FeeBody::TransferData(TransformData { period: Some(Period::years(1)), balance, credit_limit, ..data(version) }))
}

fn verbs() -> Vec<PricedVerb> {
    use PricedVerb::*;
    vec![Create, Delete, Renew, Update, Transfer, Restore, Custom("lock".into())]
}

fn fee_command(verb: PricedVerb) -> FeeCommand {
    FeeCommand { phase: Some("custom".into()), subphase: Some("open-1".into()), ..FeeCommand::new(verb, Some(Period::years(2))) }
}

pub(super) fn check(version: FeeVersion) -> Extension {
    let verbs = if version == FeeVersion::V0_11 { vec![PricedVerb::Create] } else { verbs() };
    let class = (version == FeeVersion::V0_11).then(|| "premium".into());
    extension(version, FeeBody::Check(Check { currency: Some("USD".into()), class, ..Check::of(verbs.into_iter().map(fee_command)) }))
}

fn object(version: FeeVersion) -> ObjectFees {
    let priced = |verb| CommandFees {
        credits: vec![credit_line(version)],
        class: (version == FeeVersion::V0_23).then(|| "premium-tier1".into()),
        is_standard: version == FeeVersion::V1_0,
        ..CommandFees::new(fee_command(verb), vec![fee_line(version)])
    };
    let verbs = if version == FeeVersion::V0_11 { vec![PricedVerb::Restore] } else { verbs() };
    ObjectFees {
        name: NAME.into(),
        is_available: true,
        class: (version != FeeVersion::V0_23).then(|| "premium".into()),
        commands: verbs.into_iter().map(priced).collect(),
        reason: None,
        currency: None,
    }
}

fn unpriced(version: FeeVersion) -> ObjectFees {
    let reason = LangText { text: "Minimum period is 2 years.".into(), lang: (version == FeeVersion::V1_0).then(|| "en".into()) };
    let commands = match version {
        FeeVersion::V0_11 => vec![CommandFees::new(FeeCommand::new(PricedVerb::Custom("lock".into()), None), Vec::new())],
        _ => vec![CommandFees { reason: Some(reason.clone()), ..CommandFees::new(FeeCommand::new(PricedVerb::Renew, None), Vec::new()) }],
    };
    let currency = (version == FeeVersion::V0_11).then(|| "EUR".into());
    ObjectFees { name: "xn--bcher-kva.alpha".into(), is_available: false, class: None, commands, reason: Some(reason), currency }
}

pub(super) fn add(samples: &mut Samples) {
    for (label, version) in VERSIONS {
        let with = |command: Command, fee: Extension| super::super::command(command).with(fee);
        samples.command(&format!("fee-{label}-check"), with(domain_check(), check(version)));
        let bare = Check::of([FeeCommand::new(PricedVerb::Custom("lock".into()), None)]);
        samples.command(&format!("fee-{label}-check-least"), with(domain_check(), extension(version, FeeBody::Check(bare))));
        samples.command(&format!("fee-{label}-create"), with(Command::Create(domain_create()), create(version)));
        samples.command(&format!("fee-{label}-renew"), with(domain_renew(), renew(version)));
        samples.command(&format!("fee-{label}-transfer"), with(request(), transfer(version)));
        samples.command(&format!("fee-{label}-update"), with(Command::Update(Update::new(NAME)), update(version)));
        let least = Transform { currency: None, fees: vec![FeeLine::new(amount("0"))], credits: Vec::new() };
        samples.command(&format!("fee-{label}-renew-least"), with(domain_renew(), extension(version, FeeBody::Renew(least))));
        responses(samples, label, version);
    }
    let yen = model::Money::new(1_250, usd());
    samples.command("fee-from-money", command(domain_renew()).with(Fee::new(FeeVersion::V1_0, FeeBody::Renew(Transform::of(yen)))));
}

fn responses(samples: &mut Samples, label: &str, version: FeeVersion) {
    let item = CheckItem { name: NAME.into(), is_available: true, reason: None };
    let checked = done().with_data(Data::Check(DomainCheckData { items: vec![item] }));
    let priced = CheckData { currency: "USD".into(), objects: vec![object(version), unpriced(version)] };
    samples.response(&format!("fee-{label}-check-data"), checked.with(extension(version, FeeBody::CheckData(priced))));
    samples.response(&format!("fee-{label}-create-data"), done().with_data(domain_create_data()).with(create_data(version)));
    samples.response(&format!("fee-{label}-transfer-data"), done().with_data(domain_transfer_data()).with(transfer_data(version)));
    samples.response(&format!("fee-{label}-renew-data"), done().with(extension(version, FeeBody::RenewData(data(version)))));
    samples.response(&format!("fee-{label}-update-data"), done().with(extension(version, FeeBody::UpdateData(data(version)))));
    let fees = if version == FeeVersion::V0_11 { Vec::new() } else { vec![fee_line(version)] };
    let deleted = TransformData { fees, ..data(version) };
    samples.response(&format!("fee-{label}-delete-data"), done().with(extension(version, FeeBody::DeleteData(deleted))));
    let least = TransformData { currency: Some("USD".into()), ..TransformData::default() };
    samples.response(&format!("fee-{label}-create-data-least"), done().with(extension(version, FeeBody::CreateData(least))));
}
