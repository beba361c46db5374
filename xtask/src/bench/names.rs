//! The names at the far registry that benchmarks ask about and renew, and the commands on them.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use epp::domain::{Check, Command as DomainCommand, Create, Data, Renew};
use epp::pool::{Lane, Pool};
use epp::{AuthValue, Command, Period, Response};
use model::{Timestamp, expiry};

use super::account;

/// Registrations under way while the names are made.
const UNDER_WAY: usize = 32;

/// Renewals by a year that fit on a year already paid before the ten-year cap.
const RENEWALS_EACH: usize = 9;

/// Names that are registered for a year, and how often all of them were renewed since.
pub struct Names {
    expiries: Arc<[Timestamp]>,
    renewed: usize,
}

impl Names {
    /// Registers so many.
    pub async fn register(pool: &Pool, count: usize) -> Result<Self> {
        let responses = account::exchange_all(pool, Lane::Bulk, (0..count).map(create), UNDER_WAY).await?;
        let mut expiries = vec![None; count];
        for response in &responses {
            let (number, expires) = created(response).context("an answer to a create says neither name nor end of term")?;
            *expiries.get_mut(number).context("a name came back that was not asked for")? = Some(expires);
        }
        let expiries = expiries.into_iter().collect::<Option<Arc<[_]>>>().context("a name was not registered")?;
        Ok(Self { expiries, renewed: 0 })
    }

    /// The next `count` renewals, each name in turn.
    pub fn renewals(&mut self, count: usize) -> Result<impl Iterator<Item = Result<Command>> + Send + use<>> {
        let first = self.renewed;
        self.renewed += count;
        ensure!(self.renewed <= self.expiries.len() * RENEWALS_EACH, "there are too few names for so many renewals");
        let expiries = Arc::clone(&self.expiries);
        Ok((first..first + count).map(move |number| {
            let (name, turn) = (number % expiries.len(), number / expiries.len());
            let expires = expiry::add_years(expiries[name], u8::try_from(turn)?);
            let current_expiry = policy::calendar::utc_date(expires);
            let renew = Renew { name: name_of(name).into(), current_expiry, period: Some(Period::years(1)) };
            Ok(Command::new(DomainCommand::Renew(renew), format!("renew-{number}")))
        }))
    }
}

/// A name by its number.
pub fn name_of(number: usize) -> String {
    format!("name-{number}.bench")
}

/// Asks whether a name is free.
pub fn check(number: usize) -> Result<Command> {
    Ok(Command::new(DomainCommand::Check(Check::of([name_of(number).as_str()])), format!("check-{number}")))
}

/// Registers a name for a year.
pub fn create(number: usize) -> Result<Command> {
    let create = Create::new(name_of(number).as_str(), Some(Period::years(1)), AuthValue::empty());
    Ok(Command::new(DomainCommand::Create(create), format!("create-{number}")))
}

/// Which name was registered, until when.
fn created(response: &Response) -> Option<(usize, Timestamp)> {
    let Some(Data::Create(data)) = response.domain() else { return None };
    let number = data.name.as_str().strip_prefix("name-")?.strip_suffix(".bench")?.parse().ok()?;
    Some((number, data.expires?))
}
