//! Deleting a name: what must go first, and what follows when it is gone (RFC 5731 section 3.2.2, RFC 3915, RFC 9874).

use std::collections::BTreeSet;

use model::{EppStatus, HostName, IntentId, RgpStatus, Timestamp};

use crate::accounting::credit;
use crate::calendar::{add_days, add_minutes, utc_date};
use crate::decision::{Decision, Owed};
use crate::drift::{infer, settle_plain_statuses};
use crate::duty::{ClockKind, Evidence};
use crate::event::Event;
use crate::intent::{DomainChange, ObjectKey, Operation};
use crate::notice::NoticeKind;
use crate::outcome::Deletion;
use crate::profile::HostModel;
use crate::refusal::Refusal;
use crate::registration::{Actual, DeletionCause};
use crate::term;

/// Our target for telling the holder that a deleted name can be redeemed (EXP-11 sets no number).
const DELETED_NOTICE_TARGET_DAYS: i32 = 1;
/// Past this many days of redemption the holder would have too little of it left.
const DELETED_NOTICE_LIMIT_DAYS: i32 = 5;

/// Orders the deletion: our own prohibitions and the hosts below the name go first.
///
/// # Errors
///
/// A refusal where hosts below the name serve other names and the profile names no place to move them to (RFC 9874).
pub(crate) fn order(decision: &mut Decision<'_, '_>, cause: DeletionCause) -> Result<(), Refusal> {
    let hosts = subordinate_hosts(decision);
    check_hosts_can_move(decision, &hosts)?;
    let at = decision.now();
    decision.happen(Event::DeletionOrdered { cause, at });
    let cleared: Vec<IntentId> = clear(decision, &hosts).into_iter().collect();
    let mut after = cleared.clone();
    for host in hosts {
        after.push(remove_host(decision, host, &cleared));
    }
    decision.intend(Operation::DeleteDomain, "delete", after);
    Ok(())
}

/// Host objects below the name that must go before it; none in the attribute model.
fn subordinate_hosts(decision: &Decision<'_, '_>) -> BTreeSet<HostName> {
    if decision.profile().host_model == HostModel::Attributes {
        return BTreeSet::new();
    }
    let registration = &decision.registration;
    let known = decision.facts().known_hosts.iter().filter(|host| host.is_within(&registration.name));
    let said = registration.actual.iter().flat_map(|actual| actual.hosts.iter());
    known.chain(said).cloned().collect()
}

fn check_hosts_can_move(decision: &Decision<'_, '_>, hosts: &BTreeSet<HostName>) -> Result<(), Refusal> {
    let linked: Vec<_> =
        decision.facts().linked_subordinates.iter().filter(|host| hosts.contains(*host)).map(ToString::to_string).collect();
    if linked.is_empty() || decision.profile().rename_hosts_to.is_some() {
        return Ok(());
    }
    let sentence = format!("`{}` cannot be deleted while other names are delegated to {}", decision.registration.name, linked.join(", "));
    Err(Refusal::new("delete.hosts-in-use", "RFC 5731 3.2.2", sentence)
        .hint("ask the holders of those names to move, or set `rename_hosts_to` in the TLD's profile (RFC 9874)"))
}

/// Lifts our own prohibitions at the registry and takes the name's own hosts out of its delegation, as it will be once the updates under
/// way have arrived.
fn clear(decision: &mut Decision<'_, '_>, hosts: &BTreeSet<HostName>) -> Option<IntentId> {
    let actual = expected(decision)?;
    let locks = [EppStatus::ClientDeleteProhibited, EppStatus::ClientUpdateProhibited];
    let remove_nameservers: BTreeSet<HostName> = actual.nameservers.keys().filter(|host| hosts.contains(*host)).cloned().collect();
    let blocks_update = !remove_nameservers.is_empty() || actual.statuses.contains(&EppStatus::ClientDeleteProhibited);
    let remove_statuses = locks.into_iter().filter(|lock| blocks_update && actual.statuses.contains(lock)).collect();
    let change = DomainChange { remove_statuses, remove_nameservers, ..DomainChange::default() };
    if change.is_empty() {
        return None;
    }
    Some(decision.intend(Operation::UpdateDomain { change }, "clear", Vec::new()))
}

/// What the registry has once the updates under way have arrived.
fn expected(decision: &Decision<'_, '_>) -> Option<Actual> {
    let (registration, now) = (&decision.registration, decision.now());
    let updates = registration.open_intents.iter().filter_map(|open| match &open.operation {
        Operation::UpdateDomain { change } => Some(change),
        _ => None,
    });
    let actual = registration.actual.clone()?;
    Some(updates.fold(actual, |actual, change| infer(&actual, change, now)))
}

/// A host nobody else uses is deleted; one in use is renamed to where nobody can register it (RFC 9874).
fn remove_host(decision: &mut Decision<'_, '_>, host: HostName, after: &[IntentId]) -> IntentId {
    let sacrificial = decision
        .profile()
        .rename_hosts_to
        .as_ref()
        .filter(|_| decision.facts().linked_subordinates.contains(&host))
        .and_then(|target| sacrificial_name(&host, &decision.registration.id.to_string(), target));
    let operation = sacrificial.map_or(Operation::DeleteHost, |to| Operation::RenameHost { to });
    decision.intend_on(ObjectKey::Host(host), operation, "remove", after.to_vec())
}

