//! `domain:transfer` (RFC 5731 section 3.2.4): request, query, approve, reject, cancel.

use epp::domain::{Data, Transfer as Asked, TransferData};
use epp::{ResultCode, TransferOp};
use model::{DomainName, EppStatus, TransferStatus};

use super::statuses::ensure_allowed;
use super::{Call, Reply, fees, parse_domain, tokens};
use crate::registry::ledger::BillingItem;
use crate::registry::life::after;
use crate::registry::object::{Domain, Life, Transfer};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;
use crate::registry::{Registry, Verb, object_key};

/// Years a transfer adds (TRF-20); no other number is taken.
const TRANSFER_YEARS: u8 = 1;

pub(crate) fn transfer(registry: &mut Registry, call: &mut Call<'_>, asked: &Asked) -> Outcome<Reply> {
    let name = parse_domain(&asked.name)?;
    let domain = registry.domains.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    match asked.op {
        TransferOp::Request => request(registry, call, &name, asked),
        TransferOp::Query => query(call, domain, asked),
        TransferOp::Approve => end(registry, call, &name, TransferStatus::ClientApproved),
        TransferOp::Reject => end(registry, call, &name, TransferStatus::ClientRejected),
        TransferOp::Cancel => end(registry, call, &name, TransferStatus::ClientCancelled),
    }
}

fn request(registry: &mut Registry, call: &mut Call<'_>, name: &DomainName, asked: &Asked) -> Outcome<Reply> {
    let domain = registry.domains.get(name).ok_or_else(|| Refusal::not_found(name))?;
    let rules = registry.rules_of(name).ok_or_else(|| Refusal::not_found(name))?;
    ensure(domain.origin.sponsor != call.registrar, || Refusal::new(ResultCode::NOT_ELIGIBLE_FOR_TRANSFER, "the name is yours already"))?;
    ensure(matches!(domain.life, Life::Active), || Refusal::status("the name is being created or deleted"))?;
    ensure(!domain.has_pending_transfer(), || Refusal::new(ResultCode::PENDING_TRANSFER, "a transfer is pending already"))?;
    ensure(knows_code(domain, asked), || {
        Refusal::new(ResultCode::INVALID_AUTH_INFO, "the authorisation code is not the name's, or none is set (RFC 9154)")
    })?;
    tokens::ensure_own(registry, call, rules, name)?;
    ensure_allowed(&domain.set, EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited)?;
    ensure_not_banned(registry, rules, domain, call)?;
    let years = asked.period.map_or(Ok(TRANSFER_YEARS), |period| super::domain_create::term(Some(period), rules))?;
    ensure(years == TRANSFER_YEARS, || Refusal::range("a transfer adds one year and no other number"))?;
    let minor = registry.price(name, BillingItem::Transfer, years);
    fees::ensure_acknowledged(registry, call, rules, name, BillingItem::Transfer, minor)?;
    registry.ensure_funds(&call.registrar, minor)?;

    let act_by = after(call.now, rules.transfer_pending);
    let expires = model::expiry::extend_by_transfer(expiry_without_auto_renewal(domain, call.now), act_by.max(call.now));
    let transfer = Transfer {
        status: TransferStatus::Pending,
        gaining: call.registrar.clone(),
        requested: call.now,
        losing: domain.origin.sponsor.clone(),
        acted: act_by,
        years,
        expires: Some(expires),
    };
    let reply = Reply::domain(Data::Transfer(data(name, &transfer))).pending();
    if let Some(domain) = registry.domains.get_mut(name) {
        domain.transfer = Some(transfer);
    }
    registry.reschedule(name);
    registry.record(call, Verb::TransferRequest, object_key("domain", name), ResultCode::PENDING, Vec::new());
    registry.announce_transfer(name, call.now);
    Ok(fees::show_charge(registry, call, reply, BillingItem::Transfer, minor))
}

fn query(call: &Call<'_>, domain: &Domain, asked: &Asked) -> Outcome<Reply> {
    let is_party = domain.origin.sponsor == call.registrar
        || domain.transfer.as_ref().is_some_and(|transfer| transfer.gaining == call.registrar || transfer.losing == call.registrar);
    ensure(is_party || knows_code(domain, asked), || Refusal::not_sponsor(&domain.name))?;
    let transfer = domain.transfer.as_ref().ok_or_else(not_pending)?;
    Ok(Reply::domain(Data::Transfer(data(&domain.name, transfer))))
}

fn end(registry: &mut Registry, call: &mut Call<'_>, name: &DomainName, status: TransferStatus) -> Outcome<Reply> {
    let domain = registry.domains.get(name).ok_or_else(|| Refusal::not_found(name))?;
    let transfer = domain.pending_transfer().cloned();
    let Some(transfer) = transfer else {
        ensure(matches!(domain.life, Life::Active), || Refusal::status("the name is being created or deleted"))?;
        return Err(not_pending());
    };
    let (actor, verb) = match status {
        TransferStatus::ClientCancelled => (&transfer.gaining, Verb::TransferCancel),
        TransferStatus::ClientApproved => (&transfer.losing, Verb::TransferApprove),
        _ => (&transfer.losing, Verb::TransferReject),
    };
    ensure(*actor == call.registrar, || Refusal::new(ResultCode::AUTHORIZATION_ERROR, "that is for the other registrar to say"))?;
    let lines = registry.end_transfer(name, status, call.now);
    registry.record(call, verb, object_key("domain", name), ResultCode::COMPLETED, lines);
    registry.announce_transfer(name, call.now);
    let ended = registry.domains.get(name).and_then(|domain| domain.transfer.as_ref()).unwrap_or(&transfer);
    Ok(Reply::domain(Data::Transfer(data(name, ended))))
}

/// The expiry a transfer builds on: an auto-renewal whose grace runs is undone by it.
pub(crate) fn expiry_without_auto_renewal(domain: &Domain, now: model::Timestamp) -> model::Timestamp {
    let mut copy = domain.clone();
    for grace in domain.running_graces(now).filter(|grace| grace.kind == model::RgpStatus::AutoRenewPeriod) {
        copy.shorten_by(grace);
    }
    copy.expires
}

fn knows_code(domain: &Domain, asked: &Asked) -> bool {
    asked.auth.as_ref().is_some_and(|auth| super::is_code_of(domain, auth))
}

fn ensure_not_banned(registry: &Registry, rules: &Rules, domain: &Domain, call: &Call<'_>) -> Outcome<()> {
    let days = rules.profile.transfer;
    let is_new = Rules::is_banned(domain.origin.created, days.post_create_denial_days, call.now);
    let moved = domain.origin.transferred;
    let is_moved = moved.is_some_and(|moved| Rules::is_banned(moved, days.post_transfer_denial_days, call.now));
    ensure(!registry.options.bans_early_transfers || !(is_new || is_moved), || {
        Refusal::new(ResultCode::NOT_ELIGIBLE_FOR_TRANSFER, "the name was created or transferred too short a time ago (TRF-7)")
    })
}

/// A transfer as `trnData` shows it.
pub(crate) fn data(name: &DomainName, transfer: &Transfer) -> TransferData {
    TransferData {
        name: name.into(),
        status: transfer.status,
        requested_by: (&transfer.gaining).into(),
        requested: transfer.requested,
        acted_by: (&transfer.losing).into(),
        acted: transfer.acted,
        expires: transfer.expires.filter(|_| transfer.status.is_pending() || transfer.status.is_approved()),
    }
}

fn not_pending() -> Refusal {
    Refusal::new(ResultCode::NOT_PENDING_TRANSFER, "no transfer of the name is pending")
}
