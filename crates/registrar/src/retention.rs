//! What has been kept long enough is let go (RET-14): exchanges with registries, the data of holders before a change of registrant,
//! receipts and cases of the desk.
//! The ledger notes how much went, and nothing of what it said.

use policy::Permission;
use serde::Serialize;
use store::{contacts, journal};

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::desk::purge_cases;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// What the ledger's entries about it are about.
const SUBJECT: &str = "retention";

/// Let go of what has been kept long enough. The answer says how many records went.
#[derive(Clone, Copy, Debug)]
pub struct PurgeRecords {
    /// Most records of each class, so that no purge holds up those who write.
    pub limit: u32,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Purged {
    exchanges: u64,
    contact_revisions: u64,
    desk: u64,
}

impl NeedsPermission for PurgeRecords {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for PurgeRecords {
    type Answer = u64;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<u64, Failure> {
        let purged = Purged {
            exchanges: journal::purge(work.tx, work.registrar.vault(), work.now, self.limit)?,
            contact_revisions: contacts::purge_revisions(work.tx, work.now, self.limit)?,
            desk: purge_cases(work.tx, work.registrar, work.now, self.limit)?,
        };
        let count = purged.exchanges + purged.contact_revisions + purged.desk;
        if count > 0 {
            note(work.tx, work.registrar, &ledger_name(work.actor), SUBJECT, "records-purged", &purged, work.now)?;
        }
        Ok(count)
    }
}
