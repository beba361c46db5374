//! `namekeep serve`: the instance at work until it is told to stop. Gates, pollers, nightly reconciliation and the watch on logins of
//! every registry account; the clock, the courier of notices, the desk, changes of registrants, the follower of the ledger.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use registrar::Registrar;
use registrar::backup::Shipper;
use registrar::contact::HolderChanges;
use registrar::deposit::Depositor;
use registrar::desk::{Desk, DeskParts};
use registrar::publish::Publisher;
use registrar::registry::LoginWatch;
use registrar::timer::Clockwork;
use registrar::verification::VerificationLetters;
use store::ledger::Folder;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Ending;
use super::bounces::BounceFolder;
use super::certificates::CertificateWatch;
use super::housekeeping::Housekeeping;
use super::session::runtime;
use super::{intake, publication};
use crate::carrier::{Carrier, random_word};
use crate::drill::NightlyDrill;
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, store_failure};
use crate::{backup_config, escrow_config, mail_config};

/// Registrations one step of the clock looks at, and notices one step of the courier carries.
const STEP_ITEMS: usize = 256;

/// Pause of the clock and the courier when nothing was due. The finest duty is counted in hours.
const IDLE_PAUSE: Duration = Duration::from_millis(500);

/// Where a folder keeps its name as a node, and its lock.
const NODE_FILE: &str = "node";

/// Pause after a worker met a fault: the database or the disk may need the time.
const FAULT_PAUSE: Duration = Duration::from_secs(5);

/// How long a process serves before it drills.
const DRILL_AFTER: Duration = Duration::from_secs(10 * 60);

/// How long open commands may take to end after the signal to stop; the longest deadline of a transform is 20 s (facts 6.2).
const DRAIN_LIMIT: Duration = Duration::from_secs(25);

/// Serves the instance in `folder` until SIGTERM or SIGINT.
pub fn run(folder: &Path) -> Result<Ending, Failure> {
    let instance = Instance::open(folder)?;
    let node = Node::claim(&instance)?;
    runtime()?.block_on(async {
        let server = Server::start(&instance, &node.name)?;
        anstream::eprintln!(
            "namekeep serves `{}` ({}), {} registries; stop it with Ctrl-C.",
            instance.config.instance.name,
            instance.kind,
            instance.accounts.len()
        );
        if instance.registrar.is_frozen()? {
            anstream::eprintln!(
                "It is FROZEN: nothing is renewed, deleted, sent or deposited by itself. `namekeep recovery status` says what is missing."
            );
        }
        stop_signal().await?;
        anstream::eprintln!("stopping: open commands end first");
        server.stop().await;
        Ok(Ending::Done)
    })
}

/// This folder as one node of the instance: the same name at every start, so that leases are taken over at once, and one
/// process at a time.
struct Node {
    name: String,
    /// Locked until the process ends, however it ends.
    _lock: File,
}

impl Node {
    fn claim(instance: &Instance) -> Result<Self, Failure> {
        let path = instance.path(Path::new(NODE_FILE));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| Failure::file(&path, "open the file", &error))?;
        file.try_lock().map_err(|_| {
            Failure::new(Exit::Refused, "serve.running", format!("Another process serves `{}` already.", instance.folder.display()))
                .hint("stop that one first; commands work beside it")
        })?;
        let mut name = String::new();
        file.read_to_string(&mut name).map_err(|error| Failure::file(&path, "read the file", &error))?;
        if name.is_empty() {
            name = format!("node-{}", random_word(&instance.registrar));
            file.write_all(name.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| Failure::file(&path, "write the file", &error))?;
        }
        Ok(Self { name, _lock: file })
    }
}

/// A running instance.
pub struct Server {
    shutdown: watch::Sender<bool>,
    tasks: JoinSet<()>,
    carriers: Vec<std::sync::Arc<Carrier>>,
}

