//! Delete a host object.
//!
//! Rule: not while a name delegates to it (RFC 5732 section 3.2.2); deleting it would take those names off the net.

use model::HostName;
use policy::{ObjectKey, Operation, Permission, Refusal};
use store::hosts;

use super::{known, superordinate};
use crate::authorised::NeedsPermission;
use crate::execute::intend;
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::{UseCase, Work};

/// Delete a host object.
#[derive(Clone, Debug)]
pub struct DeleteHost {
    /// The host.
    pub host: HostName,
}

impl NeedsPermission for DeleteHost {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for DeleteHost {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let above = superordinate(work, &self.host)?;
        known(work, &above, &self.host)?;
        let linked = hosts::list_linked_subordinates(work.tx, above.subject.registry(), &above.subject.name)?;
        if linked.contains(&self.host) || above.registration.desired.nameservers.contains_key(&self.host) {
            return Err(Refusal::new("host.linked", "RFC 5732 3.2.2", format!("names delegate to `{}`", self.host))
                .hint("change their nameservers first")
                .into());
        }
        let occasion = above.registration.version.to_string();
        intend(work, above.registration, ObjectKey::Host(self.host.clone()), Operation::DeleteHost, &occasion, Vec::new())
    }
}
