//! People's acts, carried out: orders to our registrar, and what the other registrar does at the registries.

use std::collections::BTreeSet;

use epp::TransferOp;
use model::{AuthInfo, EppStatus, Period, SeededEntropy};
use policy::calendar::add_days;
use policy::transfer::DenialReason;
use policy::{DeletionCause, ExtenuatingCircumstance, Phase, Reason, ReasonOwner, Registration};
use registrar::command::{
    ApproveTransferOut, CancelTransferIn, ChangeDs, ChangeNameservers, DeleteDomain, DenyTransferOut, HoldDomain, IssueAuthInfo,
    LockDomain, PostponeDeletion, ReadAuthInfo, ReleaseDomain, RenewDomain, RestoreDomain, SetAutoRenew, TransferDomainIn, UnlockDomain,
};
use registrar::contact::SaveContact;
use registrar::host::ChangeHost;
use registrar::verification::DoubtHolder;
use registrar::{Clock as _, Failure as Refusable, UseCase};
use store::registrations;

use super::life::Life;
use super::people::{Act, Answer, Name, contacts};
use crate::failure::Failure;
use crate::instance::store_failure;

impl Life {
    /// Carries out an act. Whoever got no answer, because our process died, looks at the name the day after and acts anew if there is
    /// still occasion for it; only a renewal is not asked for twice, for it may have been made.
    pub(super) fn act(&mut self, day: u32, index: usize, act: Act) -> Result<(), Failure> {
        let starts = self.starts();
        self.try_to(day, index, act)?;
        if self.starts() != starts && !matches!(act, Act::Renew(_)) {
            self.plan(day + 1, 0, index, act);
        }
        Ok(())
    }

    /// Carries out an act, as far as the state of the name gives occasion for it.
    fn try_to(&mut self, day: u32, index: usize, act: Act) -> Result<(), Failure> {
        let Some(name) = self.names.get(index).cloned() else { return Ok(()) };
        let domain = name.name.clone();
        let registration = self.find(&name)?;
        let Some(registration) = registration else {
            return match act {
                Act::Register => self.register(day, index, &name),
                Act::Arrive => self.arrive(day, index, &name),
                Act::Forget(contact) => self.forget(day, index, contact),
                _ => Ok(()),
            };
        };
        match act {
            // Not ours yet, and in our care already.
            Act::Register | Act::Arrive => {}
            Act::Consider => self.consider(day, index, &name, &registration),
            Act::Renew(years) => self.renew(&name, &registration, years)?,
            Act::SetAutoRenew(auto_renew) => drop(self.order(SetAutoRenew { name: domain, auto_renew })?),
            Act::ChangeNameservers => {
                let nameservers = self.people.nameservers(&name, day)?;
                self.order(ChangeNameservers { name: domain, nameservers })?;
            }
            Act::ChangeDs => {
                let ds = if registration.desired.ds.is_empty() { self.people.ds(name.number, day)? } else { BTreeSet::new() };
                self.order(ChangeDs { name: domain, ds })?;
            }
            Act::ChangeHolder => {
                let holder = self.holder(name.number, day)?;
                self.give(&name, holder)?;
            }
            Act::EditContact => {
                if let Some(holder) = registration.registrant {
                    let contact = self.people.person(name.number, day)?;
                    self.order(SaveContact { id: Some(holder), contact })?;
                }
            }
            Act::Doubt => {
                if let Some(contact) = registration.registrant {
                    let is_inquiry = self.people.below("inquiry", name.number, day, 2) == 0;
                    self.order(DoubtHolder { contact, is_inquiry, reference: format!("report {}-{day}", name.number) })?;
                }
            }
            Act::VerifyByHand => self.verify_by_hand(day, index)?,
            Act::Visit => self.visit(day, index, &name)?,
            Act::Quit(contact) => self.quit(day, index, &registration, contact)?,
            Act::Forget(contact) => self.forget(day, index, contact)?,
            Act::ChangeGlue => {
                let below = registration.desired.nameservers.keys().find(|host| host.is_within(&domain)).cloned();
                if let Some(host) = below {
                    let addresses = self.people.addresses(name.number, day);
                    self.order(ChangeHost { host, addresses })?;
                }
            }
            Act::Lock => drop(self.order(LockDomain { name: domain, statuses: locks() })?),
            Act::Unlock => drop(self.order(UnlockDomain { name: domain, statuses: locks() })?),
            Act::Dispute(since) => {
                self.disputed.insert(index);
                self.order(HoldDomain { name: domain, status: EppStatus::ClientTransferProhibited, reason: proceeding(&name, since) })?;
            }
            Act::EndDispute(since) => {
                let reason = proceeding(&name, since);
                self.order(ReleaseDomain { name: domain, status: EppStatus::ClientTransferProhibited, reason })?;
            }
            Act::Abuse(since) => {
                self.order(HoldDomain { name: domain, status: EppStatus::ClientHold, reason: abuse(&name, since) })?;
            }
            Act::EndAbuse(since) => {
                self.order(ReleaseDomain { name: domain, status: EppStatus::ClientHold, reason: abuse(&name, since) })?;
            }
            Act::Postpone(days) => self.postpone(index, &registration, days)?,
            Act::Delete => self.delete(day, index, &name)?,
            Act::Restore => self.restore(&name, &registration)?,
            Act::Leave(answer) => {
                if self.order(IssueAuthInfo { name: domain })?.is_some() {
                    self.plan(day, 1, index, Act::Request(answer));
                }
            }
            Act::Request(answer) => self.request(day, index, &name, answer)?,
            Act::Answer(answer) => self.answer(day, index, &name, &registration, answer)?,
            Act::TheirAnswer(answer) => self.their_answer(day, index, &name, &registration, answer)?,
        }
        Ok(())
    }

