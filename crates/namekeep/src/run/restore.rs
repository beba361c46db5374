//! `namekeep restore`: the database of an instance out of its backups, into the folder that holds the configuration and the keys. What comes
//! back is frozen until it was reconciled with the registries.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::backup::place::{Folder, Place};
use ::backup::{BackupFault, GenerationId, Opener, Reader, Restored, Until};
use escrow::openpgp::OwnKey;
use model::Timestamp;
use registrar::recovery::FreezeRegistrar;
use registrar::{Clock, SystemClock, authorise};
use serde::Serialize;
use store::recovery::{self, Freeze};
use store::{DatabaseUrl, SignerKey, Store, StoreFault, ledger};

use super::backup::failure;
use super::{Ending, print};
use crate::backup_config::section;
use crate::cli::RestoreArgs;
use crate::config::Config;
use crate::escrow_config::read_key;
use crate::failure::{Exit, Failure};
use crate::instance::{Instance, database_url, store_failure};
use crate::output::{Format, Report, counted, fields};
use crate::progress::Progress;

#[derive(Serialize)]
struct RestoreReport {
    database: PathBuf,
    generation: GenerationId,
    /// Generations that were passed over because their base is not whole.
    passed: Vec<GenerationId>,
    segment: u64,
    /// What was committed later is not there.
    point: Timestamp,
    bytes: u64,
    ledger_entries: u64,
    /// What kept it from a later point.
    stopped: Option<String>,
    ledger_finding: Option<String>,
    /// Whether the ledger was told; it is not where no operator's token is in the folder.
    is_noted: bool,
}

impl Report for RestoreReport {
    fn text(&self) -> String {
        let mut lines = vec![fields(&[
            ("database", format!("{} ({} bytes)", self.database.display(), self.bytes)),
            ("out of", format!("{}, segment {}", self.generation, self.segment)),
            ("recovery point", format!("{}: what was committed later is not there", self.point)),
            ("ledger", counted(self.ledger_entries, "entry", "entries")),
        ])];
        if !self.passed.is_empty() {
            let passed: Vec<String> = self.passed.iter().map(ToString::to_string).collect();
            lines.push(format!("Passed over, because they were never whole: {}", passed.join(", ")));
        }
        if let Some(stopped) = &self.stopped {
            lines.push(format!("NOT THE NEWEST STATE: {stopped}"));
        }
        if let Some(finding) = &self.ledger_finding {
            lines.push(format!("THE LEDGER DOES NOT HOLD: {finding}"));
        }
        if !self.is_noted {
            lines.push(
                "No operator's token lies in the folder, so the ledger was not told of the restore: `namekeep recovery freeze` does."
                    .to_owned(),
            );
        }
        lines.push("It is frozen: run `namekeep ledger verify`, `namekeep recovery reconcile`, then `namekeep recovery thaw`.".to_owned());
        lines.join("\n")
    }
}

