//! What a name cost at the registry, one line for each charge and credit (obligations 23.5: every year has exactly one).

use model::{DomainId, DomainName};
use policy::{Charge, Permission};
use serde::Serialize;
use store::{charges, registrations};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{Question, Work};

/// List the charges of a name, over all its lives with us, oldest first.
#[derive(Clone, Debug)]
pub struct ListCharges {
    /// The name.
    pub name: DomainName,
}

/// One charge of one life of the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChargeLine {
    /// The registration.
    pub domain: DomainId,
    /// The charge.
    #[serde(flatten)]
    pub charge: Charge,
}

impl NeedsPermission for ListCharges {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListCharges {
    type Answer = Vec<ChargeLine>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<ChargeLine>, Failure> {
        let mut lines = Vec::new();
        for registration in registrations::list_by_name(work.tx, &self.name)? {
            let domain = registration.id;
            lines.extend(charges::list_of(work.tx, domain)?.into_iter().map(|charge| ChargeLine { domain, charge }));
        }
        Ok(lines)
    }
}
