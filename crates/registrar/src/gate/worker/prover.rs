//! Unknown outcomes: for each that is due, the questions of the proof table, and what the answers prove.

use epp::pool::Lane as PortLane;
use jiff::SignedDuration;
use model::{Contact, Timestamp};
use policy::IntentState;
use store::intents;
use store::intents::{Attempt, IntentRow};
use tokio::task::JoinSet;

use super::claim::contact_of;
use super::deliver::{ask_all, port_lane, proof_of};
use super::lease::Held;
use super::record::Ended;
use super::ruling::Case;
use super::{Gate, GateRound, broken, note};
use crate::failure::Failure;
use crate::gate::line::Line;
use crate::gate::prove::{Proof, questions};
use crate::recovery::{self, Restored};
use crate::registry::alarm::Raised;

/// Intents proven in one round. Each is at most two queries.
const ROUND_LIMIT: u32 = 256;
/// How long a registry may take to decide what it accepted (1001) before it is asked and an alarm raised, in hours.
const PENDING_HOURS: i64 = 24;
/// Pause between two looks at what registries have not decided, in minutes.
const PENDING_LOOK_MINUTES: i64 = 60;

/// An intent to prove, with what is known of it.
struct Suspect {
    row: IntentRow,
    attempts: Vec<Attempt>,
    contact: Option<Contact>,
    /// Where it stood in an outbox that was put back and may have been sent without our knowing: when that was put back.
    put_back_at: Option<Timestamp>,
}

impl Gate {
    /// Proves what is due: unknown outcomes, and now and then what the registry accepted and never decided.
    pub(super) async fn prove_due(&self, held: &Held) -> Result<GateRound, Failure> {
        let mut round = GateRound::default();
        let now = self.line().registrar.now();
        let mut suspects = self.suspects(move |tx, line| Ok(intents::list_provable(tx, line.registry(), now, ROUND_LIMIT)?)).await?;
        if self.is_pending_look_due(now) {
            let before = now.saturating_sub(SignedDuration::from_hours(PENDING_HOURS)).unwrap_or(now);
            suspects.extend(self.suspects(move |tx, line| Ok(intents::list_pending(tx, line.registry(), before, ROUND_LIMIT)?)).await?);
        }
        let (mut waiting, mut under_way) = (suspects.into_iter(), JoinSet::new());
        loop {
            while under_way.len() < self.inner.concurrency
                && let Some(suspect) = waiting.next()
            {
                under_way.spawn(self.clone().clear_up(held.clone(), suspect));
            }
            match under_way.join_next().await {
                Some(counted) => round.add(counted.map_err(broken)??),
                None => return Ok(round),
            }
        }
    }

    /// One proof from the question to the record.
    async fn clear_up(self, held: Held, suspect: Suspect) -> Result<GateRound, Failure> {
        let ended = self.examine(suspect).await;
        let counted = self.put_on_record(&held, ended).await?;
        Ok(GateRound { proven: 1, ..counted })
    }

    async fn suspects(
        &self,
        list: impl Fn(&mut store::Tx<'_>, &Line) -> Result<Vec<IntentRow>, Failure> + Send + 'static,
    ) -> Result<Vec<Suspect>, Failure> {
        self.blocking(move |line| {
            line.registrar.store().read(|tx| {
                let rows = list(tx, line)?;
                let restored = Restored::find(tx)?;
                rows.into_iter()
                    .map(|row| {
                        let attempts = intents::list_attempts(tx, row.intent.id)?;
                        let contact = contact_of(tx, line, &row.intent.operation)?;
                        let put_back_at = restored.filter(|restored| restored.is_in_the_dark(&row)).map(|restored| restored.since);
                        Ok(Suspect { row, attempts, contact, put_back_at })
                    })
                    .collect()
            })
        })
        .await
    }

    /// Asks and rules.
    async fn examine(&self, suspect: Suspect) -> Ended {
        let line = self.line();
        let Suspect { row, attempts, contact, put_back_at } = suspect;
        let known = self.lock().settled_from(line, &row);
        let settled_from = put_back_at.map_or(known, |at| known.max(at.saturating_add(line.transform_deadline()).unwrap_or(at)));
        let queries = questions(&row.intent.operation, &row.intent.object);
        let lane = if is_repeated_often(&attempts) { PortLane::Bulk } else { port_lane(row.intent.lane) };
        let (asked, findings) = ask_all(line, queries, lane).await;
        let proof = proof_of(line, &row, &attempts, contact.as_ref(), settled_from, &findings);
        let case = Case {
            row: &row,
            registry: line.registry(),
            deadline: line.transform_deadline(),
            failures: attempts.iter().filter(|attempt| note::has_failed(attempt)).count(),
            now: line.registrar.now(),
        };
        let ruling = match row.state {
            IntentState::Pending => case.undecided(proof, overdue(line, &row)),
            _ => match put_back_at.and_then(|_| recovery::given_up(&row.intent.operation)) {
                Some(cancelled) if matches!(proof, Proof::NotDone { .. }) => case.not_repeated(cancelled),
                _ => case.proven(proof, settled_from),
            },
        };
        // An attempt that has ended already is not ended twice.
        let cltrid = attempts.iter().find(|attempt| attempt.ended_at.is_none()).map(|attempt| attempt.cltrid.clone());
        Ended { row, cltrid, answered: None, asked, ruling }
    }

    /// Whether it is time to look at what registries have not decided.
    fn is_pending_look_due(&self, now: Timestamp) -> bool {
        let pause = SignedDuration::from_mins(PENDING_LOOK_MINUTES);
        let mut last = self.lock_pending_look();
        let is_due = last.is_none_or(|last| now.duration_since(last) >= pause);
        if is_due {
            *last = Some(now);
        }
        is_due
    }
}

/// A question that was asked many times need not hold up people who wait.
fn is_repeated_often(attempts: &[Attempt]) -> bool {
    const OFTEN: usize = 3;
    attempts.len() > OFTEN
}

fn overdue(line: &Line, row: &IntentRow) -> Raised {
    let sentence = format!(
        "registry `{}` accepted `{}` of {} more than {PENDING_HOURS} hours ago and has not decided; ask the registry",
        line.registry(),
        row.intent.operation.word(),
        row.intent.object
    );
    Raised::at(line.registry(), "undecided", sentence).about(&row.intent.object)
}
