//! What has been kept long enough is let go (RET-14), class by class as `policy::retention` says: exchanges with registries, the data of
//! people whom no name names any more, what was ordered and written for names that ended, receipts and cases of the desk, and the word that a name is gone. A legal hold
//! keeps a person, and the names they were the registrant of. The ledger notes how much went, and nothing of what it said.

use model::DomainId;
use policy::{Permission, retention};
use serde::Serialize;
use store::{contacts, custody, intents, journal, notices, publications};

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::contact::erase_if_free;
use crate::desk::purge_cases;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// What the ledger's entries about it are about.
const SUBJECT: &str = "retention";

/// Let go of what has been kept long enough. The answer says how many records went, or were looked at for the last time.
#[derive(Clone, Copy, Debug)]
pub struct PurgeRecords {
    /// Most records of each class, so that no purge holds up those who write.
    pub limit: u32,
}

/// What the ledger keeps.
#[derive(Default, Serialize)]
struct Purged {
    exchanges: u64,
    contact_revisions: u64,
    contacts: u64,
    notices: u64,
    intents: u64,
    publications: u64,
    desk: u64,
}

impl Purged {
    fn count(&self) -> u64 {
        self.exchanges + self.contact_revisions + self.contacts + self.notices + self.intents + self.publications + self.desk
    }
}

impl NeedsPermission for PurgeRecords {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for PurgeRecords {
    type Answer = u64;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<u64, Failure> {
        let mut purged = Purged {
            exchanges: journal::purge(work.tx, work.registrar.vault(), work.now, self.limit)?,
            contact_revisions: contacts::purge_revisions(work.tx, work.now, self.limit)?,
            publications: publications::purge(work.tx, retention::PUBLICATION.begun_before(work.now), self.limit)?,
            desk: purge_cases(work.tx, work.registrar, work.now, self.limit)?,
            ..Purged::default()
        };
        let names = custody::take_ended_names(work.tx, work.now, self.limit)?;
        for name in &names {
            purge_name(work, *name, &mut purged)?;
        }
        let clocks = custody::take_ended(work.tx, work.now, self.limit)?;
        let who = ledger_name(work.actor);
        for contact in &clocks {
            purged.contacts += u64::from(erase_if_free(work.tx, work.registrar, &who, *contact, work.now)?);
        }
        if purged.count() > 0 {
            note(work.tx, work.registrar, &who, SUBJECT, "records-purged", &purged, work.now)?;
        }
        // A clock that ended is taken away also where another still runs: then nothing went, and there may be more to look at.
        Ok(purged.count().max((names.len() + clocks.len()) as u64))
    }
}

/// What was ordered at registries and written to people for a name that ended.
fn purge_name(work: &mut Work<'_, '_>, name: DomainId, purged: &mut Purged) -> Result<(), Failure> {
    purged.notices += notices::purge_of(work.tx, name)?;
    purged.intents += intents::purge_of(work.tx, name)?;
    // What was sealed for the name itself, authInfos and signed marks, is gone from the database; backups have it still.
    work.registrar.vault().destroy(work.tx, &name.to_string(), work.now)?;
    Ok(())
}
