//! What came of drills: the last of each kind, the entry in the ledger, and the alarm where one is overdue.

use ::backup::GenerationId;
use jiff::SignedDuration;
use model::Timestamp;
use policy::Permission;
use serde::{Deserialize, Serialize};
use store::settings;

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::registry::alarm;
use crate::use_case::{Question, UseCase, Work};

/// Setting: somebody wants a manifest now.
const WISH: &str = "backup.manifest_wanted";

/// Setting: since when backups are made.
const SINCE: &str = "backup.since";

/// Subject of the ledger's entries, and beginning of the settings.
const SUBJECT: &str = "drill";

/// The oldest that a restore may be whose success is relied upon: a week and a day.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(8 * 24);

const STALE_ALARM: &str = "drill-stale";
const FAILED_ALARM: &str = "drill-failed";

/// Which drill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drill {
    /// D1: an instance out of its backup.
    Backup,
    /// D2: an instance out of its deposit.
    Deposit,
    /// D3: an instance on another machine, out of backup and kit alone.
    Machine,
}

impl Drill {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Backup, Self::Deposit, Self::Machine];

    /// Its short name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Backup => "d1",
            Self::Deposit => "d2",
            Self::Machine => "d3",
        }
    }

    fn setting(self) -> String {
        format!("{SUBJECT}.{}", self.word())
    }
}

/// What came of a drill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillRecord {
    /// Which.
    pub drill: Drill,
    /// When it was over.
    pub at: Timestamp,
    /// Whether everything came back.
    pub held: bool,
    /// The generation that was restored, where it was one.
    pub generation: Option<GenerationId>,
    /// Objects compared and found equal.
    pub equal: u64,
    /// Acknowledged writes that were not in what came back, in milliseconds before the disaster.
    pub rpo_ms: Option<u64>,
    /// From the order to restore to the first right answer, in milliseconds.
    pub rto_ms: u64,
    /// SHA-256 of the signed report.
    pub report_sha256: String,
}

/// Leave to make, check and restore backups, and to play drills.
#[derive(Clone, Copy, Debug)]
pub struct RunBackup;

impl NeedsPermission for RunBackup {
    fn permission(&self) -> Permission {
        Permission::RunBackup
    }
}

/// Keep what came of a drill.
#[derive(Clone, Debug)]
pub struct NoteDrill(pub DrillRecord);

impl NeedsPermission for NoteDrill {
    fn permission(&self) -> Permission {
        Permission::RunBackup
    }
}

impl UseCase for NoteDrill {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let record = &self.0;
        let kind = if record.held { "drill-held" } else { "drill-failed" };
        note(work.tx, work.registrar, &ledger_name(work.actor), SUBJECT, kind, record, work.now)?;
        let key = format!("{FAILED_ALARM}:{}", record.drill.word());
        if record.held {
            let json = serde_json::to_string(record).map_err(|error| Fault::new("what came of a drill cannot be written", &error))?;
            settings::set(work.tx, &record.drill.setting(), &json)?;
        }
        let failed = (!record.held).then(|| {
            format!(
                "the drill {} failed: what would come back is not what was there; see its report in `drills/`, mend it and play it again",
                record.drill.word()
            )
        });
        Ok(alarm::say(work.tx, &key, failed, work.now)?)
    }
}

/// Ask for the last of each drill that held.
#[derive(Clone, Copy, Debug)]
pub struct AskDrills;

impl NeedsPermission for AskDrills {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for AskDrills {
    type Answer = Vec<DrillRecord>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<DrillRecord>, Failure> {
        let mut found = Vec::new();
        for drill in Drill::ALL {
            found.extend(find(work.tx, drill)?);
        }
        Ok(found)
    }
}

fn find(tx: &mut store::Tx<'_>, drill: Drill) -> Result<Option<DrillRecord>, Failure> {
    Ok(settings::find(tx, &drill.setting())?.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Ask the shipper, in whatever process it runs, for a manifest of this moment.
#[derive(Clone, Copy, Debug)]
pub struct WantManifest;

impl NeedsPermission for WantManifest {
    fn permission(&self) -> Permission {
        Permission::RunBackup
    }
}

impl UseCase for WantManifest {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        Ok(settings::set(work.tx, WISH, &work.now.to_string())?)
    }
}

/// Whether somebody wants a manifest.
pub(super) fn is_manifest_wanted(registrar: &Registrar) -> Result<bool, Failure> {
    Ok(registrar.store().read::<_, Failure>(|tx| Ok(settings::find(tx, WISH)?))?.is_some())
}

/// The wish is granted: a manifest of a later moment is being put.
pub(super) fn grant_manifest(registrar: &Registrar) -> Result<(), Failure> {
    if is_manifest_wanted(registrar)? {
        registrar.store().write::<_, Failure>(|tx| Ok(settings::remove(tx, WISH).map(drop)?))?;
    }
    Ok(())
}

/// The generation that a drill restored last.
pub(super) fn proven_generation(registrar: &Registrar) -> Option<GenerationId> {
    registrar.store().read::<_, Failure>(|tx| find(tx, Drill::Backup)).ok().flatten()?.generation
}

/// Raises the alarm where no restore was proven for longer than a week, and clears it.
pub(crate) fn watch_drills(registrar: &Registrar) -> Result<(), Failure> {
    let now = registrar.now();
    registrar.store().write::<_, Failure>(move |tx| {
        let since = settings::since(tx, SINCE, now)?;
        let proven = find(tx, Drill::Backup)?.map_or(since, |record| record.at.max(since));
        let stale = (now.duration_since(proven) > STALE_AFTER).then(|| {
            format!("no restore of the backups was proven since {proven}: run `namekeep drill d1` and see what keeps it from running")
        });
        Ok(alarm::say(tx, STALE_ALARM, stale, now)?)
    })
}
