//! A term and its duties: what opens when a term begins, what closes when it ends or grows (EXP-1 to EXP-3).

use std::collections::BTreeMap;

use model::{EppStatus, Timestamp};

use crate::calendar::{add_days, add_hours, add_minutes, utc_date};
use crate::decision::{Decision, Owed, notice_facts, notice_key};
use crate::duty::ClockKind;
use crate::event::Event;
use crate::expiry::{
    FIRST_NOTICE_CLOSES_DAYS_BEFORE, FIRST_NOTICE_OPENS_DAYS_BEFORE, SECOND_NOTICE_CLOSES_DAYS_BEFORE, SECOND_NOTICE_OPENS_DAYS_BEFORE,
};
use crate::notice::NoticeKind;
use crate::profile::TldProfile;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::Registration;

/// EXP-10: DNS is back within this many minutes of a renewal.
const RESTORE_DNS_TARGET_MINUTES: i64 = 5;
/// EXP-10 says "at once, or as soon as commercially reasonable"; past this many hours it is neither.
const RESTORE_DNS_LIMIT_HOURS: i64 = 24;

/// Obligations whose duties belong to one term and end with it.
const OF_THE_TERM: &[&str] = &["EXP-1", "EXP-2", "EXP-3", "EXP-8", "EXP-14", "EXP-17"];

/// The three notices that a deletion for expiry depends on, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TermNotice {
    First,
    Second,
    After,
}

impl TermNotice {
    pub(crate) const ALL: [Self; 3] = [Self::First, Self::Second, Self::After];

    pub(crate) fn obligation(self) -> &'static str {
        match self {
            Self::First => "EXP-1",
            Self::Second => "EXP-2",
            Self::After => "EXP-3",
        }
    }

    pub(crate) fn kind(self) -> NoticeKind {
        match self {
            Self::First => NoticeKind::ExpiryFirst,
            Self::Second => NoticeKind::ExpirySecond,
            Self::After => NoticeKind::ExpiryAfter,
        }
    }

    /// The key of its duty for the term that ends at `expires_at`.
    pub(crate) fn duty_key(self, expires_at: Timestamp) -> String {
        format!("{}:{}", self.obligation(), utc_date(expires_at))
    }

    /// The key of the notice itself.
    pub(crate) fn notice_key(self, expires_at: Timestamp) -> String {
        notice_key(self.kind(), &utc_date(expires_at).to_string())
    }

    /// When our own course sends it.
    pub(crate) fn soft_due(self, expires_at: Timestamp, profile: &TldProfile) -> Timestamp {
        let policy = profile.expiry;
        match self {
            Self::First => add_days(expires_at, -i32::from(policy.first_notice_days_before)),
            Self::Second => add_days(expires_at, -i32::from(policy.second_notice_days_before)),
            Self::After => add_days(expires_at, i32::from(policy.after_notice_days)),
        }
    }

    /// Whether a duty key is one of the three.
    pub(crate) fn of_key(duty_key: &str) -> Option<Self> {
        let obligation = duty_key.split(':').next();
        Self::ALL.into_iter().find(|notice| Some(notice.obligation()) == obligation)
    }
}

/// Opens the duties of the running term: the two notices before expiry. A window that has closed already is noted as not due.
pub(crate) fn open(decision: &mut Decision<'_, '_>) {
    let Some(expires_at) = decision.registration.expires_at else { return };
    let occasion = utc_date(expires_at).to_string();
    let windows = [
        (TermNotice::First, FIRST_NOTICE_OPENS_DAYS_BEFORE, FIRST_NOTICE_CLOSES_DAYS_BEFORE),
        (TermNotice::Second, SECOND_NOTICE_OPENS_DAYS_BEFORE, SECOND_NOTICE_CLOSES_DAYS_BEFORE),
    ];
    for (notice, opens, closes) in windows {
        let hard_due = add_days(expires_at, -i32::from(closes));
        if decision.now() > hard_due {
            decision.happen(Event::NoticeNotDue { duty_key: notice.duty_key(expires_at) });
            continue;
        }
        decision.owe(&Owed {
            obligation: notice.obligation(),
            occasion: &occasion,
            clock: ClockKind::CalendarDays,
            opens_at: add_days(expires_at, -i32::from(opens)),
            soft_due: notice.soft_due(expires_at, decision.profile()),
            hard_due,
        });
    }
}

/// The term is over or grew: its duties are no longer owed.
pub(crate) fn close(decision: &mut Decision<'_, '_>, reason: &str) {
    decision.release_all(OF_THE_TERM, reason);
}

/// The registrant's term now ends at `expires_at`: the old term's duties close, an expiry ends, the new term's duties open.
pub(crate) fn extend(decision: &mut Decision<'_, '_>, expires_at: Timestamp) {
    close(decision, "renewed");
    decision.happen(Event::DomainRenewed { expires_at });
    resolve_expiry(decision);
    open(decision);
}

/// Ends an expiry by renewal: the interruption's hold is lifted, and DNS is owed at once (EXP-10).
pub(crate) fn resolve_expiry(decision: &mut Decision<'_, '_>) {
    let Some(case) = decision.registration.expiry.clone() else { return };
    decision.happen(Event::ExpiryResolved);
    let was_held = decision.registration.desired.statuses.wants(EppStatus::ClientHold);
    lift_expiry_hold(decision);
    let is_dns_owed = was_held && !decision.registration.desired.statuses.wants(EppStatus::ClientHold);
    if is_dns_owed {
        let now = decision.now();
        decision.owe(&Owed {
            obligation: "EXP-10",
            occasion: &utc_date(case.expired_at).to_string(),
            clock: ClockKind::ElapsedHours,
            opens_at: now,
            soft_due: add_minutes(now, RESTORE_DNS_TARGET_MINUTES),
            hard_due: add_hours(now, RESTORE_DNS_LIMIT_HOURS),
        });
    }
}

/// Lifts the hold that the expiry chain set, and nobody else's.
pub(crate) fn lift_expiry_hold(decision: &mut Decision<'_, '_>) {
    let held: Vec<Reason> = decision
        .registration
        .desired
        .statuses
        .reasons(EppStatus::ClientHold)
        .filter(|reason| reason.owner == ReasonOwner::Expiry)
        .cloned()
        .collect();
    for reason in held {
        decision.happen(Event::ReasonLifted { status: EppStatus::ClientHold, reason });
    }
}

/// The facts that every expiry notice states.
pub(crate) fn facts(registration: &Registration, expires_at: Timestamp, profile: &TldProfile) -> BTreeMap<String, String> {
    let fees = profile.fees_of(&registration.name);
    let mut facts = notice_facts([
        ("name", registration.name.to_string()),
        ("expires_on", utc_date(expires_at).to_string()),
        ("delete_after_days", profile.expiry.delete_after_days.to_string()),
        ("auto_renew", registration.auto_renew.to_string()),
    ]);
    for (name, fee) in [("renewal_fee", fees.renew), ("restore_fee", fees.restore)] {
        if let Some(fee) = fee {
            facts.insert(name.to_owned(), fee.to_string());
        }
    }
    facts
}
