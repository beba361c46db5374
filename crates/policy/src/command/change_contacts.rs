//! Name other contacts. Another registered name holder passes the stricter guards (COR-2), and where the data differs materially that is
//! a change of registrant (COR-1).

use std::collections::BTreeMap;

use model::{ContactId, ContactRole};

use super::rules_of_names::check_contacts;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::holder::{check_opt_out, complete};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;
use crate::verification::{VerificationCause, refuse_overdue, require};

pub(super) fn decide(
    registration: &Registration,
    registrant: Option<ContactId>,
    contacts: &BTreeMap<ContactRole, ContactId>,
    lock_opt_out: Option<&str>,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let holder = registrant.or(registration.registrant);
    let is_other_holder = holder != registration.registrant;
    guard::check(registration, if is_other_holder { Doing::ChangeRegistrant } else { Doing::Update }, context.now)?;
    check_opt_out(lock_opt_out)?;
    check_contacts(holder, contacts, context.profile, context.now)?;
    if is_other_holder {
        refuse_overdue(context.facts.registrant_standing)?;
    }
    let contacts: BTreeMap<_, _> =
        contacts.iter().filter(|(role, _)| **role != ContactRole::Registrant).map(|(role, id)| (*role, *id)).collect();
    if !is_other_holder && contacts == registration.desired.contacts && !registration.drift.contains(crate::drift::CONTACTS) {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::ContactsChanged { registrant: holder, contacts });
    if is_other_holder {
        require(&mut decision, VerificationCause::ChangeOfRegistrant);
    }
    if let Some(change) = decision.facts().holder_change.as_ref().filter(|_| is_other_holder) {
        complete(&mut decision, change, lock_opt_out);
    }
    push(&mut decision);
    Ok(decision.finish())
}
