//! `namekeep prove NAME`: every duty of a name with what closed it, and proof that its whole history is in the ledger.
//!
//! The proof is the C2SP form of the ledger room: a stranger checks it with the printed public key and without our database.

use model::{DomainId, DomainName, Timestamp};
use policy::{Duty, Permission, Phase, Refusal};
use serde::Serialize;
use store::{duties, ledger, registrations};

use crate::authorised::NeedsPermission;
use crate::failure::{Failure, Fault};
use crate::order::ledger_subject;
use crate::use_case::{Question, Work};

/// Ask for the proof of a name.
#[derive(Clone, Debug)]
pub struct ProofOf {
    /// The name.
    pub name: DomainName,
}

/// The proof of a name: one part for each life it had with us, oldest first.
#[derive(Clone, Debug, Serialize)]
pub struct NameProof {
    /// The name.
    pub name: DomainName,
    /// When the proof was made.
    pub made_at: Timestamp,
    /// Its lives.
    pub lives: Vec<LifeProof>,
}

/// One life of a name.
#[derive(Clone, Debug, Serialize)]
pub struct LifeProof {
    /// The registration.
    pub domain: DomainId,
    /// Where it is in its life.
    pub phase: Phase,
    /// Its duties with their state and evidence, the earliest due first.
    pub duties: Vec<Duty>,
    /// Its ledger entries with their audit paths under one signed checkpoint; `namekeep ledger check` reads this part alone.
    pub ledger: serde_json::Value,
}

/// Look at the ledger as a whole: verify it, list its entries. The store answers; this is what asking needs.
#[derive(Clone, Copy, Debug)]
pub struct VerifyLedger;

impl NeedsPermission for VerifyLedger {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl NeedsPermission for ProofOf {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ProofOf {
    type Answer = NameProof;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<NameProof, Failure> {
        let lives = registrations::list_by_name(work.tx, &self.name)?;
        if lives.is_empty() {
            return Err(Refusal::new(
                "domain.unknown",
                "design 7",
                format!("`{}` was never in our care, so there is nothing to prove", self.name),
            )
            .hint("check the spelling")
            .into());
        }
        let mut proofs = Vec::with_capacity(lives.len());
        for life in lives {
            let proof = ledger::prove(work.tx, &ledger_subject(life.id, &life.name))?;
            let ledger = serde_json::from_str(&proof).map_err(|error| Fault::new("the ledger's proof is not JSON", &error))?;
            proofs.push(LifeProof { domain: life.id, phase: life.phase, duties: duties::list_of(work.tx, life.id)?, ledger });
        }
        Ok(NameProof { name: self.name.clone(), made_at: work.now, lives: proofs })
    }
}
