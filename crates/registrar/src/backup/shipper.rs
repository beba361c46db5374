//! The shipper: one process at a time puts what is committed, as long as it runs.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use ::backup::BackupFault;
use ::backup::place::Place;
use ::backup::retention::{self, Retention};
use escrow::openpgp::Sealer;
use jiff::SignedDuration;
use model::{Entropy, Timestamp};

use super::drills::{self, grant_manifest, is_manifest_wanted};
use super::generation::{Generation, InTheWay, put_manifest, write_durably};
use super::standing::BackupStanding;
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::registry::alarm;

/// So long something may be in the way before somebody is told.
const ALARM_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// How often it is looked whether drills are overdue.
const DRILLS_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often the file of the standing is written while nothing changes.
const STANDING_EVERY: SignedDuration = SignedDuration::from_secs(30);

const BEHIND_ALARM: &str = "backup-behind";

/// How backups are made and where they go.
#[derive(Clone, Debug)]
pub struct BackupOrder {
    /// The database's file.
    pub database: PathBuf,
    /// Whose it is: the instance's name.
    pub instance: String,
    /// Where they go.
    pub place: Arc<dyn Place>,
    /// What signs them, and for whom they are encrypted.
    pub sealer: Arc<Sealer>,
    /// The file that says how far it is.
    pub state: PathBuf,
    /// The file that says how it stands.
    pub standing: PathBuf,
    /// From one whole copy to the next.
    pub base_every: SignedDuration,
    /// From one manifest to the next.
    pub manifest_every: SignedDuration,
    /// Bytes of the database's log that may wait for the backups; or as many as the database has, if that is more.
    pub log_limit: u64,
    /// How long they are kept; none where somebody else removes them, because what writes them may not.
    pub retention: Option<Retention>,
}

impl BackupOrder {
    /// Bytes of the log that may wait beside a database of so many bytes: a large one takes longer to copy.
    pub(super) fn most_log(&self, database: u64) -> u64 {
        self.log_limit.max(database)
    }
}

/// A thread that writes a base or a manifest while segments go on.
type Beside<T> = Option<JoinHandle<Result<T, InTheWay>>>;

/// Puts what is committed.
#[derive(Debug)]
pub struct Shipper {
    registrar: Registrar,
    order: BackupOrder,
    current: Option<Generation>,
    next: Beside<Generation>,
    manifest: Beside<()>,
    standing: BackupStanding,
    told_at: Option<Timestamp>,
    is_alarmed: bool,
    drills_at: Option<Timestamp>,
    /// Held while this lives: two shippers would write two histories.
    _lock: File,
}

impl Shipper {
    /// The shipper of an instance; none if another process ships already.
    ///
    /// # Errors
    /// If the lock's file cannot be opened.
    pub fn claim(registrar: &Registrar, order: BackupOrder) -> Result<Option<Self>, Failure> {
        let failed = |error: std::io::Error| Failure::from(Fault::new("the lock of backups cannot be taken", &error));
        let path = order.state.with_extension("lock");
        let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(path).map_err(failed)?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        let standing = BackupStanding::read(&order.standing).unwrap_or(BackupStanding::NONE);
        let (current, next, manifest, told_at) = (None, None, None, None);
        let registrar = registrar.clone();
        // An alarm of before a restart is cleared by the first success.
        Ok(Some(Self { registrar, order, current, next, manifest, standing, told_at, is_alarmed: true, drills_at: None, _lock: lock }))
    }

    /// Puts what was committed since; how much was done. A place that refuses is no fault: it is tried again, and an alarm tells of it.
    ///
    /// # Errors
    /// A fault of the files of the state.
    pub fn step(&mut self) -> Result<usize, Failure> {
        let now = self.registrar.now();
        let stepped = self.try_step(now);
        if let Err(failure) = &stepped {
            tracing::error!("backups: {failure}");
            self.standing.failing_since.get_or_insert(now);
            self.standing.fault = Some(failure.to_string());
        }
        // While another whole copy is made, what failed before is not made good.
        self.tell(now, stepped.is_ok() && self.current.is_some())?;
        if self.drills_at.is_none_or(|at| now.duration_since(at).abs() >= DRILLS_EVERY) {
            drills::watch_drills(&self.registrar)?;
            self.drills_at = Some(now);
        }
        // What failed is no work done: the worker pauses.
        Ok(stepped.unwrap_or(0))
    }

