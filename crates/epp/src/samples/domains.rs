use model::{ContactRole, EppStatus, ObjectKind};

use super::{Samples, command, done, expiry_day, last_year, next_year, now, provenance, response};
use crate::namespace::Namespace;
use crate::wire::domain::{
    AddRemove, Change, Command, Create, Data, DomainContact, HostAttribute, HostFilter, Info, InfoData, NameServers, Renew, RenewData,
    Transfer, Update,
};
use crate::wire::{
    AuthChange, AuthValue, Check, CheckData, CheckItem, CreateData, LangText, Named, PendingData, Period, PeriodUnit, ResultCode, Status,
    TransactionIds, TransferData, TransferOp,
};
use crate::xml::Element;

const NAME: &str = "example.alpha";

pub(super) fn name_servers() -> NameServers {
    NameServers::objects(["ns1.example.net", "ns2.example.net"])
}

fn attributes() -> NameServers {
    let glue = HostAttribute {
        name: "ns1.example.alpha".into(),
        addresses: ["192.0.2.1", "2001:db8::1"].iter().filter_map(|text| text.parse().ok()).collect(),
    };
    NameServers::Attributes(vec![glue, HostAttribute { name: "ns.example.net".into(), addresses: Vec::new() }])
}

pub(super) fn auth() -> AuthValue {
    AuthValue::password("2fooBAR-sample")
}

fn extension_auth() -> AuthValue {
    AuthValue::Extension(Element::new(Namespace::AllocationToken, "allocationToken").with_text("abc123"))
}

fn contacts() -> Vec<DomainContact> {
    let contact = |role, id: &str| DomainContact { role, id: id.into() };
    vec![
        contact(Some(ContactRole::Admin), "sh8013"),
        contact(Some(ContactRole::Tech), "sh8014"),
        contact(Some(ContactRole::Billing), "sh8015"),
        contact(None, "sh8016"),
    ]
}

pub(super) fn statuses(kind: ObjectKind, most: usize) -> Vec<Status> {
    let known = EppStatus::ALL.iter().copied().filter(|status| kind.knows(*status));
    let mut statuses: Vec<Status> = known.map(Status::from).take(most).collect();
    if let Some(first) = statuses.first_mut() {
        first.note = LangText { text: "Zahlung überfällig & <offen>".into(), lang: Some("de".into()) };
    }
    statuses
}

pub(super) fn create() -> Create {
    Create::new(NAME, Some(Period::years(2)), AuthValue::empty())
}

pub(super) fn renew() -> Command {
    Command::Renew(Renew { name: NAME.into(), current_expiry: expiry_day(), period: Some(Period::years(1)) })
}

pub(super) fn check() -> Command {
    Command::Check(Check::of([NAME, "example2.alpha", "not a name"]))
}

pub(super) fn request() -> Command {
    Command::Transfer(Transfer { period: Some(Period::years(1)), auth: Some(auth()), ..Transfer::new(TransferOp::Request, NAME) })
}

pub(super) fn info_data() -> InfoData {
    InfoData {
        statuses: vec![EppStatus::Ok.into()],
        name_servers: Some(name_servers()),
        provenance: provenance(),
        expires: Some(next_year()),
        ..InfoData::new(NAME, "EXAMPLE1-REP", "NAMEKEEP-1")
    }
}

pub(super) fn create_data() -> Data {
    Data::Create(CreateData { name: NAME.into(), created: now(), expires: Some(next_year()) })
}

pub(super) fn transfer_data() -> Data {
    Data::Transfer(TransferData {
        name: NAME.into(),
        status: model::TransferStatus::Pending,
        requested_by: "NAMEKEEP-1".into(),
        requested: last_year(),
        acted_by: "OTHER-1".into(),
        acted: now(),
        expires: Some(next_year()),
    })
}

pub(super) fn transaction() -> TransactionIds {
    TransactionIds { client: Some("NK-0000-1".into()), server: "ALPHA-98000".into() }
}

pub(super) fn add(samples: &mut Samples) {
    commands(samples);
    transfers(samples);
    updates(samples);
    responses(samples);
    infos(samples);
}

