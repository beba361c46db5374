//! Emptying the queue, one message a turn. A turn costs the two round trips that the protocol asks for (RFC 5730 section 2.9.2.3) and
//! one commit, because what became of a message goes along with the next:
//!
//! ```text
//!   turn k      req k | info k-1    -->  commit: k-1 processed (with its ack and info on record), k stored  -->  ack k
//!   turn k+1    req k+1 | info k    -->  commit: k processed, k+1 stored                                    -->  ack k+1
//! ```
//!
//! So at most one message is stored and not processed, and it is processed before the next is stored. Whatever breaks, a message is
//! either still at the registry, or stored and taken up again by [`Poller::process_left_over`].

use std::sync::Arc;

use epp::pool::Lane;
use epp::{MessageQueue, ResultCode, decode_response};
use model::MessageId;
use policy::{Actual, RegistryEvent};
use store::polls::{self, NewPollMessage};
use store::{Fence, Pending, Tx};

use super::identity;
use super::poller::{PollRound, Poller, blocking};
use super::process::{Content, Processed, adopt, object_to_ask, process, set_aside, with_object};
use super::read::{Said, read};
use crate::failure::Failure;
use crate::gate::{Asked, Finding, Line, Query, words_of};
use crate::{journal, maintenance};

/// Messages read at once after a restart.
const OPEN_PAGE: u32 = 100;

/// A message that is stored and not processed yet.
struct Open {
    id: MessageId,
    content: Content,
    /// Its acknowledgement, which goes on record with what becomes of it.
    acknowledged: Option<Asked>,
}

/// The same, with what was asked for it.
struct Completed {
    open: Open,
    asked: Option<Asked>,
    /// The object as it is now.
    actual: Option<Actual>,
}

impl Completed {
    /// Puts what was said about it on record.
    fn record(&self, tx: &mut Tx<'_>, line: &Line) -> Result<(), Failure> {
        for asked in [&self.open.acknowledged, &self.asked].into_iter().flatten() {
            asked.record(tx, line)?;
        }
        Ok(())
    }
}

/// A message as the registry sent it, to be stored.
struct Arrived {
    id: MessageId,
    asked: Asked,
    queue: MessageQueue,
    said: Said,
}

impl Poller {
    /// Processes every stored message that was not, in the order they came.
    pub(super) async fn process_left_over(&self, round: &mut PollRound) -> Result<(), Failure> {
        loop {
            let left = self.read_left_over().await?;
            if left.is_empty() {
                return Ok(());
            }
            for open in left {
                self.finish(open, round).await?;
            }
        }
    }

    /// Takes up to `limit` messages, each stored, acknowledged and processed.
    pub(super) async fn drain(&self, limit: u32, round: &mut PollRound) -> Result<(), Failure> {
        let (mut open, mut is_lag_noted) = (None, false);
        for _ in 0..limit {
            let Some(fence) = self.hold().await? else {
                break;
            };
            let (asked, completed) = tokio::join!(biased; self.line.ask(Query::Poll, Lane::Poll), self.completed(open.take()));
            let arrived = self.arrived(asked, round);
            let queue = arrived.as_ref().map(|arrived| arrived.queue.clone());
            let stored = self.commit(completed, arrived, &fence, round).await?;
            let Some(queue) = queue else {
                return Ok(());
            };
            is_lag_noted = is_lag_noted || self.note_wait(queue.queued).await?;
            let acknowledged = self.acknowledge(&queue, round).await;
            match stored {
                Some(stored) => open = Some(Open { acknowledged: Some(acknowledged), ..stored }),
                None => self.write(move |tx, line| Ok(acknowledged.record(tx, line)?)).await?,
            }
            if round.trouble.is_some() || round.waiting_at_registry == 0 {
                break;
            }
        }
        match open {
            Some(open) => self.finish(open, round).await,
            None => Ok(()),
        }
    }