    /// How backups stand.
    #[must_use]
    pub fn standing(&self) -> &BackupStanding {
        &self.standing
    }

    /// Whether everything that was committed by `time` lies in the place.
    #[must_use]
    pub fn is_complete_since(&self, time: Timestamp) -> bool {
        self.current.is_some() && self.standing.complete_at.is_some_and(|at| at >= time)
    }

    fn try_step(&mut self, now: Timestamp) -> Result<usize, InTheWay> {
        self.take_next(now)?;
        let Some(current) = &mut self.current else { return self.begin(now).map(|()| 0) };
        let shipped = current.check_log(&self.order).and_then(|()| current.ship(&self.order.state, || self.registrar.now()));
        let shipped = match shipped {
            Ok(bytes) => bytes,
            Err(failure) => {
                if !is_made_good_by_waiting(&failure) || !current.is_behind() {
                    // Not the place but the log or the history is at fault: only a new base helps.
                    if let Some(current) = self.current.take() {
                        current.give_up();
                    }
                }
                return Err(failure);
            }
        };
        if shipped > 0 {
            self.note_standing();
        }
        self.watch_manifest(now)?;
        let is_old = self.current.as_ref().is_some_and(|current| now.duration_since(current.begun_at).abs() >= self.order.base_every);
        if is_old && self.next.is_none() {
            self.next = Some(self.start(now)?);
        }
        if shipped == 0 {
            self.standing.complete_at = Some(now);
        }
        Ok(usize::from(shipped > 0))
    }

    /// Goes on where a former process was, or begins anew.
    fn begin(&mut self, now: Timestamp) -> Result<(), InTheWay> {
        if self.next.is_some() {
            return Ok(());
        }
        if let Some(generation) = Generation::resume(&self.order)? {
            self.current = Some(generation);
            return self.keep();
        }
        self.next = Some(self.start(now)?);
        Ok(())
    }

    fn start(&self, now: Timestamp) -> Result<JoinHandle<Result<Generation, InTheWay>>, InTheWay> {
        let (order, chance) = (self.order.clone(), chance(&self.registrar));
        beside("backup-base", move || Generation::begin(&order, now, chance))
    }

    /// Takes over from the former generation once the next one's base is whole.
    fn take_next(&mut self, now: Timestamp) -> Result<(), InTheWay> {
        let Some(next) = self.next.take_if(|next| next.is_finished()) else { return Ok(()) };
        self.current = Some(joined(next)?);
        self.keep()?;
        // By a clock that is wrong everything would be old.
        let Some(rules) = self.order.retention.filter(|_| self.registrar.is_at_rest().is_ok_and(|is_at_rest| !is_at_rest)) else {
            return Ok(());
        };
        let prune = || {
            let found = ::backup::survey(self.order.place.as_ref())?;
            let proven = drills::proven_generation(&self.registrar);
            let expired = retention::expired(&found, proven.as_ref(), rules, now);
            retention::prune(self.order.place.as_ref(), &expired)
        };
        match prune() {
            Ok(removed) if removed > 0 => tracing::info!(removed, "objects of old backups were removed"),
            Ok(_) => {}
            // Too much is kept: no reason to put less.
            Err(fault) => tracing::warn!("old backups cannot be removed: {fault}"),
        }
        Ok(())
    }

