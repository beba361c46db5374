//! `namekeep domain ...`: what an operator does with names.

mod auth;
mod check;
mod info;
mod launch;
mod list;
mod price;
mod register;
mod transfer;

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactId, ContactRole, Currency, DomainName, EppStatus, Money};
use policy::registration::DeletionCause;
use policy::{Reason, ReasonOwner};
use registrar::command;

use self::price::Priced;
use super::{Ending, Session};
use crate::argument;
use crate::cli::{DomainCommand, HoldArgs, Prohibition, Switch};
use crate::failure::{Exit, Failure};

/// Runs one command on a name.
pub fn run(session: &Session, command: &DomainCommand) -> Result<Ending, Failure> {
    match command {
        DomainCommand::Check { names, allocation_token } => check::run(session, names, allocation_token.as_deref()),
        DomainCommand::Register(args) => register::run(session, args),
        DomainCommand::Info { name } => info::run(session, name),
        DomainCommand::List(args) => list::run(session, args),
        DomainCommand::Transfer(command) => transfer::run(session, command),
        DomainCommand::Auth { name, out } => auth::run(session, name, out),
        DomainCommand::Hold(args) => hold(session, args),
        DomainCommand::Renew { name, years, current_expiry, fee } => {
            let name = argument::domain(name)?;
            let fee = money(session, &name, fee.as_deref())?;
            let case = command::RenewDomain {
                name: name.clone(),
                period: argument::period(*years)?,
                current_expiry: current_expiry.map(argument::midnight).transpose()?,
                fee,
            };
            price::order(session, &name, Priced::Renew(*years), fee, case)
        }
        DomainCommand::AutoRenew { name, wish } => {
            session.order(command::SetAutoRenew { name: argument::domain(name)?, auto_renew: *wish == Switch::On })
        }
        DomainCommand::Lock { name, prohibit } => {
            session.order(command::LockDomain { name: argument::domain(name)?, statuses: prohibitions(prohibit) })
        }
        DomainCommand::Unlock { name, allow } => {
            session.order(command::UnlockDomain { name: argument::domain(name)?, statuses: prohibitions(allow) })
        }
        DomainCommand::Ns { name, nameservers } => {
            session.order(command::ChangeNameservers { name: argument::domain(name)?, nameservers: argument::nameservers(nameservers)? })
        }
        DomainCommand::Ds { name, records } => {
            session.order(command::ChangeDs { name: argument::domain(name)?, ds: argument::ds_records(records)? })
        }
        DomainCommand::Contacts { name, registrant, admin, tech, billing, lock_opt_out } => session.order(command::ChangeContacts {
            name: argument::domain(name)?,
            registrant: contact(registrant.as_deref())?,
            contacts: contacts(admin.as_deref(), tech.as_deref(), billing.as_deref())?,
            lock_opt_out: lock_opt_out.clone(),
        }),
        DomainCommand::Delete { name, confirm } => delete(session, name, confirm),
        DomainCommand::Restore { name, reason, fee } => {
            let name = argument::domain(name)?;
            let fee = money(session, &name, fee.as_deref())?;
            let case = command::RestoreDomain { name: name.clone(), fee, reason: reason.clone() };
            price::order(session, &name, Priced::Restore, fee, case)
        }
        DomainCommand::Postpone { name, until, circumstance } => {
            let circumstance = policy::expiry::ExtenuatingCircumstance::parse(circumstance).ok_or_else(|| {
                let words: Vec<&str> = policy::expiry::ExtenuatingCircumstance::ALL.iter().map(|one| one.word()).collect();
                Failure::usage(format!("`{circumstance}` is not a listed circumstance (EXP-14)."))
                    .hint(format!("one of: {}", words.join(", ")))
            })?;
            session.order(command::PostponeDeletion { name: argument::domain(name)?, until: *until, circumstance })
        }
    }
}

fn delete(session: &Session, name: &str, confirm: &str) -> Result<Ending, Failure> {
    let domain = argument::domain(name)?;
    if argument::domain(confirm)? != domain {
        return Err(Failure::usage(format!("`--confirm {confirm}` is not the name `{domain}`; nothing was deleted."))
            .hint("type the name itself after `--confirm`"));
    }
    session.order(command::DeleteDomain { name: domain, cause: DeletionCause::Registrant })
}

fn hold(session: &Session, args: &HoldArgs) -> Result<Ending, Failure> {
    let name = argument::domain(&args.name)?;
    let status: EppStatus = argument::parse("status", &args.status)?;
    let owner: ReasonOwner = serde_json::from_value(serde_json::Value::String(args.owner.clone())).map_err(|_| {
        Failure::usage(format!("`{}` is not an owner of reasons.", args.owner))
            .hint("one of: dispute, court, accuracy, abuse, change-of-registrant, registrant, expiry, payment")
    })?;
    let reason = Reason { owner, reference: args.reference.clone() };
    if args.release {
        session.order(command::ReleaseDomain { name, status, reason })
    } else {
        session.order(command::HoldDomain { name, status, reason })
    }
}

/// The client statuses of a registrant's lock; all three where none is said.
fn prohibitions(chosen: &[Prohibition]) -> BTreeSet<EppStatus> {
    let chosen = if chosen.is_empty() { &[Prohibition::Transfer, Prohibition::Update, Prohibition::Delete] } else { chosen };
    chosen
        .iter()
        .map(|prohibition| match prohibition {
            Prohibition::Transfer => EppStatus::ClientTransferProhibited,
            Prohibition::Update => EppStatus::ClientUpdateProhibited,
            Prohibition::Delete => EppStatus::ClientDeleteProhibited,
        })
        .collect()
}

/// An optional contact id.
fn contact(id: Option<&str>) -> Result<Option<ContactId>, Failure> {
    id.map(|id| argument::parse("contact id", id)).transpose()
}

/// The contacts of the roles besides the registrant.
fn contacts(admin: Option<&str>, tech: Option<&str>, billing: Option<&str>) -> Result<BTreeMap<ContactRole, ContactId>, Failure> {
    let mut contacts = BTreeMap::new();
    for (role, id) in [(ContactRole::Admin, admin), (ContactRole::Tech, tech), (ContactRole::Billing, billing)] {
        if let Some(id) = contact(id)? {
            contacts.insert(role, id);
        }
    }
    Ok(contacts)
}

/// An amount in the currency of the TLD's registry.
fn money(session: &Session, name: &DomainName, amount: Option<&str>) -> Result<Option<Money>, Failure> {
    let Some(amount) = amount else {
        return Ok(None);
    };
    let currency: Currency = session.instance.registrar.profile_of(name).map(|profile| profile.fees.currency).ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            "tld.not_served",
            format!("No registry of this instance runs the TLD of `{name}`, so `{amount}` has no currency."),
        )
        .hint("`namekeep registry list` shows the TLDs")
    })?;
    Money::parse(amount, currency).map(Some).map_err(|error| Failure::usage(format!("The fee `{amount}` cannot be used: {error}")))
}
