//! What follows for an intent from the end of an attempt or from proof. Pure: what is known goes in, a [`Ruling`] comes out, and
//! [`super::record`] commits it.

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use policy::{Actual, Done, Lane, ObjectKey, Operation, Outcome};
use store::intents::IntentRow;

use super::{note, pace};
use crate::gate::port::{NotSent, Unknown};
use crate::gate::prove::{Finding, Proof};
use crate::gate::settle::{Reaction, Settled};
use crate::registry::alarm::Raised;

/// How often a registry may answer 2400 to one intent before that is its answer.
const MAX_FAILURES: usize = 5;

/// Where an intent goes next, and what else is to be written with it.
#[derive(Debug)]
pub(super) struct Ruling {
    /// Where the intent goes.
    pub(super) conclusion: Conclusion,
    /// What became of the attempt that ended, in a word of [`note`]; none while it is not known.
    pub(super) note: Option<&'static str>,
    /// What a question showed of the name, to be taken over: the outer `Some` says that it was asked.
    pub(super) observed: Option<Option<Box<Actual>>>,
    /// What an operator has to see to.
    pub(super) alarm: Option<Raised>,
    /// The registry's words when the balance was too low.
    pub(super) money: Option<String>,
    /// Nothing is sent to this registry before then.
    pub(super) pause_until: Option<Timestamp>,
}

/// The states an intent can go to from "sent" and "unknown".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Conclusion {
    /// Settled: done or refused.
    Settled(Outcome),
    /// The registry decides later.
    Pending {
        /// Its id of the command.
        svtrid: String,
    },
    /// To be sent (again).
    Ready {
        /// From when on.
        at: Timestamp,
        /// Only this part.
        remaining: Option<Operation>,
    },
    /// Nothing new: what the registry has accepted it has not decided.
    Stay,
    /// To be proven.
    Unknown {
        /// From when on to ask.
        prove_at: Timestamp,
        /// From when on "not done" is believed.
        settled_from: Timestamp,
    },
}

impl Ruling {
    fn new(conclusion: Conclusion, note: Option<&'static str>) -> Self {
        Self { conclusion, note, observed: None, alarm: None, money: None, pause_until: None }
    }

    fn settled(outcome: Outcome, note: &'static str) -> Self {
        Self::new(Conclusion::Settled(outcome), Some(note))
    }
}

/// What is known about the attempt that ended.
pub(super) struct Case<'c> {
    /// The intent as it was before the attempt.
    pub(super) row: &'c IntentRow,
    /// The registry.
    pub(super) registry: &'c RegistryId,
    /// The registry's deadline for a change.
    pub(super) deadline: SignedDuration,
    /// How many of the attempts before were answered 2400.
    pub(super) failures: usize,
    /// Now.
    pub(super) now: Timestamp,
}

