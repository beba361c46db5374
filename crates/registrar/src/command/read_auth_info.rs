//! Hand out the authInfo of a name.
//!
//! Rule: only once the registry has it, and every handing out is in the ledger (TRF-13: log of request and delivery), which is why
//! reading it is a change.

use model::{DomainId, DomainName, Secret};
use policy::{Permission, Refusal};
use serde::Serialize;
use store::registrations;

use super::auth_info;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::order::ledger_subject;
use crate::use_case::{UseCase, Work};

/// Read the authInfo that was set.
#[derive(Clone, Debug)]
pub struct ReadAuthInfo {
    /// The name.
    pub name: DomainName,
}

impl NeedsPermission for ReadAuthInfo {
    fn permission(&self) -> Permission {
        Permission::ReleaseAuthInfo
    }
}

#[derive(Serialize)]
struct Noted {
    domain: DomainId,
}

impl UseCase for ReadAuthInfo {
    type Answer = Secret;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Secret, Failure> {
        let released = registrations::find_open(work.tx, &self.name)?.filter(|registration| registration.authinfo_set_at.is_some());
        let Some(registration) = released else {
            return Err(Refusal::new("authinfo.not_set", "TRF-13", format!("no authInfo of `{}` is set at the registry", self.name))
                .hint("ask for a fresh one, and read it once the registry has it")
                .into());
        };
        let kept = auth_info::find(work.tx, work.registrar, registration.id)?.ok_or_else(|| {
            Refusal::new("authinfo.gone", "TRF-16", format!("the authInfo of `{}` is not kept any more", self.name))
                .hint("ask for a fresh one")
        })?;
        let who = ledger_name(work.actor);
        let subject = ledger_subject(registration.id, &registration.name);
        note(work.tx, work.registrar, &who, &subject, "auth-info-handed-out", &Noted { domain: registration.id }, work.now)?;
        Ok(kept.secret().clone())
    }
}
