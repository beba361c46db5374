//! Charges and credits: what a registration cost at its registry, one line each (obligations 23.5).

use jiff::Timestamp;
use model::{Currency, DomainId, Money};
use policy::charge::Charge;

use crate::fault::StoreFault;
use crate::json::{from_word, to_word};
use crate::sql::charges as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// What one kind of charge came to in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeSum {
    /// The kind's word, such as `renew`.
    pub kind: String,
    /// Lines.
    pub lines: u64,
    /// Years added, less years taken back.
    pub years: i64,
    /// The sum; none for lines whose fee is not known.
    pub amount: Option<Money>,
}

/// Stores a line; `false` if the registration has one with its key, which then stays as it is.
///
/// # Errors
/// If the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, domain: DomainId, charge: &Charge) -> Result<bool, StoreFault> {
    let parameters = values![
        domain.to_string(),
        &charge.key,
        to_word("charge", &charge.kind)?,
        i64::from(charge.years),
        charge.amount.map(|amount| amount.minor),
        charge.amount.map(|amount| amount.currency.as_str()),
        charge.intent.map(|intent| intent.to_string()),
        charge.at,
    ];
    Ok(tx.execute(&sql::INSERT, parameters)? > 0)
}

/// Every line of a registration, by time.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<Vec<Charge>, StoreFault> {
    tx.list(&sql::LIST_OF, values![domain.to_string()], |row| {
        Ok(Charge {
            key: row.string(0)?,
            kind: from_word(row, 1)?,
            years: row.number(2)?,
            amount: amount(row, 3, 4)?,
            intent: row.opt_parse(5)?,
            at: row.time(6)?,
        })
    })
}

/// What the period from `from` until before `to` came to, by currency and kind.
///
/// # Errors
/// If the database cannot be read.
pub fn sum(tx: &mut Tx<'_>, from: Timestamp, to: Timestamp) -> Result<Vec<ChargeSum>, StoreFault> {
    tx.list(&sql::SUM, values![from, to], |row| {
        Ok(ChargeSum { kind: row.string(1)?, lines: row.number(2)?, years: row.int(3)?, amount: amount(row, 4, 0)? })
    })
}

fn amount(row: &Row<'_>, minor: usize, currency: usize) -> Result<Option<Money>, StoreFault> {
    match (row.opt_int(minor)?, row.opt_text(currency)?) {
        (Some(minor), Some(code)) => {
            let currency = Currency::parse(code).map_err(|error| row.shape(currency, error.to_string()))?;
            Ok(Some(Money::new(minor, currency)))
        }
        _ => Ok(None),
    }
}
