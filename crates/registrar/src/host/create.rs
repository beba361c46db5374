//! Create a host object below a name in our care.
//!
//! Rule: a subordinate host has an address (RFC 5732 section 1.1); what lies below nobody's or somebody else's name is refused.

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::HostName;
use policy::{ObjectKey, Operation, Permission, Refusal};
use store::hosts;

use super::{checked, superordinate};
use crate::authorised::NeedsPermission;
use crate::execute::intend;
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::{UseCase, Work};

/// Create a host object.
#[derive(Clone, Debug)]
pub struct CreateHost {
    /// The host.
    pub host: HostName,
    /// Its addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl NeedsPermission for CreateHost {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for CreateHost {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let host = checked(work, &self.host, &self.addresses)?;
        let above = superordinate(work, &self.host)?;
        if hosts::find(work.tx, above.subject.registry(), &self.host)?.is_some() {
            return Err(Refusal::new("host.exists", "RFC 5730 3", format!("the host `{}` exists already", self.host))
                .hint("change its addresses instead")
                .into());
        }
        let occasion = above.registration.version.to_string();
        intend(
            work,
            above.registration,
            ObjectKey::Host(self.host.clone()),
            Operation::CreateHost { addresses: host.addresses },
            &occasion,
            Vec::new(),
        )
    }
}
