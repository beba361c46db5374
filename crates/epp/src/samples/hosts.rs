use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::{EppStatus, ObjectKind};

use super::domains::{statuses, transaction};
use super::{Samples, now, provenance};
use crate::wire::host::{AddRemove, Command, Create, Data, InfoData, Update};
use crate::wire::{Check, CheckData, CheckItem, CreateData, Named, PendingData};

const NAME: &str = "ns1.example.alpha";

pub(super) fn addresses() -> Vec<IpAddr> {
    vec![
        Ipv4Addr::new(192, 0, 2, 2).into(),
        Ipv4Addr::new(192, 0, 2, 29).into(),
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a).into(),
    ]
}

pub(super) fn info_data() -> InfoData {
    InfoData {
        statuses: vec![EppStatus::Linked.into(), EppStatus::ClientUpdateProhibited.into()],
        addresses: addresses(),
        provenance: provenance(),
        ..InfoData::new(NAME, "NS1_EXAMPLE1-REP", "NAMEKEEP-1")
    }
}

pub(super) fn add(samples: &mut Samples) {
    samples.plain("host-check", Command::Check(Check::of([NAME, "ns2.example.alpha"])));
    samples.plain("host-info", Command::Info(Named::new(NAME)));
    samples.plain("host-create", Command::Create(Create::new(NAME, addresses())));
    samples.plain("host-create-external", Command::Create(Create::new("ns1.example.net", [])));
    samples.plain("host-delete", Command::Delete(Named::new(NAME)));
    let whole = Update {
        name: NAME.into(),
        add: AddRemove { addresses: addresses(), statuses: vec![EppStatus::ClientUpdateProhibited.into()] },
        remove: AddRemove { addresses: addresses(), statuses: statuses(ObjectKind::Host, 7) },
        rename_to: Some("ns1.held.example".into()),
    };
    samples.plain("host-update-all", Command::Update(whole));
    samples.plain("host-update-nothing", Command::Update(Update::new(NAME)));
    samples.plain("host-update-rename", Command::Update(Update { rename_to: Some("ns1.held.example".into()), ..Update::new(NAME) }));

    let item = |name: &str, is_available| CheckItem { name: name.into(), is_available, reason: (!is_available).then(|| "In use".into()) };
    samples.data("host-check-data", Data::Check(CheckData { items: vec![item(NAME, false), item("ns2.example.alpha", true)] }));
    samples.data("host-create-data", Data::Create(CreateData { name: NAME.into(), created: now(), expires: None }));
    samples.data("host-info-data", Data::Info(Box::new(info_data())));
    samples.data("host-info-data-statuses", Data::Info(Box::new(InfoData { statuses: statuses(ObjectKind::Host, 7), ..info_data() })));
    let pending = PendingData { name: NAME.into(), is_approved: true, transaction: transaction(), decided: now() };
    samples.data("host-pending", Data::Pending(pending));
}
