//! How events change a registration. Applying an event cannot fail: whatever the rules had to say was said before.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;

use super::{
    Actual, DeletionCase, Desired, ExpiryCase, HolderChangeCase, NoticeStanding, OpenDuty, OpenIntent, Phase, Registration, Step,
    TransferAnswer, TransferCase,
};
use crate::event::Event;
use crate::outcome::TransferState;
use crate::term::TermNotice;
use crate::verification::VerificationCase;

impl Registration {
    /// The registration that an event begins; none for every event but those that order a name or take one on.
    #[must_use]
    pub fn begin(event: &Event) -> Option<Self> {
        match event {
            Event::DomainOrdered { id, name, registry, period, registrant, contacts, nameservers, ds, auto_renew, at } => Some(Self {
                registrant: *registrant,
                auto_renew: *auto_renew,
                desired: Desired {
                    period: Some(*period),
                    nameservers: nameservers.clone(),
                    ds: ds.clone(),
                    contacts: contacts.clone(),
                    ..Desired::default()
                },
                ..Self::blank(*id, name.clone(), registry.clone(), Phase::Ordered, *at)
            }),
            Event::TransferInOrdered { id, name, registry, registrant, contacts, at } => Some(Self {
                registrant: *registrant,
                is_adopting: true,
                desired: Desired { contacts: contacts.clone(), ..Desired::default() },
                transfer: Some(TransferCase { state: None, opened_at: *at, answer: None, was_held_for_payment: false }),
                ..Self::blank(*id, name.clone(), registry.clone(), Phase::TransferringIn, *at)
            }),
            Event::DomainAdopted { id, name, registry, registrant, contacts, expires_at, at, .. } => Some(Self {
                registrant: *registrant,
                expires_at: *expires_at,
                is_adopting: true,
                desired: Desired { contacts: contacts.clone(), ..Desired::default() },
                ..Self::blank(*id, name.clone(), registry.clone(), Phase::Registered, *at)
            }),
            _ => None,
        }
    }

    fn blank(id: model::DomainId, name: model::DomainName, registry: model::RegistryId, phase: Phase, at: Timestamp) -> Self {
        Self {
            id,
            name,
            registry,
            version: 1,
            phase,
            opened_at: at,
            created_at: None,
            expires_at: None,
            transferred_at: None,
            auto_renew: false,
            registrant: None,
            holder_change: None,
            verification: None,
            desired: Desired::default(),
            actual: None,
            open_intents: Vec::new(),
            expiry: None,
            transfer: None,
            deletion: None,
            open_duties: BTreeMap::new(),
            ordered_notices: BTreeSet::new(),
            term_notices: BTreeMap::new(),
            graces: Vec::new(),
            drift: BTreeSet::new(),
            is_adopting: false,
            authinfo_set_at: None,
            left_at: None,
            late_auto_renewal: None,
            stalled: BTreeSet::new(),
        }
    }

