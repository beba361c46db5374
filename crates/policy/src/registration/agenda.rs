//! What the clock has to do for a registration, and when: one list that `Tick` works off and `next_due` reads the head of.
//!
//! Every entry vanishes from the list by being carried out, whether the registry then agrees or not; so a tick always
//! ends, and the next due instant always lies ahead of it.

use model::{EppStatus, Timestamp};

use super::{NoticeStanding, Phase, Registration, Step};
use crate::calendar::{CLOCK_SKEW_MINUTES, add_days, add_hours, add_minutes};
use crate::drift::PHASE;
use crate::expiry::INTERRUPTION_MIN_DAYS;
use crate::intent::Operation;
use crate::profile::TldProfile;
use crate::reason::ReasonOwner;
use crate::term::TermNotice;
use crate::{data_reminder, verification};

/// A registry that renews by itself is given this long to tell us before we ask for the renewal ourselves. Asking twice
/// does no harm: the current expiry in the command makes a second success impossible (RFC 5731 section 3.2.3).
const AUTO_RENEWAL_WORD_HOURS: i64 = 24;

/// Where the registry does not renew by itself, we renew this long before the term ends.
const EXPLICIT_RENEWAL_LEAD_HOURS: i64 = 24;

/// What the registry did within a grace may reach us long after it: a message waits in the queue through an outage, a delete
/// is proven by a later look. For so long the grace is kept, to book the credit that the registry gave at the time.
const GRACE_MEMORY_DAYS: i32 = 180;

/// A report on a restore that a registry refuses for what it says is sent once more after so many minutes: the likeliest fault in it is
/// our clock, ahead of the registry's, so that the restore lies ahead there.
const REPORT_AGAIN_MINUTES: i64 = 2 * CLOCK_SKEW_MINUTES;

/// A duty lapses when its hard due has passed, not at it.
const LAPSE_AFTER_SECONDS: i64 = 1;

/// Something for the clock to do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    /// The term ended.
    Expire,
    /// Interrupt DNS (EXP-7, EXP-8).
    Interrupt,
    /// A duty's hard due has passed.
    Lapse(String),
    /// A notice of the term is due.
    Notice(TermNotice),
    /// The holder was not verified in time (ACY-4).
    Suspend,
    /// The yearly letter for an anniversary is due (ACY-10).
    RemindOfData(String),
    /// Renew as the registrant wishes.
    Renew,
    /// The deletion date came while a dispute or a court keeps the name.
    KeepForDispute,
    /// Delete the expired name (EXP-14).
    Delete,
    /// A grace period ended so long ago that no word of the registry can be about it any more.
    ForgetGrace(String),
    /// Clear a released authInfo (RFC 9154).
    ClearAuthInfo,
    /// The sixty days after a change of registrant are over (COR-7).
    EndHolderLock,
    /// The report on a restore was refused for what it says, and can be sent once more.
    ReportAgain,
    /// Redemption ended.
    EndRedemption,
    /// Pending delete ended.
    Purge,
}

impl Registration {
    /// Everything the clock has to do, in no order.
    pub(crate) fn agenda(&self, profile: &TldProfile) -> Vec<(Timestamp, Item)> {
        let mut agenda = Vec::new();
        if self.phase.is_final() {
            return agenda;
        }
        agenda.extend(self.open_duties.iter().map(|(key, duty)| (lapses_at(duty.hard_due), Item::Lapse(key.clone()))));
        agenda.extend(
            self.graces.iter().map(|grace| (add_days(grace.ends_at, GRACE_MEMORY_DAYS), Item::ForgetGrace(grace.charge_key.clone()))),
        );
        let lock_until = self.holder_change.as_ref().and_then(|case| case.lock_until);
        agenda.extend(lock_until.map(|until| (until, Item::EndHolderLock)));
        match self.phase {
            Phase::Registered => {
                agenda.extend(verification::suspend_due(self).map(|at| (at, Item::Suspend)));
                agenda.extend(data_reminder::due(self).map(|(at, occasion)| (at, Item::RemindOfData(occasion))));
                self.add_term(profile, &mut agenda);
                self.add_renewal(profile, &mut agenda);
                self.add_expiry(profile, &mut agenda);
                self.add_auth_info(profile, &mut agenda);
            }
            Phase::TransferringOut => {
                agenda.extend(data_reminder::due(self).map(|(at, occasion)| (at, Item::RemindOfData(occasion))));
                self.add_term(profile, &mut agenda);
            }
            // A registry that has the name back is asked about first.
            Phase::Redemption | Phase::PendingDelete if self.drift.contains(PHASE) => {}
            Phase::Redemption => agenda.extend(self.redemption_ends_at().map(|at| (at, Item::EndRedemption))),
            Phase::PendingDelete => agenda.extend(self.purges_at(profile).map(|at| (at, Item::Purge))),
            Phase::Restoring => agenda.extend(self.reports_again_at().map(|at| (at, Item::ReportAgain))),
            Phase::Ordered | Phase::Failed | Phase::TransferringIn | Phase::TransferredAway | Phase::Deleting | Phase::Purged => {}
        }
        agenda
    }

    /// The end of the term, and the notices around it.
    fn add_term(&self, profile: &TldProfile, agenda: &mut Vec<(Timestamp, Item)>) {
        let Some(expires_at) = self.expires_at else { return };
        for notice in TermNotice::ALL {
            let is_owed = self.open_duties.contains_key(&notice.duty_key(expires_at));
            if is_owed && !self.ordered_notices.contains(&notice.notice_key(expires_at)) {
                agenda.push((notice.soft_due(expires_at, profile), Item::Notice(notice)));
            }
        }
        if self.expiry.is_none() {
            // Where the registrant wishes it and the registry renews by itself, the term ends only if no word of that comes.
            let waits_for_word = self.auto_renew && profile.auto_renew;
            let ends_at = if waits_for_word { add_hours(expires_at, AUTO_RENEWAL_WORD_HOURS) } else { expires_at };
            agenda.push((ends_at, Item::Expire));
        }
    }

