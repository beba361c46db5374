//! `domain:create` (RFC 5731 section 3.2.1).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use epp::domain::{self, DomainContact, HostAttribute, NameServers};
use epp::{AuthValue, Command, CommandBody, Handle};
use model::{ClTrid, ContactRole, DomainName, HostName};
use policy::profile::{Extension as Feature, HostModel};
use policy::{ObjectKey, Operation};

use super::{FrameFault, Surroundings, extension, launch, mismatch};

pub(super) fn command(operation: &Operation, name: &DomainName, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    let Operation::CreateDomain { period, nameservers, contacts, ds, fee, launch: proof, .. } = operation else {
        return Err(mismatch(operation, &ObjectKey::Domain(name.clone())));
    };
    // Under RFC 9154 the name begins without authInfo; elsewhere it begins with one that nobody knows.
    let auth = if around.has_empty_auth() { AuthValue::empty() } else { AuthValue::from(&around.unknown_auth_info) };
    let mut create = domain::Create::new(name, Some((*period).into()), auth);
    if !nameservers.is_empty() {
        create.name_servers = Some(name_servers(nameservers, around.registry.host_model));
    }
    create.registrant = contacts.get(&ContactRole::Registrant).map(Handle::from);
    create.contacts = contacts
        .iter()
        .filter(|(role, _)| **role != ContactRole::Registrant)
        .map(|(role, handle)| DomainContact { role: Some(*role), id: handle.into() })
        .collect();
    let mut command = Command::new(CommandBody::Domain(domain::Command::Create(create)), cltrid);
    if !ds.is_empty() {
        around.require(Feature::SecDns, operation)?;
        command = command.with(extension::ds_at_create(ds));
    }
    extension::add_idn(&mut command, name, around);
    extension::add_fee(&mut command, operation, *fee, around)?;
    launch::add_launch(&mut command, operation, (name, proof.as_ref()), around)?;
    launch::add_token(&mut command, operation, name, around)?;
    Ok(command)
}

/// The delegation in the registry's host model (RFC 5731 section 1.1).
pub(super) fn name_servers(hosts: &BTreeMap<HostName, BTreeSet<IpAddr>>, model: HostModel) -> NameServers {
    match model {
        HostModel::Objects => NameServers::objects(hosts.keys()),
        HostModel::Attributes => NameServers::Attributes(
            hosts.iter().map(|(host, glue)| HostAttribute { name: host.into(), addresses: glue.iter().copied().collect() }).collect(),
        ),
    }
}
