//! `namekeep domain register`.

use registrar::command::RegisterDomain;

use super::super::{Ending, Session};
use crate::argument;
use crate::cli::RegisterArgs;
use crate::failure::Failure;

/// Registers a name and waits for the registry's answer.
pub fn run(session: &Session, args: &RegisterArgs) -> Result<Ending, Failure> {
    let name = argument::domain(&args.name)?;
    session.order(RegisterDomain {
        period: argument::period(args.years)?,
        registrant: super::contact(args.registrant.as_deref())?,
        contacts: super::contacts(args.admin.as_deref(), args.tech.as_deref(), args.billing.as_deref())?,
        nameservers: argument::nameservers(&args.nameservers)?,
        ds: argument::ds_records(&args.ds)?,
        auto_renew: args.auto_renew,
        lock_consent: args.lock_consent.clone(),
        fee: super::money(session, &name, args.fee.as_deref())?,
        name,
    })
}
