//! The depositor: writes a deposit a day, sends it, tries again where that fails, and watches. Everything it does can be cut off at any
//! moment: a deposit counts from the row on, and the row comes after its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use escrow::deposit::{Gap, Manifest, Settings, Writer};
use escrow::openpgp::{Certificate, OwnKey, Sealer};
use escrow::sftp::{self, Target};
use jiff::SignedDuration;
use model::{DepositId, Timestamp};
use store::deposits::{self, DepositRow};

use super::portfolio;
use super::record::{KeepDeposit, NoteSent, RunDeposit};
use super::watch;
use crate::actor;
use crate::authorised::{Authorised, authorise};
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::sole::{InFreeze, Sole};

/// The account of a deposit, beside its files.
const MANIFEST: &str = "manifest.json";

/// Deposits whose files are kept here.
const KEPT: usize = 7;

/// How long a folder may wait for its row: longer than any deposit takes to be written.
const ORPHAN_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// First pause after a try that failed, doubled up to the longest.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Doublings until the longest pause is reached for certain.
const DOUBLINGS: u32 = 10;

/// How often the standing is looked at.
const WATCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// How deposits are made and where they go.
#[derive(Clone, Debug)]
pub struct DepositOrder {
    /// The form of the deposit.
    pub settings: Settings,
    /// Where its files lie, a folder for each deposit.
    pub folder: PathBuf,
    /// What signs it.
    pub signer: OwnKey,
    /// For whom it is encrypted.
    pub recipients: Vec<Certificate>,
    /// Where it is sent; none where a person carries it.
    pub target: Option<Target>,
    /// The hour of the day from which it is due, UTC.
    pub hour: u8,
}

/// A deposit that was written.
#[derive(Debug)]
pub struct Written {
    /// Identity.
    pub id: DepositId,
    /// Where its files are.
    pub folder: PathBuf,
    /// Its account.
    pub manifest: Manifest,
    /// Cells that had to be filled and are empty; the first hundred.
    pub gaps: Vec<Gap>,
    /// How many there are.
    pub gap_count: u64,
}

/// Writes and sends deposits.
pub struct Depositor {
    registrar: Registrar,
    sole: Sole,
    order: DepositOrder,
    watched_at: Option<Timestamp>,
}

impl Depositor {
    /// The depositor of a registrar.
    #[must_use]
    pub fn new(registrar: &Registrar, order: DepositOrder) -> Self {
        Self { registrar: registrar.clone(), sole: Sole::new(registrar, "depositor", InFreeze::GoesOn), order, watched_at: None }
    }

    /// Writes the deposit of the day if it is due, sends what waits, and looks at the standing; gives how much was done.
    ///
    /// # Errors
    /// A fault of the store, the vault or the folder. A deposit that could not be sent is no fault: it is tried again, and the watch says so.
    pub fn step(&mut self) -> Result<usize, Failure> {
        let now = self.registrar.now();
        // A deposit of books that are not reconciled would stand in the agent's hands in the place of a truer one: in a freeze the last one
        // counts, the duty runs on, and its alarm says so. A person can still order one.
        let is_at_rest = self.registrar.is_at_rest()?;
        let (is_due, waiting) = if is_at_rest { (false, None) } else { (self.is_due(now)?, self.waiting(now)?) };
        let is_watch = self.watched_at.is_none_or(|at| now.duration_since(at).abs() >= WATCH_EVERY);
        if !is_due && waiting.is_none() && !is_watch {
            return Ok(0);
        }
        let done = self.sole.alone(|_| {
            let mut done = 0;
            // What another process did meanwhile is not done twice.
            let written = if !is_at_rest && self.is_due(now)? { self.write_due().map(|()| done += 1) } else { Ok(()) };
            if let Some(row) = self.waiting(self.registrar.now())?.filter(|_| !is_at_rest) {
                self.send(&row)?;
                done += 1;
            }
            // Whatever became of it, somebody is told.
            watch::watch(&self.registrar, written.as_ref().err(), self.keys_end(now))?;
            written.map(|()| done)
        })?;
        self.watched_at = Some(now);
        Ok(done.unwrap_or(0))
    }

