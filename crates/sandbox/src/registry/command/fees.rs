//! Prices (RFC 8748, and the drafts 0.23 and 0.11): told in a check, agreed to in a transform, reported when charged.
//!
//! A premium name is never sold by surprise: without the fee agreed to the command is refused (2003), and too low a fee is refused for
//! every name (2004). More than the price is agreed to but not charged.

use epp::domain::CheckItem;
use epp::extension::fee::{
    Check, CheckData, CommandFees, CreditLine, Fee, FeeBody, FeeCommand, FeeLine, FeeVersion, ObjectFees, PricedVerb, Transform,
    TransformData,
};
use epp::{Extension, Period};
use model::{DomainName, Money};

use super::domain_create::term;
use super::{Call, Reply};
use crate::registry::Registry;
use crate::registry::ledger::{BillingItem, BillingLine};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// Price class of ordinary names.
const STANDARD: &str = "standard";
/// Price class of names with a price of their own.
const PREMIUM: &str = "premium";

/// Refuses a transform whose fee was not agreed to.
pub(crate) fn ensure_acknowledged(
    registry: &Registry,
    call: &Call<'_>,
    rules: &Rules,
    name: &DomainName,
    item: BillingItem,
    minor: i64,
) -> Outcome<()> {
    let Some((_, agreed)) = agreed_fee(call, item) else {
        return ensure(!registry.is_premium(rules, name), || {
            Refusal::missing(format!("`{name}` is a premium name: agree to {} with the fee extension", registry.money(minor)))
        });
    };
    let currency = registry.currency;
    let is_ours = agreed.currency.as_deref().is_none_or(|code| code == currency.as_str());
    ensure(is_ours, || Refusal::range(format!("fees here are in {}", currency.as_str())))?;
    let amounts = agreed.fees.iter().map(|line| &line.amount).chain(agreed.credits.iter().map(|line| &line.amount));
    let mut sum = Money::zero(currency);
    for amount in amounts {
        let money = amount.to_money(currency).map_err(|error| Refusal::range(error.to_string()))?;
        sum = sum.checked_add(money).map_err(|error| Refusal::range(error.to_string()))?;
    }
    ensure(sum.minor >= minor, || Refusal::range(format!("the fee is {}, and {sum} was agreed to", registry.money(minor))))
}

/// The fee a command agrees to, with the version it speaks.
fn agreed_fee<'a>(call: &Call<'a>, item: BillingItem) -> Option<(FeeVersion, &'a Transform)> {
    call.extensions.iter().find_map(|extension| {
        let Extension::Fee(fee) = extension else { return None };
        match (&fee.body, item) {
            (FeeBody::Create(agreed), BillingItem::Create)
            | (FeeBody::Renew(agreed), BillingItem::Renew)
            | (FeeBody::Transfer(agreed), BillingItem::Transfer)
            | (FeeBody::Update(agreed), BillingItem::Restore) => Some((fee.version, agreed)),
            _ => None,
        }
    })
}

/// Reports the charge to a client that agreed to a fee.
pub(crate) fn show_charge(registry: &Registry, call: &Call<'_>, reply: Reply, item: BillingItem, minor: i64) -> Reply {
    let Some((version, _)) = agreed_fee(call, item) else { return reply };
    let mut data = TransformData { currency: Some(registry.currency.as_str().to_owned()), ..TransformData::default() };
    data.fees = vec![FeeLine::new(registry.money(minor))];
    if version != FeeVersion::V0_11 {
        data.balance = registry.balance_minor(&call.registrar).map(|balance| registry.money(balance).into());
    }
    let body = match item {
        BillingItem::Create => FeeBody::CreateData(data),
        BillingItem::Renew => FeeBody::RenewData(data),
        BillingItem::Transfer => FeeBody::TransferData(data),
        _ => FeeBody::UpdateData(data),
    };
    reply.extend(Some(Extension::Fee(Fee { version, body })))
}

