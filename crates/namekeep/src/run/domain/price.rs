//! The registry's own price of an order, asked before the order is given where money beyond the usual is at stake.

use model::{DomainName, Money, RegistryId};
use registrar::registry::{AskRegistry, check_names};
use registrar::{Quoted, Receipt, UseCase};

use super::super::{Ending, Session};
use crate::carrier::Carrier;
use crate::failure::Failure;

/// What an order costs money for, as a check names it.
#[derive(Clone, Copy, Debug)]
pub enum Priced {
    /// A registration for so many years.
    Create(u8),
    /// A renewal by so many years.
    Renew(u8),
    /// A transfer to us, with its one year.
    Transfer,
    /// A restore out of redemption.
    Restore,
}

impl Priced {
    fn word(self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Renew(_) => "renew",
            Self::Transfer => "transfer",
            Self::Restore => "restore",
        }
    }

    /// A check names the price of the registry's default term, a year; what more years cost is not a multiple of it everywhere.
    fn is_of_default_term(self) -> bool {
        matches!(self, Self::Create(1) | Self::Renew(1) | Self::Transfer | Self::Restore)
    }
}

/// Gives an order that somebody agreed to a fee for, or that is for a name with a price of its own, held against the registry's
/// price. Where the registry does not name one, or does not answer, the profile's price is what counts; the order stands either way.
pub fn order<U: UseCase<Answer = Receipt>>(
    session: &Session,
    name: &DomainName,
    operation: Priced,
    agreed: Option<Money>,
    case: U,
) -> Result<Ending, Failure> {
    let profile = session.instance.registrar.profile_of(name);
    let asked_at = profile.filter(|profile| operation.is_of_default_term() && (agreed.is_some() || profile.is_premium(name)));
    let fee = match asked_at {
        Some(profile) => session.block_on(quote(session, &profile.registry, name, operation))?,
        None => None,
    };
    session.order(Quoted { case, fee })
}

async fn quote(session: &Session, registry: &RegistryId, name: &DomainName, operation: Priced) -> Result<Option<Money>, Failure> {
    let by = &session.may(AskRegistry)?;
    Carrier::with(&session.instance, registry, async |carrier| {
        match check_names(by, &session.instance.registrar, registry, &carrier.port, std::slice::from_ref(name), None).await {
            Ok(found) => Ok(found.first().and_then(|one| one.fees.get(operation.word()).copied())),
            Err(failure) => {
                tracing::warn!(%registry, %failure, "the registry named no price; the profile's counts");
                Ok(None)
            }
        }
    })
    .await
}
