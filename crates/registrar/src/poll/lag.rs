//! A queue that is not being emptied, and a message that waited too long in it, are for the operator to know.

use jiff::SignedDuration;
use model::Timestamp;

use super::poller::{PollRound, Poller};
use crate::failure::Failure;
use crate::registry::alarm::{self, Raised};

/// A message that waited longer than this at the registry costs money (a transfer away unanswered), in minutes.
const MAX_WAIT_MINUTES: i64 = 60;
/// A queue that grows for longer than this is not being emptied, in minutes.
const MAX_GROWTH_MINUTES: i64 = 15;
/// The kind of the alarm for both.
const LAG_ALARM: &str = "poll-lag";

impl Poller {
    /// Raises the alarm for a message that waited too long; whether it did.
    pub(super) async fn note_wait(&self, queued_at: Option<Timestamp>) -> Result<bool, Failure> {
        let now = self.line.registrar.now();
        let Some(waited) = queued_at.map(|queued_at| now.duration_since(queued_at)) else {
            return Ok(false);
        };
        if waited <= SignedDuration::from_mins(MAX_WAIT_MINUTES) {
            return Ok(false);
        }
        let sentence = format!(
            "a message of registry `{}` waited {} minutes in its queue; see that the poller runs",
            self.line.registry(),
            waited.as_mins()
        );
        self.raise(sentence, now).await?;
        Ok(true)
    }

    /// Clears the alarm when the queue is empty; raises it when the queue has not become shorter for a while.
    pub(super) async fn watch_queue(&self, round: &PollRound) -> Result<(), Failure> {
        let now = self.line.registrar.now();
        let waiting = round.waiting_at_registry;
        if waiting == 0 && round.trouble.is_none() {
            self.lock().growing = None;
            return self.write(|tx, line| Ok(alarm::clear(tx, &format!("{LAG_ALARM}:{}", line.registry())).map(drop)?)).await;
        }
        let since = {
            let mut state = self.lock();
            let (since, before) = state.growing.unwrap_or((now, waiting));
            let since = if waiting < before { now } else { since };
            state.growing = Some((since, waiting));
            since
        };
        if now.duration_since(since) < SignedDuration::from_mins(MAX_GROWTH_MINUTES) {
            return Ok(());
        }
        let sentence = format!(
            "the message queue of registry `{}` has not become shorter since {since}; {waiting} messages wait",
            self.line.registry()
        );
        self.raise(sentence, now).await
    }

    async fn raise(&self, sentence: String, now: Timestamp) -> Result<(), Failure> {
        self.write(move |tx, line| Ok(alarm::raise(tx, &Raised::at(line.registry(), LAG_ALARM, sentence.as_str()), now).map(drop)?)).await
    }
}