    /// The renewal that the registrant wishes, where the registry does not make it by itself.
    fn add_renewal(&self, profile: &TldProfile, agenda: &mut Vec<(Timestamp, Item)>) {
        let Some(expires_at) = self.expires_at else { return };
        let is_renewed_already = self.expiry.as_ref().is_some_and(|case| case.auto_renewed_to.is_some());
        if !self.auto_renew || is_renewed_already || self.is_renewing() || self.stalled.contains(&Step::Renewal) {
            return;
        }
        let lead_hours = if profile.auto_renew { AUTO_RENEWAL_WORD_HOURS } else { -EXPLICIT_RENEWAL_LEAD_HOURS };
        agenda.push((add_hours(expires_at, lead_hours), Item::Renew));
    }

    /// Interruption and deletion of an expired name.
    fn add_expiry(&self, profile: &TldProfile, agenda: &mut Vec<(Timestamp, Item)>) {
        let Some(case) = self.expiry.as_ref().filter(|_| !self.is_renewing()) else { return };
        if case.interrupted_at.is_none() {
            let days = i32::from(profile.expiry.interruption_days_before_delete);
            agenda.push((add_days(case.delete_at, -days).max(case.expired_at), Item::Interrupt));
        }
        if self.desired.statuses.legal_hold().is_some() {
            if self.open_duties.keys().any(|key| key.starts_with("EXP-14:")) {
                agenda.push((case.delete_at, Item::KeepForDispute));
            }
            return;
        }
        let Some(confirmed_at) = case.interruption_confirmed_at else { return };
        let may_be_deleted = !self.is_busy() && !self.stalled.contains(&Step::Deletion) && self.has_been_told(case.expired_at);
        if may_be_deleted && self.is_dns_interrupted() {
            agenda.push((case.delete_at.max(add_days(confirmed_at, i32::from(INTERRUPTION_MIN_DAYS))), Item::Delete));
        }
    }

    fn add_auth_info(&self, profile: &TldProfile, agenda: &mut Vec<(Timestamp, Item)>) {
        let is_under_way = self.find_open(|operation| matches!(operation, Operation::SetAuthInfo { .. })).is_some();
        if let Some(set_at) = self.authinfo_set_at
            && profile.authinfo.rfc9154
            && !is_under_way
            && !self.stalled.contains(&Step::AuthInfoClearing)
            && !self.takes_no_update()
        {
            agenda.push((add_days(set_at, i32::from(profile.authinfo.ttl_days)), Item::ClearAuthInfo));
        }
    }

    /// Whether the registry would refuse any update that does not lift the lock itself: what can wait then waits for the unlock.
    fn takes_no_update(&self) -> bool {
        let locks = [EppStatus::ClientUpdateProhibited, EppStatus::ServerUpdateProhibited];
        self.actual.as_ref().is_some_and(|actual| locks.iter().any(|lock| actual.statuses.contains(lock)))
    }

    fn redemption_ends_at(&self) -> Option<Timestamp> {
        self.deletion.as_ref().and_then(|case| case.redemption_ends_at)
    }

    fn reports_again_at(&self) -> Option<Timestamp> {
        let is_under_way = self.find_open(|operation| matches!(operation, Operation::ReportRestore { .. })).is_some();
        let refused_at = self.deletion.as_ref().and_then(|case| case.report_refused_at).filter(|_| !is_under_way)?;
        Some(add_minutes(refused_at, REPORT_AGAIN_MINUTES))
    }

    fn purges_at(&self, profile: &TldProfile) -> Option<Timestamp> {
        let since = self.deletion.as_ref().and_then(|case| case.pending_delete_since)?;
        Some(add_days(since, i32::from(profile.grace.pending_delete_days)))
    }

    /// Whether a renewal is under way.
    pub(crate) fn is_renewing(&self) -> bool {
        self.find_open(|operation| matches!(operation, Operation::RenewDomain { .. })).is_some()
    }

    /// Whether the registry keeps the name out of DNS, by its last word.
    pub(crate) fn is_dns_interrupted(&self) -> bool {
        let hold = [EppStatus::ClientHold, EppStatus::ServerHold];
        self.actual.as_ref().is_some_and(|actual| hold.iter().any(|status| actual.statuses.contains(status)))
    }

    /// Whether the name is out of DNS and non-payment is a reason for it (TRF-7).
    pub(crate) fn is_held_for_payment(&self) -> bool {
        let hold = EppStatus::ClientHold;
        let is_wanted = self.desired.statuses.reasons(hold).any(|reason| reason.owner == ReasonOwner::Payment);
        is_wanted && self.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&hold))
    }

    /// Whether the holder had the three notices, or a reason stands on record why one was not due or was missed. The notice
    /// after expiry has no substitute: it must have left.
    pub(crate) fn has_been_told(&self, expired_at: Timestamp) -> bool {
        TermNotice::ALL.into_iter().all(|notice| {
            let standing = self.term_notices.get(&notice.duty_key(expired_at));
            match notice {
                TermNotice::After => matches!(standing, Some(NoticeStanding::Sent { .. })),
                TermNotice::First | TermNotice::Second => standing.is_some(),
            }
        })
    }
}

fn lapses_at(hard_due: Timestamp) -> Timestamp {
    hard_due.saturating_add(jiff::SignedDuration::from_secs(LAPSE_AFTER_SECONDS)).unwrap_or(hard_due)
}
