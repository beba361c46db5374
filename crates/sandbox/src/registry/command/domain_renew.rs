//! `domain:renew` (RFC 5731 section 3.2.3). The current expiry date it must name makes a second success impossible.

use epp::ResultCode;
use epp::domain::{Data, Renew, RenewData};
use model::{EppStatus, Period, RgpStatus, expiry};
use policy::profile::Quirk;

use super::domain_create::term;
use super::statuses::ensure_allowed;
use super::{Call, Reply, ensure_active, fees, parse_domain};
use crate::registry::billing::Charge;
use crate::registry::ledger::BillingItem;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn renew(registry: &mut Registry, call: &mut Call<'_>, renew: &Renew) -> Outcome<Reply> {
    let name = parse_domain(&renew.name)?;
    let domain = registry.domains.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    ensure(domain.origin.sponsor == call.registrar, || Refusal::not_sponsor(&name))?;
    ensure_active(domain)?;
    ensure_allowed(&domain.set, EppStatus::ClientRenewProhibited, EppStatus::ServerRenewProhibited)?;
    let before = domain.expires;
    let date = jiff::tz::Offset::UTC.to_datetime(before).date();
    ensure(renew.current_expiry == date, || {
        let repeated = registry.has_quirk(Quirk::RepeatedRenewIs2306);
        let code = if repeated { ResultCode::POLICY_ERROR } else { ResultCode::PARAMETER_RANGE };
        Refusal::new(code, format!("the current expiry date is {date}, not {}", renew.current_expiry))
    })?;

    let rules = registry.rules_of(&name).ok_or_else(|| Refusal::not_found(&name))?;
    let years = term(renew.period, rules)?;
    let period = Period::years(years).map_err(|error| Refusal::range(error.to_string()))?;
    let expires =
        expiry::extend(before, period, call.now).map_err(|error| Refusal::new(ResultCode::NOT_ELIGIBLE_FOR_RENEWAL, error.to_string()))?;
    let minor = registry.price(&name, BillingItem::Renew, years);
    fees::ensure_acknowledged(registry, call, rules, &name, BillingItem::Renew, minor)?;
    registry.ensure_funds(&call.registrar, minor)?;

    let charge = Charge { payer: call.registrar.clone(), item: BillingItem::Renew, minor, years };
    if let Some(domain) = registry.domains.get_mut(&name) {
        domain.expires = expires;
        domain.lapses = domain.lapses.filter(|_| expires <= call.now);
        domain.origin.touch(&call.registrar, call.now);
    }
    registry.open_grace(&name, RgpStatus::RenewPeriod, &charge, (before, expires), call.now);
    registry.reschedule(&name);
    registry.record(call, Verb::Renew, object_key("domain", &name), ResultCode::COMPLETED, vec![charge.line()]);
    let reply = Reply::domain(Data::Renew(RenewData { name: (&name).into(), expires: Some(expires) }));
    Ok(fees::show_charge(registry, call, reply, BillingItem::Renew, minor))
}