    /// Applies an event. Cannot fail, and bumps the version by one.
    pub fn apply(&mut self, event: &Event) {
        use Event as E;
        self.version = self.version.saturating_add(1);
        match event {
            // These begin a registration and change nothing of one that exists.
            E::DomainOrdered { .. } | E::TransferInOrdered { .. } | E::DomainAdopted { .. } => {}
            E::IntentDecided { .. } | E::IntentConfirmed { .. } | E::IntentPending { .. } | E::IntentRefused { .. } => {
                self.apply_to_work(event)
            }
            E::DutyOpened { .. } | E::DutyClosed { .. } | E::StepStalled { .. } | E::StepsResumed => self.apply_to_work(event),
            E::NoticeOrdered { .. } | E::NoticeCarried { .. } | E::NoticeMissed { .. } | E::NoticeNotDue { .. } => {
                self.apply_to_work(event)
            }
            E::AutoRenewSet { .. } | E::NameserversChanged { .. } | E::DsChanged { .. } | E::ContactsChanged { .. } => {
                self.apply_to_desired(event)
            }
            E::HolderChanged { .. } | E::HolderLockEnded => self.apply_to_desired(event),
            E::VerificationOpened { .. } | E::HolderSuspended { .. } | E::VerificationEnded { .. } => self.apply_to_desired(event),
            E::ReasonAdded { .. } | E::ReasonLifted { .. } | E::AuthInfoSet { .. } | E::AuthInfoCleared { .. } => {
                self.apply_to_desired(event)
            }
            E::ActualObserved { .. } | E::DelegationAdopted | E::DriftFound { .. } | E::DriftEnded | E::NameMissing => {
                self.apply_to_desired(event)
            }
            E::RenewalOrdered { .. } | E::RenewalFailed | E::DomainRenewed { .. } | E::TermReduced { .. } => self.apply_to_term(event),
            E::GraceBegan { .. } | E::GraceEnded { .. } | E::AutoRenewedByRegistry { .. } | E::AutoRenewalUndone => {
                self.apply_to_term(event)
            }
            E::AutoRenewalHeardLate { .. } | E::DomainExpired { .. } | E::ExpiryResolved | E::DeletionPostponed { .. } => {
                self.apply_to_term(event)
            }
            E::DnsInterrupted { .. } | E::DnsInterruptionConfirmed { .. } | E::DnsInterruptionBroken { .. } => self.apply_to_term(event),
            E::DomainRegistered { .. } | E::RegistrationFailed => self.apply_to_phase(event),
            E::TransferInPending { .. } | E::TransferInCompleted { .. } | E::TransferInFailed { .. } => self.apply_to_transfer(event),
            E::TransferOutRequested { .. } | E::TransferOutApproved | E::TransferOutDenied { .. } => self.apply_to_transfer(event),
            E::TransferAnswerFailed | E::TransferOutEnded { .. } | E::TransferredAway { .. } => self.apply_to_transfer(event),
            E::DeletionOrdered { .. } | E::DeletionFailed | E::RedemptionBegan { .. } | E::PendingDeleteBegan { .. } => {
                self.apply_to_phase(event)
            }
            E::DomainPurged { .. } | E::RestoreOrdered { .. } | E::RestoreRequested { .. } => self.apply_to_phase(event),
            E::RestoreReportRefused { .. } | E::RestoreFailed | E::DomainRestored { .. } => self.apply_to_phase(event),
        }
    }

    /// Intents, duties and notices.
    fn apply_to_work(&mut self, event: &Event) {
        match event {
            Event::IntentDecided { intent, object, operation } => {
                self.open_intents.push(OpenIntent { id: *intent, object: object.clone(), operation: operation.clone(), svtrid: None })
            }
            Event::IntentConfirmed { intent, .. } | Event::IntentRefused { intent, .. } => {
                self.open_intents.retain(|open| open.id != *intent);
            }
            Event::IntentPending { intent, svtrid, .. } => {
                for open in self.open_intents.iter_mut().filter(|open| open.id == *intent) {
                    open.svtrid = Some(svtrid.clone());
                }
            }
            Event::DutyOpened { key, duty, hard_due } => {
                self.open_duties.insert(key.clone(), OpenDuty { id: *duty, hard_due: *hard_due });
            }
            Event::DutyClosed { key, .. } => {
                self.open_duties.remove(key);
            }
            Event::NoticeOrdered { key } => {
                self.ordered_notices.insert(key.clone());
            }
            Event::NoticeCarried { duty_key, at, .. } => {
                if let Some(key) = duty_key.as_ref().filter(|key| TermNotice::of_key(key).is_some()) {
                    self.term_notices.insert(key.clone(), NoticeStanding::Sent { at: *at });
                }
            }
            Event::NoticeMissed { duty_key, at } => {
                self.term_notices.insert(duty_key.clone(), NoticeStanding::Missed { at: *at });
            }
            Event::NoticeNotDue { duty_key } => {
                self.term_notices.insert(duty_key.clone(), NoticeStanding::NotDue);
            }
            Event::StepStalled { step } => {
                self.stalled.insert(*step);
            }
            Event::StepsResumed => self.stalled.clear(),
            _ => {}
        }
    }