/// A name below the configured target, unique by the registration's id; never anywhere else.
fn sacrificial_name(host: &HostName, id: &str, target: &HostName) -> Option<HostName> {
    let first = host.as_str().split('.').next().unwrap_or("host");
    HostName::parse(&format!("{first}.{}.{target}", id.replace('_', "-")))
        .ok()
        .filter(|name| name.as_str().ends_with(&format!(".{target}")))
}

/// Where a delete leads when the registry does not say: gone at once in add grace, redemption otherwise.
pub(crate) fn expected_end(decision: &Decision<'_, '_>) -> Deletion {
    let grace = decision.profile().grace;
    let is_in_add_grace =
        decision.registration.graces.iter().any(|running| running.kind == RgpStatus::AddPeriod && running.ends_at > decision.now());
    match (is_in_add_grace, grace.redemption_days, grace.pending_delete_days) {
        (true, _, _) | (false, 0, 0) => Deletion::Purged,
        (false, 0, _) => Deletion::PendingDelete,
        (false, _, _) => Deletion::Redemption,
    }
}

/// The registry deleted the name: grace is credited, the term's duties close, and the holder is told what can still be done.
pub(crate) fn complete(decision: &mut Decision<'_, '_>, end: Deletion, at: Timestamp, intent: Option<IntentId>, reference: &str) {
    match end {
        Deletion::Purged => {
            let gone_at = moment_in_add_grace(decision, at).filter(|_| intent.is_some()).unwrap_or(at);
            credit(decision, gone_at, intent, |_| true);
        }
        Deletion::Redemption | Deletion::PendingDelete => credit(decision, at, intent, |kind| kind != RgpStatus::AddPeriod),
    }
    let evidence = Evidence::Registry { reference: reference.to_owned() };
    decision.fulfil_all("EXP-14", &evidence);
    decision.fulfil_all("EXP-17", &evidence);
    decision.release_every_duty("deleted");
    match end {
        Deletion::Purged => decision.happen(Event::DomainPurged { at }),
        Deletion::PendingDelete => {
            infer_deleted(decision, RgpStatus::PendingDelete);
            decision.happen(Event::PendingDeleteBegan { at });
        }
        Deletion::Redemption => begin_redemption(decision, at),
    }
}

/// A registry with a redemption that has nothing left of a name right after our delete had it in the add grace, whatever our clock says of
/// when that ended: the answer may have come late, and its clock may be behind ours. Gives the latest moment at which that can have been.
fn moment_in_add_grace(decision: &Decision<'_, '_>, at: Timestamp) -> Option<Timestamp> {
    let grace = decision.profile().grace;
    let days_after_delete = i32::from(grace.redemption_days) + i32::from(grace.pending_delete_days);
    let decided_at = decision.registration.deletion.as_ref()?.decided_at;
    let was_deleted_at_once = at < add_days(decided_at, days_after_delete);
    let ends_at = decision.registration.graces.iter().find(|running| running.kind == RgpStatus::AddPeriod)?.ends_at;
    was_deleted_at_once.then(|| at.min(add_minutes(ends_at, -1)))
}

/// The registry deleted the name by itself: what it says is where the name is now.
pub(crate) fn take_registry_deletion(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let at = decision.now();
    decision.happen(Event::DeletionOrdered { cause: DeletionCause::Registry, at });
    let end = match actual.rgp.contains(&RgpStatus::PendingDelete) {
        true => Deletion::PendingDelete,
        false => Deletion::Redemption,
    };
    complete(decision, end, actual.observed_at, None, "deleted by the registry");
}

fn begin_redemption(decision: &mut Decision<'_, '_>, at: Timestamp) {
    infer_deleted(decision, RgpStatus::RedemptionPeriod);
    let ends_at = add_days(at, i32::from(decision.profile().grace.redemption_days));
    decision.happen(Event::RedemptionBegan { deleted_at: at, ends_at });
    let occasion = at.to_string();
    let duty_key = decision.owe(&Owed {
        obligation: "EXP-11",
        occasion: &occasion,
        clock: ClockKind::CalendarDays,
        opens_at: at,
        soft_due: add_days(at, DELETED_NOTICE_TARGET_DAYS),
        hard_due: add_days(at, DELETED_NOTICE_LIMIT_DAYS),
    });
    let expires_at = decision.registration.expires_at.unwrap_or(at);
    let mut facts = term::facts(&decision.registration, expires_at, decision.profile());
    facts.insert("restorable_until".to_owned(), utc_date(ends_at).to_string());
    decision.notify(NoticeKind::Deleted, &occasion, Some(&duty_key), facts);
}

/// The registry's statuses after a delete follow from its answer; the next `info` confirms them.
fn infer_deleted(decision: &mut Decision<'_, '_>, rgp: RgpStatus) {
    let Some(mut actual) = decision.registration.actual.clone() else { return };
    actual.statuses.remove(&EppStatus::Ok);
    actual.statuses.insert(EppStatus::PendingDelete);
    actual.rgp = BTreeSet::from([rgp]);
    mark_inferred(decision, actual);
}

/// And after a restore.
pub(crate) fn infer_restored(decision: &mut Decision<'_, '_>, expires_at: Timestamp) {
    let Some(mut actual) = decision.registration.actual.clone() else { return };
    actual.statuses.remove(&EppStatus::PendingDelete);
    actual.rgp.clear();
    actual.expires_at = Some(expires_at);
    settle_plain_statuses(&mut actual);
    mark_inferred(decision, actual);
}

fn mark_inferred(decision: &mut Decision<'_, '_>, mut actual: Actual) {
    actual.is_inferred = true;
    actual.observed_at = decision.now();
    decision.happen(Event::ActualObserved { actual: Box::new(actual) });
}