/// Reports the credits of a delete to a client that speaks the extension.
pub(crate) fn show_credits(registry: &Registry, call: &Call<'_>, reply: Reply, credits: &[BillingLine]) -> Reply {
    let version = call.services.iter().find_map(|namespace| FeeVersion::of_namespace(*namespace));
    let Some(version) = version.filter(|_| !credits.is_empty()) else { return reply };
    let data = TransformData {
        currency: Some(registry.currency.as_str().to_owned()),
        credits: credits.iter().map(|line| CreditLine::new(registry.money(line.minor))).collect(),
        ..TransformData::default()
    };
    reply.extend(Some(Extension::Fee(Fee { version, body: FeeBody::DeleteData(data) })))
}

/// The prices a check asks for.
pub(crate) fn check(registry: &Registry, call: &Call<'_>, items: &[CheckItem]) -> Outcome<Option<Extension>> {
    let asked = call.extensions.iter().find_map(|extension| match extension {
        Extension::Fee(Fee { version, body: FeeBody::Check(check) }) => Some((*version, check)),
        _ => None,
    });
    let Some((version, asked)) = asked else { return Ok(None) };
    let currency = registry.currency.as_str();
    ensure(asked.currency.as_deref().is_none_or(|code| code == currency), || Refusal::range(format!("fees here are in {currency}")))?;
    let objects = items.iter().map(|item| price_object(registry, version, asked, item)).collect();
    let data = CheckData { currency: currency.to_owned(), objects };
    Ok(Some(Extension::Fee(Fee { version, body: FeeBody::CheckData(data) })))
}

fn price_object(registry: &Registry, version: FeeVersion, asked: &Check, item: &CheckItem) -> ObjectFees {
    let name = item.name.to_domain().ok();
    let priced = name.as_ref().and_then(|name| registry.rules_of(name).map(|rules| (name, rules)));
    let Some((name, rules)) = priced else {
        let commands = asked.commands.iter().map(|command| CommandFees::new(command.clone(), Vec::new())).collect();
        let commands = if version == FeeVersion::V0_11 { commands } else { Vec::new() };
        return ObjectFees {
            name: item.name.clone(),
            is_available: false,
            class: None,
            commands,
            reason: Some("Not in this registry".into()),
            currency: None,
        };
    };
    let class = if registry.is_premium(rules, name) { PREMIUM } else { STANDARD };
    let commands: Vec<CommandFees> =
        asked.commands.iter().map(|command| price_command(registry, version, rules, name, command, class)).collect();
    let refused = commands.iter().find_map(|command| command.reason.clone());
    let is_available = refused.is_none() || commands.len() > 1;
    let class = (version != FeeVersion::V0_23).then(|| class.to_owned());
    // 0.11 gives the reason with the name, the others with the command.
    let reason = refused.filter(|_| !is_available);
    ObjectFees { name: item.name.clone(), is_available, class, commands, reason, currency: None }
}

fn price_command(
    registry: &Registry,
    version: FeeVersion,
    rules: &Rules,
    name: &DomainName,
    asked: &FeeCommand,
    class: &str,
) -> CommandFees {
    let item = match asked.verb {
        PricedVerb::Create => Some(BillingItem::Create),
        PricedVerb::Renew => Some(BillingItem::Renew),
        PricedVerb::Transfer => Some(BillingItem::Transfer),
        PricedVerb::Restore => Some(BillingItem::Restore),
        PricedVerb::Delete | PricedVerb::Update | PricedVerb::Custom(_) => None,
    };
    let mut command = asked.clone();
    let years = term(asked.period, rules);
    let mut priced = match (item, years) {
        (Some(item), Ok(years)) => {
            let has_term = matches!(item, BillingItem::Create | BillingItem::Renew | BillingItem::Transfer);
            command.period = has_term.then(|| Period::years(u16::from(years)));
            let minor = registry.price(name, item, years);
            CommandFees::new(command, vec![FeeLine::new(registry.money(minor))])
        }
        (None, _) if !matches!(asked.verb, PricedVerb::Custom(_)) => CommandFees::new(command, vec![FeeLine::new(registry.zero())]),
        _ => {
            let mut refused = CommandFees::new(command, Vec::new());
            refused.reason = Some("Not offered for this term".into());
            refused
        }
    };
    priced.is_standard = version == FeeVersion::V1_0 && class == STANDARD;
    priced.class = (version == FeeVersion::V0_23).then(|| class.to_owned());
    priced
}