/// Restores the instance in `folder`.
pub fn run(folder: &Path, args: &RestoreArgs, format: Format) -> Result<Ending, Failure> {
    let config = Config::read(folder)?;
    // By the machine's clock: a rehearsal's is in the database that is not there yet.
    let source = Source::of(folder, &config, args.from.as_deref(), args.key.as_deref(), SystemClock.now())?;
    let url = database_url(folder, &config)?;
    let Some(database) = url.file() else {
        return Err(Failure::new(Exit::Usage, "backup.engine", format!("`{url}` is no file: PostgreSQL's own tools restore it.")));
    };
    let until = args.at.map_or(Until::Newest, Until::Time);
    let progress = Progress::waiting("the database is put together");
    let (restored, passed) = source.restore(until, database, args.best_effort)?;
    drop(progress);
    let name = format!("backup {} segment {}", restored.generation, restored.segment);
    let freeze = Freeze { since: SystemClock.now(), source: name, point: Some(restored.at) };
    let signer = SignerKey::read(&folder.join(&config.keys.ledger)).map_err(store_failure)?;
    let key = signer.verifier().clone();
    let store = put_back(database, signer, &freeze)?;
    let verification = ledger::verify_store(&store, &key).map_err(store_failure)?;
    drop(store);
    let is_noted = note(folder, &freeze)?;
    let report = RestoreReport {
        database: database.to_owned(),
        generation: restored.generation,
        passed,
        segment: restored.segment,
        point: restored.at,
        bytes: restored.bytes,
        ledger_entries: verification.verified,
        stopped: restored.stopped.map(|stopped| stopped.to_string()),
        is_noted,
        ledger_finding: verification.finding.map(|finding| finding.to_string()),
    };
    print(format, &report);
    let is_well = report.stopped.is_none() && report.ledger_finding.is_none();
    Ok(if is_well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

/// Has the ledger say what was put back, by the operator whose token lies in the folder, if one does.
fn note(folder: &Path, freeze: &Freeze) -> Result<bool, Failure> {
    let instance = Instance::open(folder)?;
    let Ok(actor) = instance.operator(None) else { return Ok(false) };
    let order = FreezeRegistrar { source: freeze.source.clone(), point: freeze.point };
    instance.registrar.carry_out(authorise(&actor, order).map_err(registrar::Failure::from)?)?;
    Ok(true)
}

/// Opens what was put back, before anything else does: leases of processes of before end, and nothing acts by itself.
///
/// # Errors
/// [`Failure`] if the database cannot be opened or written.
pub fn put_back(database: &Path, signer: SignerKey, freeze: &Freeze) -> Result<Store, Failure> {
    let store = Store::open_with_signer(&DatabaseUrl::sqlite(database), signer).map_err(store_failure)?;
    let freeze = freeze.clone();
    let frozen = store.write::<_, StoreFault>(move |tx| {
        recovery::lapse_leases(tx)?;
        recovery::freeze(tx, &freeze)
    });
    frozen.map_err(store_failure)?;
    Ok(store)
}

/// Where backups are read from, and what opens them.
pub struct Source {
    place: Arc<dyn Place>,
    key: OwnKey,
    signers: [escrow::openpgp::Certificate; 1],
    instance: String,
    now: Timestamp,
}

impl Source {
    /// The backups of an instance that is open, at its own time.
    ///
    /// # Errors
    /// As [`Source::of`].
    pub fn of_instance(instance: &Instance, key: Option<&Path>) -> Result<Self, Failure> {
        Self::of(&instance.folder, &instance.config, None, key, instance.registrar.now())
    }

    /// What the configuration in `folder` says, or what is given instead.
    ///
    /// # Errors
    /// [`Failure`] if there is no `[backup]`, or a key cannot be read.
    pub fn of(folder: &Path, config: &Config, from: Option<&Path>, key: Option<&Path>, now: Timestamp) -> Result<Self, Failure> {
        let backup = section(config)?;
        let own = backup.drill_key.as_ref().map(|path| folder.join(path));
        let key = key.map(Path::to_owned).or(own).ok_or_else(|| {
            Failure::new(Exit::Usage, "backup.key", "No key is here that opens the backups.")
                .hint(
                "name the recovery key with `--key` (`namekeep backup keys join` makes it from the officers' shares), or configure `drill_key`",
            )
        })?;
        let place: Arc<dyn Place> = match from {
            Some(from) => Arc::new(Folder::new(from)),
            None => backup.place(folder)?,
        };
        let signers = [read_key(&folder.join(&backup.key))?.certificate().clone()];
        Ok(Self { place, key: read_key(&key)?, signers, instance: config.instance.name.clone(), now })
    }

    /// A reader of it.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        let Self { key, signers, instance, now, .. } = self;
        Reader::new(self.place.clone(), Opener { key, signers, instance, now: *now })
    }

    /// What it has, by names.
    #[must_use]
    pub fn place(&self) -> &dyn Place {
        self.place.as_ref()
    }

    /// Restores the newest generation that is whole, or the newest that reaches back to a time; with those that were passed over.
    ///
    /// # Errors
    /// [`Failure`] of what is damaged or missing.
    pub fn restore(&self, until: Until, database: &Path, best_effort: bool) -> Result<(Restored, Vec<GenerationId>), Failure> {
        let reader = self.reader();
        let time = if let Until::Time(time) = until { Some(time) } else { None };
        let done = reader.newest(time).and_then(|(generation, passed)| {
            let restored = reader.restore(&generation, until, database, best_effort)?;
            Ok::<_, BackupFault>((restored, passed))
        });
        done.map_err(|fault| failure(&fault))
    }
}
