//! Register a new name.
//!
//! Rule: directly below a TLD we serve (RFC 5731 section 2.1), for a holder we know (RDP-1), with contacts that exist and that the
//! registry takes, for a term the TLD knows, at a price the buyer agreed to, `clientTransferProhibited` only with consent (TRF-12). Nobody is asked whether the
//! name is free: the registry's answer to the create is the only one that counts.

use policy::command::RegisterDomain;
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::contact::require_known;
use crate::execute::served;
use crate::failure::Failure;
use crate::host::check_delegation;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

impl NeedsPermission for RegisterDomain {
    fn permission(&self) -> Permission {
        Permission::RegisterDomain
    }
}

impl UseCase for RegisterDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        served(work.registrar, &self.name)?;
        require_known(work.tx, self.contacts.values().copied().chain(self.registrant))?;
        check_delegation(work, &self.nameservers)?;
        work.order(DomainOrder::new(Target::New(self.name.clone()), DomainCommand::Register(self.clone())))
    }
}
