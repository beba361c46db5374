use super::{Samples, last_year, next_year, now, response};
use crate::wire::maintenance::{
    Cause, Description, Environment, Impact, Info, InfoData, Intervention, Item, ListItem, MaintenanceId, PollType, System,
};
use crate::wire::{LangText, MessageQueue, ResultCode};

fn id() -> MaintenanceId {
    MaintenanceId { id: "2e6df9b0-4092-4491-bcc8-9fb2166dcee6".into(), name: Some("Router upgrade".into()), lang: Some("en".into()) }
}

fn item(poll_type: Option<PollType>) -> Item {
    let system = |name: &str, impact| System { name: name.into(), host: Some("epp.registry.example".into()), impact };
    Item {
        id: id(),
        types: vec!["Routine Maintenance".into(), LangText { text: "Wartung".into(), lang: Some("de".into()) }],
        poll_type,
        systems: vec![system("EPP", Impact::Full), system("WHOIS", Impact::Partial), system("DNS", Impact::None)],
        environment: Environment::Production,
        environment_name: None,
        start: now(),
        end: next_year(),
        cause: Cause::Planned,
        detail: Some("https://www.registry.example/notice?123".into()),
        descriptions: vec![
            Description { text: "free text\non two lines".into(), is_html: false },
            Description { text: LangText { text: "<p>Freitext</p>".into(), lang: Some("de".into()) }, is_html: true },
        ],
        tlds: vec!["alpha".into(), "beta".into()],
        intervention: Some(Intervention { connection: false, implementation: true }),
        created: last_year(),
        updated: Some(now()),
    }
}

pub(super) fn add(samples: &mut Samples) {
    samples.plain("maintenance-info-list", Info::List);
    samples.plain("maintenance-info-one", Info::One(MaintenanceId::new("2e6df9b0-4092-4491-bcc8-9fb2166dcee6")));
    let entry = |updated| ListItem { id: id(), start: now(), end: next_year(), created: last_year(), updated };
    samples.data("maintenance-list", InfoData::List(vec![entry(None), entry(Some(now()))]));
    samples.data("maintenance-list-empty", InfoData::List(Vec::new()));
    samples.data("maintenance-item", InfoData::Item(Box::new(item(None))));
    let least = Item {
        id: MaintenanceId::new("m-1"),
        types: Vec::new(),
        systems: vec![System { name: "EPP".into(), host: None, impact: Impact::Full }],
        environment: Environment::Custom,
        environment_name: Some("rehearsal".into()),
        cause: Cause::Emergency,
        detail: None,
        descriptions: Vec::new(),
        tlds: Vec::new(),
        intervention: None,
        updated: None,
        ..item(None)
    };
    samples.data("maintenance-item-least", InfoData::Item(Box::new(least)));
    for poll_type in PollType::ALL {
        let mut message = response(ResultCode::ACK_TO_DEQUEUE).with_data(InfoData::Item(Box::new(item(Some(*poll_type)))));
        message.queue = Some(MessageQueue {
            count: 1,
            id: "12345".into(),
            queued: Some(now()),
            message: Some("Registry Maintenance Notification".into()),
        });
        samples.response(&format!("maintenance-poll-{poll_type}"), message);
    }
}
