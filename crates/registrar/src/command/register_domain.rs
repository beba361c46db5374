//! Register a new name.
//!
//! Rule: directly below a TLD we serve (RFC 5731 section 2.1), for a holder we know (RDP-1), with contacts that exist and that the
//! registry takes, for a term the TLD knows, at a price the buyer agreed to, `clientTransferProhibited` only with consent (TRF-12). Nobody is asked whether the
//! name is free: the registry's answer to the create is the only one that counts. What a launch phase asks for, and a token, come with
//! [`RegisterInLaunch`].

use policy::Permission;
use policy::command::RegisterDomain;

use super::RegisterInLaunch;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::Receipt;
use crate::use_case::{UseCase, Work};

impl NeedsPermission for RegisterDomain {
    fn permission(&self) -> Permission {
        Permission::RegisterDomain
    }
}

impl UseCase for RegisterDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        RegisterInLaunch { order: self.clone(), claims: None, mark: None, token: None }.run(work)
    }
}