    fn watch_manifest(&mut self, now: Timestamp) -> Result<(), InTheWay> {
        if let Some(done) = self.manifest.take_if(|manifest| manifest.is_finished()) {
            joined(done)?;
            self.standing.manifest_at = self.current.as_ref().map(|current| current.manifest_at);
            self.keep()?;
        }
        // Writers wait while the last of the log is copied for a manifest: it must not be much.
        let Some(current) = self.current.as_mut().filter(|current| current.is_level()) else { return Ok(()) };
        let is_due = now.duration_since(current.manifest_at).abs() >= self.order.manifest_every;
        if self.manifest.is_none() && (is_due || is_manifest_wanted(&self.registrar)?) {
            let snapshot = current.snapshot()?;
            while current.is_behind() {
                current.ship(&self.order.state, || self.registrar.now())?;
            }
            let limit = self.order.most_log(snapshot.len());
            if let Some(writer) = current.begin_manifest(now) {
                self.manifest = Some(beside("backup-manifest", move || put_manifest(&writer, &snapshot, now, limit))?);
            }
            grant_manifest(&self.registrar)?;
            self.keep()?;
        }
        Ok(())
    }

    /// Makes durable how far it is.
    fn keep(&mut self) -> Result<(), InTheWay> {
        self.note_standing();
        self.current.as_ref().map_or(Ok(()), |current| current.keep(&self.order.state))
    }

    fn note_standing(&mut self) {
        if let Some(current) = &self.current {
            let state = current.writer.state();
            self.standing.generation = Some(state.generation.to_string());
            self.standing.begun_at = Some(current.begun_at);
            self.standing.segments = state.segments;
        }
    }

    /// Writes the standing, and raises or clears the alarm.
    fn tell(&mut self, now: Timestamp, is_well: bool) -> Result<(), Failure> {
        if is_well && self.standing.fault.is_some() {
            (self.standing.failing_since, self.standing.fault) = (None, None);
            self.told_at = None;
        }
        if self.told_at.is_none_or(|at| now.duration_since(at) >= STANDING_EVERY || now < at) {
            write_durably(&self.order.standing, &self.standing)?;
            self.told_at = Some(now);
        }
        let is_late = self.standing.failing_since.is_some_and(|since| now.duration_since(since) >= ALARM_AFTER);
        if is_late && !self.is_alarmed || is_well && self.is_alarmed {
            let sentence = self.standing.fault.as_ref().filter(|_| is_late).map(|fault| {
                format!(
                    "nothing was backed up since {}: {fault}; what is committed meanwhile is in the log of the database alone. Run `namekeep backup status`",
                    self.standing.complete_at.map_or("the start".to_owned(), |at| at.to_string())
                )
            });
            self.is_alarmed = sentence.is_some();
            self.registrar.store().write::<_, Failure>(move |tx| Ok(alarm::say(tx, BEHIND_ALARM, sentence.clone(), now)?))?;
        }
        Ok(())
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        // What waits goes out with the process where it can; else the next one begins there.
        if let Some(current) = &mut self.current
            && current.ship(&self.order.state, || self.registrar.now()).is_ok()
        {
            self.standing.complete_at = Some(self.registrar.now());
            drop(self.keep());
        }
        drop(write_durably(&self.order.standing, &self.standing));
    }
}

/// Whether the same may succeed later. Where the history itself is at fault, it never does.
fn is_made_good_by_waiting(failure: &InTheWay) -> bool {
    !matches!(failure, InTheWay::TooFarBehind { .. } | InTheWay::Repository(BackupFault::Occupied { .. }))
}

fn chance(registrar: &Registrar) -> u16 {
    let mut bytes = [0; 2];
    registrar.draw().fill(&mut bytes);
    u16::from_be_bytes(bytes)
}

fn beside<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> Result<T, InTheWay> + Send + 'static,
) -> Result<JoinHandle<Result<T, InTheWay>>, InTheWay> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map_err(|error| InTheWay::machine("start a thread", &error))
}

fn joined<T>(done: JoinHandle<Result<T, InTheWay>>) -> Result<T, InTheWay> {
    done.join().unwrap_or_else(|_| Err(InTheWay::machine("finish a thread", &"it ended by a panic; see the log")))
}