    /// What we want, and what the registry says.
    fn apply_to_desired(&mut self, event: &Event) {
        match event {
            Event::AutoRenewSet { auto_renew } => self.auto_renew = *auto_renew,
            Event::NameserversChanged { nameservers } => {
                self.desired.nameservers = nameservers.clone();
                self.drift.remove(crate::drift::NAMESERVERS);
            }
            Event::DsChanged { ds } => {
                self.desired.ds = ds.clone();
                self.drift.remove(crate::drift::DS);
            }
            Event::ContactsChanged { registrant, contacts } => {
                self.registrant = *registrant;
                self.desired.contacts = contacts.clone();
                self.drift.remove(crate::drift::CONTACTS);
            }
            Event::HolderChanged { prior, at, lock_until, opt_out, .. } => {
                let (lock_until, opt_out) = (*lock_until, opt_out.clone());
                self.holder_change = Some(HolderChangeCase { prior: *prior, completed_at: *at, lock_until, opt_out });
            }
            Event::HolderLockEnded => {
                if let Some(case) = self.holder_change.as_mut() {
                    case.lock_until = None;
                }
            }
            Event::VerificationOpened { contact, cause, at, suspend_at } => {
                let (contact, cause, opened_at, suspend_at) = (*contact, *cause, *at, *suspend_at);
                self.verification = Some(VerificationCase { contact, cause, opened_at, suspend_at, suspended_at: None });
            }
            Event::HolderSuspended { at } => {
                if let Some(case) = self.verification.as_mut() {
                    case.suspended_at = Some(*at);
                }
            }
            Event::VerificationEnded { .. } => self.verification = None,
            Event::ReasonAdded { status, reason } => {
                self.desired.statuses.add(*status, reason.clone());
                self.drift.remove(&crate::drift::status_element(*status));
            }
            Event::ReasonLifted { status, reason } => {
                self.desired.statuses.remove(*status, reason);
                self.drift.remove(&crate::drift::status_element(*status));
            }
            Event::AuthInfoSet { at } => self.authinfo_set_at = Some(*at),
            Event::AuthInfoCleared { .. } => self.authinfo_set_at = None,
            Event::ActualObserved { actual } => {
                self.created_at = self.created_at.or(actual.created_at);
                self.actual = Some(Actual::clone(actual));
            }
            Event::DelegationAdopted => self.is_adopting = false,
            Event::DriftFound { elements } => self.drift = elements.iter().cloned().collect(),
            Event::NameMissing => self.drift = BTreeSet::from([crate::drift::EXISTENCE.to_owned()]),
            Event::DriftEnded => self.drift.clear(),
            _ => {}
        }
    }

    /// The term, its grace periods and its expiry.
    fn apply_to_term(&mut self, event: &Event) {
        match event {
            Event::RenewalOrdered { period } => self.desired.period = Some(*period),
            Event::RenewalFailed => self.desired.period = None,
            Event::DomainRenewed { expires_at } => {
                self.expires_at = Some(*expires_at);
                self.desired.period = None;
                self.term_notices.clear();
                // A renewal that stalled was one of the term that has ended.
                self.stalled.remove(&Step::Renewal);
            }
            Event::TermReduced { expires_at } => self.expires_at = Some(*expires_at),
            Event::GraceBegan { grace } => self.graces.push(grace.clone()),
            Event::GraceEnded { charge_keys } => self.graces.retain(|grace| !charge_keys.contains(&grace.charge_key)),
            Event::DomainExpired { expired_at, registrant_at_expiration, registrant_revision, delete_at } => {
                self.expiry = Some(ExpiryCase {
                    expired_at: *expired_at,
                    registrant_at_expiration: *registrant_at_expiration,
                    registrant_revision: *registrant_revision,
                    auto_renewed_to: None,
                    interrupted_at: None,
                    interruption_confirmed_at: None,
                    delete_at: *delete_at,
                    postponed_for: None,
                });
            }
            Event::AutoRenewalUndone => self.in_expiry(|case| case.auto_renewed_to = None),
            Event::AutoRenewalHeardLate { expires_at } => self.late_auto_renewal = Some(*expires_at),
            Event::AutoRenewedByRegistry { expires_at } => self.in_expiry(|case| case.auto_renewed_to = Some(*expires_at)),
            Event::DnsInterrupted { at } => self.in_expiry(|case| case.interrupted_at = Some(*at)),
            Event::DnsInterruptionConfirmed { at } => self.in_expiry(|case| case.interruption_confirmed_at = Some(*at)),
            Event::DnsInterruptionBroken { .. } => self.in_expiry(|case| case.interruption_confirmed_at = None),
            Event::DeletionPostponed { delete_at, circumstance } => self.in_expiry(|case| {
                case.delete_at = *delete_at;
                case.postponed_for = *circumstance;
            }),
            Event::ExpiryResolved => self.expiry = None,
            _ => {}
        }
    }

    fn in_expiry(&mut self, change: impl FnOnce(&mut ExpiryCase)) {
        if let Some(case) = self.expiry.as_mut() {
            change(case);
        }
    }

