//! `namekeep domain register`.

use policy::{ClaimsAnswer, LaunchOrder};
use registrar::command::{RegisterDomain, RegisterInLaunch};
use registrar::registry::NameClaims;

use super::super::{Ending, Session};
use super::launch;
use super::price::{self, Priced};
use crate::argument;
use crate::cli::RegisterArgs;
use crate::failure::Failure;

/// Registers a name and waits for the registry's answer.
pub fn run(session: &Session, args: &RegisterArgs) -> Result<Ending, Failure> {
    let name = argument::domain(&args.name)?;
    let notice = args.claims_notice.as_deref().map(launch::notice).transpose()?;
    let mark = args.mark.as_deref().map(launch::mark).transpose()?;
    let token = args.allocation_token.as_deref().map(launch::token).transpose()?;
    let fee = super::money(session, &name, args.fee.as_deref())?;
    let order = RegisterDomain {
        period: argument::period(args.years)?,
        registrant: super::contact(args.registrant.as_deref())?,
        contacts: super::contacts(args.admin.as_deref(), args.tech.as_deref(), args.billing.as_deref())?,
        nameservers: argument::nameservers(&args.nameservers)?,
        ds: argument::ds_records(&args.ds)?,
        auto_renew: args.auto_renew,
        lock_consent: args.lock_consent.clone(),
        fee,
        launch: LaunchOrder { notice, ..LaunchOrder::default() },
        name: name.clone(),
    };
    let claims = claims_of(session, &order)?;
    price::order(session, &name, Priced::Create(args.years), fee, RegisterInLaunch { order, claims, mark, token })
}

/// In a claims phase the registry is asked who claims the name, unless the buyer has accepted a notice.
fn claims_of(session: &Session, order: &RegisterDomain) -> Result<Option<ClaimsAnswer>, Failure> {
    let Some(profile) = session.instance.registrar.profile_of(&order.name) else { return Ok(None) };
    if order.launch.notice.is_some() || !launch::is_claimable(session, &order.name) {
        return Ok(None);
    }
    session.may(order.clone())?;
    let found = session.block_on(launch::claims_on(session, &profile.registry, &order.name))?;
    Ok(found.as_ref().map(NameClaims::answer))
}