impl Case<'_> {
    /// Never left: it goes back to the outbox.
    pub(super) fn not_sent(&self, not_sent: &NotSent) -> Ruling {
        let backed_off = pace::retry_at(self.row.intent.id, self.row.attempts.saturating_add(1), self.now);
        let at = not_sent.retry_at.map_or(backed_off, |known| known.max(self.now));
        let alarm = not_sent.is_locked_out.then(|| {
            let sentence = format!("{}. Nothing is sent to registry `{}` until then", not_sent.reason.trim_end_matches('.'), self.registry);
            Raised::at(self.registry, "login", sentence)
        });
        let pause_until = if not_sent.is_locked_out { Some(backed_off) } else { not_sent.retry_at };
        Ruling { alarm, pause_until, ..Ruling::new(Conclusion::Ready { at, remaining: self.row.remaining.clone() }, Some(note::NOT_SENT)) }
    }

    /// The answer is lost.
    pub(super) fn lost(&self, unknown: &Unknown) -> Ruling {
        let settled_from = later(unknown.sent_at.unwrap_or(self.now), self.deadline);
        Ruling::new(Conclusion::Unknown { prove_at: self.now, settled_from }, None)
    }

    /// The registry answered. `proof` is what questions showed, where the answer called for any; `shown` what an `info` showed of
    /// the name after a refusal.
    pub(super) fn answered(&self, settled: Settled, svtrid: Option<String>, proof: Option<Proof>, shown: Option<&Finding>) -> Ruling {
        let ruling = match settled {
            Settled::Outcome { outcome: Outcome::Pending { svtrid }, .. } => {
                Ruling::new(Conclusion::Pending { svtrid }, Some(note::PENDING))
            }
            Settled::Outcome { outcome, reaction } => self.told(outcome, reaction),
            Settled::NeedsFacts => self.with_facts(svtrid, proof),
            Settled::Doubtful { code, message } => self.doubted(code, message, proof),
            Settled::Unknown { .. } => {
                let settled_from = later(self.now, self.deadline);
                Ruling::new(Conclusion::Unknown { prove_at: self.now, settled_from }, None)
            }
            Settled::Again { code, message } => self.failed(code, message),
            Settled::NoMoney { code, message } => self.without_money(code, message),
        };
        Ruling { observed: shown.and_then(|finding| observed(&self.row.intent.object, finding)), ..ruling }
    }

    fn told(&self, outcome: Outcome, reaction: Reaction) -> Ruling {
        let alarm = match (&outcome, reaction) {
            (Outcome::Refused { code, message }, Reaction::OurFault) => {
                let operation = self.row.intent.operation.word();
                let sentence = format!(
                    "registry `{0}` did not understand our `{operation}` ({code}: {message}); compare the frames that `namekeep registry journal {0} --intent {1} --frames` shows with its profile",
                    self.registry, self.row.intent.id
                );
                Some(Raised::at(self.registry, "frame", sentence).about(operation))
            }
            _ => None,
        };
        Ruling { alarm, ..Ruling::settled(outcome, note::ANSWERED) }
    }

    /// Carried out; the questions say what the registry made of it.
    fn with_facts(&self, svtrid: Option<String>, proof: Option<Proof>) -> Ruling {
        match proof {
            Some(Proof::Done(done)) => {
                // The answer itself confirmed it; the question only filled in the facts.
                Ruling::settled(Outcome::Done(Done { by_reconciliation: false, ..*done }), note::ANSWERED)
            }
            Some(Proof::Pending) => Ruling::new(Conclusion::Pending { svtrid: svtrid.unwrap_or_default() }, Some(note::PENDING)),
            Some(Proof::Lost { code, message }) => Ruling::settled(Outcome::Refused { code, message }, note::ANSWERED),
            Some(Proof::NotDone { .. } | Proof::StillUnknown { .. }) | None => {
                let prove_at = pace::retry_at(self.row.intent.id, 1, self.now);
                Ruling::new(Conclusion::Unknown { prove_at, settled_from: later(self.now, self.deadline) }, None)
            }
        }
    }

    /// Refused, perhaps because an earlier attempt was carried out.
    fn doubted(&self, code: u16, message: String, proof: Option<Proof>) -> Ruling {
        match proof {
            Some(Proof::Done(done)) => Ruling::settled(Outcome::Done(*done), note::LOST_DONE),
            Some(Proof::Lost { code, message }) => Ruling::settled(Outcome::Refused { code, message }, note::ANSWERED),
            Some(Proof::NotDone { .. }) => Ruling::settled(Outcome::Refused { code, message }, note::ANSWERED),
            Some(Proof::Pending) => Ruling::new(Conclusion::Pending { svtrid: String::new() }, Some(note::PENDING)),
            Some(Proof::StillUnknown { .. }) | None => {
                let prove_at = pace::retry_at(self.row.intent.id, 1, self.now);
                Ruling::new(Conclusion::Unknown { prove_at, settled_from: self.now }, None)
            }
        }
    }

    /// 2400: nothing was done. Tried again a few times, then it is the registry's answer.
    fn failed(&self, code: u16, message: String) -> Ruling {
        if self.failures + 1 < MAX_FAILURES {
            let at = pace::retry_at(self.row.intent.id, self.row.attempts.saturating_add(1), self.now);
            return Ruling::new(Conclusion::Ready { at, remaining: self.row.remaining.clone() }, Some(note::FAILED));
        }
        let sentence =
            format!("registry `{}` failed {MAX_FAILURES} times at `{}` ({code}: {message})", self.registry, self.row.intent.object);
        let alarm = Some(Raised::at(self.registry, "failing", sentence).about(&self.row.intent.object));
        Ruling { alarm, ..Ruling::settled(Outcome::Refused { code, message }, note::ANSWERED) }
    }

    /// 2104: who waits is told; what nobody waits for stays in the outbox until the account is topped up.
    fn without_money(&self, code: u16, message: String) -> Ruling {
        let conclusion = match self.row.intent.lane {
            Lane::Interactive => Conclusion::Settled(Outcome::Refused { code, message: message.clone() }),
            Lane::Bulk => Conclusion::Ready { at: self.now, remaining: self.row.remaining.clone() },
        };
        Ruling { money: Some(message), ..Ruling::new(conclusion, Some(note::NO_MONEY)) }
    }

    /// A look at what the registry accepted and has not decided in its time. Only an end moves it on; everything else is for a
    /// person to clear up with the registry.
    pub(super) fn undecided(&self, proof: Proof, overdue: Raised) -> Ruling {
        match proof {
            Proof::Done(done) => Ruling::new(Conclusion::Settled(Outcome::Done(*done)), None),
            Proof::Lost { code, message } => Ruling::new(Conclusion::Settled(Outcome::Refused { code, message }), None),
            Proof::Pending | Proof::NotDone { .. } | Proof::StillUnknown { .. } => {
                Ruling { alarm: Some(overdue), ..Ruling::new(Conclusion::Stay, None) }
            }
        }
    }

    /// Proven not done, and not to be sent any more.
    pub(super) fn not_repeated(&self, cancelled: Outcome) -> Ruling {
        Ruling::settled(cancelled, note::LOST_NOT_DONE)
    }

    /// Proof of an outcome that was unknown.
    pub(super) fn proven(&self, proof: Proof, settled_from: Timestamp) -> Ruling {
        match proof {
            Proof::Done(done) => Ruling::settled(Outcome::Done(*done), note::LOST_DONE),
            Proof::Lost { code, message } => Ruling::settled(Outcome::Refused { code, message }, note::LOST_REFUSED),
            Proof::Pending => Ruling::new(Conclusion::Pending { svtrid: self.row.svtrid.clone().unwrap_or_default() }, Some(note::PENDING)),
            Proof::NotDone { remaining } => {
                Ruling::new(Conclusion::Ready { at: self.now, remaining: remaining.map(|operation| *operation) }, Some(note::LOST_NOT_DONE))
            }
            Proof::StillUnknown { reason } => {
                tracing::debug!(intent = %self.row.intent.id, reason, "an outcome is still unknown");
                let unknown_since = self.row.sent_at.unwrap_or(self.now);
                // Asked before the registry's time was over, the answer could not be believed: it is asked again when it can.
                let prove_at = match settled_from > self.now {
                    true => settled_from,
                    false => pace::ask_again_at(self.row.intent.id, unknown_since, self.now),
                };
                Ruling::new(Conclusion::Unknown { prove_at, settled_from }, None)
            }
        }
    }
}

/// What an `info` after a refusal tells of the name itself.
fn observed(object: &ObjectKey, finding: &Finding) -> Option<Option<Box<Actual>>> {
    match (object, finding) {
        (ObjectKey::Domain(_), Finding::Domain(actual)) => Some(Some(actual.clone())),
        (ObjectKey::Domain(_), Finding::Absent) => Some(None),
        _ => None,
    }
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(from)
}
