//! Register a new name with what its launch phase asks for, or with the token that opens it.
//!
//! Rule: the same as [`RegisterDomain`], and besides: a signed mark in sunrise, in a claims phase the registry's word that nobody claims
//! the label or the claims notice that the buyer accepted (REG-18), a token only where the registry takes tokens (RFC 8495). Mark and
//! token are sealed in the vault in the same transaction and dropped once the order is settled.

use epp::extension::launch::SignedMark;
use model::{AllocationToken, DomainName};
use policy::command::RegisterDomain;
use policy::profile::Extension;
use policy::{ClaimsAnswer, DomainCommand, LaunchOrder, Permission, Refusal, SignedMarkFacts};

use super::launch_papers;
use crate::authorised::NeedsPermission;
use crate::contact::require_known;
use crate::execute::served;
use crate::failure::Failure;
use crate::host::check_delegation;
use crate::order::{DomainOrder, Receipt, Target};
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// An order for a name in a launch phase, or for a reserved one.
#[derive(Clone, Debug)]
pub struct RegisterInLaunch {
    /// What is ordered. Of its launch part the notice counts; mark and token are those given here.
    pub order: RegisterDomain,
    /// What the registry just said to a claims check ([`crate::registry::check_claims`]).
    pub claims: Option<ClaimsAnswer>,
    /// The signed mark.
    pub mark: Option<SignedMark>,
    /// The allocation token.
    pub token: Option<AllocationToken>,
}

impl NeedsPermission for RegisterInLaunch {
    fn permission(&self) -> Permission {
        Permission::RegisterDomain
    }
}

impl UseCase for RegisterInLaunch {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let order = &self.order;
        served(work.registrar, &order.name)?;
        require_known(work.tx, order.contacts.values().copied().chain(order.registrant))?;
        check_delegation(work, &order.nameservers)?;
        if self.token.is_some() {
            require_tokens(work.registrar, &order.name)?;
        }
        let launch =
            LaunchOrder { notice: order.launch.notice.clone(), mark: self.mark.as_ref().map(facts_of), has_token: self.token.is_some() };
        let command = DomainCommand::Register(RegisterDomain { launch, ..order.clone() });
        let receipt = work.order(DomainOrder::new(Target::New(order.name.clone()), command).claims(self.claims))?;
        launch_papers::keep(work, receipt.domain, self.mark.as_ref(), self.token.as_ref())?;
        Ok(receipt)
    }
}

/// The registry of the name takes allocation tokens.
pub(crate) fn require_tokens(registrar: &Registrar, name: &DomainName) -> Result<(), Refusal> {
    let registry = registrar.profile_of(name).and_then(|tld| registrar.registry(&tld.registry));
    let Some(registry) = registry.filter(|registry| !registry.namespaces.speaks(Extension::AllocationToken)) else {
        return Ok(());
    };
    let sentence = format!("an allocation token is given for `{name}`, and registry `{}` takes none", registry.id);
    Err(Refusal::new("token.not-offered", "RFC 8495 3.2", sentence)
        .hint("leave the token out; or add `allocationToken` to the registry's profile, if the registry does take tokens"))
}

fn facts_of(mark: &SignedMark) -> SignedMarkFacts {
    SignedMarkFacts {
        id: mark.id.clone(),
        sha256: mark.sha256(),
        not_before: mark.not_before,
        not_after: mark.not_after,
        labels: mark.labels.clone(),
    }
}
