//! Which names are free, and what they would cost: asked of the registry, in batches of the size it takes.

use epp::extension::fee::{CommandFees, Fee, FeeBody, ObjectFees};
use epp::pool::Lane;
use epp::{Extension, Response, domain};
use model::{AllocationToken, Currency, DomainName, Money, RegistryId};
use policy::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::by_hand::AskRegistry;
use crate::authorised::Authorised;
use crate::command::register_in_launch::require_tokens;
use crate::failure::{Failure, Fault};
use crate::gate::{Asked, Line, Query, RegistryPort, words_of};
use crate::registrar::Registrar;

/// The price class of names without a price of their own (RFC 8748 section 3.7).
const STANDARD_CLASS: &str = "standard";

/// What a registry says of a name that somebody may want.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameAvailability {
    /// The name.
    pub name: DomainName,
    /// Whether it can be registered.
    pub is_available: bool,
    /// Why not, in the registry's words.
    pub reason: Option<String>,
    /// Whether it has a price of its own.
    pub is_premium: bool,
    /// Prices by operation (`create`, `renew`, `transfer`, `restore`), for the registry's default term.
    pub fees: BTreeMap<String, Money>,
}

/// Asks a registry about names, on behalf of a token's holder where one is given. The answer has the order of the question.
///
/// # Errors
/// A refusal if a name is in no TLD of that registry, or if it takes no tokens; a fault if the registry does not answer.
pub async fn check_names(
    _by: &Authorised<AskRegistry>,
    registrar: &Registrar,
    registry: &RegistryId,
    port: &Arc<dyn RegistryPort>,
    names: &[DomainName],
    token: Option<&AllocationToken>,
) -> Result<Vec<NameAvailability>, Failure> {
    let line = Line::open(registrar.clone(), registry, Arc::clone(port))?;
    if token.is_some() {
        names.iter().try_for_each(|name| require_tokens(registrar, name))?;
    }
    let question = |names| Query::Names(names, token.cloned());
    let found = ask_in_batches(&line, names, question, read).await?;
    in_order_of(names, found, |found| &found.name, &line, "a check")
}

/// What was found, in the order of the question.
pub(super) fn in_order_of<T: Clone>(
    names: &[DomainName],
    found: Vec<T>,
    name_of: impl Fn(&T) -> &DomainName,
    line: &Line,
    question: &str,
) -> Result<Vec<T>, Failure> {
    let found: BTreeMap<DomainName, T> = found.into_iter().map(|found| (name_of(&found).clone(), found)).collect();
    let left_out =
        |name: &DomainName| Fault::words(format!("registry `{}` left `{name}` out of its answer to {question}", line.registry()));
    names.iter().map(|name| found.get(name).cloned().ok_or_else(|| left_out(name).into())).collect()
}

/// Asks about names in batches of the size the registry takes, and puts questions and answers on record.
pub(super) async fn ask_in_batches<T>(
    line: &Line,
    names: &[DomainName],
    question: impl Fn(Vec<DomainName>) -> Query,
    read: impl Fn(&Line, &Asked) -> Result<Vec<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    // One command names one product, so the batches do not mix TLDs.
    let mut by_tld: BTreeMap<String, Vec<DomainName>> = BTreeMap::new();
    for name in names {
        let tld = line.profile.tld_of(name).ok_or_else(|| {
            Refusal::new(
                "tld.not_served",
                "RFC 5731 2.1",
                format!("`{name}` is not directly below a TLD of registry `{}`", line.registry()),
            )
        })?;
        by_tld.entry(tld.name.to_string()).or_default().push(name.clone());
    }
    let mut found = Vec::new();
    for names in by_tld.values() {
        for batch in names.chunks(usize::from(line.profile.limits.names_per_check.max(1))) {
            let asked = line.ask(question(batch.to_vec()), Lane::Interactive).await;
            found.extend(read(line, &asked)?);
            record(line, asked).await?;
        }
    }
    Ok(found)
}

/// A check without the answer that it asks for.
pub(super) fn unanswered(line: &Line, reason: &str) -> Fault {
    Fault::words(format!("registry `{}` did not answer the check: {reason}", line.registry()))
}

async fn record(line: &Line, asked: Asked) -> Result<(), Failure> {
    let line = line.clone();
    let work = move || {
        let shared = line.clone();
        line.registrar.store().write(move |tx| Ok::<_, Failure>(asked.record(tx, &shared)?))
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::new("a task of the check ended", &error))?
}

fn read(line: &Line, asked: &Asked) -> Result<Vec<NameAvailability>, Failure> {
    let response = &asked.answer().map_err(|reason| unanswered(line, reason))?.response;
    let Some(domain::Data::Check(data)) = response.domain().filter(|_| response.is_success()) else {
        return Err(unanswered(line, &format!("{} {}", response.code(), words_of(response))).into());
    };
    let prices = prices(response);
    let availability = |item: &epp::CheckItem| {
        let name = item.name.to_domain().ok()?;
        let (is_premium, fees) = prices.get(&name).cloned().unwrap_or_default();
        let reason = item.reason.as_ref().map(|reason| reason.text.clone()).filter(|reason| !reason.is_empty());
        Some(NameAvailability { name, is_available: item.is_available, reason, is_premium, fees })
    };
    Ok(data.items.iter().filter_map(availability).collect())
}

/// What a name costs, and whether that is a price of its own.
type Prices = (bool, BTreeMap<String, Money>);

fn prices(response: &Response) -> BTreeMap<DomainName, Prices> {
    let data = response.extensions.iter().find_map(|extension| match extension {
        Extension::Fee(Fee { body: FeeBody::CheckData(data), .. }) => Some(data),
        _ => None,
    });
    let Some(data) = data else {
        return BTreeMap::new();
    };
    let of_object = |object: &ObjectFees| {
        let name = object.name.to_domain().ok()?;
        let currency = Currency::parse(object.currency.as_deref().unwrap_or(&data.currency)).ok()?;
        let is_special = |class: &Option<String>| class.as_deref().is_some_and(|class| !class.eq_ignore_ascii_case(STANDARD_CLASS));
        let is_premium = is_special(&object.class) || object.commands.iter().any(|command| is_special(&command.class));
        let fees = object.commands.iter().filter_map(|command| Some((word(command)?, total(command, currency)?))).collect();
        Some((name, (is_premium, fees)))
    };
    data.objects.iter().filter_map(of_object).collect()
}

/// The operation a price is for, if it is one we name.
fn word(command: &CommandFees) -> Option<String> {
    use epp::extension::fee::PricedVerb as V;
    let word = match &command.command.verb {
        V::Create => "create",
        V::Renew => "renew",
        V::Transfer => "transfer",
        V::Restore => "restore",
        V::Delete | V::Update | V::Custom(_) => return None,
    };
    Some(word.to_owned())
}

fn total(command: &CommandFees, currency: Currency) -> Option<Money> {
    let mut amounts = command.fees.iter().map(|fee| fee.amount.to_money(currency));
    let first = amounts.next()?.ok()?;
    amounts.try_fold(first, |sum, amount| amount.ok().and_then(|amount| sum.checked_add(amount).ok()))
}
