//! Logins and logouts in the EPP journal, sealed like every other exchange (RET-5: who said what to whom, and when).

use std::fmt;
use std::sync::Arc;

use epp::conn::{Answer, Prepared};
use epp::pool::{JournalFault, SessionJournal};
use model::RegistryId;

use crate::failure::Failure;
use crate::journal::{self, Begun, Ended};
use crate::registrar::Registrar;

/// The journal of one account, for its pool.
pub struct VaultJournal {
    registrar: Registrar,
    registry: RegistryId,
}

impl VaultJournal {
    /// The journal of our account at `registry`.
    #[must_use]
    pub fn open(registrar: Registrar, registry: &RegistryId) -> Arc<Self> {
        Arc::new(Self { registrar, registry: registry.clone() })
    }
}

impl SessionJournal for VaultJournal {
    fn begin(&self, verb: &'static str, command: &Prepared) -> Result<(), JournalFault> {
        let (registrar, registry, command) = (self.registrar.clone(), self.registry.clone(), command.clone());
        let written = self.registrar.store().write::<_, Failure>(move |tx| {
            let (cltrid, frame, sent_at) = (command.cltrid(), command.frame(), registrar.now());
            Ok(journal::begin(
                tx,
                &registrar,
                &Begun { cltrid, registry: &registry, intent: None, verb, object: None, person: None, frame, sent_at },
            )?)
        });
        written.map_err(|failure| failed(&failure))
    }

    fn complete(&self, answer: &Answer) -> Result<(), JournalFault> {
        let (registrar, answer) = (self.registrar.clone(), answer.clone());
        let written = self.registrar.store().write::<_, Failure>(move |tx| {
            let (response, frame) = (&answer.response, answer.response_frame.expose());
            let ended = Ended { response, frame, received_at: answer.received_at };
            Ok(journal::complete(tx, &registrar, &answer.cltrid, &ended)?)
        });
        written.map_err(|failure| failed(&failure))
    }
}

fn failed(failure: &Failure) -> JournalFault {
    let what = match failure {
        Failure::Fault(fault) => fault.chain().to_owned(),
        other => other.to_string(),
    };
    JournalFault { what }
}

impl fmt::Debug for VaultJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultJournal({})", self.registry)
    }
}
