//! Fees that somebody must agree to before they are charged (RFC 8748 section 3.1; EXP-11 for a restore).

use model::{DomainName, Money};

use crate::context::Context;
use crate::refusal::Refusal;

/// The fee to name in the command: what the registry quoted, or the profile's price of a premium name, if it was agreed to.
///
/// `usual` is the profile's price for the operation. A quote that equals it for an ordinary name needs no agreement.
///
/// # Errors
///
/// A refusal that names the fee to agree to.
pub(crate) fn agreed(
    context: &Context<'_>,
    name: &DomainName,
    usual: Option<Money>,
    agreed: Option<Money>,
) -> Result<Option<Money>, Refusal> {
    let is_premium = context.profile.is_premium(name);
    let Some(asked) = context.facts.quoted_fee.or(if is_premium { usual } else { None }) else {
        return Ok(agreed);
    };
    let is_usual = !is_premium && usual == Some(asked);
    match agreed {
        Some(fee) if fee == asked => Ok(Some(asked)),
        None if is_usual => Ok(Some(asked)),
        Some(fee) => Err(disagreement(name, asked, &format!("the order agrees to {fee}"))),
        None => Err(disagreement(name, asked, "the order agrees to no fee")),
    }
}

/// A fee that is always agreed to first, premium or not.
///
/// # Errors
///
/// A refusal that names the fee to agree to.
pub(crate) fn agreed_always(
    context: &Context<'_>,
    name: &DomainName,
    usual: Option<Money>,
    agreed: Option<Money>,
) -> Result<Option<Money>, Refusal> {
    match (context.facts.quoted_fee.or(usual), agreed) {
        (None, agreed) => Ok(agreed),
        (Some(asked), Some(fee)) if fee == asked => Ok(Some(asked)),
        (Some(asked), Some(fee)) => Err(disagreement(name, asked, &format!("the order agrees to {fee}"))),
        (Some(asked), None) => Err(disagreement(name, asked, "the order agrees to no fee")),
    }
}

fn disagreement(name: &DomainName, asked: Money, said: &str) -> Refusal {
    Refusal::new("fee.not-agreed", "RFC 8748", format!("the registry asks {asked} for `{name}`, and {said}"))
        .hint(format!("repeat the order with the fee {asked} if it is wanted at that price"))
}
