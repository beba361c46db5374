//! Restore of a deleted name (RFC 3915 section 4.2.5): a request out of redemption, then a report.
//!
//! The restore fee is charged with the request. When the restore completes, a term that ran out meanwhile is renewed until it lies
//! ahead again, and each year of that is charged.

use epp::ResultCode;
use epp::extension::rgp::{Report, Rgp};
use model::{DomainName, RgpStatus, expiry};

use super::{Call, Reply, fees};
use crate::registry::billing::Charge;
use crate::registry::ledger::{BillingItem, BillingLine};
use crate::registry::life::after;
use crate::registry::object::Life;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn restore(registry: &mut Registry, call: &mut Call<'_>, name: &DomainName, asked: &Rgp) -> Outcome<Reply> {
    match asked {
        Rgp::Report(report_data) => report(registry, call, name, report_data),
        _ => request(registry, call, name),
    }
}

fn request(registry: &mut Registry, call: &mut Call<'_>, name: &DomainName) -> Outcome<Reply> {
    let domain = registry.domains.get(name).ok_or_else(|| Refusal::not_found(name))?;
    let rules = registry.rules_of(name).ok_or_else(|| Refusal::not_found(name))?;
    let Life::Redemption { deleted, until } = domain.life else {
        return Err(Refusal::status("the name is not in redemption"));
    };
    let minor = registry.price(name, BillingItem::Restore, 0);
    let years_due = domain.expires <= call.now;
    let renewal = if years_due { registry.price(name, BillingItem::RestoreRenew, 1) } else { 0 };
    fees::ensure_acknowledged(registry, call, rules, name, BillingItem::Restore, minor)?;
    registry.ensure_funds(&call.registrar, minor.saturating_add(renewal))?;

    let report_until = after(call.now, rules.pending_restore);
    let needs_report = rules.profile.restore_report;
    let charge = Charge { payer: call.registrar.clone(), item: BillingItem::Restore, minor, years: 0 };
    let mut lines = vec![charge.line()];
    if let Some(domain) = registry.domains.get_mut(name) {
        domain.origin.touch(&call.registrar, call.now);
        domain.life = Life::PendingRestore { deleted, requested: call.now, until: report_until, redemption_until: until };
    }
    if !needs_report {
        lines.extend(complete(registry, call, name));
    }
    registry.reschedule(name);
    registry.record(call, Verb::RestoreRequest, object_key("domain", name), ResultCode::COMPLETED, lines);
    let status = if needs_report { vec![RgpStatus::PendingRestore.into()] } else { Vec::new() };
    let reply = if status.is_empty() { Reply::done() } else { Reply::done().extend(Some(epp::Extension::Rgp(Rgp::Updated(status)))) };
    Ok(fees::show_charge(registry, call, reply, BillingItem::Restore, minor))
}

fn report(registry: &mut Registry, call: &mut Call<'_>, name: &DomainName, report: &Report) -> Outcome<Reply> {
    let domain = registry.domains.get(name).ok_or_else(|| Refusal::not_found(name))?;
    ensure(matches!(domain.life, Life::PendingRestore { .. }), || Refusal::status("no restore of the name waits for a report"))?;
    ensure(report.deleted <= report.restored, || Refusal::range("`rgp:resTime` lies before `rgp:delTime`"))?;
    ensure(report.restored <= call.now, || Refusal::range("`rgp:resTime` lies ahead"))?;
    ensure(!report.before.0.is_empty() && !report.after.0.is_empty(), || Refusal::missing("`rgp:preData` or `rgp:postData` is empty"))?;
    ensure(!report.statements.is_empty(), || Refusal::missing("`rgp:statement` is missing"))?;
    let lines = complete(registry, call, name);
    registry.reschedule(name);
    registry.record(call, Verb::RestoreReport, object_key("domain", name), ResultCode::COMPLETED, lines);
    Ok(Reply::done())
}

/// Brings the name back, and its term ahead of now.
fn complete(registry: &mut Registry, call: &Call<'_>, name: &DomainName) -> Vec<BillingLine> {
    let minor = registry.price(name, BillingItem::RestoreRenew, 1);
    let mut lines = Vec::new();
    if let Some(domain) = registry.domains.get_mut(name) {
        domain.life = Life::Active;
        domain.origin.touch(&call.registrar, call.now);
        while domain.expires <= call.now {
            domain.expires = expiry::add_years(domain.expires, 1);
            let charge = Charge { payer: call.registrar.clone(), item: BillingItem::RestoreRenew, minor, years: 1 };
            lines.push(charge.line());
        }
    }
    lines
}
