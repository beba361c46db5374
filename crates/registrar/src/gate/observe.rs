//! What an `info` says, in the words of the policy room. Names and handles that a registry writes in a form we cannot read are left
//! out: the difference then shows as drift instead of breaking the reader.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use epp::domain::{self, InfoData, NameServers};
use epp::extension::rgp::{GraceStatus, Rgp};
use epp::extension::secdns::{Records, SecDns};
use epp::{Extension, Handle, Response, ResponseData, Status, TransferData};
use model::{ContactHandle, ContactRole, DsData, EppStatus, HostName, RegistrarHandle, RgpStatus, Roid, Timestamp};
use policy::{Actual, TransferState};

/// The domain of a response to `domain:info`, or of a poll message that shows one; none where it shows none, or no readable sponsor.
pub(crate) fn domain(response: &Response, observed_at: Timestamp) -> Option<Actual> {
    domain_of(&response.data, &response.extensions, observed_at)
}

/// The same from the parts of a message.
pub(crate) fn domain_of(data: &[ResponseData], extensions: &[Extension], observed_at: Timestamp) -> Option<Actual> {
    let info = data.iter().find_map(|data| match data {
        ResponseData::Domain(domain::Data::Info(info)) => Some(info),
        _ => None,
    })?;
    let sponsor = registrar(&info.provenance.sponsor)?;
    Some(Actual {
        roid: Roid::parse(info.roid.as_str()).ok(),
        sponsor,
        created_by: info.provenance.created_by.as_ref().and_then(registrar),
        created_at: info.provenance.created,
        updated_at: info.provenance.updated,
        expires_at: info.expires,
        transferred_at: info.provenance.transferred,
        statuses: statuses(&info.statuses),
        rgp: grace(extensions),
        nameservers: info.name_servers.as_ref().map(delegation).unwrap_or_default(),
        ds: ds(extensions),
        contacts: contacts(info),
        hosts: info.subordinate_hosts.iter().filter_map(|host| host.to_host().ok()).collect(),
        observed_at,
        is_inferred: false,
    })
}

/// The state of a transfer.
pub(crate) fn transfer(data: &TransferData) -> Option<TransferState> {
    Some(TransferState {
        status: data.status,
        requested_by: registrar(&data.requested_by)?,
        requested_at: data.requested,
        acts: registrar(&data.acted_by)?,
        act_at: data.acted,
        expires_at: data.expires,
    })
}

/// A registrar's handle, if it is one.
pub(crate) fn registrar(handle: &Handle) -> Option<RegistrarHandle> {
    RegistrarHandle::parse(handle.as_str()).ok()
}

/// The statuses the standard knows.
pub(crate) fn statuses(statuses: &[Status]) -> BTreeSet<EppStatus> {
    statuses.iter().filter_map(Status::known).collect()
}

/// Grace periods and deletion states (RFC 3915).
fn grace(extensions: &[Extension]) -> BTreeSet<RgpStatus> {
    let shown = extensions.iter().filter_map(|extension| match extension {
        Extension::Rgp(Rgp::Info(statuses) | Rgp::Updated(statuses)) => Some(statuses),
        _ => None,
    });
    shown.flatten().filter_map(GraceStatus::known).collect()
}

fn ds(extensions: &[Extension]) -> BTreeSet<DsData> {
    let shown = extensions.iter().filter_map(|extension| match extension {
        Extension::SecDns(SecDns::Info(delegation)) => Some(&delegation.records),
        _ => None,
    });
    shown
        .flat_map(|records| match records {
            Records::Ds(records) => records.iter().filter_map(|record| record.to_ds().ok()).collect::<Vec<_>>(),
            Records::Keys(_) => Vec::new(),
        })
        .collect()
}

fn delegation(servers: &NameServers) -> BTreeMap<HostName, BTreeSet<IpAddr>> {
    match servers {
        NameServers::Objects(names) => names.iter().filter_map(|name| Some((name.to_host().ok()?, BTreeSet::new()))).collect(),
        NameServers::Attributes(hosts) => {
            hosts.iter().filter_map(|host| Some((host.name.to_host().ok()?, host.addresses.iter().copied().collect()))).collect()
        }
    }
}

fn contacts(info: &InfoData) -> BTreeSet<(ContactRole, ContactHandle)> {
    let holder = info.registrant.iter().map(|handle| (ContactRole::Registrant, handle));
    let others = info.contacts.iter().filter_map(|contact| Some((contact.role?, &contact.id)));
    holder.chain(others).filter_map(|(role, handle)| Some((role, ContactHandle::parse(handle.as_str()).ok()?))).collect()
}
