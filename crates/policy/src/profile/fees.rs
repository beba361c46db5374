//! Prices at the registry, as the profile states them; a registry's own word (RFC 8748) always counts more.

use model::{Currency, Money};
use serde::{Deserialize, Serialize};

/// The registry's prices: a year of each term operation, and a restore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeTable {
    /// The currency of the account.
    pub currency: Currency,
    /// A year at creation.
    pub create: Option<Money>,
    /// A year of renewal; also what the registry's own renewal costs.
    pub renew: Option<Money>,
    /// A transfer, with its year.
    pub transfer: Option<Money>,
    /// A restore, without the year it may add.
    pub restore: Option<Money>,
}

impl FeeTable {
    /// `years` times a yearly price; none where no price is known or the sum leaves the range of money.
    #[must_use]
    pub fn times(price: Option<Money>, years: u8) -> Option<Money> {
        price.and_then(|yearly| yearly.checked_mul(i64::from(years)).ok())
    }
}
