//! What a TLD takes: names, contacts, delegations and DS records. Shared by the commands that order or change them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{ContactId, ContactRole, DomainName, DsData, HostName, Timestamp, glue};

use crate::profile::{ContactRequirement, TldProfile};
use crate::refusal::Refusal;

/// The name is directly below the TLD, free to register, and of a script the TLD takes. Whether a token opens a reserved name, only
/// its registry knows.
pub(super) fn check_name(name: &DomainName, profile: &TldProfile, has_token: bool) -> Result<(), Refusal> {
    if !profile.name.is_parent_of(name) {
        let sentence = format!("`{name}` is not directly below `.{}`", profile.name);
        return Err(Refusal::new("name.not-of-tld", "RFC 5731 2.1", sentence).hint("give one label and the TLD"));
    }
    let label = name.labels().next().unwrap_or_default();
    if profile.reserved.contains(label) && !has_token {
        return Err(Refusal::new("name.reserved", "RFC 5731 3.2.1", format!("`{name}` is reserved by the registry"))
            .hint("choose another; or give the allocation token if the registry handed one out for it"));
    }
    if name.is_idn() && profile.idn.tables.is_empty() {
        let sentence = format!("`{}` is internationalised, and `.{}` takes ASCII names only", name.to_unicode(), profile.name);
        return Err(Refusal::new("name.idn", "RFC 5731 3.2.1", sentence));
    }
    Ok(())
}

/// Every role that the registry requires on that date is filled.
pub(super) fn check_contacts(
    registrant: Option<ContactId>,
    contacts: &BTreeMap<ContactRole, ContactId>,
    profile: &TldProfile,
    now: Timestamp,
) -> Result<(), Refusal> {
    if registrant.is_none() {
        return Err(Refusal::new("registrant.missing", "RDP-1", "a name needs a holder, and no registrant is named")
            .hint("save the holder's contact first and name it as registrant; it stays with us where the registry takes no contacts"));
    }
    let rules = profile.contacts_at(now);
    let is_given = |role: &ContactRole| contacts.contains_key(role) || (*role == ContactRole::Registrant && registrant.is_some());
    let missing: Vec<_> = [ContactRole::Registrant, ContactRole::Admin, ContactRole::Tech, ContactRole::Billing]
        .into_iter()
        .filter(|role| rules.of(*role) == ContactRequirement::Required && !is_given(role))
        .map(|role| role.to_string())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let sentence = format!("`.{}` requires a contact as {}, and none is given", profile.name, missing.join(", "));
    Err(Refusal::new("contacts.missing", "RDP-CONTACTS", sentence).hint("name a contact for each of these roles"))
}

/// The delegation has as many nameservers as the TLD takes, and glue where resolution needs it.
pub(super) fn check_nameservers(
    name: &DomainName,
    nameservers: &BTreeMap<HostName, BTreeSet<IpAddr>>,
    profile: &TldProfile,
) -> Result<(), Refusal> {
    let range = profile.nameservers;
    let count = nameservers.len();
    if count < usize::from(range.min) || count > usize::from(range.max) {
        let sentence = format!("`.{}` takes {} to {} nameservers, and {count} are given", profile.name, range.min, range.max);
        return Err(Refusal::new("nameservers.count", "RFC 5731 3.2.1", sentence));
    }
    match nameservers.iter().find(|(host, addresses)| glue::needs_glue(host, name) && addresses.is_empty()) {
        Some((host, _)) => {
            let sentence = format!("`{host}` lies below `{name}` itself and has no address");
            Err(Refusal::new("nameservers.glue-missing", "RFC 5731 3.2.1", sentence).hint("give its addresses, or use a host elsewhere"))
        }
        None => Ok(()),
    }
}

/// The registry takes that many DS records.
pub(super) fn check_ds(ds: &BTreeSet<DsData>, profile: &TldProfile) -> Result<(), Refusal> {
    if ds.len() <= usize::from(profile.ds_max) {
        return Ok(());
    }
    let sentence = format!("`.{}` takes at most {} DS records, and {} are given", profile.name, profile.ds_max, ds.len());
    Err(Refusal::new("ds.count", "RFC 5910 5.2", sentence))
}
