use model::{EppStatus, ObjectKind, TransferStatus};

use super::domains::{auth, statuses, transaction};
use super::{Samples, last_year, now, provenance};
use crate::wire::contact::{
    Authorised, Change, Command, Create, Data, Disclose, DiscloseItem, Email, InfoData, Person, Postal, PostalAddress, PostalChange,
    PostalForm, Update, Voice,
};
use crate::wire::{AuthValue, Check, CheckData, CheckItem, CreateData, Named, PendingData, TransferData, TransferOp};

const ID: &str = "sh8013";

fn address(country: &str) -> PostalAddress {
    PostalAddress {
        street: vec!["123 Example Dr.".into(), "Suite 100".into(), "Floor 2".into()],
        city: "Dulles".into(),
        province: Some("VA".into()),
        postcode: Some("20166-6503".into()),
        country: country.into(),
    }
}

fn postal(form: PostalForm) -> Postal {
    let name = if form == PostalForm::International { "John Doe" } else { "Jöhn Dœ 例え" };
    Postal { form, name: name.into(), organisation: Some("Example Inc.".into()), address: address("US") }
}

fn person() -> Person {
    Person {
        postal: vec![postal(PostalForm::International), postal(PostalForm::Localised)],
        voice: Some(Voice { number: "+1.7035555555".into(), extension: Some("1234".into()) }),
        fax: Some(Voice::new("+1.7035555556")),
        email: "jdoe@example.com".into(),
    }
}

fn least_person() -> Person {
    let address = PostalAddress { street: Vec::new(), city: "Bern".into(), province: None, postcode: None, country: "CH".into() };
    let postal = Postal { form: PostalForm::International, name: "A".into(), organisation: None, address };
    Person { postal: vec![postal], voice: None, fax: None, email: "a@example.ch".into() }
}

fn disclose(may_show: bool) -> Disclose {
    use DiscloseItem::*;
    let (int, loc) = (PostalForm::International, PostalForm::Localised);
    let items = vec![Name(int), Name(loc), Organisation(int), Organisation(loc), Address(int), Address(loc), Voice, Fax, Email];
    Disclose { may_show, items }
}

pub(super) fn add(samples: &mut Samples) {
    samples.plain("contact-check", Command::Check(Check::of([ID, "sah8013", "8013sah"])));
    samples.plain("contact-info", Command::Info(Authorised::new(ID)));
    samples.plain("contact-info-auth", Command::Info(Authorised { auth: Some(auth()), ..Authorised::new(ID) }));
    let whole = Create { id: ID.into(), person: person(), auth: auth(), disclose: Some(disclose(false)) };
    samples.plain("contact-create", Command::Create(whole));
    let least = Create { id: ID.into(), person: least_person(), auth: AuthValue::empty(), disclose: None };
    samples.plain("contact-create-least", Command::Create(least));
    samples.plain("contact-delete", Command::Delete(Named::new(ID)));
    for op in TransferOp::ALL {
        let contact = Authorised { auth: (*op == TransferOp::Request).then(auth), ..Authorised::new(ID) };
        samples.plain(&format!("contact-transfer-{op}"), Command::Transfer { op: *op, contact });
    }
    updates(samples);
    responses(samples);
}

fn updates(samples: &mut Samples) {
    let address_only = PostalChange { form: PostalForm::International, name: None, organisation: Some(String::new()), address: None };
    let whole = PostalChange {
        form: PostalForm::Localised,
        name: Some("Jöhn Dœ".into()),
        organisation: Some("Beispiel AG".into()),
        address: Some(address("DE")),
    };
    let change = Change {
        postal: vec![whole, address_only],
        voice: Some(Voice::new("+49.3012345678")),
        fax: Some(Voice::new("")),
        email: Some(Email("new@example.com".into())),
        auth: Some(auth()),
        disclose: Some(disclose(true)),
    };
    let update =
        Update { id: ID.into(), add: vec![EppStatus::ClientDeleteProhibited.into()], remove: statuses(ObjectKind::Contact, 7), change };
    samples.plain("contact-update-all", Command::Update(update));
    samples.plain("contact-update-nothing", Command::Update(Update::new(ID)));
}

fn responses(samples: &mut Samples) {
    let item = |id: &str, is_available| CheckItem { name: id.into(), is_available, reason: (!is_available).then(|| "In use".into()) };
    samples.data("contact-check-data", Data::Check(CheckData { items: vec![item(ID, false), item("sah8013", true)] }));
    samples.data("contact-create-data", Data::Create(CreateData { name: ID.into(), created: now(), expires: None }));
    let least = InfoData {
        statuses: vec![EppStatus::Ok.into()],
        provenance: provenance(),
        ..InfoData::new(ID, "SH8013-REP", least_person(), "NAMEKEEP-1")
    };
    samples.data("contact-info-data-least", Data::Info(Box::new(least.clone())));
    let whole = InfoData {
        statuses: statuses(ObjectKind::Contact, 7),
        person: person(),
        auth: Some(auth()),
        disclose: Some(disclose(false)),
        ..least
    };
    samples.data("contact-info-data", Data::Info(Box::new(whole)));
    let transfer = TransferData {
        name: ID.into(),
        status: TransferStatus::Pending,
        requested_by: "NAMEKEEP-1".into(),
        requested: last_year(),
        acted_by: "OTHER-1".into(),
        acted: now(),
        expires: None,
    };
    samples.data("contact-transfer-data", Data::Transfer(transfer));
    let pending = PendingData { name: ID.into(), is_approved: false, transaction: transaction(), decided: now() };
    samples.data("contact-pending", Data::Pending(pending));
}
