//! A folder at another host, over SFTP.

use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};

use escrow::sftp::{Put, SendFault, Session, Target};
use tokio::runtime::{Builder, Runtime};

use super::{LISTING_LIMIT, OBJECT_LIMIT_BYTES, Place};
use crate::fault::BackupFault;

/// A folder at a host that shows a pinned key. The line stays open between two calls, in a thread of its own.
#[derive(Debug)]
pub struct Sftp {
    described: String,
    jobs: Mutex<Option<Sender<Job>>>,
    target: Target,
}

type Job = Box<dyn FnOnce(&mut Worker) + Send>;

struct Worker {
    runtime: Runtime,
    target: Target,
    session: Option<Session>,
}

impl Worker {
    /// Does something in a session. What fails in one that was opened before is tried once more in a new one: a line that nobody used for
    /// a while is closed by many hosts.
    fn run<T>(&mut self, work: impl AsyncFn(&Session) -> Result<T, SendFault>) -> Result<T, SendFault> {
        let Self { runtime, target, session } = self;
        if let Some(open) = session.take()
            && let Ok(done) = runtime.block_on(work(&open))
        {
            *session = Some(open);
            return Ok(done);
        }
        let open = runtime.block_on(Session::open(target))?;
        let done = runtime.block_on(work(&open))?;
        *session = Some(open);
        Ok(done)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.runtime.block_on(session.close());
        }
    }
}

impl Sftp {
    /// That folder at that host. Nothing is asked of it yet.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let described = format!("sftp://{}@{}:{}/{}", target.user, target.host, target.port, target.folder.trim_start_matches('/'));
        Self { described, jobs: Mutex::new(None), target }
    }

    fn ask<T: Send + 'static>(
        &self,
        doing: &str,
        work: impl AsyncFn(&Session) -> Result<T, SendFault> + Send + 'static,
    ) -> Result<T, BackupFault> {
        let (reply, answer): (SyncSender<Result<T, SendFault>>, _) = sync_channel(1);
        let job: Job = Box::new(move |worker| drop(reply.send(worker.run(work))));
        self.give(job).map_err(|reason| self.fault(doing, &reason))?;
        match answer.recv() {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(fault)) => Err(self.fault(doing, &fault)),
            Err(_) => Err(self.fault(doing, &"the thread of the line ended")),
        }
    }

    /// Gives a job to the thread of the line, which is started by the first.
    fn give(&self, job: Job) -> Result<(), String> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match jobs.as_ref() {
            Some(open) => match open.send(job) {
                Ok(()) => return Ok(()),
                // The thread ended by a panic: another one takes its place.
                Err(unsent) => unsent.0,
            },
            None => job,
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let (sender, receiver) = channel::<Job>();
        let mut worker = Worker { runtime, target: self.target.clone(), session: None };
        let thread = std::thread::Builder::new().name("backup-sftp".to_owned());
        thread.spawn(move || receiver.into_iter().for_each(|job| job(&mut worker))).map_err(|error| error.to_string())?;
        sender.send(job).map_err(|error| error.to_string())?;
        *jobs = Some(sender);
        Ok(())
    }

    fn fault(&self, doing: &str, reason: &dyn std::fmt::Display) -> BackupFault {
        BackupFault::Place { place: self.described.clone(), doing: doing.to_owned(), reason: reason.to_string() }
    }
}

impl Place for Sftp {
    fn describe(&self) -> String {
        self.described.clone()
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), BackupFault> {
        let (object, bytes) = (name.to_owned(), content.to_vec());
        match self.ask(&format!("take `{name}`"), async move |session| session.put(&object, &bytes).await)? {
            Put::Done => Ok(()),
            Put::Occupied if self.get(name)? == content => Ok(()),
            Put::Occupied => Err(BackupFault::Occupied { object: name.to_owned() }),
        }
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, BackupFault> {
        let object = name.to_owned();
        let found = self.ask(&format!("give `{name}`"), async move |session| session.get(&object, OBJECT_LIMIT_BYTES).await)?;
        found.ok_or_else(|| BackupFault::Missing { object: name.to_owned() })
    }

    fn list(&self) -> Result<Vec<String>, BackupFault> {
        self.ask("list what it has", async |session| session.list(LISTING_LIMIT).await)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        let object = name.to_owned();
        self.ask(&format!("remove `{name}`"), async move |session| session.remove(&object).await)
    }
}