impl Server {
    /// Starts all workers of an instance, inside a runtime. They hold their leases as `owner`.
    ///
    /// # Errors
    /// [`Failure`] if an account's files cannot be used.
    pub fn start(instance: &Instance, owner: &str) -> Result<Self, Failure> {
        let (shutdown, signal) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut carriers = Vec::new();
        for carrier in Carrier::open_as(instance, None, owner)? {
            let carrier = std::sync::Arc::new(carrier);
            let (gate, poller) = (carrier.gate.clone(), std::sync::Arc::clone(&carrier));
            let (for_gate, for_poller) = (signal.clone(), signal.clone());
            tasks.spawn(async move { gate.run(for_gate).await });
            tasks.spawn(async move { poller.poller.run(for_poller).await });
            let nightly = carrier.nightly(instance, owner)?;
            let for_nightly = signal.clone();
            tasks.spawn(async move { nightly.run(for_nightly).await });
            let logins = LoginWatch::open(instance.registrar.clone(), &carrier.registry, std::sync::Arc::clone(&carrier.port))?;
            let for_logins = signal.clone();
            tasks.spawn(async move { logins.run(for_logins).await });
            carriers.push(carrier);
        }
        // Before anybody opens anything: a database that was put back may hold people who were erased since.
        instance.registrar.sweep_keys()?;
        let clockwork = Clockwork::new(&instance.registrar);
        repeat(&mut tasks, &signal, "clock", move || clockwork.step(STEP_ITEMS).map_err(Failure::from));
        let courier = mail_config::courier(instance)?;
        let desk = Desk::new(DeskParts {
            registrar: &instance.registrar,
            courier: &courier,
            intake: &instance.path(&instance.config.desk.intake),
            key: intake::key(instance)?,
            rules: intake::rules(&instance.config.desk),
        });
        repeat(&mut tasks, &signal, "desk", move || desk.step(STEP_ITEMS).map_err(Failure::from));
        repeat(&mut tasks, &signal, "courier", move || courier.step(STEP_ITEMS).map_err(Failure::from));
        if let Some(folder) = instance.config.mail.as_ref().and_then(|mail| mail.bounces.as_ref()) {
            let mut bounces = BounceFolder::open(&instance.registrar, instance.path(folder))?;
            repeat(&mut tasks, &signal, "bounces", move || bounces.step());
        }
        let holder_changes = HolderChanges::new(&instance.registrar);
        repeat(&mut tasks, &signal, "changes of registrants", move || holder_changes.step().map_err(Failure::from));
        let letters = VerificationLetters::new(&instance.registrar);
        repeat(&mut tasks, &signal, "verification letters", move || letters.step().map_err(Failure::from));
        let mut housekeeping = Housekeeping::new(instance, &carriers);
        repeat(&mut tasks, &signal, "housekeeping", move || housekeeping.step());
        let mut watch = CertificateWatch::new(instance, &carriers);
        repeat(&mut tasks, &signal, "certificate watch", move || watch.step());
        if instance.config.escrow.is_some() {
            let mut depositor = Depositor::new(&instance.registrar, escrow_config::order(instance)?);
            repeat(&mut tasks, &signal, "depositor", move || depositor.step().map_err(Failure::from));
        }
        if instance.config.backup.is_some() {
            let order = backup_config::order(instance)?;
            let mut shipper = Shipper::claim(&instance.registrar, order)?.ok_or_else(|| {
                Failure::new(Exit::Refused, "backup.running", "Another process puts the backups of this instance.")
                    .hint("end `namekeep backup run` first")
            })?;
            repeat(&mut tasks, &signal, "backups", move || shipper.step().map_err(Failure::from));
        }
        if instance.config.backup.as_ref().is_some_and(|backup| backup.drill_key.is_some()) {
            let (mut drill, registrar) = (NightlyDrill::new(&instance.folder), instance.registrar.clone());
            let begun = std::time::Instant::now();
            // Not in the first minutes of a process: they have better things to do.
            repeat(&mut tasks, &signal, "drill", move || if begun.elapsed() < DRILL_AFTER { Ok(0) } else { drill.step(&registrar) });
        }
        let key = publication::key(instance)?;
        let publication = &instance.config.publication;
        let mut publisher = Publisher::new(&instance.registrar, publication.rules(), &instance.path(&publication.feed), key);
        repeat(&mut tasks, &signal, "publisher", move || publisher.step().map_err(Failure::from));
        let follower = Follower::new(&instance.registrar, instance.path(&instance.config.instance.ledger));
        repeat(&mut tasks, &signal, "ledger follower", move || follower.step());
        Ok(Self { shutdown, tasks, carriers })
    }

    /// Stops: open commands end, leases go back, sessions log out.
    pub async fn stop(mut self) {
        // Nobody listens any more only if every worker has ended already.
        let _ = self.shutdown.send(true);
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_LIMIT, drained).await.is_err() {
            tracing::warn!("some workers did not end in time; what they sent is settled at the next start");
        }
        for carrier in &self.carriers {
            carrier.close().await;
        }
    }
}

/// Brings the published folder of the ledger up to the store.
struct Follower {
    registrar: Registrar,
    folder: Folder,
}

impl Follower {
    fn new(registrar: &Registrar, folder: PathBuf) -> Self {
        Self { registrar: registrar.clone(), folder: Folder::new(&folder) }
    }

    fn step(&self) -> Result<usize, Failure> {
        let followed = self.folder.follow(self.registrar.store()).map_err(store_failure)?;
        Ok(usize::try_from(followed.to - followed.from).unwrap_or(usize::MAX))
    }
}

/// Repeats a blocking step until shutdown: at once while there is work, with pauses when there is none, with longer ones
/// after a fault. A fault is logged, never the end of the worker.
fn repeat(
    tasks: &mut JoinSet<()>,
    signal: &watch::Receiver<bool>,
    worker: &'static str,
    step: impl FnMut() -> Result<usize, Failure> + Send + 'static,
) {
    let mut signal = signal.clone();
    let mut step = step;
    tasks.spawn(async move {
        while !*signal.borrow() {
            let stepped = tokio::task::spawn_blocking(move || {
                let done = step();
                (step, done)
            });
            let Ok((returned, done)) = stepped.await else {
                tracing::error!(worker, "the worker ended by a panic; restart the instance");
                return;
            };
            step = returned;
            let pause = match done {
                Ok(0) => IDLE_PAUSE,
                Ok(_) => continue,
                Err(failure) => {
                    tracing::error!(worker, %failure, "a step failed; it is repeated");
                    FAULT_PAUSE
                }
            };
            // A closed channel means shutdown as well.
            let _ = tokio::time::timeout(pause, signal.changed()).await;
        }
    });
}

/// Waits for SIGTERM or SIGINT.
pub async fn stop_signal() -> Result<(), Failure> {
    let failure = |error: std::io::Error| Failure::new(Exit::Fault, "signal", format!("The system gave no signals: {error}."));
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).map_err(failure)?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        ended = tokio::signal::ctrl_c() => ended.map_err(failure),
    }
}