    /// The message in an answer to `req`, if there is one. Otherwise the round is over.
    fn arrived(&self, asked: Asked, round: &mut PollRound) -> Option<Arrived> {
        let answered = match asked.answer() {
            Ok(answered) => answered,
            Err(reason) => {
                round.trouble = Some(reason.to_owned());
                return None;
            }
        };
        let response = &answered.response;
        let Some(queue) = response.queue.clone().filter(|_| response.code() == ResultCode::ACK_TO_DEQUEUE) else {
            round.waiting_at_registry = 0;
            if !response.is_success() {
                round.trouble = Some(format!("the registry answered {}: {}", response.code(), words_of(response)));
            }
            return None;
        };
        round.waiting_at_registry = queue.count;
        let said = read(response, answered.received_at);
        let id = MessageId::new(self.line.registrar.now(), &mut self.line.registrar.draw());
        Some(Arrived { id, asked, queue, said })
    }

    /// Commits what became of the last message and stores the next, in this order. Gives the next, unless it was stored before.
    async fn commit(
        &self,
        last: Option<Completed>,
        next: Option<Arrived>,
        fence: &Fence,
        round: &mut PollRound,
    ) -> Result<Option<Open>, Failure> {
        let last = last.map(Arc::new);
        let next = next.map(|next| (next.id, next.said.clone(), Arc::new(next)));
        let processing = last.as_ref().map(|last| self.start_processing(last)).transpose()?;
        let storing = next.as_ref().map(|(.., next)| self.start_storing(next, fence)).transpose()?;
        let (processed, stored) = blocking(move || Ok((processing.map(Pending::wait), storing.map(Pending::wait)))).await?;
        if matches!(processed, Some(Err(_))) || matches!(stored, Some(Err(_))) {
            self.let_go();
        }
        if let Some((last, processed)) = last.zip(processed) {
            self.conclude(&last, processed, round).await?;
        }
        match (stored.transpose()?, next) {
            (Some(true), Some((id, said, _))) => {
                round.received += 1;
                Ok(Some(Open { id, content: Content::Said(said), acknowledged: None }))
            }
            (Some(false), _) => {
                round.repeated += 1;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Processes one message by itself. What it does not show of a changed name is asked for first.
    async fn finish(&self, open: Open, round: &mut PollRound) -> Result<(), Failure> {
        let Some(completed) = self.completed(Some(open)).await.map(Arc::new) else {
            return Ok(());
        };
        let processing = self.start_processing(&completed)?;
        let processed = blocking(move || Ok(processing.wait())).await?;
        self.conclude(&completed, processed, round).await
    }

    /// The end of a message that was processed, or that cannot be: then it is set aside, so that it holds up no other. Only a fault of
    /// the store leaves it open.
    async fn conclude(
        &self,
        completed: &Arc<Completed>,
        processed: Result<Processed, Failure>,
        round: &mut PollRound,
    ) -> Result<(), Failure> {
        let processed = match processed {
            Err(failure) if failure.is_of_the_matter() => self.set_aside(completed, &failure).await?,
            other => other?,
        };
        if processed.is_kept {
            round.kept += 1
        } else {
            round.processed += 1
        }
        let is_of_outage = matches!(completed.open.content.said(), Some(Said::Event(RegistryEvent::Maintenance { .. })));
        if is_of_outage { self.tell_port().await } else { Ok(()) }
    }

    async fn set_aside(&self, completed: &Arc<Completed>, failure: &Failure) -> Result<Processed, Failure> {
        let why = match failure {
            Failure::Fault(fault) => fault.chain().to_owned(),
            Failure::Refused(_) | Failure::Denied(_) => failure.to_string(),
        };
        let completed = Arc::clone(completed);
        self.write(move |tx, line| {
            completed.record(tx, line)?;
            set_aside(tx, line, completed.open.id, &why)
        })
        .await
    }

    /// Stores the message and puts the exchange on record, in one transaction, before it is acknowledged.
    fn start_storing(&self, next: &Arc<Arrived>, fence: &Fence) -> Result<Pending<bool, Failure>, Failure> {
        let (fence, next) = (fence.clone(), Arc::clone(next));
        let identity = next.asked.answer().map(|answered| identity::of_frame(answered.frame.expose())).unwrap_or_default();
        self.submit(move |tx, line| {
            fence.check(tx)?;
            let Ok(answered) = next.asked.answer() else {
                return Ok(false);
            };
            next.asked.record(tx, line)?;
            let person =
                journal::handle_in(&answered.response).map_or(Ok(None), |handle| journal::person_of(tx, line.registry(), handle))?;
            let new = NewPollMessage {
                id: next.id,
                account: line.account(),
                msg_id: &next.queue.id,
                identity: &identity,
                person,
                queued_at: next.queue.queued,
                received_at: answered.received_at,
            };
            Ok(polls::store(tx, line.registrar.vault(), &new, answered.frame.expose())?)
        })
    }

    fn start_processing(&self, completed: &Arc<Completed>) -> Result<Pending<Processed, Failure>, Failure> {
        let completed = Arc::clone(completed);
        self.submit(move |tx, line| {
            completed.record(tx, line)?;
            let processed = process(tx, line, completed.open.id, &completed.open.content)?;
            if let (Some(said), Some(actual)) = (completed.open.content.said(), &completed.actual) {
                adopt(tx, line, said, actual)?;
            }
            Ok(processed)
        })
    }

    /// Acknowledges. A message that is gone already (2303) was acknowledged before, and some registries answer 1300 to the last.
    async fn acknowledge(&self, queue: &MessageQueue, round: &mut PollRound) -> Asked {
        let asked = self.line.ask(Query::Acknowledge(queue.id.clone()), Lane::Poll).await;
        match asked.answer() {
            Ok(answered) => {
                let code = answered.response.code();
                if code.is_success() || code == ResultCode::OBJECT_DOES_NOT_EXIST {
                    round.waiting_at_registry = queue.count.saturating_sub(1);
                } else {
                    let words = words_of(&answered.response);
                    round.trouble = Some(format!("the registry answered {code} to the acknowledgement: {words}"));
                }
            }
            Err(reason) => round.trouble = Some(reason.to_owned()),
        }
        asked
    }

    async fn read_left_over(&self) -> Result<Vec<Open>, Failure> {
        let line = self.line.clone();
        blocking(move || {
            line.registrar.store().read(|tx| {
                let left = polls::list_open(tx, line.account(), OPEN_PAGE)?;
                left.into_iter()
                    .map(|message| {
                        let content = match polls::open_frame(tx, line.registrar.vault(), &message) {
                            Ok(frame) => match decode_response(&frame) {
                                Ok(decoded) => Content::Said(read(&decoded.value, message.received_at)),
                                Err(_) => Content::Unreadable,
                            },
                            Err(fault) if fault.is_of_the_matter() => Content::Sealed { why: fault.to_string() },
                            Err(fault) => return Err(fault.into()),
                        };
                        Ok(Open { id: message.id, content, acknowledged: None })
                    })
                    .collect()
            })
        })
        .await
    }

    /// The message with the object as it is now, the question that was asked for it, and its answer.
    async fn completed(&self, open: Option<Open>) -> Option<Completed> {
        let mut open = open?;
        let Some(name) = open.content.said().and_then(|said| object_to_ask(said, &self.line.us)).cloned() else {
            return Some(Completed { open, asked: None, actual: None });
        };
        let asked = self.line.ask(Query::Domain(name), Lane::Poll).await;
        let actual = match asked.finding() {
            Finding::Domain(actual) => {
                if let Content::Said(said) = open.content {
                    open.content = Content::Said(with_object(said, (*actual).clone()));
                }
                Some(*actual)
            }
            _ => None,
        };
        Some(Completed { open, asked: Some(asked), actual })
    }

    /// An announced outage reaches the sessions at once.
    async fn tell_port(&self) -> Result<(), Failure> {
        let line = self.line.clone();
        blocking(move || {
            let now = line.registrar.now();
            let outages = line.registrar.store().read(|tx| maintenance::list(tx, line.registry(), now))?;
            line.port.set_maintenance(&maintenance::windows(&outages));
            Ok(())
        })
        .await
    }
}
