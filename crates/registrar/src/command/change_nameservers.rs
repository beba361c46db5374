//! Delegate a name elsewhere.
//!
//! Rule: the whole new delegation is given and the registry gets the difference (RFC 5731 section 3.2.5); hosts below the name carry
//! their addresses, which the internet can reach (RFC 6890); hosts that the registry does not know are created first (RFC 5732).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{DomainName, HostName};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::host::check_delegation;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Change the delegation.
#[derive(Clone, Debug)]
pub struct ChangeNameservers {
    /// The name.
    pub name: DomainName,
    /// The whole new delegation, with addresses for hosts below the name.
    pub nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
}

impl NeedsPermission for ChangeNameservers {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for ChangeNameservers {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        check_delegation(work, &self.nameservers)?;
        let command = DomainCommand::ChangeNameservers { nameservers: self.nameservers.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
