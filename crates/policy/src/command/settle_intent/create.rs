//! The create was answered (RFC 5731 section 3.2.1).

use std::collections::BTreeSet;

use model::expiry::add_years;
use model::{ContactRole, RgpStatus};

use super::Settled;
use crate::accounting::{Line, charge};
use crate::charge::ChargeKind;
use crate::data_reminder;
use crate::decision::Decision;
use crate::drift::settle_plain_statuses;
use crate::event::Event;
use crate::intent::Operation;
use crate::learn::learn;
use crate::notice::NoticeKind;
use crate::outcome::Done;
use crate::profile::FeeTable;
use crate::registration::{Actual, Phase};
use crate::term;
use crate::verification::{VerificationCause, require};

/// The name is ours: charged once, told its terms (EXP-16), its term's duties open.
pub(super) fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    let Operation::CreateDomain { period, fee, .. } = settled.operation else { return };
    if decision.registration.phase != Phase::Ordered {
        return;
    }
    let info = done.info.as_deref();
    let created_at = done.created_at.or(info.and_then(|info| info.created_at)).unwrap_or(settled.now);
    let expires_at = done.expires_at.or(info.and_then(|info| info.expires_at)).unwrap_or_else(|| add_years(created_at, period.get()));
    decision.happen(Event::DomainRegistered { created_at, expires_at });
    let profile = decision.profile();
    let usual = FeeTable::times(profile.fees_of(&decision.registration.name).create, period.get());
    let line = Line {
        kind: ChargeKind::Create,
        years: i8::try_from(period.get()).unwrap_or(i8::MAX),
        amount: done.fee.or(*fee).or(usual),
        intent: Some(settled.id),
        key: format!("create:{}", settled.id),
        at: created_at,
    };
    charge(decision, line, Some((RgpStatus::AddPeriod, profile.grace.add_days)));
    if let Some(actual) = done.info.as_deref().cloned().or_else(|| infer(decision, settled, done)) {
        learn(decision, actual, &settled.reference);
    }
    term::open(decision);
    data_reminder::open(decision);
    require(decision, VerificationCause::Create);
    let facts = term::facts(&decision.registration, expires_at, profile);
    decision.notify(NoticeKind::RegistrationTerms, "registered", None, facts);
}

/// The registration ends: we never sponsored the name.
pub(super) fn refused(decision: &mut Decision<'_, '_>) {
    if decision.registration.phase == Phase::Ordered {
        decision.happen(Event::RegistrationFailed);
        decision.release_every_duty("the create was refused");
    }
}

/// What the registry will say of a name that it just created as we asked.
fn infer(decision: &Decision<'_, '_>, settled: &Settled<'_>, done: &Done) -> Option<Actual> {
    let Operation::CreateDomain { nameservers, contacts, ds, .. } = settled.operation else { return None };
    let account = decision.facts().account.clone()?;
    let mut actual = Actual {
        roid: done.roid.clone(),
        sponsor: account.clone(),
        created_by: Some(account),
        created_at: decision.registration.created_at,
        updated_at: None,
        expires_at: decision.registration.expires_at,
        transferred_at: None,
        statuses: BTreeSet::new(),
        rgp: BTreeSet::from([RgpStatus::AddPeriod]),
        nameservers: nameservers.clone(),
        ds: ds.clone(),
        contacts: contacts.iter().map(|(role, handle): (&ContactRole, _)| (*role, handle.clone())).collect(),
        hosts: BTreeSet::new(),
        observed_at: settled.now,
        is_inferred: true,
    };
    settle_plain_statuses(&mut actual);
    Some(actual)
}