fn commands(samples: &mut Samples) {
    samples.plain("domain-check", check());
    for (name, hosts) in
        [("all", HostFilter::All), ("del", HostFilter::Delegated), ("sub", HostFilter::Subordinate), ("none", HostFilter::None)]
    {
        samples.plain(&format!("domain-info-hosts-{name}"), Command::Info(Info { hosts, ..Info::new(NAME) }));
    }
    let with_roid = AuthValue::Password { pw: model::Secret::new("2fooBAR-sample"), roid: Some("SH8013-REP".into()) };
    for (name, auth) in [("pw", auth()), ("roid", with_roid), ("ext", extension_auth())] {
        samples.plain(&format!("domain-info-auth-{name}"), Command::Info(Info { auth: Some(auth), ..Info::new(NAME) }));
    }
    samples.plain("domain-create-least", Command::Create(Create::new(NAME, None, AuthValue::empty())));
    let thick =
        Create { registrant: Some("jd1234".into()), contacts: contacts(), name_servers: Some(name_servers()), auth: auth(), ..create() };
    samples.plain("domain-create-thick", Command::Create(thick.clone()));
    samples.plain("domain-create-host-attributes", Command::Create(Create { name_servers: Some(attributes()), ..create() }));
    samples.plain("domain-create-auth-extension", Command::Create(Create { auth: extension_auth(), ..thick }));
    let months = Period { count: 99, unit: PeriodUnit::Months };
    samples.plain("domain-create-months", Command::Create(Create { period: Some(months), ..create() }));
    samples.plain("domain-delete", Command::Delete(Named::new(NAME)));
    samples.plain("domain-renew", renew());
    samples.plain("domain-renew-default", Command::Renew(Renew { name: NAME.into(), current_expiry: expiry_day(), period: None }));
}

fn transfers(samples: &mut Samples) {
    samples.plain("domain-transfer-request-period", request());
    for op in TransferOp::ALL {
        samples.plain(&format!("domain-transfer-{op}"), Command::Transfer(Transfer::new(*op, NAME)));
    }
}

fn updates(samples: &mut Samples) {
    let part = |statuses| AddRemove { name_servers: Some(name_servers()), contacts: contacts(), statuses };
    let whole = Update {
        name: NAME.into(),
        add: part(vec![EppStatus::ClientHold.into()]),
        remove: part(statuses(ObjectKind::Domain, 11)),
        change: Change { registrant: Some("sh8013".into()), auth: Some(AuthChange::Set(auth())) },
    };
    samples.plain("domain-update-all", Command::Update(whole));
    samples.plain("domain-update-nothing", Command::Update(Update::new(NAME)));
    let mut attributes_update = Update::new(NAME);
    attributes_update.add.name_servers = Some(attributes());
    samples.plain("domain-update-host-attributes", Command::Update(attributes_update));
    let changes = [
        ("null-auth", Change { registrant: None, auth: Some(AuthChange::Remove) }),
        ("empty-auth", Change { registrant: None, auth: Some(AuthChange::Set(AuthValue::empty())) }),
        ("no-registrant", Change { registrant: Some("".into()), auth: None }),
    ];
    for (name, change) in changes {
        samples.plain(&format!("domain-update-{name}"), Command::Update(Update { change, ..Update::new(NAME) }));
    }
}

fn responses(samples: &mut Samples) {
    let item = |name: &str, reason: Option<LangText>| CheckItem { name: name.into(), is_available: reason.is_none(), reason };
    let german = LangText { text: "Belegt".into(), lang: Some("de".into()) };
    let items = vec![item(NAME, None), item("example2.alpha", Some("In use".into())), item("example3.alpha", Some(german))];
    samples.data("domain-check-data", Data::Check(CheckData { items }));
    samples.data("domain-create-data", create_data());
    samples.data("domain-create-data-no-expiry", Data::Create(CreateData { name: NAME.into(), created: now(), expires: None }));
    samples.response("domain-create-pending", response(ResultCode::PENDING).with_data(create_data()));
    samples.data("domain-renew-data", Data::Renew(RenewData { name: NAME.into(), expires: Some(next_year()) }));
    samples.data("domain-renew-data-no-expiry", Data::Renew(RenewData { name: NAME.into(), expires: None }));
    for status in model::TransferStatus::ALL {
        let Data::Transfer(data) = transfer_data() else { continue };
        samples.data(&format!("domain-transfer-data-{status}"), Data::Transfer(TransferData { status: *status, expires: None, ..data }));
    }
    samples.data("domain-transfer-data-expiry", transfer_data());
    for (name, is_approved) in [("approved", true), ("refused", false)] {
        let data = PendingData { name: NAME.into(), is_approved, transaction: transaction(), decided: now() };
        samples.data(&format!("domain-pending-{name}"), Data::Pending(data));
    }
    samples.command("domain-check-long-names", command(Command::Check(Check::of(["x".repeat(255)]))));
    samples.response("domain-deleted", done());
}

fn infos(samples: &mut Samples) {
    samples.data("domain-info-data", Data::Info(Box::new(info_data())));
    let least = InfoData::new(NAME, "EXAMPLE1-REP", "OTHER-1");
    samples.data("domain-info-data-least", Data::Info(Box::new(least)));
    let thick = InfoData {
        statuses: statuses(ObjectKind::Domain, 11),
        registrant: Some("jd1234".into()),
        contacts: contacts(),
        name_servers: Some(attributes()),
        subordinate_hosts: vec!["ns1.example.alpha".into(), "ns2.example.alpha".into()],
        auth: Some(auth()),
        ..info_data()
    };
    samples.data("domain-info-data-thick", Data::Info(Box::new(thick)));
}