    /// When the first of the keys runs out.
    fn keys_end(&self, now: Timestamp) -> Option<Timestamp> {
        let keys = self.order.recipients.iter().chain([self.order.signer.certificate()]);
        keys.filter_map(|key| key.expires_at(now)).min()
    }

    fn write_due(&self) -> Result<(), Failure> {
        let leave = authorise(&actor::timer(), RunDeposit)?;
        self.write(&leave).map(drop)
    }

    /// The last time it was due has passed and no deposit holds a later state.
    fn is_due(&self, now: Timestamp) -> Result<bool, Failure> {
        let due = last_due(now, self.order.hour);
        let newest = self.registrar.store().read::<_, Failure>(|tx| Ok(deposits::list(tx, watch::present(now), 1)?.pop()))?;
        Ok(newest.is_none_or(|newest| newest.watermark < due))
    }

    /// The newest deposit that waits to be sent, if its time has come.
    fn waiting(&self, now: Timestamp) -> Result<Option<DepositRow>, Failure> {
        if self.order.target.is_none() {
            return Ok(None);
        }
        let newest = self.registrar.store().read::<_, Failure>(|tx| Ok(deposits::list_unsent(tx, watch::present(now), 1)?.pop()))?;
        Ok(newest.filter(|row| row.next_try_at.is_none_or(|at| at <= now)))
    }

    /// Writes a deposit of the state now. It gets in no other process's way: each has a folder of its own.
    ///
    /// # Errors
    /// A fault of the store, the vault, the keys or the folder; nothing counts as a deposit then.
    pub fn write(&self, leave: &Authorised<RunDeposit>) -> Result<Written, Failure> {
        let Self { registrar, order, .. } = self;
        let watermark = registrar.now();
        let id = DepositId::new(watermark, &mut registrar.draw());
        let folder = self.folder_of(watermark, id);
        let broken = |fault: escrow::deposit::DepositFault| Failure::from(Fault::new("a deposit cannot be written", &fault));
        let sealer = Sealer::new(order.signer.clone(), order.recipients.clone(), watermark);
        let sealer = sealer.map_err(|fault| Fault::new("a deposit cannot be sealed", &fault))?;
        self.sweep()?;
        let has_handles = order.settings.specification == escrow::Specification::Y2007;
        let mut writer = Writer::begin(order.settings.clone(), &folder, sealer, watermark).map_err(broken)?;
        registrar.store().read::<_, Failure>(|tx| {
            portfolio::read_names(tx, registrar, &mut |entry| writer.add(entry).map_err(broken))?;
            if has_handles {
                portfolio::read_people(tx, registrar, &mut |person| writer.add_person(person).map_err(broken))?;
            }
            Ok(())
        })?;
        let outcome = writer.finish().map_err(broken)?;
        write_manifest(&folder, &outcome.manifest)?;
        let keep = KeepDeposit { id, manifest: outcome.manifest.clone(), gaps: outcome.gap_count };
        registrar.carry_out(authorise(leave.actor(), keep)?)?;
        Ok(Written { id, folder, manifest: outcome.manifest, gaps: outcome.gaps, gap_count: outcome.gap_count })
    }

