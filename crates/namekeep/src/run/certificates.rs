//! What an instance at work does when an operator puts a new certificate in place: takes it up, session by session, without a restart.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};

use crate::carrier::Carrier;
use crate::config::Config;
use crate::failure::Failure;
use crate::instance::Instance;

/// From one look at the files to the next. They are few and small, and whoever replaced one watches for it.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// Looks at `client_certificates` and `trust` of every account, in the configuration and in the files it names.
pub struct CertificateWatch {
    folder: PathBuf,
    clock: Arc<dyn registrar::Clock>,
    /// Each carrier with the profile that names its account in the configuration.
    carriers: Vec<(Arc<Carrier>, PathBuf)>,
    looked_at: Option<Timestamp>,
    /// What was complained about last, so that it is said once.
    complaints: BTreeMap<RegistryId, String>,
}

impl CertificateWatch {
    /// A watch over the certificates of `carriers`.
    pub fn new(instance: &Instance, carriers: &[Arc<Carrier>]) -> Self {
        let profile_of = |carrier: &Arc<Carrier>| {
            let account = instance.accounts.iter().find(|(profile, _)| profile.id == carrier.registry);
            account.map(|(_, account)| (Arc::clone(carrier), account.profile.clone()))
        };
        Self {
            folder: instance.folder.clone(),
            clock: Arc::clone(instance.registrar.clock()),
            carriers: carriers.iter().filter_map(profile_of).collect(),
            looked_at: None,
            complaints: BTreeMap::new(),
        }
    }

    /// Looks, if it is time. What cannot be used is complained about once, and what is in use stays. Gives 0: there is never more to
    /// do at once.
    pub fn step(&mut self) -> Result<usize, Failure> {
        let now = self.clock.now();
        if self.looked_at.is_some_and(|at| now.duration_since(at) < PAUSE) {
            return Ok(0);
        }
        self.looked_at = Some(now);
        // A configuration that is being written is read whole at the next look.
        let Ok(config) = Config::read(&self.folder) else { return Ok(0) };
        for (carrier, profile) in &self.carriers {
            let Some(account) = config.registries.iter().find(|account| account.profile == *profile) else { continue };
            match carrier.take_up_certificates(&self.folder, account) {
                Ok(is_new) => {
                    self.complaints.remove(&carrier.registry);
                    if is_new {
                        tracing::info!(registry = %carrier.registry, "other certificates are in use from the next login on");
                    }
                }
                Err(failure) => {
                    let complaint = failure.to_string();
                    if self.complaints.insert(carrier.registry.clone(), complaint.clone()).as_ref() != Some(&complaint) {
                        tracing::error!(registry = %carrier.registry, complaint, "changed certificates cannot be used; those in use stay");
                    }
                }
            }
        }
        Ok(0)
    }
}