    /// Transfers, in either direction.
    fn apply_to_transfer(&mut self, event: &Event) {
        match event {
            Event::TransferInPending { state } => self.note_transfer(state),
            Event::TransferInCompleted { at, expires_at } => {
                self.phase = Phase::Registered;
                self.transferred_at = Some(*at);
                self.expires_at = Some(*expires_at);
                self.transfer = None;
            }
            Event::TransferInFailed { .. } => {
                self.phase = Phase::Failed;
                self.transfer = None;
            }
            Event::TransferOutRequested { state, at } => {
                self.phase = Phase::TransferringOut;
                self.drift.remove(crate::drift::PHASE);
                let was_held_for_payment = self.is_held_for_payment();
                self.transfer = Some(TransferCase { state: Some(state.clone()), opened_at: *at, answer: None, was_held_for_payment });
            }
            Event::TransferOutApproved => self.answer_transfer(Some(TransferAnswer::Approved)),
            Event::TransferOutDenied { reason } => self.answer_transfer(Some(TransferAnswer::Denied { reason: reason.clone() })),
            Event::TransferAnswerFailed => self.answer_transfer(None),
            Event::TransferOutEnded { .. } => {
                self.transfer = None;
                self.phase = self.resting_phase();
            }
            Event::TransferredAway { at } => {
                self.phase = Phase::TransferredAway;
                self.left_at = Some(*at);
                self.transfer = None;
                self.expiry = None;
                self.drift.clear();
            }
            _ => {}
        }
    }

    /// Create, delete, restore.
    fn apply_to_phase(&mut self, event: &Event) {
        match event {
            Event::DomainRegistered { created_at, expires_at } => {
                self.phase = Phase::Registered;
                self.created_at = Some(*created_at);
                self.expires_at = Some(*expires_at);
                self.desired.period = None;
            }
            Event::RegistrationFailed => self.phase = Phase::Failed,
            Event::DeletionOrdered { cause, at } => {
                self.phase = Phase::Deleting;
                self.deletion = Some(DeletionCase {
                    cause: *cause,
                    decided_at: *at,
                    deleted_at: None,
                    redemption_ends_at: None,
                    pending_delete_since: None,
                    restore_reason: None,
                    restore_requested_at: None,
                    report_refused_at: None,
                });
            }
            Event::DeletionFailed => {
                self.deletion = None;
                self.phase = self.resting_phase();
            }
            Event::RedemptionBegan { deleted_at, ends_at } => {
                self.phase = Phase::Redemption;
                self.transfer = None;
                // Whoever deleted it: a deletion of ours that stalled is not owed any more.
                self.stalled.remove(&Step::Deletion);
                self.in_deletion(|case| {
                    case.deleted_at = Some(*deleted_at);
                    case.redemption_ends_at = Some(*ends_at);
                });
            }
            Event::PendingDeleteBegan { at } => {
                self.phase = Phase::PendingDelete;
                self.transfer = None;
                self.stalled.remove(&Step::Deletion);
                self.in_deletion(|case| {
                    case.deleted_at.get_or_insert(*at);
                    case.pending_delete_since = Some(*at);
                });
            }
            Event::DomainPurged { at } => {
                self.phase = Phase::Purged;
                self.transfer = None;
                self.left_at = Some(*at);
                self.expiry = None;
                self.drift.clear();
                self.in_deletion(|case| {
                    case.deleted_at.get_or_insert(*at);
                });
            }
            Event::RestoreOrdered { reason, .. } => {
                self.phase = Phase::Restoring;
                self.in_deletion(|case| case.restore_reason = Some(reason.clone()));
            }
            Event::RestoreRequested { at } => self.in_deletion(|case| case.restore_requested_at = Some(*at)),
            Event::RestoreReportRefused { at } => self.in_deletion(|case| case.report_refused_at = Some(*at)),
            Event::RestoreFailed => {
                self.phase = Phase::Redemption;
                self.in_deletion(|case| {
                    case.restore_reason = None;
                    case.restore_requested_at = None;
                    case.report_refused_at = None;
                });
            }
            Event::DomainRestored { expires_at } => {
                self.phase = Phase::Registered;
                self.expires_at = Some(*expires_at);
                self.deletion = None;
                self.expiry = None;
                self.term_notices.clear();
            }
            _ => {}
        }
    }

    fn in_deletion(&mut self, change: impl FnOnce(&mut DeletionCase)) {
        if let Some(case) = self.deletion.as_mut() {
            change(case);
        }
    }

    fn note_transfer(&mut self, state: &TransferState) {
        if let Some(case) = self.transfer.as_mut() {
            case.state = Some(state.clone());
        }
    }

    fn answer_transfer(&mut self, answer: Option<TransferAnswer>) {
        if let Some(case) = self.transfer.as_mut() {
            case.answer = answer;
        }
    }

    /// Where the name is when a transfer or a deletion came to nothing.
    fn resting_phase(&self) -> Phase {
        match (&self.deletion, &self.transfer) {
            (Some(_), _) => Phase::Deleting,
            (None, Some(_)) => Phase::TransferringOut,
            (None, None) => Phase::Registered,
        }
    }
}