    fn register(&mut self, day: u32, index: usize, name: &Name) -> Result<(), Failure> {
        if self.is_taken(name)? {
            return Ok(());
        }
        let holder = self.holder(name.number, day)?;
        let order = self.people.order(&self.world, name, day, holder)?;
        let term_days = u32::from(order.period.get()) * 365;
        let starts = self.starts();
        if self.order(order)?.is_some() {
            self.plan_all(index, self.people.plan(name.number, day, term_days, self.days()));
        } else if self.starts() == starts && day < self.days() {
            // Refused, for one because the holder is overdue: somebody else wants it some days later.
            self.plan(day + 5, 0, index, Act::Register);
        }
        Ok(())
    }

    fn consider(&mut self, day: u32, index: usize, name: &Name, registration: &Registration) {
        let is_ours = matches!(registration.phase, Phase::Registered | Phase::TransferringOut);
        if is_ours && !registration.auto_renew {
            self.plan_all(index, self.people.make_up_mind(name.number, day));
        }
        self.plan(day + 365, 0, index, Act::Consider);
    }

    fn renew(&mut self, name: &Name, registration: &Registration, years: u8) -> Result<(), Failure> {
        let period = Period::years(years).map_err(|error| Failure::usage(error.to_string()))?;
        let fee = self.world.own_price(&name.name, years, |fees| fees.renew)?;
        self.order(RenewDomain { name: name.name.clone(), period, current_expiry: registration.expires_at, fee }).map(drop)
    }

    /// The deletion of an expired name is put off to so many days after its expiry. A registry that does not renew by itself deletes it
    /// all the same, as it does in a proceeding.
    fn postpone(&mut self, index: usize, registration: &Registration, days: u32) -> Result<(), Failure> {
        let Some(case) = &registration.expiry else { return Ok(()) };
        let until = add_days(case.expired_at, i32::try_from(days).unwrap_or(0));
        self.disputed.insert(index);
        let circumstance = ExtenuatingCircumstance::PaymentDispute;
        self.order(PostponeDeletion { name: registration.name.clone(), until, circumstance }).map(drop)
    }

    fn delete(&mut self, day: u32, index: usize, name: &Name) -> Result<(), Failure> {
        if self.order(DeleteDomain { name: name.name.clone(), cause: DeletionCause::Registrant })?.is_some() {
            self.plan_all(index, self.people.after_deletion(name.number, day));
        }
        Ok(())
    }

    fn restore(&mut self, name: &Name, registration: &Registration) -> Result<(), Failure> {
        if registration.phase != Phase::Redemption {
            return Ok(());
        }
        let fee = self.world.profile_of(&name.name)?.tld_of(&name.name).and_then(|tld| tld.fees_of(&name.name).restore);
        self.order(RestoreDomain { name: name.name.clone(), fee, reason: "the registrant found out too late".to_owned() }).map(drop)
    }

    /// The holder takes the code to the other registrar.
    fn request(&mut self, day: u32, index: usize, name: &Name, answer: Answer) -> Result<(), Failure> {
        let Some(code) = self.order(ReadAuthInfo { name: name.name.clone() })? else { return Ok(()) };
        if self.world.other_requests(&name.name, &code)?.is_success() {
            let day = day + self.people.between("answer-day", name.number, day, 1, 3);
            self.plan(day, 0, index, Act::Answer(answer));
        }
        Ok(())
    }

