//! How our process dies in the middle of its work: just before or just after a commit of any of its workers, or on the wire.
//!
//! A death is a draw about the worker and the number of the command it gives to the store, counted over all starts of the process, so
//! that it falls on the same command again however the commands are batched.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use store::{Fate, Rehearsal};
use tokio::sync::watch;

use super::chance::Chance;
use super::port::Weather;

/// Of so many commands to the store one is fatal.
const COMMANDS_A_DEATH: u64 = 1_500;

/// Who gives commands to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// People, through the operator.
    People,
    /// The clock worker.
    Clock,
    /// The courier.
    Courier,
    /// The gates.
    Gate,
    /// The pollers.
    Poller,
    /// The reconcilers.
    Reconciler,
}

impl Worker {
    /// Every worker, by the number that stands for it.
    pub const ALL: [Self; 6] = [Self::People, Self::Clock, Self::Courier, Self::Gate, Self::Poller, Self::Reconciler];

    /// Its word in draws and tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "orders",
            Self::Clock => "clock",
            Self::Courier => "courier",
            Self::Gate => "gate",
            Self::Poller => "poller",
            Self::Reconciler => "reconciler",
        }
    }
}

/// What was fatal so far, over all starts of a life.
#[derive(Debug, Default)]
pub struct Deaths {
    /// Commands given, by worker.
    given: Mutex<[u64; Worker::ALL.len()]>,
    /// Deaths just before a commit, by worker.
    before: Mutex<[u64; Worker::ALL.len()]>,
    /// Deaths just after a commit, by worker.
    after: Mutex<[u64; Worker::ALL.len()]>,
}

impl Deaths {
    /// How often each worker died before and after a commit, by its word.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        let (before, after) = (*lock(&self.before), *lock(&self.after));
        Worker::ALL.into_iter().enumerate().map(move |(index, worker)| (worker.word(), before[index], after[index]))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The life of one start of our process.
pub struct Power {
    chance: Chance,
    weather: Arc<Weather>,
    deaths: Arc<Deaths>,
    /// Whose turn it is, as its place in [`Worker::ALL`].
    worker: AtomicU8,
    /// Becomes true when the process dies.
    cut: watch::Sender<bool>,
}

impl Power {
    /// A process that has just started.
    pub fn on(chance: Chance, weather: Arc<Weather>, deaths: Arc<Deaths>) -> Arc<Self> {
        Arc::new(Self { chance, weather, deaths, worker: AtomicU8::new(0), cut: watch::channel(false).0 })
    }

    /// It is this worker's turn.
    pub fn turn_of(&self, worker: Worker) {
        self.worker.store(worker as u8, Ordering::SeqCst);
    }

    /// Cuts the power: nothing of this process ever goes on.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Whether the process is dead.
    pub fn is_cut(&self) -> bool {
        *self.cut.borrow()
    }

    /// Ends when the process dies.
    pub async fn wait_for_cut(&self) {
        // The sender is ours, so the channel does not close.
        drop(self.cut.subscribe().wait_for(|is_cut| *is_cut).await);
    }
}

impl Rehearsal for Power {
    fn next(&self) -> Fate {
        if self.is_cut() {
            return Fate::IsDead;
        }
        if self.weather.is_fair() {
            return Fate::Lives;
        }
        let index = usize::from(self.worker.load(Ordering::SeqCst));
        let Some(worker) = Worker::ALL.get(index) else { return Fate::Lives };
        let number = {
            let mut given = lock(&self.deaths.given);
            given[index] += 1;
            given[index]
        };
        let (fate, counter) = match self.chance.below(worker.word(), number, COMMANDS_A_DEATH * 2) {
            0 => (Fate::DiesBeforeCommit, &self.deaths.before),
            1 => (Fate::DiesAfterCommit, &self.deaths.after),
            _ => return Fate::Lives,
        };
        lock(counter)[index] += 1;
        self.cut();
        fate
    }
}
