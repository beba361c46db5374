//! Our columns against the registries' objects: what we want is there, what we sponsor exists, and nothing else is ours.

use std::collections::{BTreeSet, HashMap};

use model::{DomainName, EppStatus, RgpStatus, Timestamp, expiry};
use policy::calendar::utc_date;
use policy::profile::{HostModel, RegistryProfile};
use policy::{Phase, Registration};
use sandbox::DomainState;

use crate::simulate::world::World;

/// Longest a term can be, in years.
const TERM_MAX_YEARS: u8 = 10;

/// Compares every open registration with its registry; gives how many.
pub(super) fn check(world: &World, portfolio: &[Registration], findings: &mut Vec<String>) -> u64 {
    let mut count = 0;
    for profile in &world.profiles {
        let Ok(link) = world.link(&profile.id) else { continue };
        let state = link.look(sandbox::Registry::state);
        let mut theirs: HashMap<DomainName, DomainState> =
            state.domains.into_iter().filter(|domain| domain.sponsor == world.ours).map(|domain| (domain.name.clone(), domain)).collect();
        for registration in portfolio.iter().filter(|registration| registration.registry == profile.id && !registration.phase.is_final()) {
            count += 1;
            let what = format!("`{}`, {} since {}", registration.name, registration.phase.word(), registration.opened_at);
            match (theirs.remove(&registration.name), registration.phase.is_sponsored()) {
                (Some(domain), true) => {
                    let found = differences(registration, &domain, profile, world.now());
                    findings.extend(found.into_iter().map(|difference| format!("{what}: {difference}")));
                }
                (None, false) => {}
                (Some(_), false) => findings.push(format!("{what}: the registry says it is ours")),
                (None, true) => findings.push(format!("{what}: the registry does not have it as ours")),
            }
        }
        findings.extend(theirs.into_keys().map(|name| format!("`{name}` is ours at registry `{}` and not in our books", profile.id)));
    }
    count
}

fn differences(registration: &Registration, domain: &DomainState, profile: &RegistryProfile, now: Timestamp) -> Vec<String> {
    let mut found = Vec::new();
    let pending = |status| domain.statuses.contains(&status);
    let is_as_said = match registration.phase {
        Phase::Registered => !pending(EppStatus::PendingDelete) && !pending(EppStatus::PendingTransfer),
        Phase::TransferringOut => pending(EppStatus::PendingTransfer),
        Phase::Redemption => domain.rgp.contains(&RgpStatus::RedemptionPeriod),
        Phase::PendingDelete => domain.rgp.contains(&RgpStatus::PendingDelete),
        _ => false,
    };
    if !is_as_said {
        found.push(format!("the registry says {:?} {:?}", domain.statuses, domain.rgp));
    }
    if !registration.drift.is_empty() || !registration.stalled.is_empty() {
        found.push(format!("it drifted {:?} or stalled {:?}", registration.drift, registration.stalled));
    }
    let expected = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to).or(registration.expires_at);
    if expected.map(utc_date) != Some(utc_date(domain.expires)) {
        found.push(format!("its term ends {expected:?}, at the registry {}", domain.expires));
    }
    if domain.expires > expiry::add_years(now, TERM_MAX_YEARS) {
        found.push(format!("its term ends {}, more than ten years ahead", domain.expires));
    }
    if registration.phase == Phase::Registered {
        found.extend(elements(registration, domain, profile));
    }
    found
}

/// The elements that are ours to say.
fn elements(registration: &Registration, domain: &DomainState, profile: &RegistryProfile) -> Vec<String> {
    let mut found = Vec::new();
    let wanted: BTreeSet<EppStatus> = registration.desired.statuses.wanted().collect();
    let set: BTreeSet<EppStatus> = domain.statuses.iter().copied().filter(|status| status.is_client()).collect();
    if wanted != set {
        found.push(format!("client statuses wanted {wanted:?}, set {set:?}"));
    }
    let said = registration.actual.as_ref().map(|actual| &actual.statuses);
    if said.is_none_or(|said| said.iter().filter(|status| status.is_client()).ne(set.iter())) {
        found.push(format!("the last word on its statuses is {said:?}, the registry has {:?}", domain.statuses));
    }
    let hosts: BTreeSet<_> = registration.desired.nameservers.keys().collect();
    if hosts != domain.nameservers.keys().collect() {
        found.push(format!("delegated to {:?}, wanted {hosts:?}", domain.nameservers.keys()));
    }
    if profile.host_model == HostModel::Attributes {
        let glue = registration.desired.nameservers.iter().filter(|(host, _)| host.is_within(&registration.name));
        for (host, addresses) in glue {
            if domain.nameservers.get(host) != Some(addresses) {
                found.push(format!("glue of `{host}` wanted {addresses:?}, is {:?}", domain.nameservers.get(host)));
            }
        }
    }
    if registration.desired.ds != domain.ds {
        found.push("its DS records are not those we want".to_owned());
    }
    found
}