    fn answer(&mut self, day: u32, index: usize, name: &Name, registration: &Registration, answer: Answer) -> Result<(), Failure> {
        if registration.phase != Phase::TransferringOut {
            return Ok(());
        }
        let domain = name.name.clone();
        match answer {
            Answer::Silence => {}
            Answer::Approve => drop(self.order(ApproveTransferOut { name: domain })?),
            Answer::Deny => {
                let reason = DenialReason::HolderObjection { reference: format!("objection of day {day}") };
                self.order(DenyTransferOut { name: domain, reason })?;
            }
            Answer::Withdraw => drop(self.world.other_answers(&domain, TransferOp::Cancel)?),
        }
        let back = day + self.people.between("back", name.number, day, 70, 200);
        if self.people.below("comes-back", name.number, day, 10) < 4 {
            self.plan(back, 0, index, Act::Arrive);
        }
        Ok(())
    }

    /// A name comes to us, if the other registrar has it.
    fn arrive(&mut self, day: u32, index: usize, name: &Name) -> Result<(), Failure> {
        let mut entropy = SeededEntropy::new(name.number ^ u64::from(day) << 40);
        let auth_info = AuthInfo::generate(&mut entropy);
        if !self.world.other_sets_code(&name.name, &auth_info)?.is_success() {
            return Ok(());
        }
        let holder = self.holder(name.number, day)?;
        let order = TransferDomainIn {
            name: name.name.clone(),
            auth_info,
            registrant: Some(holder),
            contacts: contacts(&self.world, &name.name, holder)?,
            authorised_at: self.world.clock.now(),
            fee: self.world.own_price(&name.name, 1, |fees| fees.transfer)?,
            token: None,
        };
        if self.order(order)?.is_some() {
            let answer = self.people.answer(name.number, day);
            let answer_day = day + self.people.between("their-day", name.number, day, 1, 3);
            self.arrivals.insert(index);
            self.plan(answer_day, 0, index, Act::TheirAnswer(answer));
            self.plan_all(index, self.people.plan(name.number, day + 7, 365, self.days()));
        }
        Ok(())
    }

    fn their_answer(&mut self, day: u32, index: usize, name: &Name, registration: &Registration, answer: Answer) -> Result<(), Failure> {
        if registration.phase != Phase::TransferringIn {
            return Ok(());
        }
        match answer {
            Answer::Silence => {}
            Answer::Approve => drop(self.world.other_answers(&name.name, TransferOp::Approve)?),
            Answer::Deny => drop(self.world.other_answers(&name.name, TransferOp::Reject)?),
            Answer::Withdraw => {
                self.order(CancelTransferIn { name: name.name.clone() })?;
                self.plan(day + 90, 0, index, Act::Arrive);
            }
        }
        Ok(())
    }

    /// Gives an order; none where the rules refuse it, which is an answer like any other, and where our process dies over it.
    pub(super) fn order<U: UseCase>(&mut self, case: U) -> Result<Option<U::Answer>, Failure> {
        let answer = self.house()?.order(case);
        if self.house()?.is_dead() {
            self.crash()?;
            return Ok(None);
        }
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(Refusable::Refused(refusal)) => {
                tracing::debug!(code = refusal.code, %refusal, "refused");
                *self.tally.refused_orders.entry(refusal.code.to_string()).or_default() += 1;
                Ok(None)
            }
            Err(other) => Err(other.into()),
        }
    }

    /// The name's open registration with us.
    pub(super) fn find(&self, name: &Name) -> Result<Option<Registration>, Failure> {
        self.house()?.registrar.store().read(|tx| registrations::find_open(tx, &name.name)).map_err(store_failure)
    }

    /// Whether somebody has the name.
    fn is_taken(&self, name: &Name) -> Result<bool, Failure> {
        let registry = self.world.profile_of(&name.name)?.id.clone();
        Ok(self.world.link(&registry)?.look(|registry| registry.domain_state_of(&name.name).is_some()))
    }

    fn plan_all(&mut self, index: usize, acts: Vec<(u32, Act)>) {
        for (day, act) in acts {
            self.plan(day, 0, index, act);
        }
    }
}

/// What a registrant locks.
fn locks() -> BTreeSet<EppStatus> {
    BTreeSet::from([EppStatus::ClientTransferProhibited, EppStatus::ClientUpdateProhibited, EppStatus::ClientDeleteProhibited])
}

/// A case of abuse with a name, opened on a day.
fn abuse(name: &Name, day: u32) -> Reason {
    Reason { owner: ReasonOwner::Abuse, reference: format!("case {}-{day}", name.number) }
}

/// A proceeding about a name that began on a day.
fn proceeding(name: &Name, day: u32) -> Reason {
    Reason { owner: ReasonOwner::Dispute, reference: format!("UDRP D{}-{day}", name.number) }
}
