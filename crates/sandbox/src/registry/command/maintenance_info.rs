//! `maint:info` (RFC 9167 section 4.1.2).

use epp::ResponseData;
use epp::maintenance::{Info, InfoData, ListItem};

use super::Reply;
use crate::registry::Registry;
use crate::registry::refusal::{Outcome, Refusal};

pub(crate) fn info(registry: &Registry, info: &Info) -> Outcome<Reply> {
    let data = match info {
        Info::List => InfoData::List(registry.maintenances.values().map(listed).collect()),
        Info::One(id) => {
            let item = registry.maintenances.get(&id.id).ok_or_else(|| Refusal::not_found(&id.id))?;
            InfoData::Item(Box::new(item.clone()))
        }
    };
    Ok(Reply::done().with(ResponseData::Maintenance(data)))
}

fn listed(item: &crate::registry::poll::Maintenance) -> ListItem {
    ListItem { id: item.id.clone(), start: item.start, end: item.end, created: item.created, updated: item.updated }
}