    /// Sends the newest deposit that waits, whatever its time is; whether it arrived. What keeps it from arriving is noted, and it is tried
    /// again. Two processes that send the same one send the same bytes to the same places.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn send_now(&self, _: &Authorised<RunDeposit>) -> Result<bool, Failure> {
        let until = watch::present(self.registrar.now());
        let newest = self.registrar.store().read::<_, Failure>(|tx| Ok(deposits::list_unsent(tx, until, 1)?.pop()))?;
        newest.map_or(Ok(false), |row| self.send(&row))
    }

    /// Where the files of a deposit lie. [`Depositor::sweep`] knows them by the id behind the date.
    fn folder_of(&self, watermark: Timestamp, id: DepositId) -> PathBuf {
        self.order.folder.join(format!("{}-{id}", policy::calendar::utc_date(watermark)))
    }

    /// Whether it arrived.
    fn send(&self, row: &DepositRow) -> Result<bool, Failure> {
        let Some(target) = &self.order.target else { return Ok(false) };
        let manifest: Manifest =
            serde_json::from_str(&row.manifest).map_err(|error| Fault::new("the account of a deposit cannot be read", &error))?;
        let folder = self.folder_of(row.watermark, row.id);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Fault::new("a deposit cannot be sent", &error))?;
        match runtime.block_on(sftp::send(target, &folder, &manifest, &())) {
            Ok(()) => {
                self.registrar.carry_out(authorise(&actor::timer(), NoteSent { id: row.id })?)?;
                Ok(true)
            }
            Err(fault) => {
                let (id, words) = (row.id, fault.to_string());
                tracing::error!(deposit = %id, "a deposit was not sent: {words}");
                let next = self.registrar.now().saturating_add(pause(row.tries)).unwrap_or(Timestamp::MAX);
                self.registrar.store().write::<_, Failure>(move |tx| Ok(deposits::note_try(tx, id, &words, next)?))?;
                Ok(false)
            }
        }
    }

    /// Removes the files of deposits that are neither among the newest nor waiting, and folders that no deposit came of within a day.
    fn sweep(&self) -> Result<(), Failure> {
        let folder = &self.order.folder;
        if !folder.exists() {
            return Ok(());
        }
        let kept = self.registrar.store().read::<_, Failure>(|tx| {
            let mut rows = deposits::list(tx, Timestamp::MAX, u32::try_from(KEPT).unwrap_or(u32::MAX))?;
            rows.extend(deposits::list_unsent(tx, Timestamp::MAX, 1)?);
            Ok(rows.into_iter().map(|row| row.id.to_string()).collect::<Vec<_>>())
        })?;
        let fault = |error: std::io::Error| Failure::from(Fault::new("the folder of deposits cannot be swept", &error));
        for entry in fs::read_dir(folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_ours = name.get(11..).is_some_and(|id| id.parse::<DepositId>().is_ok());
            let is_old = || -> std::io::Result<bool> { Ok(entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age > ORPHAN_AGE)) };
            if is_ours && !kept.iter().any(|id| name.ends_with(id.as_str())) && is_old().map_err(fault)? {
                fs::remove_dir_all(entry.path()).map_err(fault)?;
                // Where the process died before it was written, there is none.
                drop(fs::remove_file(entry.path().with_extension(MANIFEST)));
            }
        }
        Ok(())
    }
}

/// The last instant at which a deposit was due: the hour of today, or of yesterday while it has not come.
fn last_due(now: Timestamp, hour: u8) -> Timestamp {
    let day = SignedDuration::from_hours(24);
    let since = SignedDuration::from_secs(now.as_second().rem_euclid(day.as_secs()));
    let midnight = now.saturating_sub(since).unwrap_or(now);
    let today = midnight.saturating_add(SignedDuration::from_hours(i64::from(hour))).unwrap_or(now);
    if today <= now { today } else { today.saturating_sub(day).unwrap_or(today) }
}

fn pause(tries: u32) -> SignedDuration {
    FIRST_PAUSE.saturating_mul(1 << tries.min(DOUBLINGS)).min(LONGEST_PAUSE)
}

fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let fault = |error: &dyn std::error::Error| Failure::from(Fault::new("the account of a deposit cannot be written", error));
    let json = serde_json::to_vec_pretty(manifest).map_err(|error| fault(&error))?;
    // Beside the folder's files it would look like one of them to an agent.
    let path = folder.with_extension(MANIFEST);
    fs::write(path, json).map_err(|error| fault(&error))
}
