//! `domain:update`: the difference to what is desired, or a fresh or cleared authInfo (RFC 5731 section 3.2.5, RFC 9154).

use std::collections::{BTreeMap, BTreeSet};

use epp::domain::{self, AddRemove, DomainContact, Update};
use epp::{AuthChange, AuthValue, Command, CommandBody, Handle, Status};
use model::{ClTrid, ContactHandle, ContactRole, DomainName, EppStatus, HostName};
use policy::profile::{Extension as Feature, HostModel};
use policy::{DomainChange, ObjectKey, Operation};

use super::domain_create::name_servers;
use super::{FrameFault, Surroundings, extension, mismatch};

pub(super) fn command(operation: &Operation, name: &DomainName, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    let mut update = Update::new(name);
    let mut ds = None;
    match operation {
        Operation::UpdateDomain { change } => {
            fill(&mut update, change, around.registry.host_model);
            if !(change.add_ds.is_empty() && change.remove_ds.is_empty()) {
                around.require(Feature::SecDns, operation)?;
                ds = Some(extension::ds_at_update(&change.add_ds, &change.remove_ds));
            }
        }
        Operation::SetAuthInfo { clear: true } => update.change.auth = Some(cleared(around)),
        Operation::SetAuthInfo { clear: false } => {
            let auth_info = around.auth_info.as_ref().ok_or_else(|| FrameFault::Missing {
                what: "the fresh authInfo",
                object: name.to_string(),
                advice: "issue the authInfo again",
            })?;
            update.change.auth = Some(AuthChange::Set(AuthValue::from(auth_info)));
        }
        _ => return Err(mismatch(operation, &ObjectKey::Domain(name.clone()))),
    }
    let command = Command::new(CommandBody::Domain(domain::Command::Update(update)), cltrid);
    Ok(match ds {
        Some(ds) => command.with(ds),
        None => command,
    })
}

/// `null` where the registry keeps none at rest (RFC 9154 section 5.2); elsewhere a value that nobody knows.
fn cleared(around: &Surroundings<'_>) -> AuthChange {
    if around.has_empty_auth() { AuthChange::Remove } else { AuthChange::Set(AuthValue::from(&around.unknown_auth_info)) }
}

fn fill(update: &mut Update, change: &DomainChange, model: HostModel) {
    let removed: BTreeMap<HostName, BTreeSet<_>> = change.remove_nameservers.iter().map(|host| (host.clone(), BTreeSet::new())).collect();
    update.add = AddRemove {
        name_servers: (!change.add_nameservers.is_empty()).then(|| name_servers(&change.add_nameservers, model)),
        contacts: contacts(&change.add_contacts),
        statuses: statuses(&change.add_statuses),
    };
    update.remove = AddRemove {
        name_servers: (!removed.is_empty()).then(|| name_servers(&removed, model)),
        contacts: contacts(&change.remove_contacts),
        statuses: statuses(&change.remove_statuses),
    };
    update.change.registrant = change.registrant.as_ref().map(Handle::from);
}

fn statuses(statuses: &BTreeSet<EppStatus>) -> Vec<Status> {
    statuses.iter().copied().map(Status::from).collect()
}

/// Contacts in roles; the registrant has an element of its own.
fn contacts(contacts: &BTreeSet<(ContactRole, ContactHandle)>) -> Vec<DomainContact> {
    let others = contacts.iter().filter(|(role, _)| *role != ContactRole::Registrant);
    others.map(|(role, handle)| DomainContact { role: Some(*role), id: handle.into() }).collect()
}
