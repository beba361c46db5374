//! A notice was handed to its carrier: its duty is fulfilled, and the deletion that depends on it may go on.

use model::{NoticeId, Timestamp};

use crate::context::Context;
use crate::data_reminder;
use crate::decision::Decision;
use crate::duty::Evidence;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::registration::{NoticeStanding, Registration};
use crate::verdict::Verdict;

pub(super) fn decide(
    registration: &Registration,
    notice: NoticeId,
    duty_key: Option<&str>,
    at: Timestamp,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let is_known = duty_key.is_some_and(|key| {
        let is_sent = matches!(registration.term_notices.get(key), Some(NoticeStanding::Sent { .. }));
        is_sent && !registration.open_duties.contains_key(key)
    });
    let Some(key) = duty_key.filter(|_| !is_known) else { return Ok(Verdict::default()) };
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::NoticeCarried { notice, duty_key: Some(key.to_owned()), at });
    decision.fulfil(key, at, Evidence::Notice { notice });
    if data_reminder::occasion_of(key).is_some() && !decision.registration.phase.is_final() {
        data_reminder::open(&mut decision);
    }
    Ok(decision.finish())
}
