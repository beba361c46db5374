//! Replace the DS records at the parent (RFC 5910 section 5.2).

use std::collections::BTreeSet;

use model::DsData;

use super::rules_of_names::check_ds;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, ds: &BTreeSet<DsData>, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    guard::check(registration, Doing::Update, context.now)?;
    check_ds(ds, context.profile)?;
    if *ds == registration.desired.ds && !registration.drift.contains(crate::drift::DS) {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::DsChanged { ds: ds.clone() });
    push(&mut decision);
    Ok(decision.finish())
}
