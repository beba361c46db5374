//! Bring a name here from another registrar.
//!
//! Rule: with the authInfo that the registrant got from the losing registrar and a fresh authorisation (TRF-4), after the registrant
//! gave their data anew (TRF-3). The authInfo is sealed in the vault in the same transaction and dropped once it has been presented.

use std::collections::BTreeMap;

use model::{AuthInfo, ContactId, ContactRole, DomainName, Money, Timestamp};
use policy::command::RequestTransferIn;
use policy::{DomainCommand, Permission};

use super::auth_info;
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
        let command = DomainCommand::RequestTransferIn(RequestTransferIn {
            name: self.name.clone(),
            registrant: self.registrant,
            contacts: self.contacts.clone(),
            authorised_at: self.authorised_at,
            fee: self.fee,
        });
        let receipt = work.order(DomainOrder::new(Target::New(self.name.clone()), command))?;
        auth_info::keep(work, receipt.domain, &self.auth_info)?;
        Ok(receipt)
    }
}
