//! Set a fresh authInfo for a transfer away (TRF-13, RFC 9154). The value is in the vault already.
//!
//! Nothing here asks about payment (TRF-15), and nothing asks more than a change of nameservers does (TRF-14).

use crate::calendar::{add_days, add_minutes};
use crate::context::Context;
use crate::decision::{Decision, Owed};
use crate::duty::ClockKind;
use crate::guard::{self, Doing};
use crate::intent::Operation;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

/// TRF-13: the code is given within this many days of the request; our own target is minutes.
const AUTH_INFO_LIMIT_DAYS: i32 = 5;
const AUTH_INFO_TARGET_MINUTES: i64 = 15;

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    guard::check(registration, Doing::Update, context.now)?;
    if registration.find_open(|operation| matches!(operation, Operation::SetAuthInfo { .. })).is_some() {
        let sentence = format!("an authInfo for `{}` is being set", registration.name);
        return Err(Refusal::new("authinfo.under-way", "TRF-13", sentence).hint("wait until the registry has answered, then show it"));
    }
    let mut decision = Decision::on(registration, context);
    let now = decision.now();
    decision.owe(&Owed {
        obligation: "TRF-13",
        occasion: &now.to_string(),
        clock: ClockKind::CalendarDays,
        opens_at: now,
        soft_due: add_minutes(now, AUTH_INFO_TARGET_MINUTES),
        hard_due: add_days(now, AUTH_INFO_LIMIT_DAYS),
    });
    decision.intend(Operation::SetAuthInfo { clear: false }, "authinfo", Vec::new());
    Ok(decision.finish())
}
