//! A command between the thread that wants it durable and the writer: one piece of memory that both hold.
//!
//! ```text
//!  caller: submit ---------------------------> wait, asleep -----> answer
//!                   \                            ^
//!  writer:           run, run again, ... commit, answer, wake
//! ```
//!
//! All answers of a commit are put in place before the first sleeper is woken, so that a caller with many commands under way
//! wakes once a commit. What the closure holds is freed by whoever is last: as a rule the caller, on whose thread it was made.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;

use crate::fault::StoreFault;
use crate::tx::Tx;

/// A command on its way through the writer.
pub(crate) trait Job: Send + Sync {
    /// Runs the closure in the transaction; `true` keeps its work. May run several times.
    fn run(&self, tx: &mut Tx<'_>) -> bool;
    /// Replaces the closure's answer by a fault.
    fn overrule(&self, fault: StoreFault);
    /// Hands the answer to whoever waits, and gives the one to wake.
    fn acknowledge(&self) -> Option<Thread>;
    /// Tells whoever waits that the writer has ended, whatever the closure said: it was not committed.
    fn abandon(&self) -> Option<Thread>;
}

/// What a waiter sees of a command.
trait Awaited<T, E>: Send + Sync {
    /// The answer if it is there; else the current thread is woken when it is.
    fn take_answer(&self) -> Option<Result<T, E>>;
}

/// An answer that comes after the commit.
pub struct Pending<T, E> {
    command: Arc<dyn Awaited<T, E>>,
}

impl<T, E> Pending<T, E> {
    /// Waits until the command is durable, refused or failed.
    ///
    /// # Errors
    /// What the closure answered, or the fault that kept its work from being stored.
    pub fn wait(self) -> Result<T, E> {
        loop {
            if let Some(answer) = self.command.take_answer() {
                return answer;
            }
            std::thread::park();
        }
    }
}

impl<T, E> fmt::Debug for Pending<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

/// A command in the queue. Dropped there because the writer has ended, it answers that.
pub(crate) struct Queued(Arc<dyn Job>);

impl Queued {
    pub(crate) fn job(&self) -> &dyn Job {
        self.0.as_ref()
    }
}

impl Drop for Queued {
    /// Whoever waits after an acknowledged command is not there any more: then nothing is left to do.
    fn drop(&mut self) {
        if let Some(sleeper) = self.0.abandon() {
            sleeper.unpark();
        }
    }
}

/// A closure with its answer and the one who waits for it.
struct Command<F, T, E> {
    closure: Mutex<F>,
    answer: Mutex<Answer<T, E>>,
}

struct Answer<T, E> {
    state: State<T, E>,
    sleeper: Option<Thread>,
}

enum State<T, E> {
    /// Not run yet, or run and not committed.
    Open(Option<Result<T, E>>),
    /// Committed, refused or failed.
    Given(Result<T, E>),
    /// Its waiter has it.
    Taken,
}

impl<F, T, E> Command<F, T, E> {
    fn answer(&self) -> MutexGuard<'_, Answer<T, E>> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the answer, unless it was given; and the one to wake.
    fn give(&self, of: impl FnOnce(Option<Result<T, E>>) -> Result<T, E>) -> Option<Thread> {
        let mut answer = self.answer();
        answer.state = match std::mem::replace(&mut answer.state, State::Taken) {
            State::Open(said) => State::Given(of(said)),
            settled => settled,
        };
        answer.sleeper.take()
    }
}

impl<F, T, E> Job for Command<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreFault> + Send,
{
    fn run(&self, tx: &mut Tx<'_>) -> bool {
        let answer = (self.closure.lock().unwrap_or_else(PoisonError::into_inner))(tx);
        let is_kept = answer.is_ok();
        self.answer().state = State::Open(Some(answer));
        is_kept
    }

    fn overrule(&self, fault: StoreFault) {
        self.answer().state = State::Open(Some(Err(fault.into())));
    }

    fn acknowledge(&self) -> Option<Thread> {
        self.give(|answer| answer.unwrap_or_else(|| Err(stopped().into())))
    }

    fn abandon(&self) -> Option<Thread> {
        self.give(|_| Err(stopped().into()))
    }
}

fn stopped() -> StoreFault {
    StoreFault::Stopped { reason: "the store was closed before the command was durable".to_owned() }
}

impl<F, T, E> Awaited<T, E> for Command<F, T, E>
where
    F: Send,
    T: Send,
    E: Send,
{
    fn take_answer(&self) -> Option<Result<T, E>> {
        let mut answer = self.answer();
        match std::mem::replace(&mut answer.state, State::Taken) {
            State::Given(result) => Some(result),
            open => {
                answer.state = open;
                answer.sleeper = Some(std::thread::current());
                None
            }
        }
    }
}

/// Makes a command of a closure: what goes into the queue, and the handle to wait on.
pub(crate) fn command<F, T, E>(closure: F) -> (Queued, Pending<T, E>)
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreFault> + Send + 'static,
{
    let answer = Answer { state: State::Open(None), sleeper: None };
    let command = Arc::new(Command { closure: Mutex::new(closure), answer: Mutex::new(answer) });
    (Queued(Arc::clone(&command) as Arc<dyn Job>), Pending { command })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answered = Pending<u8, StoreFault>;

    #[test]
    fn a_waiter_that_came_first_is_woken_by_its_answer() {
        let (queued, pending): (_, Answered) = command(|_| Ok(1));
        let waiting = std::thread::spawn(move || pending.wait());
        let fault = StoreFault::Stopped { reason: "for the test".to_owned() };
        queued.job().overrule(fault.clone());
        // Whether or not it sleeps already.
        queued.job().acknowledge().iter().for_each(Thread::unpark);
        assert_eq!(waiting.join().unwrap(), Err(fault));
    }

    #[test]
    fn a_command_that_is_dropped_in_the_queue_says_so() {
        let (queued, pending): (_, Answered) = command(|_| Ok(1));
        let waiting = std::thread::spawn(move || pending.wait());
        drop(queued);
        assert!(waiting.join().unwrap().unwrap_err().to_string().contains("closed before the command was durable"));
    }

    /// A writer that ends between the closure and the commit has made nothing durable.
    #[test]
    fn what_was_not_acknowledged_was_not_done() {
        let (queued, pending): (_, Answered) = command(|_| Ok(1));
        queued.job().overrule(StoreFault::Stopped { reason: "what the closure said".to_owned() });
        drop(queued);
        assert!(pending.wait().unwrap_err().to_string().contains("closed before the command was durable"));
    }

    #[test]
    fn an_answer_outlives_the_queue() {
        let (queued, pending): (_, Answered) = command(|_| Ok(1));
        let fault = StoreFault::Stopped { reason: "for the test".to_owned() };
        queued.job().overrule(fault.clone());
        queued.job().acknowledge();
        drop(queued);
        assert_eq!(pending.wait(), Err(fault));
    }
}
