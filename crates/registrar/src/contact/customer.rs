//! Say for which customer a privacy service's contact stands (RAA 3.4.1.5; P/P Specification 2.5).
//!
//! Rule: the customer is a contact of its own, of a person or an organisation. It is escrowed with every name that names the service's
//! contact, and kept as long as that; the public and the registries are told nothing of it. Where such a contact stands for nobody, each of
//! its names is a gap in the deposit, and an alarm.

use model::{ContactId, LegalKind};
use policy::{Permission, Refusal, retention};
use serde::Serialize;
use store::{contacts, custody as clocks};

use super::{custody, open_contact, unknown};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{Question, UseCase, Work};

/// Say for whom a privacy service's contact stands.
#[derive(Clone, Copy, Debug)]
pub struct SetCustomer {
    /// The service's contact.
    pub contact: ContactId,
    /// Its customer.
    pub customer: ContactId,
}

/// What the ledger keeps: that there is a customer, not who.
#[derive(Serialize)]
struct Noted {
    contact: ContactId,
}

impl NeedsPermission for SetCustomer {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for SetCustomer {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        for id in [self.contact, self.customer] {
            custody::get_living(work.tx, id)?;
        }
        super::require_known(work.tx, [self.customer])?;
        let mut is_service = |id| -> Result<bool, Failure> {
            let contact = open_contact(work.tx, work.registrar, id)?.ok_or_else(|| unknown(id))?;
            Ok(contact.kind == LegalKind::PrivacyService)
        };
        if !is_service(self.contact)? {
            return Err(refusal(format!("contact `{}` is of no privacy service, so it stands for itself", self.contact))
                .hint("save the service's own data with `kind = \"privacy-service\"`, and name that contact for the customer's names")
                .into());
        }
        if is_service(self.customer)? {
            return Err(refusal(format!("contact `{}` is a privacy service itself", self.customer))
                .hint("save the person or organisation that the service stands for as a contact, and name that")
                .into());
        }
        let former = contacts::find_customer(work.tx, self.contact)?.filter(|former| *former != self.customer);
        contacts::set_customer(work.tx, self.contact, self.customer)?;
        if let Some(former) = former {
            let class = retention::PRIOR_CONTACT;
            clocks::set_clock(work.tx, former, None, class.rule, class.keep_until(work.now))?;
        }
        let who = ledger_name(work.actor);
        note(work.tx, work.registrar, &who, &self.contact.to_string(), "customer-set", &Noted { contact: self.contact }, work.now)
    }
}

fn refusal(sentence: String) -> Refusal {
    Refusal::new("contact.customer", "ESC-9", sentence)
}

/// Ask for whom a privacy service's contact stands; none if nobody was named.
#[derive(Clone, Copy, Debug)]
pub struct ReadCustomer {
    /// The service's contact.
    pub contact: ContactId,
}

impl NeedsPermission for ReadCustomer {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl Question for ReadCustomer {
    type Answer = Option<ContactId>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Option<ContactId>, Failure> {
        custody::get_living(work.tx, self.contact)?;
        Ok(contacts::find_customer(work.tx, self.contact)?)
    }
}
