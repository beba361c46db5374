//! Bring a name here from another registrar.
//!
//! Rule: with the authInfo that the registrant got from the losing registrar and a fresh authorisation (TRF-4), after the registrant
//! gave their data anew (TRF-3). The authInfo, and an allocation token where there is one, are sealed in the vault in the same transaction and
//! dropped once they have been presented.

use std::collections::BTreeMap;

use model::{AllocationToken, AuthInfo, ContactId, ContactRole, DomainName, Money, Timestamp};
use policy::command::RequestTransferIn;
use policy::{DomainCommand, Permission};

use super::register_in_launch::require_tokens;
use super::{auth_info, launch_papers};
use crate::authorised::NeedsPermission;
use crate::contact::require_known;
use crate::execute::served;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Ask another registrar for a name.
#[derive(Clone, Debug)]
pub struct TransferDomainIn {
    /// The name.
    pub name: DomainName,
    /// What proves that its holder wants it.
    pub auth_info: AuthInfo,
    /// The registered name holder at our house.
    pub registrant: Option<ContactId>,
    /// Contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
    /// When the registrant authorised it.
    pub authorised_at: Timestamp,
    /// The fee agreed to.
    pub fee: Option<Money>,
    /// The allocation token, where the registry asks for one (RFC 8495 section 3.2.4).
    pub token: Option<AllocationToken>,
}

impl NeedsPermission for TransferDomainIn {
    fn permission(&self) -> Permission {
        Permission::TransferIn
    }
}

impl UseCase for TransferDomainIn {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        served(work.registrar, &self.name)?;
        require_known(work.tx, self.contacts.values().copied().chain(self.registrant))?;
        if self.token.is_some() {
            require_tokens(work.registrar, &self.name)?;
        }
        let command = DomainCommand::RequestTransferIn(RequestTransferIn {
            name: self.name.clone(),
            registrant: self.registrant,
            contacts: self.contacts.clone(),
            authorised_at: self.authorised_at,
            fee: self.fee,
            has_token: self.token.is_some(),
        });
        let receipt = work.order(DomainOrder::new(Target::New(self.name.clone()), command))?;
        auth_info::keep(work, receipt.domain, &self.auth_info)?;
        launch_papers::keep(work, receipt.domain, None, self.token.as_ref())?;
        Ok(receipt)
    }
}
