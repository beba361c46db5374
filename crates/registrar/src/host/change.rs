//! Give a host object other addresses.
//!
//! Rule: the difference is sent, not the whole, so that a repeat sends what is still missing (RFC 5732 section 3.2.5).

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::HostName;
use policy::{ObjectKey, Operation, Permission, Refusal};

use super::{checked, known, superordinate};
use crate::authorised::NeedsPermission;
use crate::execute::intend;
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::{UseCase, Work};

/// Change the addresses of a host object.
#[derive(Clone, Debug)]
pub struct ChangeHost {
    /// The host.
    pub host: HostName,
    /// All of its addresses from now on.
    pub addresses: BTreeSet<IpAddr>,
}

impl NeedsPermission for ChangeHost {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for ChangeHost {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let wanted = checked(work, &self.host, &self.addresses)?.addresses;
        let above = superordinate(work, &self.host)?;
        let has = known(work, &above, &self.host)?.addresses;
        let (add, remove): (BTreeSet<IpAddr>, BTreeSet<IpAddr>) = (&wanted - &has, &has - &wanted);
        if add.is_empty() && remove.is_empty() {
            let sentence = format!("the host `{}` has exactly these addresses already", self.host);
            return Err(Refusal::new("host.unchanged", "RFC 5732 3.2.5", sentence).into());
        }
        let occasion = above.registration.version.to_string();
        intend(work, above.registration, ObjectKey::Host(self.host.clone()), Operation::UpdateHost { add, remove }, &occasion, Vec::new())
    }
}
