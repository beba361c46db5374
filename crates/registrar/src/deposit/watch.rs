//! Whether the duty to deposit is kept: by the age of what lies at the agent's, not by whether a program ran.

use jiff::SignedDuration;
use model::Timestamp;
use policy::Permission;
use serde::Serialize;
use store::{deposits, settings};

use super::record::DepositEntry;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::registry::alarm;
use crate::time_check;
use crate::use_case::{Question, Work};

/// A day, and the two hours within which a missed run is an alarm (ESC-2).
const SENT_LIMIT: SignedDuration = SignedDuration::from_hours(26);

/// How long an agent may take to answer before somebody asks.
const ANSWER_LIMIT: SignedDuration = SignedDuration::from_hours(72);

const KEYS_ALARM: &str = "deposit-keys";
const FAILED_ALARM: &str = "deposit-failed";
const OVERDUE_ALARM: &str = "deposit-overdue";
const UNANSWERED_ALARM: &str = "deposit-unanswered";
const GAPS_ALARM: &str = "deposit-gaps";

/// How the duty stands.
#[derive(Clone, Debug, Serialize)]
pub struct DepositStanding {
    /// The newest deposit that lies at the agent's.
    pub last_sent: Option<DepositEntry>,
    /// The newest that the agent accepted.
    pub last_accepted: Option<DepositEntry>,
    /// Nothing was sent for more than a day and two hours.
    pub is_overdue: bool,
    /// The newest was rejected.
    pub is_rejected: bool,
}

/// Ask how the duty stands.
#[derive(Clone, Copy, Debug)]
pub struct AskStanding;

impl NeedsPermission for AskStanding {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for AskStanding {
    type Answer = DepositStanding;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<DepositStanding, Failure> {
        let last_sent = deposits::find_last_sent(work.tx, present(work.now))?.map(DepositEntry::from);
        let last_accepted = deposits::find_last_accepted(work.tx, present(work.now))?.map(DepositEntry::from);
        let is_overdue = is_older(last_sent.as_ref(), work.now, SENT_LIMIT);
        let is_rejected = last_sent.as_ref().is_some_and(|sent| sent.is_accepted == Some(false));
        Ok(DepositStanding { last_sent, last_accepted, is_overdue, is_rejected })
    }
}

fn is_older(deposit: Option<&DepositEntry>, now: Timestamp, limit: SignedDuration) -> bool {
    deposit.is_none_or(|deposit| now.duration_since(deposit.watermark) > limit)
}

/// How long before a key runs out somebody is told: the agent needs some weeks of them.
const KEY_WARNING: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Setting: since when deposits are owed. An instance of an hour missed nothing, and one that restarts every day is not new each time.
const SINCE: &str = "deposit.owed_since";

/// Up to which states deposits count: one that a clock dated into the future, before it was set right, is no later state than ours, and must
/// not keep the next from being due.
pub(super) fn present(now: Timestamp) -> Timestamp {
    now.saturating_add(time_check::TOLERANCE).unwrap_or(Timestamp::MAX)
}

/// Raises and clears what is to be said about deposits. `failed` is what kept the deposit of the day from being written; `keys_end` is when
/// the first of the keys runs out.
pub(super) fn watch(registrar: &Registrar, failed: Option<&Failure>, keys_end: Option<Timestamp>) -> Result<(), Failure> {
    let now = registrar.now();
    let keys = keys_end.filter(|end| end.duration_since(now) < KEY_WARNING).map(|end| {
        format!(
            "a key of the deposits runs out on {end}: make or ask for a new one, and give the other side yours; `namekeep escrow keys show`"
        )
    });
    let failed = failed
        .map(|failure| format!("the deposit of the day cannot be written: {}; it is tried again until it can", failure.for_operators()));
    registrar.store().write::<_, Failure>(move |tx| {
        alarm::say(tx, FAILED_ALARM, failed.clone(), now)?;
        alarm::say(tx, KEYS_ALARM, keys.clone(), now)?;
        let since = settings::since(tx, SINCE, now)?;
        let sent = deposits::find_last_sent(tx, present(now))?;
        let newest = sent.as_ref().map_or(since, |sent| sent.watermark.max(since));
        let last_fault = deposits::list_unsent(tx, present(now), 1)?.pop().and_then(|row| row.last_fault);
        let why = last_fault.map(|fault| format!(" The last try to send one failed: {fault}.")).unwrap_or_default();
        let overdue = (now.duration_since(newest) > SENT_LIMIT).then(|| {
            format!("no deposit reached the escrow agent since {newest}: a breach is near (ESC-1).{why} Run `namekeep escrow status`")
        });
        alarm::say(tx, OVERDUE_ALARM, overdue, now)?;
        let unanswered = sent.as_ref().filter(|sent| sent.verdict.is_none()).and_then(|sent| sent.sent_at);
        let answered = deposits::find_last_accepted(tx, present(now))?.map_or(since, |row| row.watermark.max(since));
        let silence = unanswered.filter(|_| now.duration_since(answered) > ANSWER_LIMIT).map(|_| {
            format!("the escrow agent has accepted nothing since {answered}: ask them, and note their answer with `namekeep escrow answer`")
        });
        alarm::say(tx, UNANSWERED_ALARM, silence, now)?;
        let gaps = sent.filter(|sent| sent.gaps > 0).map(|sent| {
            format!(
                "the deposit of {} has {} names or people with an empty field that must be filled; `namekeep escrow verify` names them",
                sent.watermark, sent.gaps
            )
        });
        alarm::say(tx, GAPS_ALARM, gaps, now)?;
        Ok(())
    })
}
