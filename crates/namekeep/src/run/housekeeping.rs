//! What an instance at work does every minute, look at the room on its disk, and once a day: looks at its certificates, lets go of what has been kept long enough (RET-14), cuts the keys
//! of whoever was erased out of the key file, and indexes contacts that were saved before there was an index.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use model::Timestamp;
use registrar::contact::index_contacts;
use registrar::registry::{certificates, watch_certificates};
use registrar::retention::PurgeRecords;
use registrar::{Registrar, actor, authorise};

use super::disk;
use crate::carrier::Carrier;
use crate::failure::Failure;
use crate::instance::Instance;

/// From one look to the next. The first certificate alarm is raised 90 days ahead, so a day is soon enough.
const PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// Records of a class removed in one transaction, so that no purge holds up the writers.
const PURGE_RECORDS: u32 = 500;

/// The daily work.
pub struct Housekeeping {
    registrar: Registrar,
    carriers: Vec<Arc<Carrier>>,
    /// The database, where it is a file.
    database: Option<PathBuf>,
    looked_at: Option<Timestamp>,
    disk_at: Option<Timestamp>,
}

/// How often it is looked whether the disk is nearly full.
const DISK_EVERY: SignedDuration = SignedDuration::from_mins(1);

impl Housekeeping {
    /// Nothing was looked at yet, so the first step looks.
    pub fn new(instance: &Instance, carriers: &[Arc<Carrier>]) -> Self {
        let database = disk::database_file(instance);
        Self { registrar: instance.registrar.clone(), carriers: carriers.to_vec(), database, looked_at: None, disk_at: None }
    }

    /// Looks, if a day has passed. Gives how many records were let go; as long as there are any, it goes on.
    pub fn step(&mut self) -> Result<usize, Failure> {
        let now = self.registrar.now();
        if let Some(database) = self.database.as_ref().filter(|_| self.disk_at.is_none_or(|at| now.duration_since(at).abs() >= DISK_EVERY))
        {
            disk::watch(&self.registrar, database)?;
            self.disk_at = Some(now);
        }
        if self.looked_at.is_some_and(|at| now.duration_since(at).abs() < PAUSE) {
            return Ok(0);
        }
        for carrier in &self.carriers {
            watch_certificates(&self.registrar, &carrier.registry, &certificates(&carrier.certificates(), now))?;
        }
        if self.registrar.is_at_rest().map_err(Failure::from)? {
            // Nothing is let go while it is not known what became of it since; a day later it is looked at again. Who was taken on is found.
            index_contacts(&self.registrar)?;
            self.looked_at = Some(now);
            return Ok(0);
        }
        let purge = authorise(&actor::timer(), PurgeRecords { limit: PURGE_RECORDS }).map_err(registrar::Failure::from)?;
        let purged = self.registrar.carry_out(purge)?;
        if purged == 0 {
            self.registrar.sweep_keys()?;
            index_contacts(&self.registrar)?;
            self.looked_at = Some(now);
        }
        Ok(usize::try_from(purged).unwrap_or(usize::MAX))
    }
}
