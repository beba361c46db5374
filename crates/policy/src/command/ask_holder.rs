//! A letter to a holder who has to verify: the first one, or a reminder (ACY-3). It goes out for one of their names and is about all.

use model::ContactId;

use crate::calendar::utc_date;
use crate::context::Context;
use crate::decision::{Decision, notice_facts};
use crate::notice::{Addressee, NoticeKind};
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

/// How the first letter's number differs from those of reminders.
const FIRST: u32 = 0;

pub(super) fn decide(
    registration: &Registration,
    contact: ContactId,
    round: &str,
    letter: u32,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let Some(case) = registration.verification.as_ref().filter(|case| case.contact == contact) else { return Ok(Verdict::default()) };
    let suspends_on = case.suspended_at.is_none().then(|| utc_date(case.suspend_at).to_string());
    let kind = if letter == FIRST { NoticeKind::VerificationRequest } else { NoticeKind::VerificationReminder };
    let mut decision = Decision::on(registration, context);
    let mut facts = notice_facts([]);
    facts.extend(suspends_on.map(|day| ("suspends_on".to_owned(), day)));
    let addressee = Addressee { contact, revision: None };
    decision.notify_at(addressee, kind, &format!("{round}:{letter}"), None, facts);
    Ok(decision.finish())
}
